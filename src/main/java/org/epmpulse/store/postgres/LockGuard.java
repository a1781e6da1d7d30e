package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connection of a node that hangs while it holds the right to write. The server itself ends one that is idle
 * in its transaction, and one whose host is gone; it does not end one that was stopped in the middle of a message. While
 * the writer waits for the lock, another thread calls {@link #look}. Thread-safe.
 */
final class LockGuard {

    private static final Logger LOG = LoggerFactory.getLogger(LockGuard.class);

    /** How long a node may send nothing while it holds the lock. */
    static final Duration MAX_HANG = Duration.ofSeconds(2);

    /**
     * The one who blocks a backend, if it waits for its client. Not one that waits for a standby server or works. See
     * <a href="https://www.postgresql.org/docs/current/functions-info.html">pg_blocking_pids</a> and
     * <a href="https://www.postgresql.org/docs/current/monitoring-stats.html">pg_stat_activity</a>.
     */
    private static final String BLOCKER = "SELECT pid, application_name, query_start, clock_timestamp()"
            + " FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(?)) AND application_name LIKE 'epmpulse/%'"
            + " AND state IN ('active', 'idle in transaction') AND wait_event = 'ClientRead'";

    /** Repeats the conditions, because the connection may have gone on. */
    private static final String END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ?"
            + " AND query_start = ? AND wait_event = 'ClientRead'";

    private final SqlMetrics metrics;

    /** The backend of the writer while it waits; 0 if it does not. */
    private volatile int waiting;

    private @Nullable Blocker seen;

    /**
     * A node that holds the lock and sends nothing.
     *
     * @param queryStart when its statement began, by the clock of the server
     * @param since when it was first seen so, by the same clock
     */
    private record Blocker(int pid, String application, OffsetDateTime queryStart, OffsetDateTime since) {

        boolean sameAs(Blocker other) {
            return pid == other.pid && queryStart.isEqual(other.queryStart);
        }
    }

    LockGuard(SqlMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * The writer begins to wait.
     *
     * @param writer its connection
     */
    void begin(Connection writer) throws SQLException {
        waiting = writer.unwrap(PGConnection.class).getBackendPID();
    }

    /** The writer waits no longer. */
    void end() {
        waiting = 0;
    }

    /**
     * Looks for a node that blocks the writer.
     *
     * @param connection with auto-commit on
     */
    synchronized void look(Connection connection) throws SQLException {
        int pid = waiting;
        if (pid == 0) {
            return;
        }
        Blocker blocker = blocker(connection, pid);
        Blocker before = seen;
        if (blocker == null || before == null || !blocker.sameAs(before)) {
            seen = blocker;
            return;
        }
        Duration held = Duration.between(before.since(), blocker.since());
        if (held.compareTo(MAX_HANG) >= 0) {
            end(connection, blocker, held);
            seen = null;
        }
    }

    private static @Nullable Blocker blocker(Connection connection, int pid) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BLOCKER)) {
            select.setInt(1, pid);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new Blocker(
                                row.getInt(1),
                                row.getString(2),
                                row.getObject(3, OffsetDateTime.class),
                                row.getObject(4, OffsetDateTime.class))
                        : null;
            }
        }
    }

    private void end(Connection connection, Blocker blocker, Duration held) throws SQLException {
        try (PreparedStatement terminate = connection.prepareStatement(END)) {
            terminate.setInt(1, blocker.pid());
            terminate.setObject(2, blocker.queryStart());
            try (ResultSet row = terminate.executeQuery()) {
                if (row.next() && row.getBoolean(1)) {
                    metrics.countBlockerEnded();
                    LOG.warn(
                            "Journal: ended the connection of node {}, which held the right to write for {} s and sent"
                                    + " nothing",
                            blocker.application()
                                    .substring(blocker.application().indexOf('/') + 1),
                            held.toSeconds());
                }
            }
        }
    }
}
