package org.epmpulse.store.journal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.epmpulse.status.Catalog;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.WakeableThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the snapshot, on its own thread. The snapshot is at most a second behind the journal, or ten times as long as its
 * last write took.
 */
final class SnapshotWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);
    private static final long RETRY_MILLIS = 1_000;

    /** A tenth of the promised second is left for the scheduling of threads. */
    private static final long MAX_BEHIND_MILLIS = 900;

    private final DataFolder folder;
    private final Catalog catalog;
    private final ClosedDays closedDays;
    private final Checkpoints checkpoints;
    private final String storeId;
    private final Instant created;
    private final JournalLog log;
    private final WakeableThread thread = new WakeableThread();

    /** End of the journal that the state file includes. Only the position, so that the board can be freed. */
    private @Nullable JournalPosition written;

    private volatile @Nullable String problem;

    SnapshotWriter(
            DataFolder folder,
            Catalog catalog,
            ClosedDays closedDays,
            Checkpoints checkpoints,
            String storeId,
            Instant created,
            JournalLog log) {
        this.folder = folder;
        this.catalog = catalog;
        this.closedDays = closedDays;
        this.checkpoints = checkpoints;
        this.storeId = storeId;
        this.created = created;
        this.log = log;
    }

    /** Starts the thread; {@link #write()} must have been called once after the recovery. */
    void start(ServiceThreads threads) {
        log.afterCommit(thread::wake);
        thread.start(threads, "epmpulse-snapshot", Duration.ZERO, this::writeAndPause, this::write);
    }

    /** Why the snapshot cannot be written, as a text for people; null if it can. */
    @Nullable
    String problem() {
        return problem;
    }

    private long writeAndPause() {
        try {
            return writeAndPause(thread, this::write);
        } catch (RuntimeException | Error e) {
            problem = "the state file cannot be written, see the log";
            throw e;
        }
    }

    /**
     * Writes the file, again later after a failure, and returns the pause until the next write, in milliseconds.
     *
     * @param write returns false after a failure
     */
    static long writeAndPause(WakeableThread thread, BooleanSupplier write) {
        long start = System.nanoTime();
        if (write.getAsBoolean()) {
            return pauseMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
        thread.wake();
        return RETRY_MILLIS;
    }

    /**
     * The longest pause with which a change is in the file in time: it may come when a write has just begun, which took
     * as long as the next one will.
     *
     * @param tookMillis duration of the last write
     */
    private static long pauseMillis(long tookMillis) {
        return Math.max(MAX_BEHIND_MILLIS - 2 * tookMillis, 8 * tookMillis);
    }

    /** Writes the snapshot if it is out of date; false after a failure, which health then reports. */
    boolean write() {
        try {
            writeNow();
            if (problem != null) {
                LOG.info("State file: can be written again");
            }
            problem = null;
            return true;
        } catch (IOException e) {
            if (problem == null) {
                LOG.error("State file: write failed: {}; the journal is not affected", DataFolder.describe(e));
            }
            problem = "the state file cannot be written: " + DataFolder.describe(e);
            return false;
        }
    }

    private void writeNow() throws IOException {
        JournalState state = log.state();
        if (!state.position().equals(written)) {
            // Otherwise the folder may be another one, or belong to another process.
            folder.requireLocked();
            new Snapshot(storeId, created, state.board(), state.position()).write(folder.state(), catalog);
            written = state.position();
            checkpoints.writeIfDue(state.board(), state.position());
            closedDays.snapshotWritten(state.position());
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.close();
    }
}
