package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.epmpulse.cluster.LeaseTable;
import org.epmpulse.status.Board;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what other nodes write: every {@value #INTERVAL_MILLIS} ms, every {@value #IDLE_MILLIS} ms while no node writes,
 * and at once for {@link #latest}. One look is in flight at a time; all who wait when it begins share it. Thread-safe.
 */
final class SqlTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqlTail.class);

    static final long INTERVAL_MILLIS = 100;

    /** Time between two queries while no node has written for {@link #IDLE_AFTER}. */
    static final long IDLE_MILLIS = 200;

    /** Time without new rows, of any node. */
    private static final Duration IDLE_AFTER = Duration.ofSeconds(5);

    /** Longest wait for the database before what is known is served. */
    static final Duration MAX_WAIT = Duration.ofSeconds(1);

    /** Interval at which the last row is compared with the database's. */
    private static final Duration VERIFY = Duration.ofSeconds(1);

    /** Longer than {@link #IDLE_MILLIS}, much shorter than the time for which a lease is valid. */
    private static final long RECENT_MILLIS = 250;

    /** Rows of one query. */
    private static final int ROWS = 4_000;

    static final String TAIL = "SELECT " + EntryRows.COLUMNS + " FROM journal WHERE seq > ? ORDER BY seq LIMIT " + ROWS;

    private final Database database;
    private final JournalView view;
    private final Lineage lineage;
    private final TimeSource clock;
    private final ExecutorService replies;
    private final ServiceThreads threads;
    private final BlockingQueue<CompletableFuture<Board>> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;
    private @Nullable Connection connection;

    /** Of the connection; prepared once, because a node without requests does little else. */
    private @Nullable PreparedStatement verification;

    private @Nullable Instant verified;

    /** Begin of the last look that succeeded. */
    private volatile Look last;

    private volatile @Nullable Signals signals;
    private volatile Runnable signalled = () -> {};
    private volatile @Nullable Lease lease;

    /** The last row at the last look, and when it was new. */
    private long lastRow;

    private Instant lastRowAt;

    /** The database did not answer the last look. */
    private volatile boolean away;

    /** The row of the lease at the begin of a look, by the steady clock. */
    private record Lease(LeaseTable.Row row, Instant read) {}

    /** A time by both clocks. */
    private record Look(Instant steady, Instant wall) {}

    SqlTail(
            Database database,
            JournalView view,
            Lineage lineage,
            TimeSource clock,
            MeterRegistry meters,
            ServiceThreads threads) {
        this.database = database;
        this.view = view;
        this.lineage = lineage;
        this.clock = clock;
        this.threads = threads;
        this.replies = threads.cachedPool("epmpulse-latest");
        this.last = new Look(clock.steady(), clock.instant());
        this.lastRow = view.state().seq();
        this.lastRowAt = last.steady();
        TimeGauge.builder("epmpulse.journal.behind", this, TimeUnit.MILLISECONDS, it -> it.behind()
                        .toMillis())
                .description("Time since the last look at what other nodes have written")
                .register(meters);
    }

    void start() {
        thread = threads.startRestarting("epmpulse-journal-tail", closing, this::run);
    }

    private Duration behind() {
        return Duration.between(last.steady(), clock.steady());
    }

    /** As {@link org.epmpulse.store.StatusStore#latest}. */
    CompletableFuture<Board> latest() {
        if (away || closing.getCount() == 0) {
            return CompletableFuture.completedFuture(view.state().board());
        }
        CompletableFuture<Board> look = new CompletableFuture<>();
        waiting.add(look);
        return look.orTimeout(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyAsync(late -> view.state().board(), replies);
    }

    /** As {@link org.epmpulse.store.StatusStore#asOf}. */
    @Nullable
    Instant asOf() {
        return away || behind().compareTo(MAX_WAIT) > 0 ? last.wall() : null;
    }

    /** The last time at which the database answered; null while it answers. */
    @Nullable
    Instant awaySince() {
        return away ? last.wall() : null;
    }

    /** What the last look said of other tables; null before the first look. */
    @Nullable
    Signals signals() {
        return signals;
    }

    /** Sets the listener that is called when {@link #signals} has changed; it must not block. */
    void onSignals(Runnable listener) {
        signalled = listener;
    }

    /** The row of the lease, if it was read within the last {@value #RECENT_MILLIS} ms; otherwise null. */
    LeaseTable.@Nullable Row recentLease() {
        Lease known = lease;
        return known != null && Duration.between(known.read(), clock.steady()).toMillis() <= RECENT_MILLIS
                ? known.row()
                : null;
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                List<CompletableFuture<Board>> looks = new ArrayList<>();
                long interval = isIdle(clock.steady()) ? IDLE_MILLIS : INTERVAL_MILLIS;
                CompletableFuture<Board> first = waiting.poll(interval, TimeUnit.MILLISECONDS);
                if (first != null) {
                    looks.add(first);
                    waiting.drainTo(looks);
                }
                look(first != null);
                if (!looks.isEmpty()) {
                    Board board = view.state().board();
                    replies.execute(() -> looks.forEach(look -> look.complete(board)));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private boolean isIdle(Instant now) {
        long row = view.state().seq();
        if (row != lastRow) {
            lastRow = row;
            lastRowAt = now;
        }
        return Duration.between(lastRowAt, now).compareTo(IDLE_AFTER) >= 0;
    }

    /**
     * Applies what others have written. One statement, if they have written nothing: while rows are expected, it reads
     * them; otherwise, and once a second, it compares this node with the database.
     *
     * @param rowsExpected whether somebody waits for the newest rows
     */
    private void look(boolean rowsExpected) {
        Look begun = new Look(clock.steady(), clock.instant());
        try {
            Connection open = connection();
            boolean verifyDue = verified == null
                    || Duration.between(verified, begun.steady()).compareTo(VERIFY) >= 0;
            boolean behind = true;
            if (verifyDue || (!rowsExpected && isIdle(begun.steady()))) {
                Lineage.Look found = lineage.verify(verification(open));
                lease = new Lease(found.lease(), begun.steady());
                if (!found.signals().equals(signals)) {
                    signals = found.signals();
                    signalled.run();
                }
                behind = found.behind();
                verified = begun.steady();
            }
            if (behind) {
                follow(open, view);
            }
            last = begun;
            reportAnswer();
        } catch (MissingRowException e) {
            LOG.debug("Journal: comparing with the database", e);
            verified = null;
        } catch (SQLException e) {
            disconnect();
            reportAway(e);
        }
    }

    /** Applies all committed rows of others. */
    static void follow(Connection open, JournalView view) throws SQLException {
        int read;
        do {
            try (PreparedStatement statement = open.prepareStatement(TAIL)) {
                statement.setLong(1, view.state().seq());
                try (ResultSet rows = statement.executeQuery()) {
                    read = view.apply(rows);
                }
            }
        } while (read == ROWS);
    }

    private Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = database.openForJournal();
            open.setAutoCommit(true);
            connection = open;
            verified = null;
        }
        return open;
    }

    private PreparedStatement verification(Connection open) throws SQLException {
        PreparedStatement prepared = verification;
        if (prepared == null) {
            prepared = Lineage.prepare(open);
            verification = prepared;
        }
        return prepared;
    }

    private void disconnect() {
        Database.closeQuietly(connection);
        connection = null;
        verification = null;
    }

    private void reportAway(SQLException e) {
        if (!away) {
            LOG.warn(
                    "Journal: the database does not answer: {}; this node shows the updates up to {}, and retries",
                    Database.describe(e),
                    last.wall());
        }
        away = true;
    }

    private void reportAnswer() {
        if (away) {
            away = false;
            LOG.info("Journal: the database answers again; this node shows all updates");
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        Thread running = thread;
        if (running != null) {
            running.join();
        }
        List<CompletableFuture<Board>> looks = new ArrayList<>();
        waiting.drainTo(looks);
        looks.forEach(look -> look.complete(view.state().board()));
        replies.shutdown();
    }
}
