package org.epmpulse.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;

/** From the end of the active node to the next one and its first canvas edit. */
final class ClusterTakeover {

    private static final int DOMAINS = 5;
    private static final long POLL_MILLIS = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** An active node publishes once more 12 s after it took over. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    private final int times;
    private final Targets targets;

    ClusterTakeover(int times, Targets targets) {
        this.times = times;
        this.targets = targets;
    }

    /** Ends a program. */
    private interface Ending {
        void end(Program program);
    }

    /** Milliseconds from the end of the active node. */
    private static final class Measured {
        private final List<Double> active = new ArrayList<>();
        private final List<Double> edit = new ArrayList<>();

        private void addTo(Table table, String what) {
            table.row(
                    what,
                    "%.0f".formatted(median(active)),
                    "%.0f".formatted(max(active)),
                    "%.0f".formatted(median(edit)),
                    "%.0f".formatted(max(edit)));
        }

        private static double median(List<Double> values) {
            return Median.of(values.stream().mapToDouble(Double::doubleValue));
        }

        private static double max(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        }
    }

    void run() throws Exception {
        Measured killed = new Measured();
        Measured stopped = new Measured();
        try (PostgresServer server = PostgresServer.start();
                SlackSandbox slack = SlackSandbox.start(InstantSource.system())) {
            slack.put(SandboxChannel.of("C0", "channel"));
            slack.addCanvas("F0", "EPM status");
            PostgresServer.Address database = server.newDatabase();
            try (Nodes nodes = new Nodes(database, slack)) {
                for (int i = 0; i < times; i++) {
                    nodes.measure(Program::kill, killed);
                    nodes.measure(Program::terminate, stopped);
                }
            }
        }
        Table table = new Table(
                "cluster-takeover",
                "%d takeovers each".formatted(times),
                "another node is active: median ms",
                "max ms",
                "its first canvas edit: median ms",
                "max ms");
        killed.addTo(table, "after kill -9");
        stopped.addTo(table, "after SIGTERM");
        table.publish();
        targets.atMost("takeover after kill -9: s, the longest", Measured.max(killed.active) / 1e3, 8);
        targets.atMost("takeover after SIGTERM: s, the longest", Measured.max(stopped.active) / 1e3, 1);
    }

    /** Two running programs, one of them active. */
    private static final class Nodes implements AutoCloseable {
        private final PostgresServer.Address database;
        private final SlackSandbox slack;
        private final Connection connection;
        private Program active;
        private Program passive;

        Nodes(PostgresServer.Address database, SlackSandbox slack) throws Exception {
            this.database = database;
            this.slack = slack;
            this.active = start();
            this.connection = database.connect();
            await(() -> isActiveAfter(0));
            this.passive = start();
        }

        private Program start() throws Exception {
            String apps =
                    "{\"apps\": {\"App\": {\"domains\": [" + Program.domains(DOMAINS) + "], \"channels\": [\"C0\"]}},"
                            + " \"channels\": {\"C0\": {\"name\": \"channel\", \"canvas_id\": \"F0\"}}}";
            Path folder = Program.newFolder();
            Map<String, String> settings =
                    new HashMap<>(database.variables(folder.getFileName().toString()));
            settings.put("SLACK_BOT_TOKEN", slack.botToken());
            settings.put("SLACK_API_URL", slack.apiUrl().toString());
            return Program.start(folder, apps, settings).onClose(() -> Program.delete(folder));
        }

        /** Ends the active node, waits for the other one and starts a node in its place. */
        void measure(Ending ending, Measured measured) throws Exception {
            awaitQuiet();
            long epoch = epoch();
            int edits = edits();
            long start = System.nanoTime();
            ending.end(active);
            await(() -> isActiveAfter(epoch));
            measured.active.add((System.nanoTime() - start) / 1e6);
            await(() -> edits() > edits);
            measured.edit.add((System.nanoTime() - start) / 1e6);
            active.close();
            active = passive;
            passive = start();
        }

        private void awaitQuiet() throws InterruptedException {
            int edits = -1;
            while (edits != edits()) {
                edits = edits();
                TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
            }
        }

        private int edits() {
            return slack.calls("canvases.edit").size();
        }

        private long epoch() throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT coalesce(max(epoch), 0) FROM lease WHERE holder IS NOT NULL")) {
                row.next();
                return row.getLong(1);
            }
        }

        private boolean isActiveAfter(long before) throws SQLException {
            return epoch() > before;
        }

        private interface Condition {
            boolean isMet() throws SQLException;
        }

        private static void await(Condition condition) throws SQLException, InterruptedException {
            long end = System.nanoTime() + TIMEOUT.toNanos();
            while (!condition.isMet()) {
                if (System.nanoTime() - end >= 0) {
                    throw new IllegalStateException("no other node took over within " + TIMEOUT);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }

        @Override
        public void close() throws Exception {
            connection.close();
            active.close();
            passive.close();
        }
    }
}
