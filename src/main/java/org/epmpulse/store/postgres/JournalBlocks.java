package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the partitions of the journal, blocks of {@value #SIZE} rows, ahead of the rows. For one thread. */
final class JournalBlocks {

    private static final Logger LOG = LoggerFactory.getLogger(JournalBlocks.class);

    /** Rows of a block. */
    static final long SIZE = 1_000_000;

    /** Blocks that exist beyond the one in use. */
    private static final int AHEAD = 2;

    /** The last block that is known to exist. */
    private long known = -1;

    /** The block of a row; block 0 holds the rows 1 to {@value #SIZE}. */
    static long of(long seq) {
        return (seq - 1) / SIZE;
    }

    static String table(long block) {
        return String.format(Locale.ROOT, "journal_%06d", block);
    }

    /**
     * Creates the blocks of the row and of the next ones, where they do not exist. Holds the right to write meanwhile,
     * so that two nodes do not create the same one.
     *
     * @param connection outside a transaction, with auto-commit off
     */
    void ensure(Connection connection, long seq) throws SQLException {
        long last = of(seq) + AHEAD;
        if (last <= known) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(SqlLog.LOCK);
            for (long block = of(seq); block <= last; block++) {
                create(statement, block);
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
        known = last;
    }

    /** Forgets what is known, after the table has turned out to be different. */
    void forget() {
        known = -1;
    }

    /** Attached afterwards: unlike {@code CREATE … PARTITION OF} that does not block readers. */
    private static void create(Statement statement, long block) throws SQLException {
        String table = table(block);
        if (isAttached(statement, table)) {
            return;
        }
        long first = block * SIZE + 1;
        statement.execute("CREATE TABLE IF NOT EXISTS " + table + " (LIKE journal INCLUDING DEFAULTS)");
        statement.execute("ALTER TABLE journal ATTACH PARTITION " + table + " FOR VALUES FROM (" + first + ") TO ("
                + (first + SIZE) + ")");
        LOG.info("Journal: created the table {}", table);
    }

    private static boolean isAttached(Statement statement, String table) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT 1 FROM pg_inherits WHERE inhparent = 'journal'::regclass"
                + " AND inhrelid = to_regclass('" + table + "')")) {
            return found.next();
        }
    }
}
