package org.epmpulse.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of the programs that Debian's package {@code postgresql} installs, with its defaults but for
 * {@code shared_buffers}. It listens on a free loopback port, and its folder is below {@code target/bench}.
 */
final class PostgresServer implements AutoCloseable {

    static final String USER = "postgres";
    static final String PASSWORD = "password-of-the-benchmark";

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String OPTIONS =
            " -c max_connections=200 -c shared_buffers=256MB -c listen_addresses=127.0.0.1"
                    + " -c unix_socket_directories= -c shared_preload_libraries=";
    private static final String STATEMENTS = "pg_stat_statements";
    private static final Duration PROGRAM_TIMEOUT = Duration.ofMinutes(2);

    /** The unit of times in {@code /proc/PID/stat}, which is fixed on Linux. */
    private static final int MILLIS_PER_TICK = 10;

    private static final int PARENT = 1;

    /** User and system time of the process, and of its terminated children. */
    private static final int[] TIMES = {11, 12, 13, 14};

    private final AtomicInteger databases = new AtomicInteger();
    private final Path programs;
    private final Path folder;
    private final int port;
    private final String pid;

    private PostgresServer(Path programs, Path folder, int port) throws IOException {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
        this.pid = Files.readAllLines(folder.resolve("data/postmaster.pid")).get(0);
    }

    /**
     * A database of the server.
     *
     * @param user for the programs
     */
    record Address(int port, String name, String user) {

        private String path() {
            return "postgresql://127.0.0.1:" + port + "/" + name;
        }

        DatabaseSettings settings(String node) {
            return new DatabaseSettings("jdbc:" + path(), user, () -> PASSWORD, node, true);
        }

        /** The settings of a program. */
        Map<String, String> variables(String node) {
            return Map.of(
                    "EPMPULSE_DATABASE_URL",
                    path(),
                    "EPMPULSE_DATABASE_USER",
                    user,
                    "EPMPULSE_DATABASE_PASSWORD",
                    PASSWORD,
                    "EPMPULSE_NODE",
                    node);
        }

        Address as(String other) {
            return new Address(port, name, other);
        }

        /** A connection of the administrator. */
        Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:" + path(), USER, PASSWORD);
        }
    }

    /** What prevents a start, as a text for people; null if nothing does. */
    static @Nullable String missing() throws IOException {
        Path programs = programs();
        if (programs == null) {
            return "PostgreSQL is missing: " + DEBIAN + "/*/bin/pg_ctl; install the package \"postgresql\"";
        }
        if (!Files.isExecutable(programs.resolve("pgbench"))) {
            return "pgbench is missing: " + programs + "/pgbench; install the package \"postgresql-contrib\"";
        }
        return null;
    }

    /** The newest version; null if none is installed. */
    private static @Nullable Path programs() throws IOException {
        if (!Files.isDirectory(DEBIAN)) {
            return null;
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("pg_ctl")))
                    .max(Comparator.comparingInt(PostgresServer::version))
                    .orElse(null);
        }
    }

    private static int version(Path bin) {
        return Integer.parseInt(bin.getName(bin.getNameCount() - 2).toString());
    }

    static PostgresServer start() throws IOException, InterruptedException {
        return start("");
    }

    /** Starts a server that counts statements, which costs it some CPU. */
    static PostgresServer startCounting() throws IOException, InterruptedException {
        return start(STATEMENTS);
    }

    private static PostgresServer start(String libraries) throws IOException, InterruptedException {
        Path programs = programs();
        String missing = missing();
        if (programs == null || missing != null) {
            throw new IllegalStateException(missing);
        }
        Path folder = Program.newFolder();
        if (isRoot()) {
            // The server refuses to run as root.
            execute(folder, List.of("chown", USER, folder.toString()), Map.of());
        }
        String data = folder.resolve("data").toString();
        Path password = Files.writeString(folder.resolve("password"), PASSWORD);
        List<String> create = List.of(
                programs.resolve("initdb").toString(),
                "-D",
                data,
                "-U",
                USER,
                "--pwfile=" + password,
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C");
        execute(folder, asServer(create), Map.of());
        int port = freePort();
        List<String> start = List.of(
                programs.resolve("pg_ctl").toString(),
                "-D",
                data,
                "-o",
                "-p " + port + OPTIONS + libraries,
                "-l",
                folder.resolve("log").toString(),
                "-w",
                "start");
        execute(folder, asServer(start), Map.of());
        PostgresServer server = new PostgresServer(programs, folder, port);
        Runtime.getRuntime().addShutdownHook(new Thread(server::stopAtExit));
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> asServer(List<String> command) {
        List<String> whole = new ArrayList<>(isRoot() ? List.of("runuser", "-u", USER, "--") : List.of());
        whole.addAll(command);
        return whole;
    }

    /** Runs a program and returns its output; fails unless it succeeds. */
    private static String execute(Path folder, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        // A file and not a pipe, which the started server would keep open.
        Path output = Files.createTempFile("epmpulse-bench", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(PROGRAM_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        String text = Files.readString(output);
        Files.delete(output);
        if (!ended || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " failed: " + text);
        }
        return text;
    }

    /** Creates an empty database. */
    Address newDatabase() throws SQLException {
        String name = "bench" + databases.incrementAndGet();
        try (Connection connection = new Address(port, "postgres", USER).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return new Address(port, name, USER);
    }

    /**
     * Runs {@code pgbench} with prepared statements.
     *
     * @param arguments before the database
     * @return its output
     */
    String pgbench(Address database, Path workingFolder, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(programs.resolve("pgbench").toString(), "-h", "127.0.0.1", "-p", Integer.toString(port)));
        command.addAll(List.of("-U", USER, "-n", "-M", "prepared"));
        command.addAll(arguments);
        command.add(database.name());
        return execute(workingFolder, command, Map.of("PGPASSWORD", PASSWORD));
    }

    /** The version for a table's note. */
    String version() {
        return "PostgreSQL " + version(programs);
    }

    /** CPU time of all processes of the server since its start. */
    Duration cpu() throws IOException {
        long ticks = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                ticks += ticks(process);
            }
        }
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    /** 0 if the process is not of this server. */
    private long ticks(Path process) throws IOException {
        String stat;
        try {
            stat = Files.readString(process.resolve("stat"));
        } catch (IOException e) {
            // ended while it was read
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        if (!fields[PARENT].equals(pid) && !process.getFileName().toString().equals(pid)) {
            return 0;
        }
        long ticks = 0;
        for (int time : TIMES) {
            ticks += Long.parseLong(fields[time]);
        }
        return ticks;
    }

    /** Adds the CPU of the server to the results of a load. */
    <T> InterleavedMeasurement.Load<T> withCpu(InterleavedMeasurement.Load<T> load) {
        return (program, time) -> {
            Duration before = cpu();
            Wrk.Result result = load.on(program, time);
            double micros = cpu().minus(before).toNanos() / 1e3;
            return result.withServer(micros / (result.perSecond() * time.toSeconds()));
        };
    }

    private void stopAtExit() {
        if (Files.exists(folder)) {
            try {
                stop();
            } catch (IOException | InterruptedException | IllegalStateException e) {
                System.err.println("The database server did not stop: " + e.getMessage());
            }
        }
    }

    private void stop() throws IOException, InterruptedException {
        List<String> stop = List.of(
                programs.resolve("pg_ctl").toString(),
                "-D",
                folder.resolve("data").toString(),
                "-m",
                "immediate",
                "-w",
                "stop");
        execute(folder, asServer(stop), Map.of());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
        Program.delete(folder);
    }
}
