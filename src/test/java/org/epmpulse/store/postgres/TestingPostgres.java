package org.epmpulse.store.postgres;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL server for all tests of a run, with a schema for each test. */
public final class TestingPostgres {

    /** Of the user {@code postgres}. */
    public static final String PASSWORD = "password-of-the-tests";

    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private TestingPostgres() {}

    private static final class Server {
        private static final TestingServer SERVER = start();

        private static TestingServer start() {
            try {
                TestingServer server = TestingServer.start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
                return server;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private static void close(TestingServer server) {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Settings of a new, empty schema. */
    public static DatabaseSettings newSchema() throws SQLException {
        return newSchema(Server.SERVER);
    }

    /** Settings of a new, empty schema of a server. */
    static DatabaseSettings newSchema(TestingServer server) throws SQLException {
        String schema = "test" + SCHEMAS.incrementAndGet();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema);
        }
        String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?currentSchema=" + schema;
        return new DatabaseSettings(url, "postgres", () -> PASSWORD, "a", true);
    }

    /** Of the server of all tests, on the loopback address. */
    public static int port() {
        return Server.SERVER.port();
    }

    /** The same schema, reached through another port. */
    static DatabaseSettings through(DatabaseSettings settings, int port) {
        String url = settings.url().replaceFirst(":\\d+/", ":" + port + "/");
        return new DatabaseSettings(url, settings.user(), settings.password(), settings.node(), settings.migrate());
    }

    /** The same schema for a node of another name. */
    static DatabaseSettings named(DatabaseSettings settings, String node) {
        return new DatabaseSettings(settings.url(), settings.user(), settings.password(), node, settings.migrate());
    }

    /** A connection of a test. */
    static Connection connect(DatabaseSettings settings) throws SQLException {
        return DriverManager.getConnection(settings.url(), settings.user(), PASSWORD);
    }

    /** The nodes that run now count as running for an hour. */
    static void keepNodes(DatabaseSettings settings) throws SQLException {
        execute(settings, "UPDATE node SET seen = seen + interval '1 hour'");
    }

    static void execute(DatabaseSettings settings, String sql) throws SQLException {
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The only number that the query selects. */
    static long number(DatabaseSettings settings, String sql) throws SQLException {
        return numbers(settings, sql).get(0);
    }

    /** The numbers in the only column that the query selects. */
    static List<Long> numbers(DatabaseSettings settings, String sql) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }

    /** Whether a listener of changes has a position. */
    public static boolean hasListener(DatabaseSettings settings, String name) throws SQLException {
        return number(settings, "SELECT count(*) FROM listener WHERE name = '" + name + "'") == 1;
    }

    /** The names of the documents that match a pattern of SQL. */
    public static List<String> documents(DatabaseSettings settings, String pattern) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = connect(settings);
                PreparedStatement select = connection.prepareStatement("SELECT name FROM document WHERE name LIKE ?")) {
            select.setString(1, pattern);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    /** Makes commits of all connections wait for a standby that does not exist, or not any more. */
    static void requireStandby(Statement statement, boolean required) throws SQLException {
        String standby = required ? "nobody" : "";
        statement.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
        statement.execute("SELECT pg_reload_conf()");
        // When a new connection has the setting, all others have been signalled to read it before their next command.
        String url = statement.getConnection().getMetaData().getURL();
        await().until(() -> standbyOfNewConnection(url), standby::equals);
    }

    private static String standbyOfNewConnection(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW synchronous_standby_names")) {
            row.next();
            return row.getString(1);
        }
    }
}
