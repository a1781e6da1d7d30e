package org.epmpulse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code java -jar target/epmpulse.jar} as a process with its own working folder. */
final class PackagedProgram implements AutoCloseable {

    static final String KEY = "a-key-of-the-tests-0123456789-abcdefghijkl";

    private static final Pattern READY = Pattern.compile("ready on (http://[^ ]+)");
    private static final Path JAR = Path.of("target/epmpulse.jar").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Thread reader;
    private volatile String address = "";

    /** An archive of the loaded classes, which saves 40 % of the CPU time of a start; the first start creates it. */
    private static final class FastStart {

        static final Path ARCHIVE = create();

        private static Path create() {
            try {
                Path folder = Path.of("target/fast-start").toAbsolutePath();
                Path archive = folder.resolve("epmpulse.jsa");
                String create = "-XX:ArchiveClassesAtExit=" + archive;
                try (PackagedProgram program = startWith(create, folder, settings(folder))) {
                    program.awaitReady().get("/api/v1/status");
                    program.terminate();
                }
                return archive;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private PackagedProgram(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output-of-" + process.pid());
        reader.start();
    }

    /** The settings of every test: the routes of the checkout, any free port, no environment of the machine. */
    static Map<String, String> settings(Path workingFolder) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("EPMPULSE_API_KEY", KEY);
        settings.put("EPMPULSE_PORT", "0");
        settings.put("EPMPULSE_DATA_DIR", workingFolder.resolve("data").toString());
        settings.put(
                "EPMPULSE_APPS_CONFIG",
                Path.of("config/apps.json").toAbsolutePath().toString());
        settings.put("EPMPULSE_ROUTES_DIR", Path.of("routes").toAbsolutePath().toString());
        settings.put("EPMPULSE_RATE_LIMIT", "0");
        return settings;
    }

    /** Starts the program and does not wait. */
    static PackagedProgram start(Path workingFolder, Map<String, String> settings, String... arguments)
            throws IOException {
        return startWith("-XX:SharedArchiveFile=" + FastStart.ARCHIVE, workingFolder, settings, arguments);
    }

    private static PackagedProgram startWith(
            String option, Path workingFolder, Map<String, String> settings, String... arguments) throws IOException {
        Files.createDirectories(workingFolder);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                // Most tests end before the second compiler pays off.
                "-XX:TieredStopAtLevel=1",
                option,
                "-jar",
                JAR.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingFolder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        builder.environment().putAll(settings);
        return start(builder);
    }

    /** Starts the program by another command and does not wait. */
    static PackagedProgram start(ProcessBuilder command) throws IOException {
        return new PackagedProgram(command.redirectErrorStream(true).start());
    }

    /** Starts the program and waits until it is ready. */
    static PackagedProgram run(Path workingFolder, Map<String, String> settings, String... arguments) throws Exception {
        return start(workingFolder, settings, arguments).awaitReady();
    }

    /** Starts the program with the settings of every test and waits until it is ready. */
    static PackagedProgram run(Path workingFolder) throws Exception {
        return run(workingFolder, settings(workingFolder));
    }

    PackagedProgram awaitReady() throws InterruptedException {
        if (!ready.await(60, TimeUnit.SECONDS) || address.isEmpty()) {
            close();
            throw new IllegalStateException("not ready:\n" + output());
        }
        return this;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                output.add(line);
                Matcher matcher = READY.matcher(line);
                if (matcher.find()) {
                    address = matcher.group(1);
                    ready.countDown();
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            output.add("(reading the output failed: " + e.getMessage() + ")");
        } finally {
            ready.countDown();
        }
    }

    /** The URL that clients are configured with. */
    String address() {
        return address;
    }

    URI uri(String path) {
        return URI.create(address + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** What is recorded of a job, the newest first. */
    List<JsonNode> entries(String jobId) throws Exception {
        String query = "?limit=1000&job_id=" + URLEncoder.encode(jobId, StandardCharsets.UTF_8);
        List<JsonNode> entries = new ArrayList<>();
        JSON.readTree(get("/api/v1/history" + query).body()).at("/data/entries").forEach(entries::add);
        return entries;
    }

    /** A field of what is recorded of a job, the newest first. */
    List<String> entries(String jobId, String field) throws Exception {
        return entries(jobId).stream().map(entry -> entry.path(field).asText()).toList();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("X-API-Key", KEY).timeout(Duration.ofSeconds(60));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    long pid() {
        return process.pid();
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
        reader.join();
    }

    /** As {@code kill}; returns the exit code. */
    int terminate() throws InterruptedException {
        // Unlike Process, its handle leaves the output open, so that the last lines are read.
        process.toHandle().destroy();
        return exitCode();
    }

    /** Waits until the process exits. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("did not exit:\n" + output());
        }
        reader.join();
        return process.exitValue();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** The whole output up to now. */
    String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
        reader.join();
    }
}
