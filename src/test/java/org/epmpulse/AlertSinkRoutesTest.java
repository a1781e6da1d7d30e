package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.epmpulse.alerts.http.WebhookAlerts;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.AlertReceiver.Received;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxCall;
import org.epmpulse.sandbox.ScriptedFault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Alerts to webhooks, Microsoft Teams and PagerDuty, also when these fail. */
class AlertSinkRoutesTest {

    private static final String SECRET = "signing-secret-of-the-tests";
    private static final CallMatcher WEBHOOK = AlertReceiver.webhook();
    private static final CallMatcher TEAMS = AlertReceiver.teams();
    private static final CallMatcher PAGERDUTY = AlertReceiver.pagerDuty();

    @TempDir
    Path folder;

    private AlertReceiver receiver;
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        receiver = AlertReceiver.start(InstantSource.system());
        String own = receiver.webhookUrl().resolve("/webhook/OWN/S3CRET").toString();
        String apps = """
                {"apps": {
                   "Planning": {"domains": ["Actual", "Budget", %s]},
                   "FCCS": {"domains": ["Consolidation"],
                            "alerts": {"webhook": "%s", "teams": false, "pagerduty": []}}}}
                """.formatted(
                        IntStream.range(0, 150).mapToObj(i -> "\"D" + i + "\"").collect(Collectors.joining(",")), own);
        epmPulse = new TestingEpmPulse(folder, apps);
        epmPulse.settings.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
        epmPulse.settings.put("EPMPULSE_WEBHOOK_SECRET", SECRET);
        epmPulse.settings.put("EPMPULSE_TEAMS_WEBHOOK_URL", receiver.teamsUrl().toString());
        epmPulse.settings.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
        epmPulse.settings.put("EPMPULSE_PAGERDUTY_URL", receiver.pagerDutyUrl().toString());
        epmPulse.settings.put("EPMPULSE_BOARD_URL", "https://epmpulse.example.com");
        epmPulse.start();
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        receiver.close();
    }

    private List<Received> awaitReceived(CallMatcher service, int count) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(receiver.received(service)).hasSize(count));
        return receiver.received(service);
    }

    private List<String> texts(JsonNode card) {
        return card.findValuesAsText("text");
    }

    private String health() {
        return TestingEpmPulse.json(epmPulse.get("/health"))
                .at("/checks/alerts")
                .asText();
    }

    @Test
    void aWebhookGetsSignedCloudEvents() {
        epmPulse.status("Planning", "Actual", "Warning", "row 7 rejected");
        awaitReceived(WEBHOOK, 1);
        epmPulse.status("Planning", "Actual", "OK", "fixed");
        List<Received> events = awaitReceived(WEBHOOK, 2);

        JsonNode problem = events.get(0).json();
        JsonNode recovered = events.get(1).json();
        assertThat(problem.path("type").asText()).isEqualTo("org.epmpulse.alert.problem");
        assertThat(problem.path("source").asText()).isEqualTo("https://epmpulse.example.com");
        assertThat(problem.path("subject").asText()).isEqualTo("Planning/Actual");
        assertThat(problem.at("/data/message").asText()).isEqualTo("row 7 rejected");
        assertThat(problem.at("/data/links/board").asText()).isEqualTo("https://epmpulse.example.com");
        assertThat(recovered.path("type").asText()).isEqualTo("org.epmpulse.alert.recovered");
        assertThat(recovered.at("/data/id")).isEqualTo(problem.at("/data/id"));
        assertThat(recovered.path("id")).isNotEqualTo(problem.path("id"));
        for (Received event : events) {
            String time = event.signature().replaceAll("t=(\\d+),v1=[0-9a-f]{64}", "$1");
            assertThat(event.signature())
                    .isEqualTo(
                            WebhookAlerts.signature(SECRET, Instant.ofEpochSecond(Long.parseLong(time)), event.body()));
            assertThat(Instant.ofEpochSecond(Long.parseLong(time)))
                    .isBetween(event.at().minusSeconds(10), event.at().plusSeconds(1));
        }
    }

    @Test
    void anAppWithItsOwnWebhookUsesNoOther() {
        epmPulse.status("FCCS", "Consolidation", "Warning", "own");
        epmPulse.status("Planning", "Actual", "Warning", "shared");

        List<Received> events = awaitReceived(WEBHOOK, 2);
        assertThat(events)
                .extracting(event ->
                        event.path() + " " + event.json().path("subject").asText())
                .containsExactlyInAnyOrder(
                        "/webhook/OWN/S3CRET FCCS/Consolidation", "/webhook/T0/S3CRET Planning/Actual");
        awaitReceived(TEAMS, 1);
        awaitReceived(PAGERDUTY, 1);
    }

    @Test
    void teamsGetsACardInWhichTextIsNoMarkup() {
        epmPulse.status("Planning", "Actual", "Warning", "**bold** [link](https://evil.example.com)");

        JsonNode card = awaitReceived(TEAMS, 1).get(0).json().at("/attachments/0/content");
        assertThat(texts(card))
                .contains("🔴 Planning / Actual", ": Failed", " · **bold** [link](https://evil.example.com)");
        assertThat(card.findValuesAsText("type")).doesNotContain("TextBlock", "FactSet");
        assertThat(card.at("/actions/0/url").asText()).isEqualTo("https://epmpulse.example.com");
    }

    @Test
    void aBurstIsOneCardThatTeamsAcceptsAndAnEventEachForTheOthers() {
        String items = IntStream.range(0, 150)
                .mapToObj(i -> "{\"app\":\"Planning\",\"domain\":\"D" + i + "\",\"status\":\"Warning\",\"message\":\""
                        + "ü".repeat(200) + "\"}")
                .collect(Collectors.joining(","));
        assertThat(epmPulse.post("/api/v1/status/batch", "{\"updates\":[" + items + "]}")
                        .statusCode())
                .isEqualTo(200);

        JsonNode card = awaitReceived(TEAMS, 1).get(0).json().at("/attachments/0/content");
        assertThat(texts(card)).contains("150 failed").anyMatch(text -> text.matches("… and \\d+ more"));
    }

    @Test
    void pagerDutyTriggersAndResolvesTheSameIncident() {
        epmPulse.status("Planning", "Actual", "Warning", "row 7 rejected");
        awaitReceived(PAGERDUTY, 1);
        epmPulse.status("Planning", "Actual", "OK", "fixed");
        List<Received> events = awaitReceived(PAGERDUTY, 2);

        JsonNode trigger = events.get(0).json();
        JsonNode resolve = events.get(1).json();
        assertThat(trigger.path("event_action").asText()).isEqualTo("trigger");
        assertThat(trigger.at("/payload/summary").asText()).isEqualTo("Planning / Actual: Failed · row 7 rejected");
        assertThat(trigger.at("/payload/severity").asText()).isEqualTo("error");
        assertThat(resolve.path("event_action").asText()).isEqualTo("resolve");
        assertThat(resolve.path("dedup_key")).isEqualTo(trigger.path("dedup_key"));
    }

    static List<Function<CallMatcher, Fault>> temporaryFaults() {
        return List.of(
                service -> Fault.status(500),
                service -> Fault.reset(),
                service -> Fault.loginPage(),
                service -> Fault.rateLimited(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @MethodSource("temporaryFaults")
    void anAlertArrivesOnceAfterATemporaryFault(Function<CallMatcher, Fault> fault) {
        for (CallMatcher service : List.of(WEBHOOK, TEAMS, PAGERDUTY)) {
            receiver.fail(service, fault.apply(service), 1);
        }
        epmPulse.status("Planning", "Actual", "Warning", "held");

        for (CallMatcher service : List.of(WEBHOOK, TEAMS, PAGERDUTY)) {
            awaitReceived(service, 1);
        }
        await().until(() -> health().isEmpty());
    }

    @Test
    void aClosedPortIsReportedAndTheAlertArrivesLater() {
        receiver.refuseConnections();
        epmPulse.status("Planning", "Actual", "Warning", "held");
        await().untilAsserted(() -> assertThat(health()).contains("webhook: ", "teams: ", "pagerduty: "));
        receiver.acceptConnections();

        for (CallMatcher service : List.of(WEBHOOK, TEAMS, PAGERDUTY)) {
            awaitReceived(service, 1);
        }
    }

    @Test
    void anUnknownHostIsReportedWithoutTheAddress() throws Exception {
        epmPulse.close();
        epmPulse.settings.put("EPMPULSE_WEBHOOK_URL", "http://hooks.epmpulse.invalid/S3CRET");
        epmPulse.settings.put("EPMPULSE_TEAMS_WEBHOOK_URL", "http://teams.epmpulse.invalid/S3CRET");
        epmPulse.settings.put("EPMPULSE_PAGERDUTY_URL", "http://pagerduty.epmpulse.invalid/S3CRET");
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "held");

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(health())
                .contains("webhook: ", "teams: ", "pagerduty: ")
                .doesNotContain("S3CRET"));
    }

    static List<CallMatcher> services() {
        return List.of(WEBHOOK, TEAMS, PAGERDUTY);
    }

    @ParameterizedTest
    @MethodSource("services")
    void aSinkThatHangsDelaysNoPostAndNoOtherSink(CallMatcher hanging) {
        ScriptedFault hang = receiver.fail(hanging, Fault.hang());
        epmPulse.status("Planning", "Actual", "Warning", "held");
        await().until(() -> hang.hits() > 0);
        epmPulse.status("Planning", "Budget", "Warning", "not held");

        services().stream().filter(service -> !service.equals(hanging)).forEach(service -> awaitReceived(service, 2));
        assertThat(receiver.received(hanging)).isEmpty();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(health()).isEqualTo("error: " + hanging.operation() + ": timed out"));
        receiver.clearFaults();
        awaitReceived(hanging, 2);
        await().until(() -> health().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("services")
    void nothingIsSentBeforeRetryAfterHasPassed(CallMatcher service) {
        receiver.fail(service, Fault.rateLimited(Duration.ofSeconds(2)), 1);
        epmPulse.status("Planning", "Actual", "Warning", "patient");
        awaitReceived(service, 1);

        List<Instant> calls = receiver.calls().stream()
                .filter(call -> call.operation().equals(service.operation()))
                .map(SandboxCall::received)
                .toList();
        assertThat(calls).hasSize(2);
        assertThat(calls.get(1)).isAfterOrEqualTo(calls.get(0).plusSeconds(2));
    }

    @Test
    void aRefusedWebhookIsReportedWithoutItsAddress() throws Exception {
        receiver.fail(WEBHOOK, Fault.response(404, "text/plain", "no such hook " + receiver.webhookUrl()));
        receiver.fail(TEAMS, Fault.response(403, "text/plain", "S3CRETsig"));
        try (RecordedLog log = new RecordedLog("org.epmpulse.alerts", Level.WARN)) {
            epmPulse.status("Planning", "Actual", "Warning", "lost");
            await().untilAsserted(() ->
                    assertThat(health()).contains("webhook: HTTP 404 (webhook)", "teams: HTTP 403 (teams)"));

            assertThat(log.messages())
                    .anyMatch(line -> line.contains("Webhook alerts to webhook: refused: HTTP 404"))
                    .noneMatch(line -> line.contains("S3CRET"));
        }
        assertThat(health() + epmPulse.get("/api/v1/metrics").body())
                .doesNotContain("S3CRET", AlertReceiver.PAGERDUTY_KEY);
        try (var files = Files.list(folder.resolve("data/alerts"))) {
            // Temporary files of another alert's bookkeeping may disappear meanwhile.
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                assertThat(Files.readString(file)).doesNotContain("S3CRET");
            }
        }
    }

    @Test
    void aKeyThatPagerDutyRefusesIsReported() throws Exception {
        epmPulse.close();
        epmPulse.settings.put("EPMPULSE_PAGERDUTY_KEY", "wrongkey");
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "lost");

        await().untilAsserted(
                        () -> assertThat(health()).contains("pagerduty: HTTP 400: the integration key is not valid"));
    }

    @Test
    void anEventThatIsRefusedIsSentWithoutJobAndMessage() {
        receiver.fail(WEBHOOK, Fault.response(422, "text/plain", "bad message"), 1);
        epmPulse.status("Planning", "Actual", "Warning", "refused");

        JsonNode event = awaitReceived(WEBHOOK, 1).get(0).json();
        assertThat(event.at("/data/message").isNull()).isTrue();
        assertThat(event.at("/data/domain").asText()).isEqualTo("Actual");
    }

    @Test
    void pendingAlertsAreSentAfterARestartAndNoneTwice() throws Exception {
        epmPulse.status("Planning", "Actual", "Warning", "first");
        awaitReceived(WEBHOOK, 1);
        awaitReceived(PAGERDUTY, 1);
        receiver.fail(WEBHOOK, Fault.status(503));
        epmPulse.status("Planning", "Budget", "Warning", "held");
        await().until(() -> !health().isEmpty());
        // Otherwise the stop may cut off a call that was accepted.
        await().until(() -> epmPulse.get("/api/v1/metrics")
                .body()
                .contains("epmpulse_alerts_total{channel=\"pagerduty\",result=\"sent\"} 2.0"));
        epmPulse.close();
        receiver.clearFaults();
        epmPulse.start();

        awaitReceived(WEBHOOK, 2);
        awaitReceived(PAGERDUTY, 2);
        assertThat(receiver.received(WEBHOOK))
                .extracting(event -> event.json().path("subject").asText())
                .containsExactly("Planning/Actual", "Planning/Budget");
    }

    @Test
    void anAnswerThatIsOnlyCalledHtmlAcceptsTheEvent() {
        ScriptedFault answer = receiver.fail(WEBHOOK, Fault.response(200, "text/html; charset=utf-8", "ok"));
        epmPulse.status("Planning", "Actual", "Warning", "accepted");

        await().until(() -> epmPulse.get("/api/v1/metrics")
                .body()
                .contains("epmpulse_alerts_total{channel=\"webhook\",result=\"sent\"} 1.0"));
        assertThat(answer.hits()).isEqualTo(1);
    }

    @Test
    void anAnswerThatIsCutOffAfterItsHeadAcceptsTheEvent() {
        ScriptedFault answer = receiver.fail(PAGERDUTY, Fault.cutOff());
        epmPulse.status("Planning", "Actual", "Warning", "accepted");

        await().until(() -> epmPulse.get("/api/v1/metrics")
                .body()
                .contains("epmpulse_alerts_total{channel=\"pagerduty\",result=\"sent\"} 1.0"));
        assertThat(answer.hits()).isEqualTo(1);
    }

    @Test
    void aCallInFlightEndsBeforeTheStopAndIsNotRepeated() throws Exception {
        ScriptedFault slow = receiver.fail(TEAMS, Fault.slow(Duration.ofMillis(500)), 1);
        epmPulse.status("Planning", "Actual", "Warning", "first");
        await().until(() -> slow.hits() > 0);
        epmPulse.close();
        epmPulse.start();
        epmPulse.status("Planning", "Budget", "Warning", "second");

        assertThat(awaitReceived(TEAMS, 2))
                .extracting(card -> card.json().toString())
                .satisfiesExactly(card -> assertThat(card).contains("Actual"), card -> assertThat(card)
                        .contains("Budget"));
    }

    @Test
    void aSiteRouteGetsTheSamePromiseWithOneFile() throws Exception {
        epmPulse.close();
        Path out = folder.resolve("out");
        SiteRoutes routes = new SiteRoutes(folder).add("tickets", """
                - route:
                    id: tickets
                    description: Write a file for each problem
                    from:
                      uri: alerts:tickets
                      parameters:
                        apps: Planning
                        kinds: problem
                      steps:
                        - setBody:
                            expression:
                              simple:
                                expression: "${body.app}/${body.domain} ${body.message};"
                        - to:
                            uri: file:%s
                            parameters:
                              fileName: "tickets.txt"
                              fileExist: Append
                """.formatted(out));
        epmPulse.settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        epmPulse.start();
        epmPulse.status("FCCS", "Consolidation", "Warning", "of another app");
        epmPulse.status("Planning", "Actual", "Warning", "first");
        await().untilAsserted(() -> assertThat(out.resolve("tickets.txt")).exists());
        epmPulse.restart();
        epmPulse.status("Planning", "Actual", "OK", "no ticket");
        epmPulse.status("Planning", "Budget", "Warning", "second");

        await().untilAsserted(() -> assertThat(Files.readString(out.resolve("tickets.txt")))
                .isEqualTo("Planning/Actual first;Planning/Budget second;"));
        assertThat(folder.resolve("data/alerts/tickets.json")).exists();
    }

    @Test
    void sinksWithoutSettingsDoNotRun() throws Exception {
        epmPulse.close();
        for (String name : Set.copyOf(epmPulse.settings.keySet())) {
            if (name.matches("EPMPULSE_(WEBHOOK|TEAMS|PAGERDUTY).*")) {
                epmPulse.settings.remove(name);
            }
        }
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "silent");

        String metrics = epmPulse.get("/api/v1/metrics").body();
        assertThat(metrics).doesNotContain("alert-teams", "alert-pagerduty", "alert-mail");
        // An app names a webhook of its own.
        assertThat(metrics).contains("alert-webhook");
    }
}
