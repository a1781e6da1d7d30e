package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Loads of {@code pgbench} beside the store, on a table with the columns and the indexes of the journal: what the
 * server and its disk do without EPMPulse, one row per transaction. See
 * <a href="https://www.postgresql.org/docs/current/pgbench.html">pgbench</a>.
 */
final class Pgbench implements AutoCloseable {

    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    private static final int DIGITS = 3;

    /** The latency in a line of its log, in microseconds. */
    private static final int LATENCY = 2;

    private static final String VALUES = """
            INSERT INTO single (revision, received, app, domain, status, job_id, message, source, key_name, outcome,
              started, duration_sec, node, chain)
            VALUES (:n, clock_timestamp(), 'App', 'D' || :n::bigint % 15, 'OK', 'LOAD_0_' || :n::bigint,
              'file ' || :n::bigint || ' of the night', 'api', 'key-0123abcd', 'recorded', clock_timestamp(), 2, 'a',
              :n);
            """;

    /** One statement, which is its own transaction. */
    static final String INSERT = "\\set n random(1, 100000000)\n" + VALUES.replace("\n", " ") + "\n";

    /** The row under the lock that the nodes use, one statement after the other. */
    static final String LOCKED = "\\set n random(1, 100000000)\nBEGIN;\n"
            + "SELECT clock_timestamp() FROM store WHERE id = 1 FOR UPDATE;\n"
            + VALUES.replace("\n", " ") + "\nCOMMIT;\n";

    private final PostgresServer server;
    private final PostgresServer.Address database;
    private final Path folder;

    private Pgbench(PostgresServer server, PostgresServer.Address database, Path folder) {
        this.server = server;
        this.database = database;
        this.folder = folder;
    }

    /** Prepares a new database. */
    static Pgbench open(PostgresServer server) throws IOException, SQLException {
        PostgresServer.Address database = server.newDatabase();
        // The store creates its tables.
        StoreNode.open(database.settings("pgbench"), 1).close();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE single (LIKE journal INCLUDING ALL)");
            statement.execute("CREATE SEQUENCE single_seq OWNED BY single.seq");
            statement.execute("ALTER TABLE single ALTER seq SET DEFAULT nextval('single_seq')");
        }
        return new Pgbench(server, database, Program.newFolder());
    }

    /** Runs a script; its CPU counts as that of the load generator. */
    Wrk.Result run(String script, int clients, Duration time) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("script.sql"), script);
        double childrenBefore = Wrk.childrenMicros();
        String output = server.pgbench(
                database,
                folder,
                List.of(
                        "-c",
                        Integer.toString(clients),
                        "-j",
                        Integer.toString(Math.min(2, clients)),
                        "-T",
                        Long.toString(time.toSeconds()),
                        "-l",
                        "-f",
                        file.toString()));
        double children = Wrk.childrenMicros() - childrenBefore;
        Matcher rate = RATE.matcher(output);
        Histogram micros = latencies();
        if (!rate.find() || micros.getTotalCount() == 0) {
            throw new IllegalStateException(output);
        }
        return new Wrk.Result(
                Double.parseDouble(rate.group(1)),
                Double.NaN,
                children / micros.getTotalCount(),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                Double.NaN);
    }

    /** Reads its logs, one per thread, and deletes them. */
    private Histogram latencies() throws IOException {
        Histogram micros = new Histogram(DIGITS);
        List<Path> logs;
        try (Stream<Path> files = Files.list(folder)) {
            logs = files.filter(file -> file.getFileName().toString().startsWith("pgbench_log."))
                    .toList();
        }
        for (Path log : logs) {
            try (Stream<String> lines = Files.lines(log)) {
                lines.forEach(line -> micros.recordValue(Long.parseLong(line.split(" ", -1)[LATENCY])));
            }
            Files.delete(log);
        }
        return micros;
    }

    @Override
    public void close() throws IOException {
        Program.delete(folder);
    }
}
