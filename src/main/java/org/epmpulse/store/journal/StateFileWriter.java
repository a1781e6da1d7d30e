package org.epmpulse.store.journal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.StatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.WakeableThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the state file of a node whose journal is in a database, for programs that read {@code apps_status.json};
 * EPMPulse does not read it. It is at most a second behind the board, or ten times as long as its last write took.
 */
public final class StateFileWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StateFileWriter.class);

    private final DataFolder folder;
    private final Catalog catalog;
    private final StatusStore store;
    private final Instant created;
    private final WakeableThread thread = new WakeableThread();

    /** What the file shows; null before the first write. */
    private @Nullable Version written;

    /** Only for logging the first of several failures. */
    private boolean failing;

    private record Version(String storeId, long sequence) {}

    /** @param created when the store was created */
    public StateFileWriter(DataFolder folder, Catalog catalog, StatusStore store, Instant created) {
        this.folder = folder;
        this.catalog = catalog;
        this.store = store;
        this.created = created;
    }

    /** Starts the thread. */
    public void start(ServiceThreads threads) {
        thread.wake();
        thread.start(threads, "epmpulse-snapshot", Duration.ZERO, this::writeAndPause, this::write);
    }

    /** To be called after each change of the board or of the store's id. Returns at once. */
    public void changed() {
        thread.wake();
    }

    private long writeAndPause() {
        return SnapshotWriter.writeAndPause(thread, this::write);
    }

    /** Returns false after a failure. */
    private boolean write() {
        Board board = store.board();
        Version version = new Version(store.id(), board.sequence());
        if (version.equals(written)) {
            return true;
        }
        try {
            // Otherwise the folder may be another one, or belong to another process.
            folder.requireLocked();
            new Snapshot(version.storeId(), created, board, null).write(folder.state(), catalog);
            written = version;
            failing = false;
            return true;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn(
                        "State file: write failed: {}; the updates are in the database, retrying",
                        DataFolder.describe(e));
            }
            failing = true;
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.close();
    }
}
