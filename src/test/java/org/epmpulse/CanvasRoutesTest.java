package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Canvases in Slack, also when Slack fails. */
class CanvasRoutesTest {

    private static final String APPS = """
            {"apps": {
               "Planning": {"domains": ["Actual", "Budget"], "channels": ["CMAIN"]},
               "ARCS": {"domains": ["Reconciliation"], "channels": ["CARCS"]}},
             "channels": {
               "CMAIN": {"name": "routes-main", "canvas_id": "FMAIN"},
               "CARCS": {"name": "arcs", "canvas_id": "FARCS"}}}
            """;

    @TempDir
    Path folder;

    private SlackSandbox slack;
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "routes-main"));
        slack.put(SandboxChannel.of("CARCS", "arcs"));
        slack.addCanvas("FMAIN", "Main");
        slack.addCanvas("FARCS", "ARCS");
        epmPulse = new TestingEpmPulse(folder, APPS);
        epmPulse.settings.put("SLACK_BOT_TOKEN", slack.botToken());
        epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        epmPulse.settings.put("EPMPULSE_CANVAS_MIN_INTERVAL", "50ms");
        epmPulse.start();
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        slack.close();
    }

    private void awaitCanvas(String canvasId, String... texts) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(slack.canvas(canvasId).markdown()).contains(texts));
    }

    private void awaitEdits(String canvasId, int edits) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(slack.canvas(canvasId).edits()).hasSizeGreaterThanOrEqualTo(edits));
    }

    private String health() {
        return TestingEpmPulse.json(epmPulse.get("/health"))
                .at("/checks/slack_api")
                .asText();
    }

    @Test
    void atStartEveryCanvasIsPublished() {
        awaitCanvas("FMAIN", "Actual", "2 no update yet");
        awaitCanvas("FARCS", "Reconciliation");
        assertThat(slack.canvas("FARCS").markdown()).doesNotContain("Planning");
        await().until(() -> health().equals("connected"));
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aChangeIsPublishedToTheCanvasOfItsChannelOnly() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);

        long revision = epmPulse.status("Planning", "Actual", "Warning", "row 7 rejected");

        awaitCanvas("FMAIN", "🔴 Failed", "row 7 rejected", "1 failed", "revision " + revision);
        assertThat(slack.canvas("FARCS").edits()).hasSize(1);
    }

    @Test
    void hostileTextHasNoEffect() {
        String hostile = "<!channel> <@U1> [x](https://evil.example) ![](@U1) | `a` *b* https <script>";

        epmPulse.status("Planning", "Actual", "Warning", hostile);

        awaitCanvas("FMAIN", "evil.example");
        assertThat(slack.liveMarkup("FMAIN")).isEmpty();
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aHangingSlackDelaysNoUpdateAndIsUpToDateAfterwards() {
        awaitEdits("FMAIN", 1);
        ScriptedFault hang = slack.fail(CallMatcher.method("canvases.edit"), Fault.hang());

        for (int i = 0; i < 50; i++) {
            epmPulse.status("Planning", "Actual", i % 2 == 0 ? "Loading" : "OK", "update " + i);
        }
        // Every reply arrived although Slack responded to no edit.
        assertThat(slack.canvas("FMAIN").markdown()).doesNotContain("update 49");
        hang.clear();
        hang.release();

        awaitCanvas("FMAIN", "update 49");
    }

    @Test
    void afterAStormTheCanvasesShowTheBoard() throws Exception {
        int writers = 8;
        ExecutorService storm = Executors.newFixedThreadPool(writers);
        for (int i = 0; i < writers; i++) {
            int writer = i;
            storm.submit(() -> {
                for (int update = 0; update < 100; update++) {
                    String status = List.of("Loading", "Warning", "OK").get(update % 3);
                    epmPulse.status("Planning", update % 2 == 0 ? "Actual" : "Budget", status, writer + " " + update);
                    epmPulse.status("ARCS", "Reconciliation", status, writer + " " + update);
                }
            });
        }
        storm.shutdown();
        assertThat(storm.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
        assertThat(TestingEpmPulse.json(epmPulse.get("/api/v1/status"))
                        .at("/data/revision")
                        .asInt())
                .isEqualTo(2 * writers * 100);

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(content(slack.canvas("FMAIN").markdown())).isEqualTo(content(preview("CMAIN")));
            assertThat(content(slack.canvas("FARCS").markdown())).isEqualTo(content(preview("CARCS")));
        });
        assertThat(slack.violations()).isEmpty();
        assertThat(slack.maxConcurrentEdits("FMAIN")).isEqualTo(1);
        assertThat(slack.maxConcurrentEdits("FARCS")).isEqualTo(1);
    }

    private String preview(String channel) {
        return epmPulse.get("/api/v1/canvas/preview?channel=" + channel).body();
    }

    private static String content(String markdown) {
        return markdown.replaceFirst("\\*as of .*", "");
    }

    @Test
    void aHangingCanvasDoesNotBlockAnother() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        ScriptedFault hang = slack.fail(CallMatcher.method("canvases.edit").withSubject("FMAIN"), Fault.hang());
        epmPulse.status("Planning", "Actual", "OK", "held");
        await().until(() -> hang.hits() > 0);

        epmPulse.status("ARCS", "Reconciliation", "OK", "not held");

        awaitCanvas("FARCS", "not held");
        hang.clear();
        hang.release();
    }

    @Test
    void temporaryFaultsAreRetried() {
        awaitEdits("FMAIN", 1);
        for (Fault fault :
                List.of(Fault.error("canvas_editing_locked"), Fault.status(500), Fault.loginPage(), Fault.reset())) {
            slack.fail(CallMatcher.method("canvases.edit"), fault, 1);
            String message = "after " + fault.hashCode();

            epmPulse.status("Planning", "Actual", "OK", message);

            awaitCanvas("FMAIN", message);
        }
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void nothingIsSentBeforeRetryAfterHasPassed() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        slack.fail(CallMatcher.method("canvases.edit"), Fault.rateLimited(Duration.ofSeconds(2)), 1);

        epmPulse.status("Planning", "Actual", "OK", "patient");

        awaitCanvas("FMAIN", "patient");
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void refusedTablesBecomeLists() {
        awaitEdits("FMAIN", 1);
        slack.fail(
                CallMatcher.method("canvases.edit").withSubject("FMAIN"),
                Fault.error("canvas_editing_failed", "line 5: Unsupported table type"),
                2);

        epmPulse.status("Planning", "Actual", "OK", "as a list");

        awaitCanvas("FMAIN", "as a list", "- 🟢 OK Actual");
        assertThat(slack.canvas("FMAIN").markdown()).doesNotContain("|---|");
    }

    @Test
    void aDeletedCanvasIsReportedAndOthersArePublished() {
        awaitEdits("FMAIN", 1);
        slack.deleteCanvas("FMAIN");
        epmPulse.status("Planning", "Actual", "OK", "lost");
        epmPulse.status("ARCS", "Reconciliation", "OK", "continues");

        awaitCanvas("FARCS", "continues");

        await().until(() -> health().contains("canvas_not_found"));
        assertThat(TestingEpmPulse.json(epmPulse.get("/health")).path("status").asText())
                .isEqualTo("degraded");
        assertThat(epmPulse.data("/api/v1/canvas").at("/canvases/0/last_error").asText())
                .contains("canvas_not_found");
    }

    @Test
    void aRefusedTokenStopsAllCallsAndIsReported() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        slack.revokeToken(slack.botToken(), "token_revoked");
        epmPulse.status("Planning", "Actual", "OK", "one");
        await().until(() -> health().contains("token_revoked"));
        int calls = slack.calls("canvases.edit").size();

        for (int i = 0; i < 10; i++) {
            epmPulse.status("ARCS", "Reconciliation", "OK", "update " + i);
        }

        assertThat(slack.calls("canvases.edit")).hasSize(calls);
    }

    @Test
    void aTokenThatACallOfAnotherKindUsesIsNoLongerRefused() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        slack.fail(CallMatcher.method("canvases.edit"), Fault.error("invalid_auth"), 1);
        epmPulse.status("Planning", "Actual", "OK", "one");
        await().until(() -> health().contains("invalid_auth"));

        epmPulse.status("Planning", "Actual", "Warning", "sends an alert");

        await().until(() -> health().equals("connected"));
        awaitCanvas("FMAIN", "sends an alert");
    }

    @Test
    void anAlertIsSentAtOnceWhenACanvasShowsThatTheTokenIsAccepted() {
        awaitEdits("FMAIN", 1);
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.error("token_revoked"), 1);
        epmPulse.status("Planning", "Actual", "Warning", "alerts");
        await().until(() -> health().contains("token_revoked"));

        epmPulse.status("ARCS", "Reconciliation", "OK", "edits a canvas");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> slack.calls("chat.postMessage").size() == 2);
        await().until(() -> health().equals("connected"));
    }

    @Test
    void aSyncPublishesUnchangedCanvases() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        slack.overwriteCanvas("FMAIN", "overwritten by hand");

        HttpResponse<String> reply = epmPulse.post("/api/v1/canvas/sync?channel=CMAIN", "");

        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(slack.canvas("FMAIN").markdown()).contains("# EPM status");
        assertThat(slack.canvas("FARCS").edits()).hasSize(1);
    }

    @Test
    void aRefusedSyncNamesTheCanvas() {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        slack.deleteCanvas("FARCS");

        HttpResponse<String> reply = epmPulse.post("/api/v1/canvas/sync", "");

        assertThat(reply.statusCode()).isEqualTo(502);
        var error = TestingEpmPulse.json(reply).path("error");
        assertThat(error.path("code").asText()).isEqualTo("SLACK_ERROR");
        assertThat(error.at("/details/canvases/0/last_error").isNull()).isTrue();
        assertThat(error.at("/details/canvases/1/last_error").asText()).contains("canvas_not_found");
        assertThat(epmPulse.post("/api/v1/canvas/sync?channel=CNOBODY", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aPreviewIsMarkdownOfTheChannel() {
        epmPulse.status("Planning", "Actual", "OK", "previewed");

        HttpResponse<String> reply = epmPulse.get("/api/v1/canvas/preview?channel=CMAIN");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/markdown"));
        assertThat(reply.body()).contains("previewed").doesNotContain("ARCS");
        assertThat(epmPulse.get("/api/v1/canvas/preview").statusCode()).isEqualTo(400);
        assertThat(epmPulse.get("/api/v1/canvas/preview?channel=CNOBODY").statusCode())
                .isEqualTo(404);
    }

    @Test
    void theListContainsTheStateOfEachCanvas() {
        long revision = epmPulse.status("Planning", "Actual", "OK", "listed");

        await().untilAsserted(() -> {
            var canvas = epmPulse.data("/api/v1/canvas").at("/canvases/0");
            assertThat(canvas.path("channel").asText()).isEqualTo("CMAIN");
            assertThat(canvas.path("canvas_id").asText()).isEqualTo("FMAIN");
            assertThat(canvas.path("published_revision").asLong()).isEqualTo(revision);
            assertThat(canvas.path("pending").asBoolean()).isFalse();
            assertThat(canvas.path("last_error").isNull()).isTrue();
        });
    }

    @Test
    void aRestartPublishesTheCanvas() throws Exception {
        epmPulse.status("Planning", "Actual", "OK", "before the restart");
        awaitCanvas("FMAIN", "before the restart");
        slack.overwriteCanvas("FMAIN", "overwritten by hand");

        epmPulse.restart();

        awaitCanvas("FMAIN", "before the restart");
    }

    @Test
    void tablesAreSentOnceMoreBeforeTheyAreGivenUp() {
        awaitEdits("FMAIN", 1);
        slack.fail(CallMatcher.method("canvases.edit").withSubject("FMAIN"), Fault.error("canvas_editing_failed"), 1);

        epmPulse.status("Planning", "Actual", "OK", "still a table");

        awaitCanvas("FMAIN", "still a table", "|---|");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                                  | an unexpected answer: empty
            null                                                | an unexpected answer: not a JSON object
            [1]                                                 | an unexpected answer: not a JSON object
            {"ok":"true"}                                       | an unexpected answer: ok is not true or false
            {"ok":false,"error":"java.lang.Error: <b>"}      | an unexpected answer: no valid error code
            {"ok":false,"error":"missing_scope","needed":"<x>","provided":"xoxb-sandbox"} | missing_scope
            {"ok":false,"error":"canvas_editing_failed","detail":"xoxb-sandbox \\u001b[1m"} | canvas_editing_failed: *** [1m
            """)
    void noTextOfAnUnexpectedAnswerIsShown(String body, String shown) {
        awaitEdits("FMAIN", 1);
        awaitEdits("FARCS", 1);
        try (RecordedLog log = new RecordedLog("org.epmpulse.slack", Level.WARN)) {
            slack.fail(CallMatcher.method("canvases.edit"), Fault.response(200, "text/html", body == null ? "" : body));

            epmPulse.status("Planning", "Actual", "OK", "changed");

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(epmPulse.data("/api/v1/canvas")
                            .at("/canvases/0/last_error")
                            .asText())
                    .isEqualTo(shown));
            assertThat(health()).startsWith("error: " + shown);
            // Other tests log, too.
            assertThat(log.messages())
                    .filteredOn(line -> line.contains("routes-main") || line.contains(shown))
                    .allSatisfy(line ->
                            assertThat(line).doesNotContain("java", "xoxb", "com.", "Exception", "null", "\033"));
        }
    }
}
