package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.NewKey;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the packaged program logs, and what it must never log. */
class LogIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"OK\"}";

    private final NewKey odi = NewKey.named("odi");

    @TempDir
    Path folder;

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws IOException {
        Files.writeString(folder.resolve("keys"), odi.line() + "\n");
        settings = PackagedProgram.settings(folder);
        settings.put(
                "EPMPULSE_ROUTES_DIR",
                new SiteRoutes(folder).addFailing().folder().toString());
        settings.put("EPMPULSE_API_KEYS_FILE", folder.resolve("keys").toString());
    }

    private HttpResponse<String> post(PackagedProgram program, String path, String key, String body) throws Exception {
        return PackagedProgram.send(HttpRequest.newBuilder(program.uri(path))
                .header("X-API-Key", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private static JsonNode object(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private static JsonNode single(List<JsonNode> lines, String field, String text) {
        List<JsonNode> found = lines.stream()
                .filter(line -> line.path(field).asText().contains(text))
                .toList();
        assertThat(found).as(text).hasSize(1);
        return found.get(0);
    }

    @Test
    void everyLineIsAnObjectWithKeyRouteAndRequest() throws Exception {
        settings.put("EPMPULSE_LOG_FORMAT", "json");
        settings.put("EPMPULSE_LOG_LEVEL", "DEBUG");
        String failedRequest;
        List<JsonNode> lines;
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertThat(post(program, "/api/v1/status", odi.key(), UPDATE.formatted("Actual"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post(program, "/api/v1/status", odi.key(), UPDATE.formatted("Actuals"))
                            .statusCode())
                    .isEqualTo(400);
            HttpResponse<String> failed = post(program, "/site/fail", odi.key(), "out of \"paper\"\n{");
            assertThat(failed.statusCode()).isEqualTo(500);
            failedRequest =
                    object(failed.body()).at("/error/details/request_id").asText();
            program.terminate();
            lines = program.output().lines().map(LogIT::object).toList();
        }

        assertThat(lines).allSatisfy(line -> {
            assertThat(line.isObject()).isTrue();
            assertThat(Instant.parse(line.path("time").asText())).isNotNull();
            assertThat(line.path("level").asText()).isIn("DEBUG", "INFO", "WARN", "ERROR");
            assertThat(line.path("logger").asText()).isNotEmpty();
            assertThat(line.path("thread").asText()).isNotEmpty();
            assertThat(line.path("message").isTextual()).isTrue();
        });
        assertThat(lines.get(lines.size() - 1).path("message").asText()).isEqualTo("EPMPulse has stopped");

        JsonNode accepted = single(lines, "message", "OK of Planning/Actual: recorded, revision 1");
        assertThat(accepted.path("app").asText()).isEqualTo("Planning");
        assertThat(accepted.path("domain").asText()).isEqualTo("Actual");
        assertThat(accepted.path("key").asText()).isEqualTo("odi");
        assertThat(accepted.path("route").asText()).isEqualTo("status-receive");
        assertThat(accepted.path("exchange").asText()).isNotEmpty();
        assertIsAccess(lines, accepted.path("request").asText(), "/api/v1/status", 200);

        JsonNode rejected = single(lines, "message", "Request rejected: INVALID_DOMAIN: Planning has no domain");
        assertThat(rejected.path("key").asText()).isEqualTo("odi");
        assertThat(rejected.path("route").asText()).isEqualTo("status-receive");
        assertThat(rejected.has("app")).isFalse();
        assertIsAccess(lines, rejected.path("request").asText(), "/api/v1/status", 400);

        JsonNode failed = single(lines, "message", "Request " + failedRequest + " failed in route site-fail");
        assertThat(failed.path("level").asText()).isEqualTo("ERROR");
        JsonNode stack = lines.stream()
                .filter(line -> line.path("exception").asText().contains("IllegalStateException: out of \"paper\"\n{"))
                .findFirst()
                .orElseThrow();
        for (JsonNode line : List.of(failed, stack)) {
            assertThat(line.path("key").asText()).isEqualTo("odi");
            assertThat(line.path("route").asText()).isEqualTo("site-fail");
            assertThat(line.path("request").asText()).isEqualTo(failedRequest);
        }
        assertIsAccess(lines, failedRequest, "/site/fail", 500);
    }

    private static void assertIsAccess(List<JsonNode> lines, String request, String path, int status) {
        List<JsonNode> found = lines.stream()
                .filter(line -> line.path("logger").asText().equals("org.epmpulse.access"))
                .filter(line -> line.path("request").asText().equals(request))
                .toList();
        assertThat(found).singleElement().satisfies(line -> {
            assertThat(line.path("client").asText()).isEqualTo("127.0.0.1");
            assertThat(line.path("key").asText()).isEqualTo("odi");
            assertThat(line.path("method").asText()).isEqualTo("POST");
            assertThat(line.path("path").asText()).isEqualTo(path);
            assertThat(line.path("status").intValue()).isEqualTo(status);
            assertThat(line.path("bytes").longValue()).isPositive();
            assertThat(line.path("duration_ms").isIntegralNumber()).isTrue();
        });
    }

    @Test
    void textInAnExceptionCannotLookLikeALineOfTheLog() throws Exception {
        String forged = "2026-11-22T22:27:02.760Z WARN  access [x] 192.0.2.66 - \"GET /\" 403 1 1ms 0";
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "/site/fail", odi.key(), "x\n" + forged + "\r" + forged + "\r\n" + forged);
            program.terminate();

            assertThat(program.output()).contains(forged).doesNotContainPattern("(?m)^2026-11-22T22:27:02.760Z");
        }
    }

    @ParameterizedTest
    @CsvSource({"json, DEBUG", "text, TRACE"})
    void noSecretIsLogged(String format, String level) throws Exception {
        String secret = "the-client-secret-4711";
        String password = "the-password-4711";
        try (EpmSandbox epm = EpmSandbox.start(InstantSource.system());
                SlackSandbox slack = SlackSandbox.start(InstantSource.system())) {
            epm.put(OAuthClient.of("epmpulse", secret));
            epm.addUser("robot", password);
            slack.put(SandboxChannel.of("CMAIN", "epm-main"));
            slack.addCanvas("FMAIN", "Main");
            Files.writeString(
                    folder.resolve("apps.json"), """
                    {"epm": {"auth": {"type": "oauth", "token_url": "%1$s", "client_id": "${EPM_CLIENT_ID}",
                                      "client_secret": "${EPM_CLIENT_SECRET}", "scope": "urn:opc:epm"},
                             "servers": {"planning": {"base_url": "%2$s"},
                                         "arcs": {"base_url": "%2$s", "product": "arcs",
                                                   "auth": {"type": "basic", "username": "robot", "password": "%3$s"}}}},
                     "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}},
                     "apps": {"Planning": {"domains": ["Actual"], "server": "planning", "channels": ["CMAIN"]},
                              "ARCS": {"domains": ["Reconciliation"], "server": "arcs", "channels": ["CMAIN"]}}}
                    """.formatted(epm.tokenUrl(), epm.environmentUrl(), password));
            settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
            settings.put("EPMPULSE_POLL_INTERVAL", "500ms");
            settings.put("EPMPULSE_LOG_FORMAT", format);
            settings.put("EPMPULSE_LOG_LEVEL", level);
            settings.put("EPM_CLIENT_ID", "epmpulse");
            settings.put("EPM_CLIENT_SECRET", secret);
            settings.put("SLACK_BOT_TOKEN", slack.botToken());
            settings.put("SLACK_API_URL", slack.apiUrl().toString());
            slack.fail(CallMatcher.method("canvases.edit"), Fault.reset(), 1);
            String output;
            try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
                post(program, "/api/v1/status?api_key=" + odi.key(), odi.key(), """
                        {"app":"Planning","domain":"Actual","status":"Loading","epm_job_id":"1"}""");
                post(program, "/api/v1/status", PackagedProgram.KEY, """
                        {"app":"ARCS","status":"Loading","epm_job_id":"2"}""");
                post(program, "/api/v1/status", "an-invalid-key-4711", "{}");
                post(program, "/site/fail", odi.key(), "x");
                await().until(() -> epm.calls().size() > 4
                        && slack.canvas("FMAIN").markdown().contains("Actual"));
                program.terminate();
                output = program.output();
            }

            assertThat(output).contains("DEBUG").contains("Planning/Actual");
            List<String> secrets = List.of(
                    odi.key(),
                    PackagedProgram.KEY,
                    slack.botToken(),
                    secret,
                    password,
                    base64("robot:" + password),
                    base64("epmpulse:" + secret),
                    "an-invalid-key-4711",
                    "sandbox-token-");
            assertThat(output.lines().filter(line -> secrets.stream().anyMatch(line::contains)))
                    .isEmpty();
            assertThat(output)
                    .doesNotContainPattern("(?i)(Bearer|Basic) +[A-Za-z0-9]")
                    .doesNotContain("access_token");
        }
    }

    @Test
    void noRequestWaitsForABlockedOutput() throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-jar",
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        command.environment().putAll(settings);
        Process program = command.start();
        try {
            BufferedReader output = program.inputReader(StandardCharsets.UTF_8);
            String line = output.readLine();
            while (!line.contains("ready on ")) {
                line = output.readLine();
            }
            URI path = URI.create(line.replaceFirst(".*ready on ([^ ]+) .*", "$1/x"));
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            HttpRequest request =
                    HttpRequest.newBuilder(path).timeout(Duration.ofSeconds(30)).build();

            // A pipe holds 64 KiB, which are about 500 lines; the queue of the log holds 8192 lines.
            for (int i = 0; i < 12_000; i++) {
                assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(401);
            }
        } finally {
            program.destroyForcibly().waitFor();
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
