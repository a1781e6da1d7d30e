package org.epmpulse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program under load: a process with {@code -Xmx192m} on a loopback port, with its data in a new folder. */
final class Program implements AutoCloseable {

    static final String KEY = "a-key-of-the-benchmark-0123456789-abcdefg";

    private static final int PORT = 18999;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final Process process;
    private final Duration startTime;

    private Program(Path folder, ProcessBuilder builder) throws IOException, InterruptedException {
        this.folder = folder;
        Instant start = Instant.now();
        this.process = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        awaitReady();
        this.startTime = Duration.between(start, Instant.now());
    }

    /** EPMPulse as packaged, with the routes of the checkout, in a new folder. */
    static Program start(String apps, Map<String, String> settings) throws IOException, InterruptedException {
        return start(newFolder(), apps, settings);
    }

    /** EPMPulse as packaged, with the data that are in a folder. */
    static Program start(Path folder, String apps, Map<String, String> settings, String... options)
            throws IOException, InterruptedException {
        Files.writeString(folder.resolve("apps.json"), apps);
        List<String> command = java();
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-jar", Path.of("target/epmpulse.jar").toAbsolutePath().toString(), "--port", Integer.toString(PORT)));
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.put("EPMPULSE_API_KEY", KEY);
        environment.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        environment.put("EPMPULSE_ROUTES_DIR", Path.of("routes").toAbsolutePath().toString());
        environment.put("EPMPULSE_RATE_LIMIT", "0");
        environment.putAll(settings);
        return new Program(folder, builder);
    }

    /** Another program, of this folder's classes, with the same libraries. */
    static Program start(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = java();
        command.addAll(List.of(
                "-cp",
                Path.of("target/test-classes").toAbsolutePath() + ":"
                        + Path.of("target/lib").toAbsolutePath() + "/*",
                main.getName(),
                Integer.toString(PORT)));
        command.addAll(List.of(arguments));
        return new Program(newFolder(), new ProcessBuilder(command));
    }

    /** An {@code apps.json} with one application {@code App} that has domains {@code D0}, {@code D1} and so on. */
    static String apps(int domains) {
        StringBuilder json = new StringBuilder("{\"apps\": {\"App\": {\"domains\": [");
        for (int i = 0; i < domains; i++) {
            json.append(i == 0 ? "" : ",").append("\"D").append(i).append('"');
        }
        return json.append("]}}}").toString();
    }

    static Path newFolder() throws IOException {
        return Files.createTempDirectory("epmpulse-bench");
    }

    private static List<String> java() {
        return new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx192m"));
    }

    private void awaitReady() throws InterruptedException {
        Instant end = Instant.now().plusSeconds(60);
        while (Instant.now().isBefore(end)) {
            try {
                if (http.send(request("/health").build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroy();
        throw new IllegalStateException("the program did not start, see " + folder.resolve("log"));
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + PORT + path);
    }

    HttpRequest.Builder request(String path) {
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

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
