package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.epmpulse.outbound.HostilePeer;
import org.epmpulse.outbound.HostilePeer.Misbehavior;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program in 192 MB of heap, whose Slack, token URL and EPM environment send what no server should. */
class HostilePeersIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a program without limits does not survive; the rest is in OutboundHttpTest. */
    private static final List<Misbehavior> HEAVY = List.of(
            Misbehavior.ENDLESS_BODY,
            Misbehavior.ENDLESS_CHUNKS,
            Misbehavior.GZIP_BOMB,
            Misbehavior.DEFLATE_BOMB,
            Misbehavior.NESTED_ENCODINGS,
            Misbehavior.ENDLESS_HEADERS,
            Misbehavior.ENDLESS_HEADER_LINE,
            Misbehavior.ENDLESS_TRAILERS,
            Misbehavior.ENDLESS_INTERIM_RESPONSES,
            Misbehavior.ENDLESS_STATUS_LINE);

    private static final String APPS = """
            {"epm": {"servers": {
               "hostile": {"name": "Hostile", "product": "planning", "base_url": "%s",
                 "auth": {"type": "basic", "username": "u", "password": "pass-of-hostile"}},
               "tokens": {"name": "Tokens", "product": "planning", "base_url": "http://127.0.0.1:1",
                 "auth": {"type": "oauth", "token_url": "%stoken", "client_id": "c", "client_secret": "secret-of-c"}},
               "good": {"name": "Good", "product": "planning", "base_url": "%s",
                 "auth": {"type": "oauth", "token_url": "%s", "client_id": "good", "client_secret": "good"}}}},
             "apps": {"Bad": {"domains": ["Actual"], "channels": ["CMAIN"], "server": "hostile"},
                      "Token": {"domains": ["Actual"], "channels": ["CMAIN"], "server": "tokens"},
                      "Good": {"domains": ["Actual"], "channels": ["CMAIN"], "server": "good"}},
             "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}}}
            """;

    @TempDir
    private Path folder;

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());

    @AutoClose
    private final HostilePeer peer = new HostilePeer(Misbehavior.GZIP_BOMB.response());

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        epm.put(OAuthClient.of("good", "good"));
        settings = PackagedProgram.settings(folder);
        settings.put("SLACK_BOT_TOKEN", "xoxb-hostile-peer");
        settings.put("SLACK_API_URL", peer.uri() + "api/");
        settings.put("EPMPULSE_POLL_INTERVAL", "200ms");
        settings.put("EPMPULSE_CANVAS_MIN_INTERVAL", "0s");
        settings.put("EPMPULSE_CANVAS_EDITS_PER_MINUTE", "100000");
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        String base = peer.uri().toString();
        Files.writeString(
                folder.resolve("apps.json"),
                APPS.formatted(base.substring(0, base.length() - 1), base, epm.environmentUrl(), epm.tokenUrl()));
    }

    private static void start(PackagedProgram program, String app, String job) throws Exception {
        String json =
                "{\"app\":\"" + app + "\",\"domain\":\"Actual\",\"status\":\"Loading\",\"job_id\":\"" + job + "\"}";
        assertThat(program.post("/api/v1/status", json).statusCode()).isEqualTo(200);
    }

    private static JsonNode get(PackagedProgram program, String path) throws Exception {
        return JSON.readTree(program.get(path).body());
    }

    private static String status(PackagedProgram program, String app) throws Exception {
        return get(program, "/api/v1/status")
                .at("/data/apps/" + app + "/Actual/status")
                .asText();
    }

    private void awaitCallsOfAllKinds(PackagedProgram program, Misbehavior misbehavior) {
        int before = peer.requests().size();
        peer.answer(misbehavior.response());
        await(misbehavior.name()).atMost(Duration.ofSeconds(90)).until(() -> {
            assertThat(program.alive())
                    .as("%s: %s", misbehavior, program.output())
                    .isTrue();
            List<String> requests = peer.requests();
            String later = String.join("\n", requests.subList(before, requests.size()));
            return later.contains("POST /api/") && later.contains("POST /token") && later.contains("GET /Hyperion");
        });
    }

    @Test
    void nothingThatAPeerSendsEndsTheProgramOrStopsTheOthers() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            start(program, "Bad", "1");
            start(program, "Token", "2");
            for (int i = 0; i < HEAVY.size(); i++) {
                start(program, "Bad", Integer.toString(100 + i));
                start(program, "Token", Integer.toString(200 + i));
                String job = Integer.toString(300 + i);
                epm.addJob(
                        SandboxProduct.PLANNING,
                        "Good",
                        job,
                        JobScript.from(Instant.now()).then(Duration.ZERO, ScriptedJobState.succeeded()));
                start(program, "Good", job);

                awaitCallsOfAllKinds(program, HEAVY.get(i));

                await(HEAVY.get(i).name())
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(status(program, "Good")).isEqualTo("OK"));
            }
            JsonNode checks = get(program, "/api/v1/health").path("checks");
            assertThat(checks.path("slack_api").asText())
                    .startsWith("error: ")
                    .doesNotContain("xception", "java", "org.");
            assertThat(checks.path("epm_api").asText())
                    .startsWith("error: ")
                    .doesNotContain("xception", "java", "org.");
            assertThat(checks.path("state_file").asText()).isEqualTo("ok");
            assertThat(program.output())
                    .doesNotContain("OutOfMemory", "xception", "pass-of-hostile", "secret-of-c", "xoxb-hostile");
            program.kill();
        }

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitCallsOfAllKinds(program, Misbehavior.GZIP_BOMB);
            assertThat(status(program, "Bad")).isEqualTo("Loading");
            assertThat(program.terminate()).isIn(0, 143);
        }
    }

    @Test
    void checkOnlineNamesTheReasonsAndEnds() throws Exception {
        peer.answer(Misbehavior.ENDLESS_HEADERS.response());

        try (PackagedProgram check = PackagedProgram.start(folder, settings, "check", "--online")) {
            assertThat(check.exitCode()).as(check.output()).isEqualTo(1);
            assertThat(check.output())
                    .contains(
                            "EPM server hostile: the environment 127.0.0.1 cannot be reached: the head of the response is",
                            "EPM server tokens: no token from 127.0.0.1: the head of the response is too long",
                            "no response: the head of the response is too long")
                    .doesNotContain("xception", "pass-of-hostile");
        }
    }
}
