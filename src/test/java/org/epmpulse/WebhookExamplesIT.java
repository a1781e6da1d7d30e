package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of inbound webhooks in one packaged program, each called as its sender does. */
class WebhookExamplesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "a-secret-of-the-tests-0123456789-abcdefghijkl";

    @TempDir
    static Path folder;

    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        SiteRoutes routes = new SiteRoutes(folder);
        for (String name : List.of("alertmanager-receive", "github-receive", "airflow-receive")) {
            routes.add(name, Files.readString(Path.of("routes/examples", name + ".camel.yaml")));
        }
        Files.writeString(folder.resolve(".env"), "GITHUB_WEBHOOK_SECRET=" + SECRET + "\n");
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        program = PackagedProgram.run(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        if (program != null) {
            program.close();
        }
    }

    private static HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return PackagedProgram.send(HttpRequest.newBuilder(program.uri(path))
                .header("Content-Type", "application/json")
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> postWithPassword(String path, String body) throws Exception {
        String login = "somebody:" + PackagedProgram.KEY;
        return post(
                path,
                body,
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    private static String signature(String secret, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static HttpResponse<String> postSigned(String secret, String body) throws Exception {
        return post(
                "/github/notify",
                body,
                "X-GitHub-Event",
                "workflow_run",
                "X-Hub-Signature-256",
                signature(secret, body));
    }

    private static HttpResponse<String> ping() throws Exception {
        String body = "{\"zen\": \"Anything added dilutes everything else.\", \"hook_id\": 1}";
        return post("/github/notify", body, "X-GitHub-Event", "ping", "X-Hub-Signature-256", signature(SECRET, body));
    }

    private static List<JsonNode> history(String query) throws Exception {
        JsonNode entries =
                JSON.readTree(program.get("/api/v1/history?" + query).body()).at("/data/entries");
        return JSON.convertValue(entries, JSON.getTypeFactory().constructCollectionType(List.class, JsonNode.class));
    }

    private static String workflowRun(String action, String conclusion, String time) throws Exception {
        return JSON.writeValueAsString(Map.of("action", action, "workflow_run", JSON.readTree("""
                        {"id": 4711, "name": "Load actuals", "conclusion": %s, "updated_at": "%s",
                         "html_url": "https://github.com/acme/loads/actions/runs/4711"}""".formatted(
                        conclusion == null ? "null" : "\"" + conclusion + "\"", time))));
    }

    @Test
    void alertsOfAlertmanagerAreRecordedAndOneThatIsNotConfiguredStopsNoOther() throws Exception {
        String body = """
                {"version": "4", "status": "firing", "alerts": [
                  {"status": "firing", "labels": {"alertname": "Disk", "instance": "a"}, "annotations": {},
                   "startsAt": "2026-02-16T14:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f0"},
                  {"status": "firing", "labels": {"alertname": "X", "app": "Nothing"}, "annotations": {},
                   "startsAt": "2026-02-16T14:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1"},
                  {"status": "firing", "labels": {"alertname": "Load", "app": "FCCS", "domain": "Consolidation"},
                   "annotations": {"summary": "%s"}, "startsAt": "2026-02-16T14:00:00.123456789Z",
                   "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f2"}]}""".formatted("late ".repeat(100));

        assertThat(postWithPassword("/alertmanager/notify", body).statusCode()).isEqualTo(200);
        assertThat(postWithPassword(
                                "/alertmanager/notify",
                                body.replace("\"firing\"", "\"resolved\"")
                                        .replace("0001-01-01T00:00:00Z", "2026-02-16T14:30:00Z"))
                        .statusCode())
                .isEqualTo(200);

        assertThat(history("app=FCCS"))
                .extracting(entry -> entry.path("status").asText(), entry -> entry.path("updated")
                        .asText())
                .containsExactly(
                        tuple("OK", "2026-02-16T14:30:00Z"), tuple("Warning", "2026-02-16T14:00:00.123456789Z"));
        assertThat(history("app=FCCS").get(0).path("route").asText()).isEqualTo("alertmanager-receive");
        assertThat(history("app=FCCS").get(0).path("key").asText()).startsWith("key-");
        assertThat(history("app=FCCS").get(0).path("message").asText()).hasSize(200);
        assertThat(program.output()).contains("Nothing").doesNotContain("\tat ");
    }

    @Test
    void runsOfGitHubAreRecordedInTheirOrderAndOnlyWithAValidSignature() throws Exception {
        assertThat(ping().statusCode()).isEqualTo(200);
        assertThat(postSigned(SECRET, workflowRun("completed", "failure", "2026-02-16T15:00:00Z"))
                        .statusCode())
                .isEqualTo(200);
        String late = workflowRun("in_progress", null, "2026-02-16T14:00:00Z");
        assertThat(postSigned(SECRET, late).statusCode()).isEqualTo(200);
        assertThat(postSigned(SECRET, late).statusCode()).isEqualTo(200);
        assertThat(postSigned(SECRET, late.replace("Load actuals", "Other")).statusCode())
                .isEqualTo(200);
        assertThat(postSigned("wrong", workflowRun("completed", "success", "2026-02-16T16:00:00Z"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(postWithPassword("/github/notify", late).statusCode()).isEqualTo(401);

        List<JsonNode> entries = history("app=Planning&domain=Actual");
        assertThat(entries)
                .extracting(entry -> entry.path("status").asText(), entry -> entry.path("outcome")
                        .asText())
                .containsExactly(tuple("Loading", "superseded"), tuple("Warning", "recorded"));
        assertThat(entries.get(1).path("key").asText()).isEqualTo("hmac:GITHUB_WEBHOOK_SECRET");
        assertThat(entries.get(1).path("job_id").asText()).isEqualTo("4711");
        assertThat(entries.get(1).path("url").asText()).endsWith("/runs/4711");
        assertThat(program.output()).doesNotContain(SECRET);
    }

    @Test
    void runsOfAirflowAreRecorded() throws Exception {
        String body = """
                {"dag_id": "Budget", "run_id": "scheduled__2026-02-16", "state": "%s", "time": "2026-02-16T14:%s:00+00:00"}""";

        for (String[] step : new String[][] {{"running", "00"}, {"failed", "10"}, {"success", "20"}}) {
            assertThat(postWithPassword("/airflow/notify", body.formatted(step[0], step[1]))
                            .statusCode())
                    .isEqualTo(200);
        }
        HttpResponse<String> unknown = postWithPassword(
                "/airflow/notify", body.formatted("running", "30").replace("Budget", "other"));

        assertThat(history("app=Planning&domain=Budget"))
                .extracting(entry -> entry.path("status").asText())
                .containsExactly("OK", "Warning", "Loading");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("INVALID_DOMAIN");
    }
}
