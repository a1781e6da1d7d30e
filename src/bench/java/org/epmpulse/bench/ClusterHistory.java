package org.epmpulse.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.postgres.GeneratedRows;

/** The packaged program behind a journal of a million rows over 390 days: its start, past boards and history. */
final class ClusterHistory {

    private static final int DOMAINS = 15;

    /** Less than the history that a program keeps. */
    private static final Duration TIME = Duration.ofDays(390);

    private static final int WARNINGS = 50;
    private static final int RUNS = 4;

    private final int rows;
    private final int times;
    private final Targets targets;
    private final Instant start = Instant.now().minus(TIME);

    ClusterHistory(RoundOptions options, int times, Targets targets) {
        this.rows = options.quick() ? 50_000 : 1_000_000;
        this.times = times;
        this.targets = targets;
    }

    private PostgresServer.Address generate(PostgresServer server) throws IOException, SQLException {
        PostgresServer.Address database = server.newDatabase();
        GeneratedRows.write(database.settings("generator"), rows, ClusterHistory::update, start, TIME.dividedBy(rows));
        return database;
    }

    private static ValidatedUpdate update(int number) {
        ValidatedUpdate update = GeneratedJournal.update(number, DOMAINS);
        return update.status() == Status.LOADING || number % WARNINGS != 0
                ? update
                : new ValidatedUpdate(
                        update.id(),
                        Status.WARNING,
                        update.jobId(),
                        update.message(),
                        null,
                        null,
                        update.source(),
                        update.key(),
                        null,
                        null);
    }

    void runStart() throws Exception {
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start()) {
            PostgresServer.Address database = generate(server);
            for (int i = 0; i < times; i++) {
                with.add(start(database));
                execute(
                        database,
                        "CREATE TABLE kept AS SELECT * FROM checkpoint WHERE kind = 'start'",
                        "DELETE FROM checkpoint WHERE kind = 'start'");
                without.add(start(database));
                execute(
                        database,
                        "DELETE FROM checkpoint WHERE kind = 'start'",
                        "INSERT INTO checkpoint SELECT * FROM kept",
                        "DROP TABLE kept");
            }
        }
        Table table = new Table("cluster-start", "%,d rows".formatted(rows), "median ms", "max ms");
        row(table, "with a checkpoint, 25,000 rows behind", with);
        row(table, "without a checkpoint", without);
        table.publish();
        targets.atMost("start behind %,d rows: s".formatted(rows), median(with) / 1e3, 4);
        targets.atMost("start behind %,d rows without a checkpoint: s".formatted(rows), median(without) / 1e3, 10);
    }

    /** The time from the start of the process to the first response with status 200, in milliseconds. */
    private double start(PostgresServer.Address database) throws IOException, InterruptedException {
        try (Program program = Program.start(Program.apps(DOMAINS), database.variables("a"))) {
            long revision = Objects.requireNonNull(program.revision(), "EPMPulse has a revision");
            if (revision != rows) {
                throw new IllegalStateException("revision must be " + rows + ", is " + revision);
            }
            return program.startTime().toMillis();
        }
    }

    private static void execute(PostgresServer.Address database, String... statements) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static double median(List<Double> values) {
        return Median.of(values.stream().mapToDouble(Double::doubleValue));
    }

    private static void row(Table table, String what, List<Double> millis) {
        double max = millis.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        table.row(what, "%.0f".formatted(median(millis)), "%.0f".formatted(max));
    }

    void runQueries() throws Exception {
        Table table = new Table("cluster-history", "%,d rows".formatted(rows), "ms, first and later runs");
        double longest = 0;
        try (PostgresServer server = PostgresServer.start()) {
            PostgresServer.Address database = generate(server);
            Path folder = Program.newFolder();
            try (Program program = Program.start(folder, Program.apps(DOMAINS), database.variables("a"))
                    .onClose(() -> Program.delete(folder))) {
                for (Map.Entry<String, String> query : queries().entrySet()) {
                    List<Double> millis = run(program, query.getValue());
                    longest = Math.max(
                            longest,
                            millis.stream()
                                    .mapToDouble(Double::doubleValue)
                                    .max()
                                    .orElseThrow());
                    table.row(
                            query.getKey(),
                            String.join(
                                    ", ", millis.stream().map("%.0f"::formatted).toList()));
                }
            }
        }
        table.publish();
        targets.atMost("past boards and history over %,d rows: s, the longest".formatted(rows), longest / 1e3, 1);
    }

    private Map<String, String> queries() {
        Instant middle = start.plus(TIME.dividedBy(2)).truncatedTo(ChronoUnit.SECONDS);
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put("the board as it was on day 1", "/api/v1/status?at=" + at(1));
        queries.put("the board as it was on day 195", "/api/v1/status?at=" + at(195));
        queries.put("the board as it was on day 389", "/api/v1/status?at=" + at(389));
        queries.put("the last 10 updates of a domain", "/api/v1/history?app=App&domain=D7&limit=10");
        queries.put("1,000 updates with Warning", "/api/v1/history?status=Warning&limit=1000");
        queries.put("an unknown job", "/api/v1/history?job_id=UNKNOWN");
        queries.put("an unknown job of a domain", "/api/v1/history?app=App&domain=D7&job_id=UNKNOWN");
        queries.put(
                "an hour in the middle",
                "/api/v1/history?since=" + middle + "&until=" + middle.plus(Duration.ofHours(1)) + "&limit=1000");
        queries.put(
                "the first day",
                "/api/v1/history?until=" + start.plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS));
        queries.put("the last 1,000 runs", "/api/v1/runs?limit=1000");
        queries.put("the last 20 runs of a domain", "/api/v1/runs?app=App&domain=D7&limit=20");
        queries.put(
                "1,000 runs since the day before",
                "/api/v1/runs?since="
                        + start.plus(TIME).minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS) + "&limit=1000");
        queries.put("the last 1,000 runs as of day 195", "/api/v1/runs?at=" + at(195) + "&limit=1000");
        queries.put("20 runs of a domain as of day 195", "/api/v1/runs?app=App&domain=D7&at=" + at(195) + "&limit=20");
        queries.put("everything about a domain", "/api/v1/domains/App/D7");
        queries.put("the window as of day 195", "/api/v1/window?at=" + at(195));
        queries.put("the last 30 days of every domain", "/api/v1/history/days");
        return queries;
    }

    private Instant at(int day) {
        return start.plus(Duration.ofDays(day)).plus(Duration.ofHours(18)).truncatedTo(ChronoUnit.SECONDS);
    }

    private static List<Double> run(Program program, String path) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            long begun = System.nanoTime();
            HttpResponse<String> reply = program.get(path);
            millis.add((System.nanoTime() - begun) / 1e6);
            if (reply.statusCode() != 200) {
                throw new IllegalStateException(path + ": " + reply.body());
            }
        }
        return millis;
    }
}
