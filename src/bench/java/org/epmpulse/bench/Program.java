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
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program on a loopback port, with {@code -Xmx192m}, routes of the checkout and data in a new folder. */
final class Program implements AutoCloseable {

    private static final int PORT = 18999;
    private static final String KEY = "a-key-of-the-benchmark-0123456789-abcdefg";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;

    private Program(Process process) {
        this.process = process;
    }

    /** Starts it and waits until it is ready. */
    static Program start(String apps, Map<String, String> settings) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("epmpulse-bench");
        Files.writeString(folder.resolve("apps.json"), apps);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-jar",
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString(),
                        "--port",
                        Integer.toString(PORT))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        Map<String, String> environment = builder.environment();
        environment.put("EPMPULSE_API_KEY", KEY);
        environment.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        environment.put("EPMPULSE_ROUTES_DIR", Path.of("routes").toAbsolutePath().toString());
        environment.put("EPMPULSE_RATE_LIMIT", "0");
        environment.putAll(settings);
        Program program = new Program(builder.start());
        program.awaitReady();
        return program;
    }

    private void awaitReady() throws InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
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
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException("the program did not start");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + path))
                .header("X-API-Key", KEY)
                .timeout(Duration.ofSeconds(10));
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

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
    }
}
