package org.epmpulse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.OAuthClient;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackQuirk;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGTERM to the packaged program while Slack or EPM does not answer. */
class StopIT {

    /** Far below the time-outs of the calls and of the routes. */
    private static final long STOP_SECONDS = 9;

    private static final String APPS = """
            {"epm": {
               "auth": {"type": "oauth", "token_url": "%1$s", "client_id": "epmpulse", "client_secret": "secret-of-epm"},
               "servers": {"planning": {"name": "Planning", "base_url": "%2$s"}}},
             "apps": {
               "Planning": {"domains": ["Actual"], "server": "planning", "channels": ["CMAIN"]},
               "FCCS": {"domains": ["Close"], "channels": ["CNEW"]}},
             "channels": {
               "CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"},
               "CNEW": {"name": "new", "alerts": false}}}
            """;

    @TempDir
    Path folder;

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());

    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CNEW", "new"));
        slack.addCanvas("FMAIN", "Main");
        slack.quirk(SlackQuirk.CREATE_ADDS_ANOTHER_TAB, true);
        epm.put(OAuthClient.of("epmpulse", "secret-of-epm"));
        Files.writeString(folder.resolve("apps.json"), APPS.formatted(epm.tokenUrl(), epm.environmentUrl()));
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("apps.json").toString());
        settings.put("EPMPULSE_POLL_INTERVAL", "100ms");
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
    }

    private <T> Future<T> start(Callable<T> task) {
        return threads.submit(task);
    }

    private void awaitHit(ScriptedFault fault) {
        await().atMost(Duration.ofSeconds(30)).until(() -> fault.hits() > 0);
    }

    private void assertStops(PackagedProgram program) throws Exception {
        assertThat(start(program::terminate).get(STOP_SECONDS, TimeUnit.SECONDS))
                .as(program.output())
                .isIn(0, 143);
        assertThat(program.output()).doesNotContain("NullPointerException", "ERROR", "Exception");
    }

    private static void post(PackagedProgram program, String json) throws Exception {
        assertThat(program.post("/api/v1/status", json).statusCode()).isEqualTo(200);
    }

    @Test
    void aSyncWhoseEditHangsIsAnswered() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().untilAsserted(
                            () -> assertThat(slack.canvas("FMAIN").edits()).isNotEmpty());
            ScriptedFault hang = slack.fail(CallMatcher.method("canvases.edit"), Fault.hang());
            Future<HttpResponse<String>> sync = start(() -> program.post("/api/v1/canvas/sync", ""));
            awaitHit(hang);

            assertStops(program);

            HttpResponse<String> reply = sync.get(STOP_SECONDS, TimeUnit.SECONDS);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(503);
            assertThat(reply.body()).contains("\"UNAVAILABLE\"");
            assertThat(reply.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void aBodyThatArrivesDuringTheStopGetsAReplyOfTheApi() throws Exception {
        String body = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";
        try (PackagedProgram program = PackagedProgram.run(folder, settings);
                Socket socket = new Socket("127.0.0.1", program.uri("/").getPort())) {
            socket.setSoTimeout(10_000);
            send(
                    socket,
                    "POST /api/v1/status HTTP/1.1\r\nHost: x\r\nX-API-Key: " + PackagedProgram.KEY
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n{");
            // The event loop has read the head before it replies to a later request.
            assertThat(program.get("/api/v1/status").statusCode()).isEqualTo(200);
            Future<Integer> stop = start(program::terminate);
            // The rest of a body may take a second from then on.
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> program.get("/health").statusCode() == 503);

            send(socket, body.substring(1));

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .contains("\"recorded\"");
            assertThat(stop.get(STOP_SECONDS, TimeUnit.SECONDS)).isIn(0, 143);
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    @Test
    void aSyncThatWaitsForARateLimitIsAnswered() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().untilAsserted(
                            () -> assertThat(slack.canvas("FMAIN").edits()).isNotEmpty());
            ScriptedFault limit =
                    slack.fail(CallMatcher.method("canvases.edit"), Fault.rateLimited(Duration.ofMinutes(1)), 1);
            Future<HttpResponse<String>> sync = start(() -> program.post("/api/v1/canvas/sync?channel=CMAIN", ""));
            awaitHit(limit);

            assertStops(program);

            assertThat(sync.get(STOP_SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat.postMessage", "conversations.canvases.create"})
    void aHangingCallDoesNotDelayTheStop(String method) throws Exception {
        ScriptedFault hang = slack.fail(CallMatcher.method(method), Fault.hang());
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Warning\"}");
            awaitHit(hang);

            assertStops(program);
        }
        hang.clear();
        hang.release();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(slack.messages()).hasSize(1));
        }
        assertThat(slack.canvases()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aCallThatEndsSoonIsNotAborted() throws Exception {
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.slow(Duration.ofMillis(500)), 1);
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Warning\"}");
            await().until(() -> !slack.calls("chat.postMessage").isEmpty());

            assertStops(program);
        }

        assertThat(slack.messages()).hasSize(1);
    }

    @Test
    void aHangingTokenRequestDoesNotDelayTheStop() throws Exception {
        assertStopsDuring(epm.fail(CallMatcher.token(), Fault.hang()));
    }

    @Test
    void aHangingPollDoesNotDelayTheStop() throws Exception {
        assertStopsDuring(epm.fail(CallMatcher.product(SandboxProduct.PLANNING), Fault.hang()));
    }

    private void assertStopsDuring(ScriptedFault hang) throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, """
                    {"app":"Planning","domain":"Actual","status":"Loading","job_id":"LOAD_1","epm_job_id":"224"}
                    """);
            awaitHit(hang);

            assertStops(program);
        }
    }

    @Test
    void aCheckOfAHangingSlackEndsAtOnce() throws Exception {
        ScriptedFault hang = slack.fail(CallMatcher.method("auth.test"), Fault.hang());
        try (PackagedProgram check = PackagedProgram.start(folder, settings, "check", "--online")) {
            awaitHit(hang);

            assertThat(start(check::terminate).get(STOP_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(143);
        }
    }
}
