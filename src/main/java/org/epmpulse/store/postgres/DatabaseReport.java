package org.epmpulse.store.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.epmpulse.config.SharedConfiguration;

/** What is in the database, as a text for the operator. Only reads. */
public final class DatabaseReport {

    private static final String SERVER = "SELECT current_setting('server_version'), coalesce(current_schema(), 'none')";

    private static final String STORE = "SELECT store_id, generation, created FROM store WHERE id = 1";

    private static final String JOURNAL =
            "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0), (SELECT revision FROM journal"
                    + " WHERE revision IS NOT NULL ORDER BY seq DESC LIMIT 1), (SELECT received FROM journal ORDER BY seq LIMIT 1)"
                    + " FROM journal";

    private static final String NODES =
            "SELECT node.name, CASE WHEN id = holder THEN 'active' ELSE state END, version, seq,"
                    + " extract(epoch FROM clock_timestamp() - seen)::bigint, configuration FROM node CROSS JOIN lease"
                    + " WHERE lease.name = 'active' ORDER BY seen < clock_timestamp() - interval '"
                    + SqlNodes.GONE_SECONDS
                    + " seconds', node.name";

    private final Connection connection;
    private final StringBuilder text = new StringBuilder();

    /** By the version of the node. */
    private final Map<String, List<SharedConfiguration>> configurations = new HashMap<>();

    private DatabaseReport(Connection connection) {
        this.connection = connection;
    }

    /**
     * Reads the database; returns lines that end with a line feed.
     *
     * @param name of the database, for people
     * @throws IOException if it does not answer, with a message for the operator
     */
    public static String of(Database database, String name) throws IOException {
        return database.readOnce(connection -> new DatabaseReport(connection).read(name));
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private void each(String sql, Row consumer) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                consumer.read(row);
            }
        }
    }

    private void line(String label, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-10s", label))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    private String read(String name) throws SQLException {
        each(SERVER, row -> line("Database", "%s; PostgreSQL %s, schema %s", name, row.getString(1), row.getString(2)));
        int version = Schema.version(connection);
        if (version == 0) {
            line("Tables", "none (a start creates them, or \"database --sql\")");
            return text.toString();
        }
        line(
                "Tables",
                "version %d%s",
                version,
                version == Schema.VERSION ? "" : ", this program has " + Schema.VERSION);
        each(
                STORE,
                row -> line(
                        "Store", "%s, generation %d, created %s", row.getString(1), row.getLong(2), instant(row, 3)));
        each(JOURNAL, this::journal);
        JournalSpace space = JournalSpace.of(connection);
        line("Size", "%.1f MB in %d blocks; %d of them ahead", space.bytes() / 1e6, space.blocks(), space.ahead());
        int before = text.length();
        each(NODES, this::node);
        if (text.length() == before) {
            line("Nodes", "none is running");
        }
        List<String> differences = SharedConfiguration.differences(configurations);
        if (!differences.isEmpty()) {
            line("Differ", "%s (see \"check --online\")", String.join(", ", differences));
        }
        return text.toString();
    }

    private void journal(ResultSet row) throws SQLException {
        long first = row.getLong(1);
        long last = row.getLong(2);
        if (last == 0) {
            line("Journal", "no updates yet");
        } else {
            line("Journal", "%d updates, rows %d to %d, revision %d", last - first + 1, first, last, row.getLong(3));
            line("Oldest", "received %s", instant(row, 4));
        }
    }

    private void node(ResultSet row) throws SQLException {
        long seconds = row.getLong(5);
        boolean gone = seconds > SqlNodes.GONE_SECONDS;
        if (!gone) {
            configurations
                    .computeIfAbsent(row.getString(3), version -> new ArrayList<>())
                    .add(SharedConfiguration.parse(row.getString(6)));
        }
        line(
                "Node",
                "%s  %s  version %s, knows row %d%s",
                row.getString(1),
                gone ? "not running" : row.getString(2),
                row.getString(3),
                row.getLong(4),
                gone ? ", last seen " + seconds + " s ago" : "");
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
