package org.epmpulse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.epmpulse.cli.RunningService;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.Variables;

/** The service in this process, with the routes of the checkout, a free port and real files. */
final class TestingEpmPulse implements AutoCloseable {

    static final String KEY = "a-key-of-the-tests-0123456789-abcdefghijkl";

    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, String> settings = new TreeMap<>();

    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Service service;

    TestingEpmPulse(Path folder, String appsJson) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, appsJson);
        settings.put("EPMPULSE_API_KEY", KEY);
        settings.put("EPMPULSE_PORT", "0");
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        settings.put("EPMPULSE_DATA_DIR", folder.resolve("data").toString());
        settings.put("EPMPULSE_ROUTES_DIR", Path.of("routes").toAbsolutePath().toString());
        settings.put("EPMPULSE_RATE_LIMIT", "0");
    }

    TestingEpmPulse start() throws Exception {
        return start(running -> {});
    }

    /** @param started gets the service before it accepts requests */
    TestingEpmPulse start(Consumer<RunningService> started) throws Exception {
        Configuration configuration =
                Configuration.load(folder, Variables.of(settings, Map.of())).orThrow();
        service = Service.start(configuration, false, started);
        return this;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + service.port() + path);
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    JsonNode data(String path) {
        return json(get(path)).path("data");
    }

    HttpResponse<String> post(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Posts a status and returns its revision. */
    long status(String app, String domain, String status, String message) {
        String body = JSON.createObjectNode()
                .put("app", app)
                .put("domain", domain)
                .put("status", status)
                .put("message", message)
                .toString();
        HttpResponse<String> reply = post("/api/v1/status", body);
        if (reply.statusCode() != 200) {
            throw new IllegalStateException(reply.body());
        }
        return json(reply).at("/data/revision").asLong();
    }

    static JsonNode json(HttpResponse<String> reply) {
        try {
            return JSON.readTree(reply.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("X-API-Key", KEY).timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    TestingEpmPulse restart() throws Exception {
        service.close();
        return start();
    }

    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
