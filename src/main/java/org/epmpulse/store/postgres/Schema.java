package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the database, creates and upgrades its tables. */
final class Schema {

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    /** Number of the last script in {@code db/migration}. */
    static final int VERSION = 3;

    private static final int OLDEST_SERVER = 130_000;

    private Schema() {}

    /**
     * What this store is; see the table {@code store}.
     *
     * @param generation at the start of this node
     */
    record Identity(String storeId, long generation) {

        /** What clients see of it; as that of a journal in files as long as the first generation lasts. */
        String text(long currentGeneration) {
            return currentGeneration == 1 ? storeId : storeId + "." + currentGeneration;
        }
    }

    /**
     * Makes the tables ready.
     *
     * @throws SQLException if the database cannot be used now
     * @throws DatabaseConfigurationException if it cannot be used until somebody changes it
     */
    static Identity prepare(Database database) throws SQLException, IOException {
        try (Connection connection = database.open()) {
            requireServer(connection);
            int version = version(connection);
            if (version < VERSION && !database.settings().migrate()) {
                throw new DatabaseConfigurationException("the tables have version " + version + ", but version "
                        + VERSION + " is required; apply the scripts that \"epmpulse database --sql\" prints");
            }
            if (version < VERSION) {
                migrate(database);
            }
            return identity(connection);
        }
    }

    private static void requireServer(Connection connection) throws SQLException, IOException {
        String encoding = text(connection, "SHOW server_encoding");
        int version = Integer.parseInt(text(connection, "SHOW server_version_num"));
        if (version < OLDEST_SERVER) {
            throw new DatabaseConfigurationException("PostgreSQL 13 or later is required");
        }
        if (!encoding.equals("UTF8")) {
            throw new DatabaseConfigurationException("the database must have the encoding UTF8, not " + encoding);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The version of the tables; 0 if there are none. Flyway's own look takes a lock. */
    static int version(Connection connection) throws SQLException {
        if (text(connection, "SELECT to_regclass('flyway_schema_history') IS NULL")
                .equals("t")) {
            return 0;
        }
        return Integer.parseInt(text(
                connection, "SELECT coalesce(max(version::numeric::int), 0) FROM flyway_schema_history WHERE success"));
    }

    private static void migrate(Database database) throws IOException, SQLException {
        DatabaseSettings settings = database.settings();
        try {
            int scripts = Flyway.configure()
                    .dataSource(
                            settings.url(), settings.user(), settings.password().get())
                    .jdbcProperties(new HashMap<>(database.jdbcProperties()))
                    .locations("classpath:db/migration")
                    .failOnMissingLocations(true)
                    .load()
                    .migrate()
                    .migrationsExecuted;
            if (scripts > 0) {
                LOG.info("Database: created or changed the tables; they have version {} now", VERSION);
            }
        } catch (FlywayException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw sql;
                }
            }
            throw new SQLException("the tables cannot be created: " + e.getMessage(), e);
        }
    }

    private static Identity identity(Connection connection) throws SQLException {
        String insert = "INSERT INTO store (id, store_id, origin, created) VALUES (1, ?, " + Lineage.ORIGIN
                + ", clock_timestamp()) ON CONFLICT DO NOTHING";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, UUID.randomUUID().toString());
            statement.execute();
        }
        return new Identity(text(connection, "SELECT store_id FROM store WHERE id = 1"), Lineage.confirm(connection));
    }
}
