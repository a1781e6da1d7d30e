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
 * A program under load: a process on a free loopback port. It ends when it is closed, or with this process. Its folder
 * is below {@code target/bench}, on the disk of the checkout: a temporary folder may be memory.
 */
final class Program implements AutoCloseable {

    static final String KEY = "a-key-of-the-benchmark-0123456789-abcdefg";

    /** What every program has. */
    static final String HEAP = "-Xmx192m";

    private static final String ARCHIVE_OF_INSTALL = "/opt/epmpulse/epmpulse.jsa";

    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);
    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");
    private static final int LAST_LINES = 10;
    private static final int MAX_BATCH = 1_000;
    private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVING.forEach(Process::destroyForcibly)));
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Companion> companions = new ArrayList<>();
    private final Path folder;
    private final boolean counting;
    private final int port;
    private final Process process;
    private final Duration startTime;

    /** What is of no use without the program. */
    interface Companion {
        void end() throws IOException;
    }

    /** What is started, but for its port. */
    private interface Command {
        List<String> at(int port);
    }

    /** @param counting whether it says how many updates were recorded */
    private Program(Path folder, boolean counting, Command command, Map<String, String> environment)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.counting = counting;
        this.port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command.at(port));
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        this.process = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        LIVING.add(process);
        awaitReady();
        this.startTime = Duration.ofNanos(System.nanoTime() - start);
    }

    /** EPMPulse as packaged, with the routes of the checkout, in a new folder that goes with it. */
    static Program start(String apps, Map<String, String> settings) throws IOException, InterruptedException {
        Path folder = newFolder();
        return start(folder, apps, settings).with(() -> delete(folder));
    }

    /** EPMPulse as packaged, with the data that are in a folder, which stays. */
    static Program start(Path folder, String apps, Map<String, String> settings, String... options)
            throws IOException, InterruptedException {
        List<String> all = installedOptions(null);
        all.addAll(List.of(options));
        return start(folder, Path.of("").toAbsolutePath(), "target/epmpulse.jar", apps, settings, all);
    }

    /** EPMPulse from the unpacked tarball. */
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
                environment);
    }

    /** {@link Floor}, in a new folder that goes with it. */
    static Program startFloor() throws IOException, InterruptedException {
        Path folder = newFolder();
        return start(folder, Floor.class, folder.resolve("journal").toString());
    }

    /** {@link BareRoute}, in a new folder that goes with it. */
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
                        Map.of())
                .with(() -> delete(folder));
    }

    /** An {@code apps.json} with one application {@code App} that has domains {@code D0}, {@code D1} and so on. */
    static String apps(int domains) {
        return "{\"apps\": {\"App\": {\"domains\": [" + domains(domains) + "]}}}";
    }

    /** The names of so many domains, as they stand in an array of JSON. */
    static String domains(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"D" + i + "\"").collect(Collectors.joining(","));
    }

    /** Where the folders of programs are made. */
    static Path folders() throws IOException {
        return Files.createDirectories(Table.FOLDER.resolve("run").toAbsolutePath());
    }

    static Path newFolder() throws IOException {
        // Not a temporary folder: nobody else may enter one, and an archive is made by another user where there is one.
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
     * Those of {@code deploy/java.options}, which all programs are measured with.
     *
     * @param archive of classes; null for none
     */
    static List<String> installedOptions(@Nullable Path archive) throws IOException {
        return Files.readAllLines(Path.of("deploy/java.options")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .filter(line -> archive != null || !line.contains(ARCHIVE_OF_INSTALL))
                .map(line -> line.replace(ARCHIVE_OF_INSTALL, String.valueOf(archive)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> java() {
        return new ArrayList<>(List.of(javaCommand().toString(), HEAP));
    }

    private void awaitReady() throws IOException, InterruptedException {
        Instant end = Instant.now().plus(READY_WITHIN);
        while (process.isAlive() && Instant.now().isBefore(end)) {
            try {
                if (get("/health").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroy();
        List<String> log = Files.readAllLines(folder.resolve("log"));
        throw new IllegalStateException("the program must start, says: "
                + String.join(System.lineSeparator(), log.subList(Math.max(0, log.size() - LAST_LINES), log.size())));
    }

    /** To be ended after the program, the last one first. */
    Program with(Companion companion) {
        companions.add(0, companion);
        return this;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("X-API-Key", KEY).timeout(Duration.ofSeconds(60));
    }

    /** Posts, and insists on 200. */
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

    /** Posts an update of each domain, so that something was heard of all. */
    void fill(int domains) throws InterruptedException {
        for (int from = 0; from < domains; from += MAX_BATCH) {
            String updates = IntStream.range(from, Math.min(domains, from + MAX_BATCH))
                    .mapToObj(
                            "{\"app\":\"App\",\"domain\":\"D%d\",\"status\":\"OK\",\"message\":\"filled\"}"::formatted)
                    .collect(Collectors.joining(","));
            post("/api/v1/status/batch", "{\"updates\":[" + updates + "]}");
        }
    }

    /** How many updates were recorded since the first; null if this is another program than EPMPulse. */
    @Nullable
    Long revision() throws IOException, InterruptedException {
        if (!counting) {
            return null;
        }
        Matcher latest = REVISION.matcher(get("/api/v1/history?limit=1").body());
        return latest.find() ? (Long) Long.parseLong(latest.group(1)) : (Long) 0L;
    }

    /** From the start of the process to its first 200. */
    Duration startTime() {
        return startTime;
    }

    /** Of all its threads since its start. */
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

    private long status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.onExit()
                    .orTimeout(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            process.destroyForcibly().onExit().join();
        }
        LIVING.remove(process);
        for (Companion companion : companions) {
            companion.end();
        }
    }
}
