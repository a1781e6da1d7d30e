package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.Counter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections of nodes that have locked rows of a table and send nothing. The server itself ends one that is
 * idle in its transaction, and one whose host is gone; it does not end one that was stopped in the middle of a message.
 * Who waits for the lock calls {@link #endHolders} when {@code lock_timeout} has passed. Thread-safe.
 */
final class LockGuard {

    private static final Logger LOG = LoggerFactory.getLogger(LockGuard.class);

    /** How long a node may send nothing while it holds the lock. */
    static final Duration MAX_HANG = Duration.ofSeconds(2);

    /** {@code lock_not_available}. */
    private static final String LOCKED = "55P03";

    private final String table;
    private final Counter ended;
    private final String sql;

    /**
     * @param table whose row is locked
     * @param ended counts the connections that were ended
     */
    LockGuard(String table, Counter ended) {
        this.table = table;
        this.ended = ended;
        // Nodes that wait for a standby server, for another node or that work have other wait events. See
        // https://www.postgresql.org/docs/current/monitoring-stats.html.
        this.sql = "SELECT application_name, pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE pid IN (SELECT pid FROM pg_locks WHERE relation = '" + table + "'::regclass AND granted"
                + " AND mode <> 'AccessShareLock') AND datname = current_database() AND pid <> pg_backend_pid()"
                + " AND application_name LIKE 'epmpulse/%' AND wait_event = 'ClientRead'"
                + " AND state IN ('active', 'idle in transaction')"
                + " AND state_change < clock_timestamp() - interval '" + MAX_HANG.toSeconds() + " seconds'";
    }

    /**
     * Ends the holders of the lock that hang.
     *
     * @param connection on which a statement has failed; its transaction, if there is one, is rolled back
     * @param failure of the statement
     * @return whether the lock is free now; false also if the statement did not fail because of a lock
     */
    boolean endHolders(Connection connection, SQLException failure) throws SQLException {
        if (!LOCKED.equals(failure.getSQLState())) {
            return false;
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        boolean any = false;
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                if (row.getBoolean(2)) {
                    any = true;
                    ended.increment();
                    LOG.warn(
                            "Database: ended a connection of node {}: it had locked a row of the table {} and sent nothing"
                                    + " for {} s; other nodes can write again",
                            row.getString(1).substring(row.getString(1).indexOf('/') + 1),
                            table,
                            MAX_HANG.toSeconds());
                }
            }
        }
        return any;
    }
}
