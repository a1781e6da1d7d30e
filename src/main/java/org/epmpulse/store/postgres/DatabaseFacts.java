package org.epmpulse.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.cluster.Nodes;
import org.jspecify.annotations.Nullable;

/**
 * What a check reads from a database that answered.
 *
 * @param version as in {@code server_version}
 * @param versionNumber as in {@code server_version_num}
 * @param tls version of TLS; null without TLS
 * @param local whether all hosts of the URL are this machine
 * @param settings of the server by name: {@code server_encoding, fsync, full_page_writes, synchronous_standby_names}
 * @param standbys synchronous standby servers that are connected; null if the role may not see that
 * @param pooled whether two open connections have used the same connection of the server
 * @param schema the first one of the search path that exists; null if there is none
 * @param foreign why the schema cannot be used, because another program uses it; null if it can
 * @param mayCreate whether the role may create tables in it
 * @param tables version of the tables; 0 if there are none
 * @param missingRights tables that the role may not read or change
 * @param clockOffset of this machine's clock from the database's
 * @param nodes the running ones
 * @param space of the journal; null if there are no tables
 */
record DatabaseFacts(
        String version,
        int versionNumber,
        @Nullable String tls,
        boolean local,
        Map<String, String> settings,
        @Nullable Integer standbys,
        boolean pooled,
        @Nullable String schema,
        @Nullable String foreign,
        boolean mayCreate,
        int tables,
        List<String> missingRights,
        Duration clockOffset,
        List<Nodes.Node> nodes,
        @Nullable JournalSpace space) {

    /** See <a href="https://www.postgresql.org/docs/current/functions-info.html">Access Privilege Inquiry Functions</a>. */
    private static final String RIGHTS =
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                    + " AND relname IN ('store', 'journal', 'checkpoint', 'lease', 'node', 'document', 'receipt', 'shared_view',"
                    + " 'request', 'listener') AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')"
                    + " AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')) ORDER BY relname";

    /**
     * See <a href="https://www.postgresql.org/docs/current/monitoring-stats.html">pg_stat_replication</a>: another role
     * without {@code pg_read_all_stats} sees the rows without their state.
     */
    private static final String STANDBYS = "SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')),"
            + " count(*) FILTER (WHERE sync_state IS NULL) FROM pg_stat_replication";

    /** Reads them. Changes nothing. */
    static DatabaseFacts read(Database database, boolean local) throws SQLException {
        try (Connection connection = database.open()) {
            Map<String, String> settings = new TreeMap<>();
            for (String name : List.of("server_encoding", "fsync", "full_page_writes", "synchronous_standby_names")) {
                settings.put(name, text(connection, "SELECT current_setting('" + name + "')"));
            }
            String schema = nullableText(connection, "SELECT current_schema()");
            String foreign = schema == null ? null : Schema.foreign(connection);
            int tables = schema == null || foreign != null ? 0 : Schema.version(connection);
            return new DatabaseFacts(
                    text(connection, "SELECT current_setting('server_version')"),
                    Integer.parseInt(text(connection, "SELECT current_setting('server_version_num')")),
                    nullableText(connection, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl"),
                    local,
                    settings,
                    standbys(connection),
                    isPooled(database, connection),
                    schema,
                    foreign,
                    schema != null
                            && text(connection, "SELECT has_schema_privilege(current_schema(), 'CREATE')")
                                    .equals("t"),
                    tables,
                    tables == 0 ? List.of() : texts(connection, RIGHTS),
                    clockOffset(connection),
                    tables == 0 ? List.of() : SqlNodes.running(connection),
                    tables == 0 ? null : JournalSpace.of(connection));
        }
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    private static @Nullable String nullableText(Connection connection, String sql) throws SQLException {
        List<String> texts = texts(connection, sql);
        return texts.isEmpty() ? null : texts.get(0);
    }

    private static String text(Connection connection, String sql) throws SQLException {
        String text = nullableText(connection, sql);
        if (text == null) {
            throw new SQLException("no result of " + sql, "02000");
        }
        return text;
    }

    private static @Nullable Integer standbys(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(STANDBYS);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getInt(1) == 0 && row.getInt(2) > 0 ? null : (Integer) row.getInt(1);
        }
    }

    /**
     * Whether a pooler gives a connection of the server to another client after each transaction. Then a second
     * connection gets that of the first one while it is idle, or the first one another than before.
     */
    private static boolean isPooled(Database database, Connection first) throws SQLException {
        String pid = "SELECT pg_backend_pid()";
        String before = text(first, pid);
        try (Connection second = database.open()) {
            second.setAutoCommit(false);
            String other = text(second, pid);
            String after = text(first, pid);
            return before.equals(other) || !before.equals(after);
        }
    }

    /** By the shortest of some round trips. */
    private static Duration clockOffset(Connection connection) throws SQLException {
        Duration offset = Duration.ZERO;
        Duration shortest = Duration.ofDays(1);
        for (int i = 0; i < 3; i++) {
            Instant before = Instant.now();
            Instant there = OffsetDateTime.parse(
                            text(
                                    connection,
                                    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"))
                    .toInstant();
            Duration trip = Duration.between(before, Instant.now());
            if (trip.compareTo(shortest) < 0) {
                shortest = trip;
                offset = Duration.between(there, before.plus(trip.dividedBy(2)));
            }
        }
        return offset;
    }
}
