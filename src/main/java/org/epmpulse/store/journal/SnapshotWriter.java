package org.epmpulse.store.journal;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Catalog;
import org.epmpulse.threads.ServiceThreads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the snapshot behind the journal, on a thread of its own, and looks after closed days. It takes at most a tenth
 * of the time: after each snapshot it rests for nine times as long as that took.
 */
final class SnapshotWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);
    private static final long MIN_PAUSE_MILLIS = 300;
    private static final long RETRY_MILLIS = 1_000;

    private final DataFolder folder;
    private final Catalog catalog;
    private final DayFileRetention closedDays;
    private final Checkpoints checkpoints;
    private final String storeId;
    private final Instant created;
    private final JournalLog log;
    private final Semaphore changed = new Semaphore(0);
    private @Nullable Thread thread;

    /** Up to where the journal is in the state file. Not the state itself, which would be kept until the next one. */
    private @Nullable JournalPosition written;

    private @Nullable LocalDate lookedAfter;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable String problem;

    SnapshotWriter(
            DataFolder folder,
            Catalog catalog,
            DayFileRetention closedDays,
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

    /** Begins; whoever recovered the board has called {@link #write()} once. */
    void start(ServiceThreads threads) {
        log.afterCommit(changed::release);
        thread = threads.startRestarting("epmpulse-snapshot", closing, this::run);
    }

    /** Why the snapshot lags behind; null while all is well. */
    @Nullable
    String problem() {
        return problem;
    }

    private void run() {
        try {
            boolean goOn = true;
            while (goOn) {
                lookAfterClosedDays();
                changed.acquire();
                changed.drainPermits();
                long start = System.nanoTime();
                boolean ok = write();
                long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                if (!ok) {
                    changed.release();
                }
                long pause = ok ? Math.max(MIN_PAUSE_MILLIS, 9 * tookMillis) : RETRY_MILLIS;
                goOn = !closing.await(pause, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            LOG.debug("The snapshot's writer was interrupted");
        } catch (RuntimeException | Error e) {
            // What could not be written is still to be written when this is run again.
            changed.release();
            problem = "the state file cannot be written, see the log";
            throw e;
        }
        write();
    }

    /** Writes the snapshot if it is not there yet; false if it could not, which health then says. */
    boolean write() {
        try {
            writeNow();
            if (problem != null) {
                LOG.info("The state file can be written again");
            }
            problem = null;
            return true;
        } catch (IOException e) {
            if (problem == null) {
                LOG.error("The state file cannot be written, it lags behind the journal: {}", DataFolder.why(e));
            }
            problem = "the state file cannot be written: " + DataFolder.why(e);
            return false;
        }
    }

    private void writeNow() throws IOException {
        JournalState state = log.state();
        if (!state.position().equals(written)) {
            new Snapshot(storeId, created, state.board(), state.position()).write(folder.state(), catalog);
            written = state.position();
            checkpoints.offer(state.board(), state.position());
        }
    }

    /** Only after the snapshot has gone on to the next day, so that no start needs the middle of a closed one. */
    private void lookAfterClosedDays() {
        JournalPosition position = written;
        if (position == null || position.day().equals(lookedAfter)) {
            return;
        }
        try {
            closedDays.compress(position.day());
            checkpoints.forgetBefore(closedDays.prune(position.day()));
            lookedAfter = position.day();
        } catch (IOException e) {
            LOG.error("Closed days of the journal could not be looked after: {}", DataFolder.why(e));
        }
    }

    @Override
    public void close() throws InterruptedException {
        // No interrupt: it would close the file that is being written.
        closing.countDown();
        changed.release();
        Thread running = thread;
        if (running != null) {
            running.join();
        }
    }
}
