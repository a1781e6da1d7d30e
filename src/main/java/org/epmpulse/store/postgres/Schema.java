package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the database, creates and upgrades its tables. */
final class Schema {

    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

    /** Number of the last script in {@code db/migration}. */
    static final int VERSION = SchemaScripts.FILES.size();

    /** The oldest supported {@code server_version_num}. */
    static final int OLDEST_SERVER = 130_000;

    /** Of Flyway. */
    private static final String HISTORY = "flyway_schema_history";

    /** Some of the tables, views, sequences and functions that belong to no extension. */
    private static final String FOREIGN =
            "SELECT name FROM (SELECT oid, relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S',"
                    + " 'f') AND relnamespace = current_schema()::regnamespace UNION ALL SELECT oid, proname::text"
                    + " FROM pg_proc WHERE pronamespace = current_schema()::regnamespace) AS object WHERE NOT EXISTS"
                    + " (SELECT 1 FROM pg_depend WHERE objid = object.oid AND deptype = 'e') ORDER BY name LIMIT 5";

    private Schema() {}

    /**
     * What this store is; see the table {@code store}.
     *
     * @param generation when it was read
     */
    record Identity(String storeId, long generation, Instant created) {

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
            String foreign = foreign(connection);
            if (foreign != null) {
                throw new DatabaseConfigurationException(foreign);
            }
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
        if (!isThere(connection, HISTORY)) {
            return 0;
        }
        return Integer.parseInt(
                text(connection, "SELECT coalesce(max(version::numeric::int), 0) FROM " + HISTORY + " WHERE success"));
    }

    /** Whether a table is in the schema itself, and not in a later one of the search path. */
    private static boolean isThere(Connection connection, String table) throws SQLException {
        return text(connection, "SELECT to_regclass(quote_ident(current_schema()) || '." + table + "') IS NOT NULL")
                .equals("t");
    }

    /**
     * Why the tables cannot be created or used, because the schema is that of another program; null if it is not. The
     * SQL for a DBA also works beside tables of another program, but Flyway needs an empty schema.
     */
    static @Nullable String foreign(Connection connection) throws SQLException {
        List<String> objects = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(FOREIGN);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                objects.add(row.getString(1));
            }
        }
        // Flyway creates its own table before the others: another node does that now, or a start was cut off.
        boolean isBegun = objects.equals(List.of(HISTORY))
                && text(connection, "SELECT count(*) = 0 FROM " + HISTORY).equals("t");
        // Asked last, because another node may create the tables meanwhile.
        if (objects.isEmpty() || isBegun || (isThere(connection, "store") && isThere(connection, HISTORY))) {
            return null;
        }
        return "the schema " + text(connection, "SELECT current_schema()") + " holds what is not EPMPulse's ("
                + String.join(", ", objects)
                + "); use an empty schema, with ALTER ROLE … SET search_path, or an"
                + " empty database";
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
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
            throw new DatabaseConfigurationException("the tables cannot be created: " + reason);
        }
    }

    private static Identity identity(Connection connection) throws SQLException {
        String insert = "INSERT INTO store (id, store_id, origin, created) VALUES (1, ?, " + Lineage.ORIGIN
                + ", clock_timestamp()) ON CONFLICT DO NOTHING";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, UUID.randomUUID().toString());
            statement.execute();
        }
        long generation = Lineage.confirm(connection);
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT store_id, created FROM store WHERE id = 1");
                ResultSet row = select.executeQuery()) {
            row.next();
            Instant created = row.getObject(2, OffsetDateTime.class).toInstant();
            return new Identity(row.getString(1), generation, created);
        }
    }
}
