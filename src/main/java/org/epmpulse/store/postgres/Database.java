package org.epmpulse.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to the database, with the settings that the store relies on. Thread-safe. */
public final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** Connections for reading, and for short transactions. */
    private static final int READERS = 4;

    private static final int CONNECT_SECONDS = 3;

    /** Longer than {@code lock_timeout}, so that the server's reply arrives before. */
    static final int SOCKET_SECONDS = 10;

    /** How long one step of a copy may take. */
    private static final int COPY_MILLIS = 600_000;

    /** How long a reader waits for a free connection. */
    private static final int POOL_MILLIS = 5_000;

    private static final String IDLE_TIMEOUT = "idle_in_transaction_session_timeout = '2s'";

    /** All may be set by any role. */
    private static final String SESSION = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;"
            + " SET synchronous_commit = on; SET lock_timeout = '3s'; SET tcp_keepalives_idle = 3;"
            + " SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; SET tcp_user_timeout = '5s';"
            + " SET TimeZone = 'UTC'";

    /**
     * The server ends a writer that was stopped in its transaction, which would keep the lock. The end of the journal
     * is read by the primary key, also while the table was never analyzed; otherwise the writer reads the whole table
     * under the lock until the first automatic analysis. Its statements are not planned again for each group, and not
     * compiled: a small table without a fitting index counts as very expensive then.
     */
    private static final String JOURNAL_SESSION =
            "SET " + IDLE_TIMEOUT + "; SET plan_cache_mode = force_generic_plan; SET jit = off;"
                    + " SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";

    private final DatabaseSettings settings;
    private final HikariDataSource readers;

    /** Opens no connection yet. */
    public Database(DatabaseSettings settings, MeterRegistry meters) {
        this.settings = settings;
        HikariConfig config = new HikariConfig();
        config.setPoolName("epmpulse-readers");
        config.setJdbcUrl(settings.url());
        config.setDataSourceProperties(properties());
        config.setCredentialsProvider(this::credentials);
        config.setConnectionInitSql(SESSION);
        config.setMaximumPoolSize(READERS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(POOL_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setIsolateInternalQueries(true);
        config.setMetricRegistry(meters);
        this.readers = new HikariDataSource(config);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(jdbcProperties());
        return properties;
    }

    /** The driver's properties, without credentials. */
    Map<String, String> jdbcProperties() {
        return Map.of(
                PGProperty.CONNECT_TIMEOUT.getName(),
                Integer.toString(CONNECT_SECONDS),
                PGProperty.SOCKET_TIMEOUT.getName(),
                Integer.toString(SOCKET_SECONDS),
                PGProperty.TCP_KEEP_ALIVE.getName(),
                "true",
                PGProperty.TARGET_SERVER_TYPE.getName(),
                "primary",
                PGProperty.HOST_RECHECK_SECONDS.getName(),
                "1",
                PGProperty.APPLICATION_NAME.getName(),
                "epmpulse/" + settings.node());
    }

    private Credentials credentials() {
        try {
            return Credentials.of(settings.user(), settings.password().get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    DatabaseSettings settings() {
        return settings;
    }

    /** Opens a connection for the writer or for reading the end of the journal; auto-commit is off. */
    Connection openForJournal() throws SQLException {
        Connection connection = open();
        try {
            execute(connection, JOURNAL_SESSION);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    /** Opens a connection of its own; auto-commit is on. */
    Connection open() throws SQLException {
        Properties properties = properties();
        String user = settings.user();
        if (user != null) {
            properties.setProperty(PGProperty.USER.getName(), user);
        }
        String password = password();
        if (password != null) {
            properties.setProperty(PGProperty.PASSWORD.getName(), password);
        }
        Connection connection = DriverManager.getConnection(settings.url(), properties);
        try {
            execute(connection, SESSION);
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * Opens a connection for one long transaction; auto-commit is off. Its name is not that of a node, whose connection
     * others end if it holds the right to write for long.
     */
    Connection openForCopy() throws SQLException {
        Connection connection = open();
        try {
            execute(connection, "SET application_name = 'epmpulse migrate'");
            connection.setNetworkTimeout(Runnable::run, COPY_MILLIS);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private @Nullable String password() throws SQLException {
        try {
            return settings.password().get();
        } catch (IOException e) {
            throw new SQLException("the password of the database cannot be read: " + e.getMessage(), "28000", e);
        }
    }

    /** A pooled connection for reading, with auto-commit off; to be closed. */
    Connection reader() throws SQLException {
        Connection connection = readers.getConnection();
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        return connection;
    }

    /**
     * A pooled connection for a short transaction, with auto-commit off; to be closed. The server ends the transaction of
     * a process that was stopped in it, which would keep its locks.
     */
    Connection writable() throws SQLException {
        Connection connection = readers.getConnection();
        try {
            connection.setAutoCommit(false);
            execute(connection, "SET LOCAL " + IDLE_TIMEOUT);
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    /** Uses a connection in one transaction. */
    interface Work<T> {
        T run(Connection connection) throws SQLException, IOException;
    }

    /** Runs one statement. */
    interface Single<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Runs one statement, which commits by itself: one round trip, without {@code BEGIN} and {@code COMMIT}. */
    <T> T single(Single<T> statement) throws SQLException {
        try (Connection connection = readers.getConnection()) {
            return statement.run(connection);
        }
    }

    /**
     * Reads with one statement.
     *
     * @throws IOException if the database does not answer, with a message for the operator
     */
    <T> T read(Single<T> statement) throws IOException {
        try {
            return single(statement);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /**
     * Writes in one transaction.
     *
     * @throws IOException if the database does not answer; nothing was written, unless it failed at the end
     */
    <T> T write(Work<T> work) throws IOException {
        try (Connection connection = writable()) {
            T result = work.run(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /**
     * Reads in one transaction, on a connection of its own, for a command.
     *
     * @throws DatabaseConfigurationException if the database cannot be used until somebody changes it
     * @throws IOException if it does not answer, with a message for the operator
     */
    <T> T readOnce(Work<T> work) throws IOException {
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            return work.run(connection);
        } catch (SQLException e) {
            throw commandFailure(e);
        }
    }

    /** A failure of a command, which does not wait for the database. */
    static IOException commandFailure(SQLException e) {
        return needsPerson(e) ? new DatabaseConfigurationException(describe(e)) : failure(e);
    }

    /** A failure with a message for the operator. */
    static IOException failure(SQLException e) {
        return new IOException("the database: " + describe(e), e);
    }

    /** Sets the parameters of a statement, the first one first. */
    static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /** Runs one statement that changes rows; returns how many. */
    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /**
     * Whether nothing but a person can help: wrong password or user, unknown database or schema, missing rights. See
     * <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL Error Codes</a>.
     */
    static boolean needsPerson(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && (state.startsWith("28") || state.equals("3D000") || state.equals("3F000") || state.equals("42501"));
    }

    static void closeQuietly(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("Database: closing a connection failed", e);
            }
        }
    }

    /** The reason as a text for people, without values of rows. */
    static String describe(SQLException e) {
        ServerErrorMessage error = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        String message = error == null ? e.getMessage() : error.getMessage();
        String reason = message == null
                ? "no reason given"
                : message.lines().findFirst().orElse("");
        return e.getSQLState() == null ? reason : reason + " (" + e.getSQLState() + ")";
    }

    /** Whether the server has reported that the statement failed, and with it the whole transaction. */
    static boolean isReportedByServer(SQLException e) {
        ServerErrorMessage error = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return error != null && "ERROR".equals(error.getSeverity());
    }

    /** Closes the pool; connections of their own are closed by those who opened them. */
    @Override
    public void close() {
        readers.close();
    }
}
