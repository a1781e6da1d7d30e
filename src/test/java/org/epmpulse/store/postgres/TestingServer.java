package org.epmpulse.store.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.epmpulse.FreePort;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of the tests: Debian's programs if they are installed, else embedded ones. Its folder is removed
 * when it is closed.
 */
public final class TestingServer implements AutoCloseable {

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String OPTIONS = " -c fsync=off -c max_connections=200 -c listen_addresses=127.0.0.1";

    private final @Nullable EmbeddedPostgres embedded;
    private final @Nullable Path folder;
    private final int port;

    private TestingServer(@Nullable EmbeddedPostgres embedded, @Nullable Path folder, int port) {
        this.embedded = embedded;
        this.folder = folder;
        this.port = port;
    }

    /** Whether the server can be restarted and killed, and have a standby: not if it is embedded. */
    public static boolean hasPrograms() {
        return programs() != null;
    }

    /** The newest version that is installed; null if none is. */
    private static @Nullable Path programs() {
        if (!Files.isDirectory(DEBIAN)) {
            return null;
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("pg_ctl")))
                    .max(Comparator.comparingInt(bin ->
                            Integer.parseInt(bin.getParent().getFileName().toString())))
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    public static TestingServer start() throws Exception {
        if (!hasPrograms()) {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .start();
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER USER postgres PASSWORD '" + TestingPostgres.PASSWORD + "'");
                requirePasswords(statement);
            }
            return new TestingServer(server, null, server.getPort());
        }
        Path folder = newFolder();
        Path password = folder.resolve("password");
        Files.writeString(password, TestingPostgres.PASSWORD);
        run(
                "initdb",
                "-D",
                data(folder),
                "-U",
                "postgres",
                "--pwfile=" + password,
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync");
        return start(folder);
    }

    /** An embedded server trusts every client of this machine. */
    private static void requirePasswords(Statement statement) throws SQLException, IOException {
        try (ResultSet row = statement.executeQuery("SHOW hba_file")) {
            row.next();
            Path rules = Path.of(row.getString(1));
            Files.writeString(rules, Files.readString(rules).replaceAll("(?m)\\btrust$", "scram-sha-256"));
        }
        statement.execute("SELECT pg_reload_conf()");
    }

    /** A standby of this server, which follows it at once. */
    TestingServer standby() throws Exception {
        Path standby = newFolder();
        run(
                "pg_basebackup",
                "-D",
                data(standby),
                "-R",
                "-X",
                "stream",
                "-d",
                url("postgres") + "?application_name=standby");
        return start(standby);
    }

    /** Makes a standby the primary server. */
    void promote() throws Exception {
        run("pg_ctl", "-D", data(folder), "-w", "promote");
    }

    /** Ends the server as if its machine had stopped. */
    void kill() throws Exception {
        run("pg_ctl", "-D", data(folder), "-m", "immediate", "-w", "stop");
    }

    private String url(String user) {
        return "postgresql://" + user + ":" + TestingPostgres.PASSWORD + "@127.0.0.1:" + port + "/postgres";
    }

    private static Path newFolder() throws Exception {
        Path folder = Files.createTempDirectory("epmpulse-postgres");
        if (isRoot()) {
            // The server refuses to run as root.
            execute(List.of("chown", "postgres", folder.toString()));
        }
        return folder;
    }

    private static String data(@Nullable Path folder) {
        return folder + "/data";
    }

    private static TestingServer start(Path folder) throws Exception {
        TestingServer server = new TestingServer(null, folder, FreePort.find());
        server.startAgain();
        return server;
    }

    private void startAgain() throws Exception {
        String options = "-p " + port + " -k " + folder + OPTIONS;
        run("pg_ctl", "-D", data(folder), "-o", options, "-l", folder + "/log", "-w", "start");
    }

    /** As a DBA does it: connections are ended, what runs is rolled back. */
    public void restart() throws Exception {
        run("pg_ctl", "-D", data(folder), "-m", "fast", "-w", "stop");
        startAgain();
    }

    /** As {@code kill -9} of all processes of the server, and a start. */
    public void killAndStart() throws Exception {
        long pid = Long.parseLong(Files.readAllLines(pidFile()).get(0).strip());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> processes = new ArrayList<>(List.of(postmaster));
        postmaster.descendants().forEach(processes::add);
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            process.onExit().get(30, TimeUnit.SECONDS);
        }
        startAgain();
    }

    /** Starts the server if it does not run. */
    public void ensureRunning() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            startAgain();
        }
    }

    private Path pidFile() {
        return Path.of(data(folder), "postmaster.pid");
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(programs() + "/" + program);
        command.addAll(List.of(arguments));
        execute(command);
    }

    private static void execute(List<String> command) throws Exception {
        Path output = Files.createTempFile("epmpulse-postgres", ".log");
        Process process = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        if (!ended || process.exitValue() != 0) {
            throw new IOException(command + " failed: " + Files.readString(output));
        }
        Files.delete(output);
    }

    public int port() {
        return port;
    }

    /** A connection of the administrator. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", TestingPostgres.PASSWORD);
    }

    @Override
    public void close() throws Exception {
        if (embedded != null) {
            embedded.close();
            return;
        }
        if (Files.exists(pidFile())) {
            kill();
        }
        execute(List.of("rm", "-rf", String.valueOf(folder)));
    }
}
