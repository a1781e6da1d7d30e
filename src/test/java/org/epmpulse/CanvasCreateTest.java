package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxCanvas;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackPlan;
import org.epmpulse.sandbox.SlackQuirk;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a channel without a configured canvas gets one, and that it never gets two. */
@Order(2)
class CanvasCreateTest {

    private static final String APPS = """
            {"apps": {
               "Planning": {"domains": ["Actual"], "channels": ["CMAIN"]},
               "ARCS": {"domains": ["Reconciliation"], "channels": ["CARCS"]}},
             "channels": {
               "CMAIN": {"name": "epm-main"},
               "CARCS": {"name": "arcs", "canvas_id": "FARCS"}}}
            """;

    private static final String CREATE = "conversations.canvases.create";

    @TempDir
    Path folder;

    private SlackSandbox slack;
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void setUp() throws Exception {
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CARCS", "arcs"));
        slack.addCanvas("FARCS", "ARCS");
        // As users report: creating a canvas without searching first adds a second one.
        slack.quirk(SlackQuirk.CREATE_ADDS_ANOTHER_TAB, true);
        epmPulse = new TestingEpmPulse(folder, APPS);
        epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        epmPulse.settings.put("EPMPULSE_CANVAS_MIN_INTERVAL", "50ms");
        token(slack.botToken());
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        slack.close();
    }

    private void token(String token) {
        epmPulse.settings.put("SLACK_BOT_TOKEN", token);
    }

    private void tokenWith(String... scopes) {
        slack.addToken("xoxb-few-scopes", scopes);
        token("xoxb-few-scopes");
    }

    /** All canvases but the configured one. */
    private List<SandboxCanvas> created() {
        return slack.canvases().stream()
                .filter(canvas -> !canvas.id().equals("FARCS"))
                .toList();
    }

