package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.epmpulse.cluster.LeaseTable;
import org.jspecify.annotations.Nullable;

/**
 * The row {@code active} of the table {@code lease}, on a connection of its own, so that slow groups do not delay it.
 * Not thread-safe.
 */
public final class SqlLeaseTable implements LeaseTable, AutoCloseable {

    private static final String WHERE = " WHERE name = 'active' AND ";

    /** Much shorter than the time for which a renewal is valid. */
    private static final String LOCK_TIMEOUT = "SET lock_timeout = '1s'";

    private final Database database;
    private final LockGuard guard;
    private @Nullable Connection connection;

    /** Of the connection, by their text; prepared once, because a node without requests does little else. */
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private Supplier<LeaseTable.@Nullable Row> recent = () -> null;

    public SqlLeaseTable(Database database, MeterRegistry meters) {
        this.database = database;
        this.guard = new LockGuard("lease", SqlMetrics.blockersEnded(meters));
    }

    /**
     * Sets where {@link #read} looks first. A row that is a moment old does no harm: a lease is taken only if its row has
     * not changed since.
     *
     * @param known null if it does not know the row as it is now
     */
    public void readFirst(Supplier<LeaseTable.@Nullable Row> known) {
        recent = known;
    }

    @Override
    public Row read() throws IOException {
        Row known = recent.get();
        return known == null ? select() : known;
    }

    static Row row(ResultSet row, int column) throws SQLException {
        return new Row(row.getObject(column, UUID.class), row.getLong(column + 1), row.getLong(column + 2));
    }

    private Row select() throws IOException {
        return run("SELECT holder, epoch, renewals FROM lease WHERE name = 'active'", statement -> {
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the table lease has no row", "55000");
                }
                return row(row, 1);
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
        try {
            PreparedStatement statement = statements.get(sql);
            if (statement == null) {
                statement = open.prepareStatement(sql);
                statements.put(sql, statement);
            }
            return query.run(statement);
        } catch (SQLException e) {
            guard.endHolders(open, e);
            throw e;
        }
    }

    @Override
    public void close() {
        Database.closeQuietly(connection);
        connection = null;
        statements.clear();
    }
}
