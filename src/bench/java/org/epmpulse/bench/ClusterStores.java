package org.epmpulse.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.epmpulse.status.StatusRules;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;

/** The stores in this process, without HTTP: files, one and two nodes, beside {@code pgbench}. */
final class ClusterStores {

    private static final int DOMAINS = 15;
    private static final int CALLERS = 64;

    private final RoundOptions options;
    private final Targets targets;

    ClusterStores(RoundOptions options, Targets targets) {
        this.options = options;
        this.targets = targets;
    }

    /** Stores of one journal, and what is closed with them. */
    private record Opened(List<StatusStore> stores, List<AutoCloseable> parts) implements AutoCloseable {

        Wrk.Result load(int callers, Duration time) throws InterruptedException {
            return StoreLoad.run(stores, callers, DOMAINS, time);
        }

        @Override
        public void close() throws Exception {
            for (AutoCloseable part : parts) {
                part.close();
            }
        }
    }

    private static Opened files() throws IOException {
        Path folder = Program.newFolder();
        DataFolder data = DataFolder.open(folder.resolve("data"));
        JournalStatusStore store = JournalStatusStore.open(
                data,
                new StatusRules(Duration.ofMinutes(10)),
                GeneratedJournal.catalog(DOMAINS),
                new JournalStatusStore.Retention(400, Long.MAX_VALUE),
                TimeSource.system(),
                change -> {},
                new SimpleMeterRegistry(),
                new ServiceThreads(new SimpleMeterRegistry()));
        return new Opened(List.of(store), List.of(store, data, () -> Program.delete(folder)));
    }

    private static Opened nodes(PostgresServer server, int count) throws IOException, SQLException {
        PostgresServer.Address database = server.newDatabase();
        List<StatusStore> stores = new ArrayList<>();
        List<AutoCloseable> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StoreNode node = StoreNode.open(database.settings("node-" + i), DOMAINS);
            stores.add(node.store());
            nodes.add(node);
        }
        return new Opened(stores, nodes);
    }

    /** Many callers. */
    void runCallers() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            InterleavedMeasurement measurement = measurement("cluster-store");
            InterleavedMeasurement.Load<Opened> load = server.withCpu((opened, time) -> opened.load(CALLERS, time));
            InterleavedMeasurement.Entry files =
                    measurement.runner(ClusterStores::files).entry("file journal", load);
            InterleavedMeasurement.Entry one =
                    measurement.runner(() -> nodes(server, 1)).entry("1 node", load);
            InterleavedMeasurement.Entry two =
                    measurement.runner(() -> nodes(server, 2)).entry("2 nodes", load);
            InterleavedMeasurement.Entry inserts = measurement
                    .runner(() -> Pgbench.open(server))
                    .entry(
                            "pgbench, one row per transaction",
                            server.withCpu((pgbench, time) -> pgbench.run(Pgbench.INSERT, CALLERS, time)));
            measurement.run();
            publish("cluster-store", CALLERS + " callers", List.of(files, one, two, inserts), server.version());
            targets.atLeast("store, 1 node: updates / file journal", one.ratio(files, Wrk.Result::perSecond), 0.35);
            targets.atLeast(
                    "store, 1 node: updates / pgbench's one-row inserts",
                    one.ratio(inserts, Wrk.Result::perSecond),
                    1.5);
            targets.atMost("store, 1 node: p99 / file journal", one.ratio(files, Wrk.Result::p99Millis), 4);
            targets.atLeast("store, 2 nodes: updates / file journal", two.ratio(files, Wrk.Result::perSecond), 0.2);
            targets.atLeast(
                    "store, 2 nodes: updates / pgbench's one-row inserts",
                    two.ratio(inserts, Wrk.Result::perSecond),
                    1.0);
            targets.atLeast("store, 2 nodes: updates / 1 node", two.ratio(one, Wrk.Result::perSecond), 0.55);
        }
    }

    /** One caller, which waits for each commit. */
    void runOneCaller() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            InterleavedMeasurement measurement = measurement("cluster-caller");
            InterleavedMeasurement.Load<Opened> load = server.withCpu((opened, time) -> opened.load(1, time));
            InterleavedMeasurement.Entry files =
                    measurement.runner(ClusterStores::files).entry("file journal", load);
            InterleavedMeasurement.Entry one =
                    measurement.runner(() -> nodes(server, 1)).entry("1 node", load);
            InterleavedMeasurement.Runner<Pgbench> pgbench = measurement.runner(() -> Pgbench.open(server));
            InterleavedMeasurement.Entry locked = pgbench.entry(
                    "pgbench, locked transaction",
                    server.withCpu((program, time) -> program.run(Pgbench.LOCKED, 1, time)));
            InterleavedMeasurement.Entry inserts = pgbench.entry(
                    "pgbench, one row per transaction",
                    server.withCpu((program, time) -> program.run(Pgbench.INSERT, 1, time)));
            measurement.run();
            publish("cluster-caller", "one caller", List.of(files, one, locked, inserts), server.version());
            targets.atMost(
                    "store, one caller: p50 / pgbench's locked transaction",
                    one.ratio(locked, Wrk.Result::medianMillis),
                    1.3);
        }
    }

    private InterleavedMeasurement measurement(String name) {
        return new InterleavedMeasurement(name, options, options.measured(10));
    }

    private static void publish(String name, String what, List<InterleavedMeasurement.Entry> entries, String server)
            throws IOException, InterruptedException {
        Table table = new Table(
                name,
                what,
                "updates/s",
                "rate / first",
                "nodes' CPU µs each",
                "server's CPU µs each",
                "spread",
                "p50 ms",
                "p99 ms");
        for (InterleavedMeasurement.Entry entry : entries) {
            table.row(
                    entry.name(),
                    "%.0f".formatted(entry.median(Wrk.Result::perSecond)),
                    "%.2f".formatted(entry.ratio(entries.get(0), Wrk.Result::perSecond)),
                    Double.isNaN(entry.median(Wrk.Result::cpuMicros))
                            ? "-"
                            : "%.1f".formatted(entry.median(Wrk.Result::cpuMicros)),
                    "%.1f".formatted(entry.median(Wrk.Result::serverMicros)),
                    "%.0f %%".formatted(100 * entry.spread(Wrk.Result::perSecond)),
                    "%.2f".formatted(entry.median(Wrk.Result::medianMillis)),
                    "%.2f".formatted(entry.median(Wrk.Result::p99Millis)));
        }
        table.note(server + " shares the cores with the nodes and the callers.");
        table.publish();
    }
}
