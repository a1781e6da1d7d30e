package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.epmpulse.status.Board;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the oldest rows of the journal. A start needs only the rows after its checkpoint, so one is written before. Also
 * removes rows of nodes that are gone. Run by the active node, on one thread.
 */
public final class SqlRetention {

    private static final Logger LOG = LoggerFactory.getLogger(SqlRetention.class);

    /** Rows that one transaction deletes, so that it holds no lock for long. */
    private static final long DELETED_AT_ONCE = 10_000;

    /**
     * The first row of the last days that have rows, so that a clock that is wrong removes nothing; but not after rows
     * whose idempotency key is valid.
     */
    private static final String FIRST_KEPT =
            "SELECT least((SELECT min(first) FROM (SELECT min(seq) AS first FROM journal"
                    + " GROUP BY (received AT TIME ZONE 'UTC')::date ORDER BY first DESC LIMIT ?) AS days),"
                    + " (SELECT min(seq) FROM journal WHERE received > clock_timestamp() - interval '24 hours'))";

    /** Of the last row, counted from 1970: only a new day makes others too old. */
    private static final String DAY = "SELECT (received AT TIME ZONE 'UTC')::date - DATE '1970-01-01' FROM journal"
            + " ORDER BY seq DESC LIMIT 1";

    /** {@link #FIRST_KEPT} reads all rows. */
    private static final int SCAN_MILLIS = 600_000;

    private static final String FIRST = "SELECT seq FROM journal ORDER BY seq LIMIT 1";

    private static final String SIZE = "SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits"
            + " WHERE inhparent = 'journal'::regclass";

    private final Database database;
    private final SqlCheckpoints checkpoints;
    private final JournalView view;
    private final ActiveWrites writes;
    private final Limits limits;
    private @Nullable Long searchedOn;

    /**
     * Limits of the history.
     *
     * @param days with rows, 1 or more
     * @param maxSize of the journal's tables and indexes together, in bytes
     */
    public record Limits(int days, long maxSize) {}

    SqlRetention(Database database, SqlCheckpoints checkpoints, JournalView view, ActiveWrites writes, Limits limits) {
        this.database = database;
        this.checkpoints = checkpoints;
        this.view = view;
        this.writes = writes;
        this.limits = limits;
    }

    /**
     * Removes what is beyond the limits.
     *
     * @throws IOException if it could not be removed; it is removed later
     */
    void run() throws IOException {
        writes.run(database, (connection, epoch) -> Database.update(connection, SqlNodes.REMOVE_OLD));
        Board board = view.state().board();
        long last = board.sequence();
        if (last == 0) {
            return;
        }
        Long day = number(DAY);
        // The last row is needed to compare this node with the database.
        long end = Objects.equals(day, searchedOn) ? 0 : Math.min(lastTooOld(), last - 1);
        long first = first();
        boolean tooLarge = isTooLarge() && JournalBlocks.of(first) < newestRemovable(last) + 1;
        if (first > end && !tooLarge) {
            searchedOn = day;
            return;
        }
        SqlCheckpoints.Checkpoint start = checkpoints.render(SqlCheckpoints.START, board);
        writes.run(database, (connection, epoch) -> SqlCheckpoints.write(connection, start));
        while (first <= end
                && JournalBlocks.of(first) < JournalBlocks.of(end + 1)
                && JournalBlocks.of(first) <= newestRemovable(last)) {
            drop(JournalBlocks.of(first), "is older than the last " + limits.days() + " days with updates");
            first = first();
        }
        delete(first, end);
        while (isTooLarge() && JournalBlocks.of(first()) <= newestRemovable(last)) {
            drop(JournalBlocks.of(first()), "is beyond the maximum size");
        }
        long kept = first();
        writes.run(
                database,
                (connection, epoch) -> Database.update(connection, "DELETE FROM checkpoint WHERE seq < ?", kept - 1));
        searchedOn = day;
    }

    /** The newest block that may be dropped as a whole: the last two stay. */
    private static long newestRemovable(long last) {
        return JournalBlocks.of(last) - 2;
    }

    /** Number of the last row that is too old; 0 if none is. */
    private long lastTooOld() throws IOException {
        Long kept = number(SCAN_MILLIS, FIRST_KEPT, limits.days());
        return kept == null ? 0 : kept - 1;
    }

    /** Number of the first row; 1 if there is none. */
    private long first() throws IOException {
        Long seq = number(FIRST);
        return seq == null ? 1 : seq;
    }

    private boolean isTooLarge() throws IOException {
        Long size = number(SIZE);
        return size != null && size > limits.maxSize();
    }

    private @Nullable Long number(String sql) throws IOException {
        return number(Database.SOCKET_SECONDS * 1_000, sql);
    }

    private @Nullable Long number(int timeoutMillis, String sql, Object... values) throws IOException {
        long[] found = new long[1];
        boolean known = database.read(reader -> {
            reader.setNetworkTimeout(Runnable::run, timeoutMillis);
            try (PreparedStatement select = reader.prepareStatement(sql)) {
                Database.bind(select, values);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        return false;
                    }
                    found[0] = row.getLong(1);
                    return !row.wasNull();
                }
            }
        });
        return known ? (Long) found[0] : null;
    }

    private void drop(long block, String why) throws IOException {
        String table = JournalBlocks.table(block);
        writes.run(database, (connection, epoch) -> {
            execute(connection, "SET LOCAL lock_timeout = '1s'");
            execute(connection, "ALTER TABLE journal DETACH PARTITION " + table);
            execute(connection, "DROP TABLE " + table);
        });
        LOG.info("Journal: removed the table {}, which {}", table, why);
    }

    private void delete(long first, long end) throws IOException {
        for (long from = first; from <= end; from += DELETED_AT_ONCE) {
            long start = from;
            long to = Math.min(end, from + DELETED_AT_ONCE - 1);
            writes.run(
                    database,
                    (connection, epoch) ->
                            Database.update(connection, "DELETE FROM journal WHERE seq >= ? AND seq <= ?", start, to));
        }
        if (first <= end) {
            LOG.info(
                    "Journal: removed rows {} to {}, which are older than the last {} days with updates",
                    first,
                    end,
                    limits.days());
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
