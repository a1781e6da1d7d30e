package org.epmpulse.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Nodes without requests: their statements and their CPU. */
final class ClusterIdle {

    private static final int DOMAINS = 15;
    private static final int MAX_SQL = 120;

    private final RoundOptions options;
    private final Targets targets;

    ClusterIdle(RoundOptions options, Targets targets) {
        this.options = options;
        this.targets = targets;
    }

    /** CPU times at one moment. */
    private record Cpu(Duration files, Duration active, Duration passive, Duration server) {}

    void run() throws Exception {
        Duration settle = options.quick() ? Duration.ofSeconds(10) : IdleBenchmark.SETTLE;
        Duration time = Duration.ofSeconds(options.quick() ? 10 : 120);
        try (PostgresServer server = PostgresServer.startCounting();
                Program files = Program.start(Program.apps(DOMAINS), Map.of())) {
            PostgresServer.Address database = server.newDatabase();
            try (Connection admin = database.connect();
                    Statement statement = admin.createStatement()) {
                statement.execute("CREATE EXTENSION pg_stat_statements");
                // Each node has its own role, because statements are counted by role.
                for (String role : new String[] {"active", "passive"}) {
                    statement.execute(
                            "CREATE ROLE " + role + " SUPERUSER LOGIN PASSWORD '" + PostgresServer.PASSWORD + "'");
                }
                try (Program active = Program.start(
                                Program.apps(DOMAINS), database.as("active").variables("a"));
                        Program passive = Program.start(
                                Program.apps(DOMAINS), database.as("passive").variables("b"))) {
                    active.fill(DOMAINS);
                    TimeUnit.MILLISECONDS.sleep(settle.toMillis());
                    statement.execute("SELECT pg_stat_statements_reset()");
                    Cpu before = cpu(files, active, passive, server);
                    TimeUnit.MILLISECONDS.sleep(time.toMillis());
                    Cpu after = cpu(files, active, passive, server);
                    publish(statement, before, after, time);
                }
            }
        }
    }

    private static Cpu cpu(Program files, Program active, Program passive, PostgresServer server) throws Exception {
        return new Cpu(files.cpu(), active.cpu(), passive.cpu(), server.cpu());
    }

    private void publish(Statement statement, Cpu before, Cpu after, Duration time) throws Exception {
        double active = statements(statement, "active") / time.toSeconds();
        double passive = statements(statement, "passive") / time.toSeconds();
        double activeCpu = percent(before.active(), after.active(), time);
        double passiveCpu = percent(before.passive(), after.passive(), time);
        Table table = new Table("cluster-idle", "without requests", "statements/s", "CPU, % of a core");
        row(table, "files", 0, percent(before.files(), after.files(), time));
        row(table, "active node", active, activeCpu);
        row(table, "passive node", passive, passiveCpu);
        row(table, "database server", active + passive, percent(before.server(), after.server(), time));
        table.publish();
        publishStatements(statement, time);
        targets.atMost("idle active node: statements per second", active, 15);
        targets.atMost("idle active node: % of a core", activeCpu, 0.5);
        targets.atMost("idle passive node: statements per second", passive, 15);
        targets.atMost("idle passive node: % of a core", passiveCpu, 0.5);
    }

    private static void row(Table table, String what, double statements, double cpu) {
        table.row(what, "%.1f".formatted(statements), "%.2f".formatted(cpu));
    }

    private static double percent(Duration before, Duration after, Duration time) {
        return 100.0 * after.minus(before).toNanos() / time.toNanos();
    }

    private static double statements(Statement statement, String role) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s"
                + " JOIN pg_roles r ON r.oid = s.userid WHERE rolname = '" + role + "'")) {
            row.next();
            return row.getDouble(1);
        }
    }

    /** Which statements they were. */
    private static void publishStatements(Statement statement, Duration time) throws Exception {
        Table table = new Table("cluster-idle-statements", "node", "per second", "mean ms", "statement");
        try (ResultSet row = statement.executeQuery("SELECT rolname, calls, mean_exec_time, query"
                + " FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
                + " WHERE rolname IN ('active', 'passive') ORDER BY rolname, calls DESC")) {
            while (row.next()) {
                String sql = row.getString(4).replaceAll("\\s+", " ").replace("|", "\\|");
                table.row(
                        row.getString(1),
                        "%.2f".formatted(row.getDouble(2) / time.toSeconds()),
                        "%.3f".formatted(row.getDouble(3)),
                        sql.length() > MAX_SQL ? sql.substring(0, MAX_SQL) + "…" : sql);
            }
        }
        table.publish();
    }
}
