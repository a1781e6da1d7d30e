package org.epmpulse.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged program on a database beside the one on files. */
final class ClusterPrograms {

    private static final int POST_DOMAINS = 5;
    private static final int DOMAINS = 15;
    private static final int CONNECTIONS = 64;

    private final RoundOptions options;
    private final Targets targets;

    ClusterPrograms(RoundOptions options, Targets targets) {
        this.options = options;
        this.targets = targets;
    }

    void runPost() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            InterleavedMeasurement measurement =
                    new InterleavedMeasurement("cluster-post", options, options.measured(10));
            InterleavedMeasurement.Load<Program> load =
                    server.withCpu((program, time) -> Wrk.post(program, CONNECTIONS, POST_DOMAINS, time));
            String apps = Program.apps(POST_DOMAINS);
            InterleavedMeasurement.Entry files =
                    measurement.runner(() -> Program.start(apps, Map.of())).entry("POST, files", load);
            InterleavedMeasurement.Entry node = measurement
                    .runner(() -> Program.start(apps, server.newDatabase().variables("a")))
                    .entry("POST, 1 node", load);
            measurement.run();
            publish("cluster-post", "updates", List.of(files, node), server);
            targets.atLeast("POST, 1 node: rate / files", node.ratio(files, Wrk.Result::perSecond), 0.4);
            targets.atMost("POST, 1 node: CPU per update / files", node.ratio(files, Wrk.Result::cpuMicros), 1.3);
        }
    }

    void runGet() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            InterleavedMeasurement measurement =
                    new InterleavedMeasurement("cluster-get", options, options.measured(5));
            InterleavedMeasurement.Load<Program> load = server.withCpu(ReadsBenchmark::read);
            InterleavedMeasurement.Entry files =
                    measurement.runner(() -> startForReading(Map.of())).entry("GET all, files", load);
            InterleavedMeasurement.Entry node = measurement
                    .runner(() -> startForReading(server.newDatabase().variables("a")))
                    .entry("GET all, 1 node", load);
            measurement.run();
            publish("cluster-get", "requests", List.of(files, node), server);
            targets.atLeast("GET all, 1 node: rate / files", node.ratio(files, Wrk.Result::perSecond), 0.7);
            targets.atMost(
                    "GET all, 1 node: p50 - files, in ms", node.difference(files, Wrk.Result::medianMillis), 0.5);
        }
    }

    private static Program startForReading(Map<String, String> database) throws IOException, InterruptedException {
        Path folder = Program.newFolder();
        Map<String, String> settings = new HashMap<>(ReadsBenchmark.keySettings(folder));
        settings.putAll(database);
        Program program = Program.start(folder, Program.apps(DOMAINS), settings).onClose(() -> Program.delete(folder));
        program.fill(DOMAINS);
        return program;
    }

    private static void publish(
            String name, String what, List<InterleavedMeasurement.Entry> entries, PostgresServer server)
            throws IOException, InterruptedException {
        Comparison.publish(
                name,
                what,
                entries,
                "CPU of the database server for each: %.0f µs. %s shares the cores with the programs and wrk."
                        .formatted(entries.get(1).median(Wrk.Result::serverMicros), server.version()));
    }

    /** Posts to one node are read as events of another. */
    void runEvents() throws Exception {
        int readers = options.quick() ? 100 : 1_000;
        int posts = options.quick() ? 20 : 200;
        Table table = new Table("cluster-events", "%,d readers".formatted(readers), "p50 ms", "p99 ms", "max ms");
        try (PostgresServer server = PostgresServer.start();
                Program files = Program.start(Program.apps(DOMAINS), Map.of())) {
            EventsBenchmark.post(files, posts);
            EventsBenchmark.Delays alone = EventsBenchmark.measure(files, files, readers, posts);
            EventsBenchmark.row(table, "POST to event, files", alone.events());
            runEvents(server, table, readers, posts);
        }
        table.publish();
    }

    private void runEvents(PostgresServer server, Table table, int readers, int posts)
            throws IOException, InterruptedException, SQLException {
        PostgresServer.Address database = server.newDatabase();
        try (Program a = Program.start(Program.apps(DOMAINS), database.variables("a"));
                Program b = Program.start(Program.apps(DOMAINS), database.variables("b"))) {
            EventsBenchmark.post(a, posts);
            EventsBenchmark.Delays delays = EventsBenchmark.measure(a, b, readers, posts);
            EventsBenchmark.row(table, "POST to a", delays.posts());
            EventsBenchmark.row(table, "POST to a to event of b", delays.events());
            table.note("%,d of %,d events were received from b."
                    .formatted(delays.events().size(), readers * posts));
            targets.atMost(
                    "POST to a to event of b, %,d readers: p99 in ms".formatted(readers),
                    EventsBenchmark.millis(delays.events(), 99),
                    400);
        }
    }
}
