package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.epmpulse.cluster.LeaseTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row {@code active} of the table {@code lease}, on a connection of its own, so that slow groups do not delay it.
 * Not thread-safe.
 */
public final class SqlLeaseTable implements LeaseTable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SqlLeaseTable.class);

    private static final String WHERE = " WHERE name = 'active' AND ";

    /** Much shorter than the time for which a renewal is valid. */
    private static final String LOCK_TIMEOUT = "SET lock_timeout = '1s'";

    /** {@code lock_not_available}. */
    private static final String LOCKED = "55P03";

    /**
     * Ends nodes that have locked the row and send nothing. The server itself ends one that is idle in its transaction,
     * but not one that was stopped in the middle of a message.
     */
    private static final String END_BLOCKERS =
            "SELECT application_name, pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE pid IN (SELECT pid FROM pg_locks WHERE relation = 'lease'::regclass AND granted)"
                    + " AND pid <> pg_backend_pid() AND application_name LIKE 'epmpulse/%' AND wait_event = 'ClientRead'"
                    + " AND state IN ('active', 'idle in transaction')"
                    + " AND query_start < clock_timestamp() - interval '" + LockGuard.MAX_HANG.toSeconds()
                    + " seconds'";

    private final Database database;
    private final Counter blockersEnded;
    private @Nullable Connection connection;

    public SqlLeaseTable(Database database, MeterRegistry meters) {
        this.database = database;
        this.blockersEnded = SqlMetrics.blockersEnded(meters);
    }

    @Override
    public Row read() throws IOException {
        return run("SELECT holder, epoch, renewals FROM lease WHERE name = 'active'", statement -> {
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the table lease has no row", "55000");
                }
                return new Row(row.getObject(1, UUID.class), row.getLong(2), row.getLong(3));
            }
        });
    }

    @Override
    public boolean renew(UUID node, long epoch) throws IOException {
        return update("UPDATE lease SET renewals = renewals + 1" + WHERE + "holder = ? AND epoch = ?", node, epoch);
    }

    @Override
    public boolean take(UUID node, Row seen) throws IOException {
        return update(
                "UPDATE lease SET holder = ?, epoch = epoch + 1, renewals = renewals + 1" + WHERE
                        + "epoch = ? AND renewals = ?",
                node,
                seen.epoch(),
                seen.renewals());
    }

    @Override
    public void release(UUID node, long epoch) throws IOException {
        update("UPDATE lease SET holder = NULL" + WHERE + "holder = ? AND epoch = ?", node, epoch);
    }

    private boolean update(String sql, Object... values) throws IOException {
        return run(sql, statement -> {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate() == 1;
        });
    }

    private interface Query<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(String sql, Query<T> query) throws IOException {
        try {
            Connection open = connection;
            if (open == null) {
                open = database.open();
                connection = open;
                Database.update(open, LOCK_TIMEOUT);
            }
            return run(open, sql, query);
        } catch (SQLException e) {
            close();
            throw new IOException("the database: " + Database.describe(e), e);
        }
    }

    private <T> T run(Connection open, String sql, Query<T> query) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement(sql)) {
            return query.run(statement);
        } catch (SQLException e) {
            if (LOCKED.equals(e.getSQLState())) {
                endBlockers(open);
            }
            throw e;
        }
    }

    private void endBlockers(Connection open) throws SQLException {
        try (PreparedStatement statement = open.prepareStatement(END_BLOCKERS);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                if (row.getBoolean(2)) {
                    blockersEnded.increment();
                    LOG.warn(
                            "Cluster: ended a connection of node {}, which had locked the lease and sent nothing",
                            row.getString(1).substring(row.getString(1).indexOf('/') + 1));
                }
            }
        }
    }

    @Override
    public void close() {
        Database.closeQuietly(connection);
        connection = null;
    }
}
