package org.epmpulse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program under load: a process on a free loopback port. It is stopped when it is closed, or with this process. Its
 * folder is below {@code target/bench}, on the disk of the checkout, because a temporary folder can be in memory.
 */
final class Program implements AutoCloseable {

    static final String KEY = "a-key-of-the-benchmark-0123456789-abcdefg";

    /** The heap of every program. */
    static final String HEAP = "-Xmx192m";

    private static final String INSTALLED_ARCHIVE = "/opt/epmpulse/epmpulse.jsa";

    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private static final int MAX_ERROR_LINES = 10;
    private static final int MAX_BATCH = 1_000;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<CloseAction> closeActions = new ArrayList<>();
    private final Path folder;
    private final boolean hasRevision;
    private final int port;
    private final Process process;
    private final Duration startTime;

    /** An action to run after the program has stopped. */
    interface CloseAction {
        void run() throws IOException;
    }

    /** The command line for a port. */
    private interface Command {
        List<String> forPort(int port);
    }

    /**
     * Starts a program and waits until it is ready.
     *
     * @param hasRevision whether the program reports the number of recorded updates
     * @param health path that answers 200 when the program is ready
     */
    private Program(Path folder, boolean hasRevision, Command command, String health, Map<String, String> environment)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.hasRevision = hasRevision;
        this.port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command.forPort(port));
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        this.process = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        RUNNING.add(process);
        awaitReady(health);
        this.startTime = Duration.ofNanos(System.nanoTime() - start);
    }

    /** Starts the packaged EPMPulse with the routes of the checkout, in a new folder that is deleted on close. */
    static Program start(String apps, Map<String, String> settings) throws IOException, InterruptedException {
        Path folder = newFolder();
        return start(folder, apps, settings).onClose(() -> delete(folder));
    }

    /** Starts the packaged EPMPulse with the data of a folder, which is not deleted. */
    static Program start(Path folder, String apps, Map<String, String> settings, String... options)
            throws IOException, InterruptedException {
        List<String> all = installedOptions(null);
        all.addAll(List.of(options));
        return start(folder, Path.of("").toAbsolutePath(), "target/epmpulse.jar", apps, settings, all);
    }

    /** Starts EPMPulse from the unpacked tarball. */
    static Program startInstalled(Path folder, Path home, String apps, List<String> options)
            throws IOException, InterruptedException {
        return start(folder, home, "epmpulse.jar", apps, Map.of(), options);
    }

    private static Program start(
            Path folder, Path home, String jar, String apps, Map<String, String> settings, List<String> options)
            throws IOException, InterruptedException {
        Path config = Files.writeString(folder.resolve("apps.json"), apps);
        Map<String, String> environment = new HashMap<>();
        environment.put("EPMPULSE_API_KEY", KEY);
        environment.put("EPMPULSE_APPS_CONFIG", config.toString());
        environment.put("EPMPULSE_ROUTES_DIR", home.resolve("routes").toString());
        environment.put("EPMPULSE_RATE_LIMIT", "0");
        environment.putAll(settings);
        return new Program(
                folder,
                true,
                port -> {
                    List<String> command = java();
                    command.addAll(options);
                    command.addAll(List.of("-jar", home.resolve(jar).toString(), "--port", Integer.toString(port)));
                    return command;
                },
                "/health",
                environment);
    }

    /** Starts {@link MinimalServer} in a new folder that is deleted on close. */
    static Program startMinimalServer() throws IOException, InterruptedException {
        Path folder = newFolder();
        return start(folder, MinimalServer.class, folder.resolve("journal").toString());
    }

    /** Starts {@link BareRoute} in a new folder that is deleted on close. */
    static Program startBareRoute(String board) throws IOException, InterruptedException {
        return start(newFolder(), BareRoute.class, board);
    }

    private static Program start(Path folder, Class<?> main, String argument) throws IOException, InterruptedException {
        Path target = Path.of("target").toAbsolutePath();
        List<String> options = installedOptions(null);
        return new Program(
                        folder,
                        false,
                        port -> {
                            List<String> command = java();
                            command.addAll(options);
                            command.addAll(List.of("-cp", target.resolve("test-classes") + ":" + target + "/lib/*"));
                            command.addAll(List.of(main.getName(), Integer.toString(port), argument));
                            return command;
                        },
                        "/health",
                        Map.of())
                .onClose(() -> delete(folder));
    }

    /**
     * Starts Prometheus Alertmanager in a new folder that is deleted on close: without receivers of alerts, without
     * other nodes, with its alerts in memory.
     *
     * @param command path of the program
     */
    static Program startAlertmanager(Path command) throws IOException, InterruptedException {
        Path folder = newFolder();
        Path config = Files.writeString(
                folder.resolve("alertmanager.yml"), "route: {receiver: none}\nreceivers: [{name: none}]\n");
        return new Program(
                        folder,
                        false,
                        port -> List.of(
                                command.toString(),
                                "--config.file=" + config,
                                "--storage.path=" + folder,
                                "--cluster.listen-address=",
                                "--log.level=warn",
                                "--web.listen-address=127.0.0.1:" + port),
                        "/-/ready",
                        Map.of())
                .onClose(() -> delete(folder));
    }

    /** An {@code apps.json} with one application {@code App} that has domains {@code D0}, {@code D1} and so on. */
    static String apps(int domains) {
        return "{\"apps\": {\"App\": {\"domains\": [" + domains(domains) + "]}}}";
    }

    /** Domain names as the content of a JSON array. */
    static String domains(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"D" + i + "\"").collect(Collectors.joining(","));
    }

    /** The parent of all programs' folders. */
    static Path folders() throws IOException {
        return Files.createDirectories(Table.FOLDER.resolve("run").toAbsolutePath());
    }

    static Path newFolder() throws IOException {
        // Not Files.createTempDirectory: only its owner may enter, but another user may create the class archive.
        return Files.createDirectory(folders().resolve(Long.toString(System.nanoTime(), 36)));
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static Path javaCommand() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /**
     * The options of {@code deploy/java.options}, used for all programs.
     *
     * @param archive class archive; null for none
     */
    static List<String> installedOptions(@Nullable Path archive) throws IOException {
        return Files.readAllLines(Path.of("deploy/java.options")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .filter(line -> archive != null || !line.contains(INSTALLED_ARCHIVE))
                .map(line -> line.replace(INSTALLED_ARCHIVE, String.valueOf(archive)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> java() {
        return new ArrayList<>(List.of(javaCommand().toString(), HEAP));
    }

    private void awaitReady(String health) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(START_TIMEOUT);
        while (process.isAlive() && Instant.now().isBefore(end)) {
            try {
                if (get(health).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // not started yet
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroy();
        List<String> log = Files.readAllLines(folder.resolve("log"));
        throw new IllegalStateException("the program did not start, its log ends with: "
                + String.join(
                        System.lineSeparator(), log.subList(Math.max(0, log.size() - MAX_ERROR_LINES), log.size())));
    }

    /** Adds an action to run after the program has stopped; the last added runs first. */
    Program onClose(CloseAction action) {
        closeActions.add(0, action);
        return this;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("X-API-Key", KEY).timeout(Duration.ofSeconds(60));
    }

    /** Posts and fails unless the status is 200. */
    void post(String path, String json) throws InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        try {
            HttpResponse<String> reply = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (reply.statusCode() != 200) {
                throw new IllegalStateException(reply.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Posts an update of each domain. */
    void fill(int domains) throws InterruptedException {
        for (int from = 0; from < domains; from += MAX_BATCH) {
            String updates = IntStream.range(from, Math.min(domains, from + MAX_BATCH))
                    .mapToObj(
                            "{\"app\":\"App\",\"domain\":\"D%d\",\"status\":\"OK\",\"message\":\"filled\"}"::formatted)
                    .collect(Collectors.joining(","));
            post("/api/v1/status/batch", "{\"updates\":[" + updates + "]}");
        }
    }

    /** The number of recorded updates; null if the program is not EPMPulse. */
    @Nullable
    Long revision() throws IOException, InterruptedException {
        if (!hasRevision) {
            return null;
        }
        Matcher latest = REVISION.matcher(get("/api/v1/history?limit=1").body());
        return latest.find() ? (Long) Long.parseLong(latest.group(1)) : (Long) 0L;
    }

    /** The time from the start of the process to the first response with status 200. */
    Duration startTime() {
        return startTime;
    }

    /** CPU time of all threads since the start. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Resident memory in MiB. */
    double residentMib() throws IOException {
        return status("VmRSS:") / 1024.0;
    }

    long threads() throws IOException {
        return status("Threads:");
    }

    long fileHandles() throws IOException {
        try (Stream<Path> handles = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return handles.count();
        }
    }

    /** How often each of its threads has waited for something, by the id of the thread. */
    Map<String, Long> wakeUps() throws IOException {
        Map<String, Long> wakeUps = new HashMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                try {
                    wakeUps.put(thread.getFileName().toString(), status(thread, "voluntary_ctxt_switches:"));
                } catch (IOException e) {
                    // ended while it was read
                    wakeUps.remove(thread.getFileName().toString());
                }
            }
        }
        return wakeUps;
    }

    private long status(String name) throws IOException {
        return status(Path.of("/proc/" + process.pid()), name);
    }

    private static long status(Path folder, String name) throws IOException {
        return Files.readAllLines(folder.resolve("status")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    /** Ends the program as {@code kill -9} does. It is still to be closed. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Asks the program to stop, as {@code kill} does, and does not wait for it. It is still to be closed. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.onExit()
                    .orTimeout(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            process.destroyForcibly().onExit().join();
        }
        RUNNING.remove(process);
        for (CloseAction action : closeActions) {
            action.run();
        }
    }
}
