package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.GroupLog;
import org.epmpulse.store.ReceiptTime;
import org.epmpulse.store.UnknownEndException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes groups to the table {@code journal}. A transaction holds the lock of the table {@code store}, so that all
 * nodes write one after the other; it begins with the rows that others have written. Two round trips per group: the lock with
 * those rows, and the insert with the commit.
 */
final class SqlLog implements GroupLog<Long>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqlLog.class);

    /** Rows of others that are read under the lock; if there are more, they are read before it. */
    private static final int MAX_BEHIND = 4_000;

    /** Pause between two attempts to settle a commit. */
    private static final long SETTLE_MILLIS = 250;

    static final String LOCK = "SELECT 1 FROM store WHERE id = 1 FOR UPDATE";

    /** Also compares the last row that this node knows, so that it never continues another journal. */
    static final String LOCK_AND_LOOK = "SELECT clock_timestamp(), generation,"
            + " coalesce((SELECT chain FROM journal WHERE seq = ?), 0) FROM store WHERE id = 1 FOR UPDATE";

    static final String TAIL =
            "SELECT " + EntryRows.COLUMNS + " FROM journal WHERE seq > ? ORDER BY seq LIMIT " + (MAX_BEHIND + 1);

    private static final String CHAINS =
            "SELECT count(*) FROM journal WHERE (seq = ? AND chain = ?) OR (seq = ? AND chain = ?)";

    private final Database database;
    private final JournalView view;
    private final Lineage lineage;
    private final LockGuard guard;
    private final SqlMetrics metrics;
    private final Supplier<@Nullable Instant> awaySince;
    private final JournalBlocks blocks = new JournalBlocks();
    private @Nullable Connection connection;

    /** The group whose commit had an unknown end; null if there is none. */
    private JournalView.@Nullable Group pending;

    /** @param awaySince since when the database does not answer; null while it does */
    SqlLog(
            Database database,
            JournalView view,
            Lineage lineage,
            LockGuard guard,
            SqlMetrics metrics,
            Supplier<@Nullable Instant> awaySince) {
        this.database = database;
        this.view = view;
        this.lineage = lineage;
        this.guard = guard;
        this.metrics = metrics;
        this.awaySince = awaySince;
    }

    @Override
    public Transaction begin() throws IOException {
        boolean fresh = connection == null;
        try {
            return beginOn(connection());
        } catch (SQLException e) {
            boolean isFree = endHolders(e);
            disconnect();
            if (!isFree && (fresh || Database.isReportedByServer(e))) {
                throw new IOException("the database: " + Database.describe(e), e);
            }
        }
        // The server may have closed a connection that was not used for a while, or a hanging node was ended.
        try {
            return beginOn(connection());
        } catch (SQLException e) {
            disconnect();
            throw new IOException("the database: " + Database.describe(e), e);
        }
    }

    private Transaction beginOn(Connection open) throws SQLException {
        long started = System.nanoTime();
        Instant now = lockFollowed(open);
        open.clearWarnings();
        metrics.lock().record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
        JournalView.SqlState before = view.state();
        return new SqlTransaction(open, before, ReceiptTime.next(now, before.lastReceived()));
    }

    /** Takes the lock when few rows are left to apply; returns the time of the database. */
    private Instant lockFollowed(Connection open) throws SQLException {
        blocks.ensure(open, view.state().seq() + 1);
        Instant now = lockAndFollow(open);
        while (now == null) {
            open.rollback();
            open.setAutoCommit(true);
            lineage.verify(open);
            SqlTail.follow(open, view);
            open.setAutoCommit(false);
            blocks.ensure(open, view.state().seq() + 1);
            now = lockAndFollow(open);
        }
        return now;
    }

    private Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = database.openForJournal();
            connection = open;
            open.setAutoCommit(true);
            lineage.verify(open);
            open.setAutoCommit(false);
        }
        return open;
    }

    /** Whether the lock is free now, because a node that held it and hung was ended. */
    private boolean endHolders(SQLException failure) {
        Connection open = connection;
        try {
            return open != null && guard.endHolders(open, failure);
        } catch (SQLException e) {
            LOG.debug("Journal: ending a hanging node failed", e);
            return false;
        }
    }

    private void disconnect() {
        Database.closeQuietly(connection);
        connection = null;
    }

    /**
     * Takes the lock and applies the rows that others have written.
     *
     * @return the time of the database; null if the database may have lost rows, or if there are too many rows to read
     *     them under the lock
     */
    private @Nullable Instant lockAndFollow(Connection open) throws SQLException {
        JournalView.SqlState known = view.state();
        try (PreparedStatement statement = open.prepareStatement(LOCK_AND_LOOK + ";" + TAIL)) {
            statement.setLong(1, known.seq());
            statement.setLong(2, known.seq());
            statement.execute();
            Instant now;
            try (ResultSet locked = statement.getResultSet()) {
                if (!locked.next()) {
                    throw new SQLException("the table store has no row", "55000");
                }
                if (locked.getLong(2) != known.generation() || locked.getLong(3) != known.chain()) {
                    return null;
                }
                now = locked.getObject(1, OffsetDateTime.class).toInstant();
            }
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                return view.apply(rows) > MAX_BEHIND ? null : now;
            }
        }
    }

    private final class SqlTransaction implements Transaction {
        private final Connection open;
        private final JournalView.SqlState before;
        private final Instant received;
        private boolean ended;

        SqlTransaction(Connection open, JournalView.SqlState before, Instant received) {
            this.open = open;
            this.before = before;
            this.received = received;
        }

        @Override
        public Board board() {
            return before.board();
        }

        @Override
        public Instant received() {
            return received;
        }

        @Override
        public void commit(List<Entry> lines, Board after, List<StatusChange> changes) throws IOException {
            ended = true;
            List<EntryRows.Row> rows = EntryRows.rows(
                    lines, before.seq(), before.chain(), database.settings().node());
            JournalView.Group group = new JournalView.Group(rows, before, after, changes);
            long started = System.nanoTime();
            try {
                if (lines.isEmpty()) {
                    requireNoWarning(commitOnly(open));
                } else {
                    requireNoWarning(insert(open, rows));
                    metrics.commit().record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
                    metrics.countGroup(lines.size());
                    view.apply(group);
                }
            } catch (SQLException e) {
                String reason = "the database: " + Database.describe(e);
                disconnect();
                if (lines.isEmpty() || Database.isReportedByServer(e)) {
                    blocks.forget();
                    throw new IOException(reason, e);
                }
                pending = group;
                throw new UnknownEndException(reason, e);
            }
        }

        @Override
        public void close() {
            if (!ended) {
                try {
                    open.rollback();
                } catch (SQLException e) {
                    disconnect();
                }
            }
        }
    }

    /** The first warning of the commit, or null. */
    private static @Nullable SQLException commitOnly(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute("COMMIT");
            return warning(open, statement);
        }
    }

    private static @Nullable SQLException insert(Connection open, List<EntryRows.Row> rows) throws SQLException {
        boolean single = rows.size() == 1;
        String insert = single ? EntryRows.INSERT_ONE : EntryRows.INSERT;
        try (PreparedStatement statement = open.prepareStatement(insert + "; COMMIT")) {
            if (single) {
                EntryRows.bindOne(statement, rows.get(0));
            } else {
                EntryRows.bind(statement, rows);
            }
            statement.execute();
            int inserted = statement.getUpdateCount();
            statement.getMoreResults();
            if (inserted != rows.size()) {
                return new SQLException("inserted " + inserted + " rows of " + rows.size());
            }
            return warning(open, statement);
        }
    }

    /**
     * A commit whose wait for the standby was cancelled ends as a success with a warning: the rows are durable only on
     * this server. See <a href="https://www.postgresql.org/docs/current/warm-standby.html">Synchronous Replication</a>.
     */
    private static @Nullable SQLException warning(Connection open, Statement statement) throws SQLException {
        return statement.getWarnings() != null ? statement.getWarnings() : open.getWarnings();
    }

    private static void requireNoWarning(@Nullable SQLException warning) throws SQLException {
        if (warning != null) {
            throw new SQLException("the commit ended with a warning: " + warning.getMessage(), "01000", warning);
        }
    }

    @Override
    public End settle(Duration patience) throws InterruptedException {
        JournalView.Group group = pending;
        if (group == null) {
            throw new IllegalStateException("no commit had an unknown end");
        }
        long until = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - until < 0) {
            try {
                boolean written = isWritten(connection(), group);
                End end = written ? End.WRITTEN : End.NOT_WRITTEN;
                if (written) {
                    view.apply(group);
                    LOG.info(
                            "Journal: a commit without a confirmation was recorded: rows {} to {}",
                            group.first().seq(),
                            group.last().seq());
                }
                metrics.countSettled(end);
                pending = null;
                return end;
            } catch (SQLException e) {
                LOG.debug("Journal: settling a commit failed; retrying", e);
                endHolders(e);
                disconnect();
                Thread.sleep(SETTLE_MILLIS);
            }
        }
        return End.UNKNOWN;
    }

    /**
     * Whether the group is in the journal. The lock waits for a transaction of the old connection that may still be
     * committing. This transaction is committed, too: if the first commit did not reach the standby, this one does, and
     * with it the rows.
     */
    private boolean isWritten(Connection open, JournalView.Group group) throws SQLException {
        lock(open);
        boolean written;
        try (PreparedStatement select = open.prepareStatement(CHAINS)) {
            select.setLong(1, group.first().seq());
            select.setLong(2, group.first().chain());
            select.setLong(3, group.last().seq());
            select.setLong(4, group.last().chain());
            try (ResultSet found = select.executeQuery()) {
                found.next();
                written = found.getLong(1) == (group.rows().size() == 1 ? 1 : 2);
            }
        }
        requireNoWarning(commitOnly(open));
        return written;
    }

    private static void lock(Connection open) throws SQLException {
        try (Statement lock = open.createStatement()) {
            lock.execute(LOCK);
        }
    }

    @Override
    public void check() throws IOException {
        Instant since = awaySince.get();
        if (since != null) {
            throw new IOException("the database does not answer since " + since);
        }
    }

    @Override
    public void probe() throws IOException {
        try {
            Connection open = connection();
            lock(open);
            requireNoWarning(commitOnly(open));
        } catch (SQLException e) {
            endHolders(e);
            disconnect();
            throw new IOException("the database: " + Database.describe(e), e);
        }
    }

    @Override
    public List<Entry> entries(Long first, int count) throws IOException {
        String sql = "SELECT " + EntryRows.COLUMNS + " FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq";
        try (Connection reader = database.reader();
                PreparedStatement statement = reader.prepareStatement(sql)) {
            statement.setLong(1, first);
            statement.setLong(2, first + count - 1);
            List<Entry> entries = new ArrayList<>(count);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    entries.add(EntryRows.read(rows, null).entry());
                }
            }
            if (entries.size() != count) {
                throw new IOException("the journal no longer has the rows " + first + " to " + (first + count - 1));
            }
            return entries;
        } catch (SQLException e) {
            throw new IOException("the database: " + Database.describe(e), e);
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
