package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.OAuthClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of {@code routes/examples/}, copied to {@code routes/site/} of one packaged program. */
class RouteExamplesIT {

    @TempDir
    static Path folder;

    private static final List<String> POSTED = new CopyOnWriteArrayList<>();
    private static final List<String> JIRA = new CopyOnWriteArrayList<>();
    private static final List<String> COMPLETED = new CopyOnWriteArrayList<>();
    private static final EpmSandbox EPM = EpmSandbox.start(InstantSource.system());

    private static volatile int slackStatus = 200;
    private static HttpServer slack;
    private static Path inbox;
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        slack = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        slack.createContext("/services/T/B/secret", call -> {
            POSTED.add(new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            call.sendResponseHeaders(slackStatus, -1);
            call.close();
        });
        slack.createContext("/HyperionPlanning/rest/cmapi/v1/updateTasksForEventMonitoring", call -> {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            COMPLETED.add(
                    call.getRequestMethod() + " " + call.getRequestHeaders().getFirst("Authorization") + " " + body);
            call.sendResponseHeaders(200, -1);
            call.close();
        });
        slack.createContext("/jira/v2/alerts", call -> {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            JIRA.add(call.getRequestURI() + " " + call.getRequestHeaders().getFirst("Authorization") + " " + body);
            call.sendResponseHeaders(jira("\"ARCS\"").size() == 1 && body.contains("ARCS") ? 503 : 202, -1);
            call.close();
        });
        slack.start();
        EPM.put(OAuthClient.of("epmpulse", "secret"));
        Path routes = folder.resolve("routes");
        copy(Path.of("routes"), routes);
        copy(Path.of("routes/examples"), routes.resolve("site"));
        copy(Path.of("routes/examples"), routes.resolve("examples"));
        inbox = folder.resolve("inbox");
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_ROUTES_DIR", routes.toString());
        settings.put(
                "SLACK_WARNINGS_WEBHOOK",
                "http://127.0.0.1:" + slack.getAddress().getPort() + "/services/T/B/secret");
        settings.put("JIRA_ALERTS_URL", "http://127.0.0.1:" + slack.getAddress().getPort() + "/jira/v2/alerts");
        settings.put("JIRA_ALERTS_KEY", "jira-key");
        settings.put("GITHUB_WEBHOOK_SECRET", "a-secret-of-the-tests-0123456789-abcdefghijkl");
        settings.put("EPM_TASKS_URL", "http://127.0.0.1:" + slack.getAddress().getPort());
        settings.put("EPM_TOKEN_URL", EPM.tokenUrl().toString());
        settings.put("EPM_CLIENT_ID", "epmpulse");
        settings.put("EPM_CLIENT_SECRET", "secret");
        program = PackagedProgram.run(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        if (program != null) {
            program.close();
        }
        slack.stop(0);
        EPM.close();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.newDirectoryStream(from, "*.camel.yaml")) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Writes a temporary file, then renames it. */
    private static void put(String name, String text) throws IOException {
        Path file = inbox.resolve(name + ".tmp");
        Files.createDirectories(inbox);
        Files.writeString(file, text);
        Files.move(file, inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void post(String domain, String status, String message) throws Exception {
        String json = "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"%s\",\"message\":\"%s\"}"
                .formatted(domain, status, message);
        assertThat(program.post("/api/v1/status", json).statusCode()).isEqualTo(200);
    }

    private static List<String> logged(String text) {
        return program.output().lines().filter(line -> line.contains(text)).toList();
    }

    @Test
    void aWarningIsPostedWithoutTheClientsMessageAndARefusalIsLoggedInOneLine() throws Exception {
        post("Actual", "OK", "done");
        post("Actual", "Warning", "<!channel>");

        await().atMost(Duration.ofSeconds(30)).until(() -> !POSTED.isEmpty());
        assertThat(POSTED)
                .singleElement()
                .asString()
                .contains("Planning / Actual")
                .doesNotContain("channel>", "done");

        slackStatus = 404;
        post("Budget", "Warning", "again");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !logged("Error POSTing to Slack API").isEmpty());
        assertThat(POSTED).hasSize(2);
        await().untilAsserted(() -> assertThat(logged(": processing of revision"))
                .singleElement()
                .asString()
                .contains("404"));
        assertThat(program.output()).doesNotContain("\tat ", "/services/");
        assertThat(program.get("/api/v1/metrics").body()).doesNotContain("/services/");
    }

    @Test
    void aProblemIsAnAlertOfJiraWhichItsRecoveryCloses() throws Exception {
        String json = "{\"app\":\"ARCS\",\"status\":\"%s\",\"message\":\"row \\\"7\\\", {x}\"}";
        program.post("/api/v1/status", json.formatted("Warning"));
        // The first request is answered with 503.
        await().atMost(Duration.ofSeconds(60)).until(() -> jira("\"ARCS\"").size() == 2);
        program.post("/api/v1/status", json.formatted("OK"));

        List<String> created = jira("\"ARCS\"");
        assertThat(created.get(0)).isEqualTo(created.get(1)).startsWith("/jira/v2/alerts GenieKey jira-key {");
        JsonNode alert = new JsonMapper()
                .readTree(created.get(0).substring(created.get(0).indexOf('{')));
        assertThat(alert.path("message").asText()).isEqualTo("ARCS / Reconciliation: problem");
        assertThat(alert.path("description").asText()).isEqualTo("row \"7\", {x}");
        String closed = "/jira/v2/alerts/" + alert.path("alias").asText() + "/close?identifierType=alias";
        await().atMost(Duration.ofSeconds(60))
                .until(() -> jira(closed).equals(List.of(closed + " GenieKey jira-key {}")));
    }

    private static List<String> jira(String text) {
        return JIRA.stream().filter(call -> call.contains(text)).toList();
    }

    @Test
    void anOkCompletesTheTaskOfItsDomainAndNoOther() throws Exception {
        for (String status : List.of("Loading", "Warning", "OK", "Blank")) {
            String json = "{\"app\":\"FCCS\",\"domain\":\"Consolidation\",\"status\":\"" + status + "\"}";
            assertThat(program.post("/api/v1/status", json).statusCode()).isEqualTo(200);
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> !COMPLETED.isEmpty());
        assertThat(COMPLETED)
                .singleElement()
                .asString()
                .startsWith("POST Bearer ")
                .contains("\"eventName\": \"CONSOLIDATION_OK\"", "\"message\": \"Completed by EPMPulse\"");
    }

    @Test
    void theLinesOfAFileAreRecordedAndTheFileIsMoved() throws Exception {
        put("ARCS-1.jsonl", """
                {"app":"ARCS","status":"Loading","job_id":"N1"}
                {"app":"ARCS","status":"OK","job_id":"N1","message":"from a file"}
                """);

        await().untilAsserted(() ->
                assertThat(program.get("/api/v1/status/ARCS").body()).contains("\"status\":\"OK\"", "from a file"));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(names(inbox.resolve(".done")))
                .anySatisfy(name -> assertThat(name).endsWith("-ARCS-1.jsonl")));
        assertThat(inbox.resolve("ARCS-1.jsonl")).doesNotExist();
    }

    @Test
    void anInvalidLineChangesNothingAndTheReasonIsInAFileAndInOneLineOfTheLog() throws Exception {
        put("wrong.jsonl", """
                {"app":"FCCS","status":"OK","job_id":"N2"}
                {"app":"FCCS","status":"FINE","job_id":"N2"}
                """);
        Path failed = inbox.resolve(".failed");

        await().until(() -> Files.exists(failed.resolve("wrong.jsonl")));
        assertThat(failed.resolve("wrong.jsonl.reason")).content().contains("FINE");
        assertThat(program.get("/api/v1/status/FCCS").body()).contains("\"status\":\"Blank\"");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !logged("wrong.jsonl was not recorded").isEmpty());
        assertThat(logged("wrong.jsonl was not recorded"))
                .singleElement()
                .asString()
                .contains("inbox-read.camel.yaml, route inbox-read", "FINE");

        put("broken.jsonl", "{\"app\":\"FCCS\",\"status\":\"OK\"}\n{\"app\":");
        await().until(() -> Files.exists(failed.resolve("broken.jsonl")));
        assertThat(program.get("/api/v1/status/FCCS").body()).contains("\"status\":\"Blank\"");
        assertThat(program.output()).doesNotContain("\tat ");
    }

    @Test
    void aFileThatIsNotYetRenamedIsNotRead() throws Exception {
        Files.createDirectories(inbox);
        Files.writeString(inbox.resolve("half.jsonl.tmp"), "{\"app\":\"Planning\",\"domain\":\"Forecast\",\"status\":");
        put("after.jsonl", "{\"app\":\"Planning\",\"domain\":\"Budget\",\"status\":\"Loading\"}\n");

        await().untilAsserted(() -> assertThat(names(inbox.resolve(".done")))
                .anySatisfy(name -> assertThat(name).endsWith("-after.jsonl")));
        assertThat(inbox.resolve("half.jsonl.tmp")).exists();
    }
}
