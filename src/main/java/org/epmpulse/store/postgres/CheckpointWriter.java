package org.epmpulse.store.postgres;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints in the background on the active node, so that a start and a past board read few rows;
 * and removes old rows.
 */
final class CheckpointWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

    /** Interval at which the writer looks whether one is due. */
    private static final long LOOK_SECONDS = 5;

    /** Rows between two checkpoints for the start. */
    private static final long START_ROWS = 50_000;

    private static final Duration START_INTERVAL = Duration.ofMinutes(5);

    private static final Duration RETENTION_INTERVAL = Duration.ofHours(1);

    private final Database database;
    private final SqlCheckpoints checkpoints;
    private final JournalView view;
    private final ActiveWrites writes;
    private final SqlRetention retention;
    private final TimeSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private long lastStart;
    private Instant lastStartTime;
    private @Nullable Instant lastRetention;
    private final PastBoardRule pastBoards;
    private final MissingPastBoards missing;

    /** In which the missing boards were stored; 0 before. */
    private long epoch;

    private @Nullable Thread thread;

    /** Only for logging the first of several failures. */
    private boolean failing;

    CheckpointWriter(
            Database database,
            SqlCheckpoints checkpoints,
            JournalView view,
            ActiveWrites writes,
            SqlRetention retention,
            Catalog catalog,
            TimeSource clock) {
        this.database = database;
        this.checkpoints = checkpoints;
        this.view = view;
        this.writes = writes;
        this.retention = retention;
        this.clock = clock;
        this.lastStartTime = clock.steady();
        Board loaded = view.state().board();
        this.lastStart = loaded.sequence();
        this.pastBoards = new PastBoardRule(loaded.sequence(), loaded.lastUpdated());
        this.missing = new MissingPastBoards(database, checkpoints, writes, catalog, closing);
    }

    void start(ServiceThreads threads) {
        thread = threads.startRestarting("epmpulse-checkpoints", closing, this::run);
    }

    private void run() {
        try {
            while (!closing.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                writeDue();
                storeMissing();
                removeOld();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeDue() {
        Board board = view.state().board();
        boolean start = isStartDue(board);
        boolean past = pastBoards.isDue(board, board.sequence());
        if (!writes.active() || (!start && !past)) {
            return;
        }
        try {
            // Before the transaction, which keeps the lease from being renewed.
            SqlCheckpoints.Checkpoint dayBoard = past ? checkpoints.render(SqlCheckpoints.DAY, board) : null;
            SqlCheckpoints.Checkpoint startBoard = start ? checkpoints.render(SqlCheckpoints.START, board) : null;
            writes.run(database, (connection, epoch) -> {
                SqlCheckpoints.write(connection, dayBoard);
                SqlCheckpoints.write(connection, startBoard);
            });
            if (past) {
                pastBoards.stored(board, board.sequence());
            }
            if (start) {
                lastStart = board.sequence();
                lastStartTime = clock.steady();
            }
            failing = false;
        } catch (IOException e) {
            report(e);
        }
    }

    private void report(IOException e) {
        if (!failing) {
            LOG.warn("Checkpoint: write failed: {}; retrying, until then a start takes longer", e.getMessage());
        }
        failing = true;
    }

    /** Once each time this node has become active. */
    private void storeMissing() {
        long current = writes.epoch();
        if (current == 0 || current == epoch) {
            return;
        }
        try {
            missing.store(view.state().board());
            epoch = current;
            failing = false;
        } catch (IOException e) {
            report(e);
        }
    }

    private void removeOld() {
        Instant now = clock.steady();
        boolean due =
                lastRetention == null || Duration.between(lastRetention, now).compareTo(RETENTION_INTERVAL) >= 0;
        if (!due || !writes.active()) {
            return;
        }
        lastRetention = now;
        try {
            retention.run();
        } catch (IOException e) {
            LOG.warn("Journal: removing old rows failed: {}; retrying in an hour", e.getMessage());
        }
    }

    private boolean isStartDue(Board board) {
        long rows = board.sequence() - lastStart;
        return rows < 0
                || rows >= START_ROWS
                || (rows > 0 && Duration.between(lastStartTime, clock.steady()).compareTo(START_INTERVAL) >= 0);
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        Thread running = thread;
        if (running != null) {
            running.join();
        }
    }
}
