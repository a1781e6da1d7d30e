package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.epmpulse.cluster.LeaseTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when the database has become another one: by a failover, a restore, or a dump that was read back. The
 * {@code origin} in the table {@code store} names the server, its timeline and the table. The first node that finds
 * another one raises the {@code generation}. Every node then compares the chain value of the last row that it knows
 * with the database's, and loads the board again if the row is not there. Thread-safe.
 */
final class Lineage {

    private static final Logger LOG = LoggerFactory.getLogger(Lineage.class);

    /**
     * The first 8 digits of a WAL file's name are the timeline; they are right at once after a promotion. See
     * <a href="https://www.postgresql.org/docs/current/functions-info.html">pg_control_system</a> and
     * <a href="https://www.postgresql.org/docs/current/functions-admin.html">pg_walfile_name</a>.
     */
    static final String ORIGIN = "(SELECT (SELECT system_identifier FROM pg_control_system()) || ':'"
            + " || left(pg_walfile_name(pg_current_wal_lsn()), 8) || ':' || 'journal'::regclass::oid)";

    /** What others may have changed; the parameters are the number of the last row that this node knows, twice. */
    static final String LOOK = "SELECT generation, origin = " + ORIGIN
            + ", coalesce((SELECT chain FROM journal WHERE seq = ?), 0), EXISTS (SELECT 1 FROM journal WHERE seq > ?), "
            + Signals.COLUMNS + ", lease.holder, lease.epoch, lease.renewals FROM store"
            + " LEFT JOIN lease ON lease.name = 'active' WHERE store.id = 1";

    private final SqlBoards boards;
    private final JournalView view;
    private final Counter lost;

    /** The last row that this node and the database have in common. */
    private record Common(long seq, long revision) {}

    Lineage(SqlBoards boards, JournalView view, MeterRegistry meters) {
        this.boards = boards;
        this.view = view;
        this.lost = Counter.builder("epmpulse.revisions.lost")
                .description("Revisions that were shown and that the database has lost")
                .register(meters);
    }

    /**
     * Raises the generation if the database is not the one of before.
     *
     * @param connection with auto-commit on
     * @return the generation
     */
    static long confirm(Connection connection) throws SQLException {
        String raise = "UPDATE store SET generation = generation + 1, origin = " + ORIGIN
                + " WHERE id = 1 AND origin <> " + ORIGIN + " RETURNING generation";
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery("SELECT generation, origin = " + ORIGIN + " FROM store WHERE id = 1")) {
                if (!row.next()) {
                    throw new SQLException("the table store has no row", "55000");
                }
                if (row.getBoolean(2)) {
                    return row.getLong(1);
                }
            }
            try (ResultSet raised = statement.executeQuery(raise)) {
                if (raised.next()) {
                    LOG.warn(
                            "Journal: the database was restored or has failed over; generation {} of the store begins",
                            raised.getLong(1));
                    return raised.getLong(1);
                }
            }
            // Another node was faster.
            try (ResultSet row = statement.executeQuery("SELECT generation FROM store WHERE id = 1")) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Chain value of a row; 0 for row 0, null if the row is not there. */
    static @Nullable Long chain(Connection connection, long seq) throws SQLException {
        if (seq == 0) {
            return 0L;
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT chain FROM journal WHERE seq = ?")) {
            select.setLong(1, seq);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? (Long) row.getLong(1) : null;
            }
        }
    }

    /**
     * What a look has found.
     *
     * @param behind whether the journal has rows that this node does not know
     * @param lease the row of the active node
     */
    record Look(boolean behind, Signals signals, LeaseTable.Row lease) {}

    /** What the database says of a state of this node. */
    private record Comparison(long generation, boolean sameOrigin, boolean hasRow, Look look) {}

    /** A statement for {@link #verify(PreparedStatement)}, to be used again and again. */
    static PreparedStatement prepare(Connection connection) throws SQLException {
        return connection.prepareStatement(LOOK);
    }

    /**
     * As {@link #verify(PreparedStatement)}, once.
     *
     * @param connection with auto-commit on
     */
    Look verify(Connection connection) throws SQLException {
        try (PreparedStatement select = prepare(connection)) {
            return verify(select);
        }
    }

    /**
     * Compares what this node knows with the database, and loads it again if the database has lost rows.
     *
     * @param select of {@link #prepare}; its connection has auto-commit on
     */
    synchronized Look verify(PreparedStatement select) throws SQLException {
        Connection connection = select.getConnection();
        JournalView.SqlState known = view.state();
        Comparison found = compare(select, known);
        long generation = found.sameOrigin() ? found.generation() : confirm(connection);
        if (found.hasRow()) {
            if (generation != known.generation()) {
                LOG.info(
                        "Journal: everything up to revision {} is there",
                        known.board().revision());
                view.keep(generation);
            }
            return found.look();
        }
        if (generation == known.generation()) {
            generation = raise(connection, generation);
        }
        Common common = common(connection, known.seq());
        long first = common == null ? 1 : common.revision() + 1;
        long last = known.board().revision();
        if (last >= first) {
            lost.increment(last - first + 1);
        }
        LOG.error(
                "Journal: the database lost revisions {} to {} that were shown; the board is loaded from the database,"
                        + " compare its backups and standby servers",
                first,
                last);
        view.replace(boards.load(generation));
        return found.look();
    }

    private static Comparison compare(PreparedStatement select, JournalView.SqlState known) throws SQLException {
        select.setLong(1, known.seq());
        select.setLong(2, known.seq());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the table store has no row", "55000");
            }
            long generation = row.getLong(1);
            return new Comparison(
                    generation,
                    row.getBoolean(2),
                    row.getLong(3) == known.chain(),
                    new Look(row.getBoolean(4), Signals.read(row, 5, generation), SqlLeaseTable.row(row, 7)));
        }
    }

    /** The rows were changed without a change of the origin. */
    private static long raise(Connection connection, long generation) throws SQLException {
        String sql = "UPDATE store SET generation = generation + 1 WHERE id = 1 AND generation = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, generation);
            update.executeUpdate();
        }
        return confirm(connection);
    }

    /** Null if none of the recent rows is in the database. */
    private @Nullable Common common(Connection connection, long last) throws SQLException {
        String sql = "SELECT seq, chain FROM journal WHERE seq <= ? AND seq > ? ORDER BY seq DESC";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, last);
            select.setLong(2, last - RecentRows.SIZE);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Long revision = view.recent().revision(rows.getLong(1), rows.getLong(2));
                    if (revision != null) {
                        return new Common(rows.getLong(1), revision);
                    }
                }
            }
        }
        return null;
    }
}
