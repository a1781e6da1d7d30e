package org.epmpulse.store.postgres;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Board;
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

    /** Rows between two past boards of a day; with one more for each domain. */
    private static final long DAY_ROWS = 100_000;

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
    private long lastDay;
    private @Nullable LocalDate day;
    private @Nullable Thread thread;

    /** Only for logging the first of several failures. */
    private boolean failing;

    CheckpointWriter(
            Database database,
            SqlCheckpoints checkpoints,
            JournalView view,
            ActiveWrites writes,
            SqlRetention retention,
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
        this.lastDay = loaded.sequence();
        this.day = day(loaded.lastUpdated());
    }

    void start(ServiceThreads threads) {
        thread = threads.startRestarting("epmpulse-checkpoints", closing, this::run);
    }

    private void run() {
        try {
            while (!closing.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                writeDue();
                removeOld();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeDue() {
        Board board = view.state().board();
        boolean start = isStartDue(board);
        boolean newDay = isDayDue(board);
        if (!writes.active() || (!start && !newDay)) {
            return;
        }
        try {
            // Before the transaction, which keeps the lease from being renewed.
            SqlCheckpoints.Checkpoint dayBoard = newDay ? checkpoints.render(SqlCheckpoints.DAY, board) : null;
            SqlCheckpoints.Checkpoint startBoard = start ? checkpoints.render(SqlCheckpoints.START, board) : null;
            writes.run(database, (connection, epoch) -> {
                SqlCheckpoints.write(connection, dayBoard);
                SqlCheckpoints.write(connection, startBoard);
            });
            if (newDay) {
                lastDay = board.sequence();
                day = day(board.lastUpdated());
            }
            if (start) {
                lastStart = board.sequence();
                lastStartTime = clock.steady();
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("Checkpoint: write failed: {}; retrying, until then a start takes longer", e.getMessage());
            }
            failing = true;
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

    private boolean isDayDue(Board board) {
        LocalDate boardDay = day(board.lastUpdated());
        return boardDay != null
                && (!boardDay.equals(day)
                        || board.sequence() - lastDay
                                >= DAY_ROWS + board.domains().size());
    }

    private static @Nullable LocalDate day(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC).toLocalDate();
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
