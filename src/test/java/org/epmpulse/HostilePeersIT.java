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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
             "apps": {"Bad": {"domains": ["Actual"], "channels": [%s], "server": "hostile"},
                      "Token": {"domains": ["Actual"], "channels": [%s], "server": "tokens"},
                      "Good": {"domains": ["Actual"], "channels": [%s], "server": "good"}},
             "channels": {%s}}
            """;

    /** Each canvas is tried at once, so that Slack gets many calls without waiting for a back-off. */
    private static final int CHANNELS = 12;

    @TempDir
    private Path folder;

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());

    @AutoClose
    private final HostilePeer peer = new HostilePeer(Misbehavior.GZIP_BOMB.response());

    private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();
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
        String ids =
                IntStream.range(0, CHANNELS).mapToObj(i -> "\"C" + i + "\"").collect(Collectors.joining(","));
        String channels = IntStream.range(0, CHANNELS)
                .mapToObj(i -> "\"C%d\": {\"name\": \"c%d\", \"canvas_id\": \"F%d\"}".formatted(i, i, i))
                .collect(Collectors.joining(","));
        Files.writeString(
                folder.resolve("apps.json"),
                APPS.formatted(
                        base.substring(0, base.length() - 1),
                        base,
                        epm.environmentUrl(),
                        epm.tokenUrl(),
                        ids,
                        ids,
                        ids,
                        channels));
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

    /** To each kind of call another misbehavior each time. */
    private void misbehaveInTurn() {
        peer.answerByHead(head -> {
            int turn = turns.computeIfAbsent(kind(head), any -> new AtomicInteger())
                    .getAndIncrement();
            return HEAVY.get(turn % HEAVY.size()).response();
        });
    }

    /** The first folder of the path. */
    private static String kind(String request) {
        return request.split("[ /]+")[1];
    }

    private void awaitAllMisbehaviors(PackagedProgram program) {
        await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
            assertThat(program.alive()).as(program.output()).isTrue();
            assertThat(turns).containsOnlyKeys("api", "token", "HyperionPlanning");
            assertThat(turns.values()).allMatch(turn -> turn.get() >= HEAVY.size());
        });
    }

    private static void awaitOk(PackagedProgram program, String app) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(status(program, app)).isEqualTo("OK"));
    }

    private void addJobOfGoodEnvironment(String job) {
        epm.addJob(
                SandboxProduct.PLANNING,
                "Good",
                job,
                JobScript.from(Instant.now()).then(Duration.ZERO, ScriptedJobState.succeeded()));
    }

    @Test
    void nothingThatAPeerSendsEndsTheProgramOrStopsTheOthers() throws Exception {
        misbehaveInTurn();
        addJobOfGoodEnvironment("300");
        addJobOfGoodEnvironment("301");

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            start(program, "Bad", "1");
            start(program, "Token", "2");
            start(program, "Good", "300");
            awaitOk(program, "Good");
            awaitAllMisbehaviors(program);
            start(program, "Good", "301");
            awaitOk(program, "Good");
            JsonNode checks = get(program, "/api/v1/health").path("checks");
            assertThat(checks.path("slack_api").asText()).startsWith("error: ").doesNotContain("xception", "org.");
            assertThat(checks.path("epm_api").asText()).startsWith("error: ").doesNotContain("xception", "org.");
            assertThat(checks.path("state_file").asText()).isEqualTo("ok");
            assertThat(program.output())
                    .doesNotContain("OutOfMemory", "xception", "pass-of-hostile", "secret-of-c", "xoxb-hostile");
            program.kill();
        }

        peer.answer(Misbehavior.GZIP_BOMB.response());
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> program.get("/api/v1/health").body().contains("the response is longer"));
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
                            "no usable response: the head of the response is too long")
                    .doesNotContain("xception", "pass-of-hostile");
        }
    }
}
