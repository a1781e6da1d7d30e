package org.epmpulse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server on a port of its own that a test restarts and kills; by Debian's package, of which the newest
 * version is used. Its data is removed when it is closed.
 */
final class TestingDatabase implements AutoCloseable {

    static final String USER = "postgres";

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private final Path folder;
    private final int port;

    private TestingDatabase(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** Skips the test if the server is not installed; in CI the test fails. */
    static void requireInstalled() throws IOException {
        Installed.require("PostgreSQL", !versions().isEmpty());
    }

    /** Programs of the installed versions, the newest first. */
    private static List<Path> versions() throws IOException {
        if (!Files.isDirectory(VERSIONS)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.filter(version -> Files.isExecutable(version.resolve("bin/pg_ctl")))
                    .sorted(Comparator.comparing((Path version) ->
                                    Integer.parseInt(version.getFileName().toString()))
                            .reversed())
                    .map(version -> version.resolve("bin"))
                    .toList();
        }
    }

    static TestingDatabase start() throws Exception {
        Path folder = Files.createTempDirectory("epmpulse-database");
        if (isRoot()) {
            // The server refuses to run as root.
            run(List.of("chown", USER, folder.toString()));
        }
        TestingDatabase database = new TestingDatabase(folder, FreePort.find());
        // Processes are killed here, the machine is not: what was written is there without fsync.
        database.program("initdb", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        database.startServer();
        return database;
    }

    int port() {
        return port;
    }

    /** Creates an empty database. */
    void create(String name) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
    }

    Connection connect(String name) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + name, USER, USER);
    }

    /** As a DBA does it: connections are ended, what runs is rolled back. */
    void restart() throws Exception {
        program("pg_ctl", "-m", "fast", "-w", "stop");
        startServer();
    }

    /** As {@code kill -9} of all processes of the server, and a start. */
    void killAndStart() throws Exception {
        long pid = Long.parseLong(Files.readAllLines(pidFile()).get(0).strip());
        ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
        List<ProcessHandle> processes = new ArrayList<>(List.of(postmaster));
        postmaster.descendants().forEach(processes::add);
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            process.onExit().get(30, TimeUnit.SECONDS);
        }
        startServer();
    }

    /** Starts the server if it does not run. */
    void ensureRunning() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            startServer();
        }
    }

    private void startServer() throws Exception {
        String options = "-p " + port + " -k " + folder
                + " -c fsync=off -c max_connections=100 -c listen_addresses=127.0.0.1 -c shared_buffers=32MB";
        program("pg_ctl", "-o", options, "-l", folder + "/log", "-w", "start");
    }

    private Path pidFile() {
        return folder.resolve("data/postmaster.pid");
    }

    private void program(String name, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", USER, "--"));
        }
        command.add(versions().get(0).resolve(name).toString());
        command.addAll(List.of("-D", folder.resolve("data").toString()));
        command.addAll(List.of(arguments));
        run(command);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static void run(List<String> command) throws Exception {
        Path output = Files.createTempFile("epmpulse-database", ".log");
        Process process = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(command + " failed: " + Files.readString(output));
        }
        Files.delete(output);
    }

    @Override
    public void close() throws Exception {
        if (Files.exists(pidFile())) {
            program("pg_ctl", "-m", "immediate", "-w", "stop");
        }
        run(List.of("rm", "-rf", folder.toString()));
    }
}