    private SandboxCanvas awaitPublished() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(created())
                .singleElement()
                .extracting(SandboxCanvas::markdown)
                .asString()
                .contains("Actual"));
        return created().get(0);
    }

    private String canvasId() {
        return epmPulse.data("/api/v1/canvas").at("/canvases/0/canvas_id").textValue();
    }

    private int toCreate() {
        return epmPulse.data("/api/v1/canvas").path("to_create").asInt(-1);
    }

    private String lastError() {
        return epmPulse.data("/api/v1/canvas").at("/canvases/0/last_error").asText();
    }

    private void awaitError(String... texts) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(lastError()).contains(texts));
    }

    private String health() {
        return TestingEpmPulse.json(epmPulse.get("/health"))
                .at("/checks/slack_api")
                .asText();
    }

    private Path file() {
        return folder.resolve("data").resolve("slack").resolve("canvases.json");
    }

    @Test
    void aChannelWithoutACanvasGetsOneThatShowsTheBoard() throws Exception {
        epmPulse.start();

        SandboxCanvas canvas = awaitPublished();

        assertThat(canvas.channel()).isEqualTo("CMAIN");
        await().until(() -> canvas.id().equals(canvasId()));
        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(file().getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void updatesAreQueuedForACanvasThatIsNotCreatedYet() throws Exception {
        slack.fail(CallMatcher.method(CREATE), Fault.status(503));
        epmPulse.start();

        HttpResponse<String> reply =
                epmPulse.post("/api/v1/status", "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}");

        assertThat(reply.body()).contains("\"canvas\":\"queued\"");
        assertThat(canvasId()).isNull();
        assertThat(epmPulse.data("/api/v1/canvas").at("/canvases/0/pending").asBoolean())
                .isTrue();
    }

    @Test
    void theNumberOfCanvasesToCreateFallsToZero() throws Exception {
        slack.put(SandboxChannel.of("CNEW", "new"));
        Files.writeString(
                folder.resolve("apps.json"),
                APPS.replace("\"CMAIN\"]", "\"CMAIN\", \"CNEW\"]")
                        .replace("\"CMAIN\": {", "\"CNEW\": {\"name\": \"new\"}, \"CMAIN\": {"));
        ScriptedFault fault = slack.fail(CallMatcher.method(CREATE), Fault.rateLimited(Duration.ofSeconds(1)));

        epmPulse.start();

        await().until(() -> fault.hits() > 0);
        assertThat(toCreate()).isEqualTo(2);
        fault.clear();
        await().atMost(Duration.ofSeconds(30)).until(() -> toCreate() == 0);
        assertThat(created()).hasSize(2);
    }

    @Test
    void withoutATokenNoCanvasIsToBeCreated() throws Exception {
        epmPulse.settings.remove("SLACK_BOT_TOKEN");

        epmPulse.start();

        assertThat(toCreate()).isZero();
    }

    @Test
    void theExistingCanvasOfAChannelIsUsed() throws Exception {
        slack.addChannelCanvas("FPEOPLE", "Notes", "CMAIN");
        slack.overwriteCanvas("FPEOPLE", "notes of people");

        epmPulse.start();

        assertThat(awaitPublished().id()).isEqualTo("FPEOPLE");
        assertThat(slack.calls(CREATE)).isEmpty();
    }

    @Test
    void aRestartKeepsTheCanvas() throws Exception {
        epmPulse.start();
        String canvasId = awaitPublished().id();
        await().until(() -> canvasId.equals(canvasId()));
        int lookups = slack.calls("conversations.info").size();

        epmPulse.restart();

        assertThat(canvasId()).isEqualTo(canvasId);
        await().until(() -> slack.canvas(canvasId).edits().size() > 1);
        assertThat(slack.calls("conversations.info")).hasSize(lookups);
        assertThat(created()).hasSize(1);
    }

    @Test
    void aConfiguredCanvasReplacesACreatedOne() throws Exception {
        epmPulse.start();
        awaitPublished();
        slack.addCanvas("FCHOSEN", "Chosen");
        Files.writeString(
                folder.resolve("apps.json"), APPS.replace("\"epm-main\"", "\"epm-main\", \"canvas_id\": \"FCHOSEN\""));

        epmPulse.restart();

        assertThat(canvasId()).isEqualTo("FCHOSEN");
        await().untilAsserted(
                        () -> assertThat(slack.canvas("FCHOSEN").markdown()).contains("Actual"));
    }

    @Test
    void aCanvasIsFoundAgainAfterTheRegistryIsLost() throws Exception {
        epmPulse.start();
        String canvasId = awaitPublished().id();
        epmPulse.close();
        Files.delete(file());

        epmPulse.start();

        await().until(() -> canvasId.equals(canvasId()));
        assertThat(created()).hasSize(1);
    }

    @Test
    void anUnreadableRegistryGoesToQuarantineAndTheCanvasIsFoundAgain() throws Exception {
        epmPulse.start();
        String canvasId = awaitPublished().id();
        epmPulse.close();
        Files.writeString(file(), "{\"canvases\": {\"CMAIN\": {\"progress\": \"ma");

        epmPulse.start();

        await().until(() -> canvasId.equals(canvasId()));
        assertThat(created()).hasSize(1);
        assertThat(folder.resolve("data").resolve("quarantine"))
                .isDirectoryContaining(piece -> piece.getFileName().toString().matches("canvases-.*\\.reason\\.txt"));
    }

    @Test
    void withAnUnreadableRegistryAndNoReadScopeNoCanvasIsCreated() throws Exception {
        epmPulse.start();
        awaitPublished();
        epmPulse.close();
        Files.writeString(file(), "");
        tokenWith("canvases:write");

        epmPulse.start();

        awaitError("missing_scope", "channels:read");
        assertThat(created()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHANNEL_CANVASES_NOT_IN_TIER", "TAB_CREATION_FAILS"})
    void aStandaloneCanvasIsSharedWhereAChannelCanvasCannotBe(SlackQuirk quirk) throws Exception {
        slack.quirk(quirk, true);

        epmPulse.start();

        SandboxCanvas canvas = awaitPublished();
        assertThat(canvas.channel()).isNull();
        assertThat(canvas.shares()).containsEntry("CMAIN", "read");
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aStandaloneCanvasThatCouldNotBeSharedIsSharedLater() throws Exception {
        slack.quirk(SlackQuirk.CHANNEL_CANVASES_NOT_IN_TIER, true);
        ScriptedFault fault = slack.fail(CallMatcher.method("canvases.access.set"), Fault.status(503));
        epmPulse.start();
        await().until(() -> fault.hits() > 0);

        epmPulse.restart();
        fault.clear();

        assertThat(awaitPublished().shares()).containsEntry("CMAIN", "read");
        assertThat(slack.calls("canvases.create")).hasSize(1);
    }

    @Test
    void aStandaloneCanvasWhoseResponseWasLostIsNotCreatedTwice() throws Exception {
        slack.quirk(SlackQuirk.CHANNEL_CANVASES_NOT_IN_TIER, true);
        slack.fail(CallMatcher.method("canvases.create"), Fault.afterApplying(Fault.reset()), 1);

        epmPulse.start();

        awaitError("canvas_creation_unconfirmed", "canvas_id");
        assertThat(created()).hasSize(1);
    }

    @Test
    void aFreePlanGetsTheChannelCanvas() throws Exception {
        slack.plan(SlackPlan.FREE);

        epmPulse.start();

        assertThat(awaitPublished().channel()).isEqualTo("CMAIN");
    }

    @Test
    void aCanvasWhoseResponseWasLostIsFoundAndNotCreatedTwice() throws Exception {
        slack.fail(CallMatcher.method(CREATE), Fault.afterApplying(Fault.reset()), 1);

        epmPulse.start();

        awaitPublished();
        assertThat(slack.calls(CREATE)).hasSize(1);
    }

    @Test
    void anUnconfirmedCreationIsNotRepeatedWithoutTheReadScope() throws Exception {
        tokenWith("canvases:write");
        slack.fail(CallMatcher.method(CREATE), Fault.afterApplying(Fault.error("fatal_error")), 1);

        epmPulse.start();

        awaitError("missing_scope", "channels:read", "canvas_id");
        assertThat(slack.calls(CREATE)).hasSize(1);
        assertThat(health()).startsWith("error: missing_scope");
        await().untilAsserted(() -> assertThat(slack.canvas("FARCS").markdown()).contains("Reconciliation"));
    }

    @Test
    void withoutTheReadScopeACanvasIsCreated() throws Exception {
        tokenWith("canvases:write");

        epmPulse.start();

        awaitPublished();
    }

    @Test
    void aMissingScopeIsReportedWithTheNeededOne() throws Exception {
        tokenWith("channels:read");

        epmPulse.start();

        awaitError("missing_scope", "needed canvases:write", "provided channels:read");
        assertThat(health()).contains("missing_scope");
    }

    @Test
    void aChannelWithoutTheAppIsReportedAndTheOtherCanvasIsPublished() throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main").withoutBot());

        epmPulse.start();

        awaitError("not_in_channel", "invite");
        epmPulse.status("ARCS", "Reconciliation", "OK", "continues");
        await().untilAsserted(() -> assertThat(slack.canvas("FARCS").markdown()).contains("continues"));
        assertThat(TestingEpmPulse.json(epmPulse.get("/health")).path("status").asText())
                .isEqualTo("degraded");

        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        assertThat(epmPulse.post("/api/v1/canvas/sync?channel=CMAIN", "").statusCode())
                .isEqualTo(200);
        awaitPublished();
    }

    @Test
    void aRateLimitOfCreationsDoesNotDelayEdits() throws Exception {
        ScriptedFault limit = slack.fail(CallMatcher.method(CREATE), Fault.rateLimited(Duration.ofSeconds(3)));
        epmPulse.start();
        awaitError("ratelimited");

        epmPulse.status("ARCS", "Reconciliation", "OK", "not held");

        await().untilAsserted(() -> assertThat(slack.canvas("FARCS").markdown()).contains("not held"));
        limit.clear();
        awaitPublished();
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aDeletedCreatedCanvasIsReplaced() throws Exception {
        epmPulse.start();
        String first = awaitPublished().id();
        slack.deleteCanvas(first);

        epmPulse.status("Planning", "Actual", "OK", "after the loss");

        SandboxCanvas second = awaitPublished();
        assertThat(second.id()).isNotEqualTo(first);
        await().untilAsserted(
                        () -> assertThat(slack.canvas(second.id()).markdown()).contains("after the loss"));
        await().until(() -> health().equals("connected"));
    }

    @Test
    void aCanvasWithoutAccessIsNotReplaced() throws Exception {
        slack.addChannelCanvas("FPEOPLE", "Notes", "CMAIN");
        epmPulse.start();
        awaitPublished();
        slack.put(SandboxChannel.of("CMAIN", "epm-main").withoutBot());

        HttpResponse<String> reply = epmPulse.post("/api/v1/canvas/sync?channel=CMAIN", "");

        assertThat(reply.statusCode()).isEqualTo(502);
        assertThat(lastError()).contains("canvas_not_found");
        assertThat(canvasId()).isEqualTo("FPEOPLE");
        assertThat(slack.calls(CREATE)).isEmpty();
    }

    @Test
    void aDeletedConfiguredCanvasIsNotReplaced() throws Exception {
        epmPulse.start();
        awaitPublished();
        slack.deleteCanvas("FARCS");

        epmPulse.post("/api/v1/canvas/sync?channel=CARCS", "");

        assertThat(epmPulse.data("/api/v1/canvas").at("/canvases/1/last_error").asText())
                .contains("canvas_not_found");
        assertThat(slack.canvases()).hasSize(1);
    }

    @Test
    void aCanvasIsCreatedIfTheChannelIsNoObject() throws Exception {
        slack.fail(
                CallMatcher.method("conversations.info"),
                Fault.response(200, "application/json", "{\"ok\":true,\"channel\":{\"properties\":[]}}"));

        epmPulse.start();

        awaitPublished();
    }

    @Test
    void anEmptyCanvasIdIsNotStoredAndTheCanvasIsFound() throws Exception {
        slack.fail(
                CallMatcher.method(CREATE),
                Fault.afterApplying(Fault.response(200, "application/json", "{\"ok\":true,\"canvas_id\":\"\"}")),
                1);

        epmPulse.start();

        awaitPublished();
        await().until(() -> created().get(0).id().equals(canvasId()));
        assertThat(slack.calls(CREATE)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null", "\"f0123\"", "\"F1/../x\"", "7"})
    void anInvalidCanvasIdInTheRegistryIsIgnored(String canvasId) throws Exception {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), """
                {"canvases": {
                   "CMAIN": {"progress": "made", "canvas_id": %s, "since": "2026-03-31T12:00:00Z"},
                   "COTHER": {"progress": "made", "canvas_id": "F9", "since": "2026-03-31T12:00:00Z"}}}
                """.formatted(canvasId));

        epmPulse.start();

        String created = awaitPublished().id();
        await().until(() -> created.equals(canvasId()));
        assertThat(Files.readString(file())).contains("\"F9\"", created);
        assertThat(folder.resolve("data").resolve("quarantine")).isEmptyDirectory();
    }
}
