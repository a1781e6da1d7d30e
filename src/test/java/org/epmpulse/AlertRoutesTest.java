package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.LiveMarkup;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxMessage;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts in Slack channels, also when Slack fails. */
@Order(1)
class AlertRoutesTest {

    private static final String APPS = """
            {"apps": {
               "Planning": {"domains": ["Actual", "Budget", "D1", "D2", "D3", "D4", "D5", "D6"], "channels": ["CMAIN"]},
               "ARCS": {"domains": ["Reconciliation"], "channels": ["CARCS"]},
               "FCCS": {"domains": ["Consolidation"], "channels": ["CQUIET"]}},
             "channels": {
               "CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"},
               "CARCS": {"name": "arcs"},
               "CQUIET": {"name": "quiet", "alerts": false}}}
            """;

    private static final CallMatcher POSTS = CallMatcher.method("chat.postMessage");

    @TempDir
    Path folder;

    private SlackSandbox slack;
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CARCS", "arcs"));
        slack.put(SandboxChannel.of("CQUIET", "quiet"));
        slack.addCanvas("FMAIN", "Main");
        epmPulse = new TestingEpmPulse(folder, APPS);
        epmPulse.settings.put("SLACK_BOT_TOKEN", slack.botToken());
        epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
        epmPulse.start();
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        slack.close();
    }

    private List<SandboxMessage> messages(String channel) {
        return slack.messages().stream()
                .filter(message -> message.channel().equals(channel))
                .toList();
    }

    private void awaitMessages(String channel, int count) {
        await().untilAsserted(() -> assertThat(messages(channel)).hasSize(count));
    }

    private String health() {
        return TestingEpmPulse.json(epmPulse.get("/health"))
                .at("/checks/slack_api")
                .asText();
    }

    private double counted(String channel, String result) {
        String series = "epmpulse_alerts_total{channel=\"" + channel + "\",result=\"" + result + "\"}";
        return epmPulse.get("/api/v1/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElse(-1);
    }

    private void post(String app, String domain, String status, String job, String time) {
        String body = "{\"app\":\"%s\",\"domain\":\"%s\",\"status\":\"%s\",\"job_id\":\"%s\",\"timestamp\":\"%s\"}"
                .formatted(app, domain, status, job, time);
        assertThat(epmPulse.post("/api/v1/status", body).statusCode()).isEqualTo(200);
    }

    @Test
    void aProblemAndItsRecoveryAreSent() {
        post("Planning", "Actual", "Warning", "LOAD_1", "2026-02-16T14:30:00Z");
        awaitMessages("CMAIN", 1);
        post("Planning", "Actual", "OK", "LOAD_2", "2026-02-16T14:42:00Z");
        awaitMessages("CMAIN", 2);

        SandboxMessage problem = messages("CMAIN").get(0);
        assertThat(problem.text()).contains("Planning / Actual", "OK again after 12 min", "LOAD_2");
        assertThat(problem.changes()).isEqualTo(1);
        assertThat(problem.edited()).isFalse();
        assertThat(problem.liveMarkup())
                .containsExactly(new LiveMarkup(
                        LiveMarkup.Kind.LINK,
                        slack.pageUrl().resolve("docs/T0SANDBOX/FMAIN").toString()));
        assertThat(messages("CMAIN").get(1).text()).contains("Planning / Actual", "OK again after 12 min", "LOAD_2");
        assertThat(messages("CMAIN").get(1).thread()).isEqualTo(problem.ts());
        await().untilAsserted(() -> assertThat(counted("CMAIN", "sent")).isEqualTo(2));
        assertThat(counted("CARCS", "refused")).isZero();
        assertThat(slack.calls("auth.test")).hasSize(1);
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aMutedProblemIsCountedAndNotSent() throws Exception {
        String until = Instant.now().plus(Duration.ofHours(1)).toString();
        String mute = "{\"until\":\"" + until + "\",\"by\":\"Anna\"}";
        assertThat(epmPulse.post("/api/v1/domains/Planning/Actual/mute", mute).statusCode())
                .isEqualTo(200);
        epmPulse.restart();

        epmPulse.status("Planning", "Actual", "Warning", "muted");
        epmPulse.status("Planning", "Budget", "Warning", "loud");

        awaitMessages("CMAIN", 1);
        assertThat(messages("CMAIN").get(0).text()).contains("Budget", "loud");
        await().untilAsserted(() -> assertThat(counted("CMAIN", "muted")).isEqualTo(1));
        assertThat(counted("CARCS", "muted")).isZero();

        epmPulse.restart();
        epmPulse.status("Planning", "Budget", "OK", "again");

        awaitMessages("CMAIN", 2);
        assertThat(messages("CMAIN")).noneMatch(message -> message.text().contains("Actual"));
    }

    @Test
    void anotherFailedRunAndTheRecoveryAreAnswersAlsoAfterARestart() throws Exception {
        post("Planning", "Actual", "Warning", "LOAD_1", "2026-02-16T14:30:00Z");
        awaitMessages("CMAIN", 1);
        epmPulse.restart();
        post("Planning", "Actual", "Loading", "LOAD_2", "2026-02-16T14:40:00Z");
        post("Planning", "Actual", "Warning", "LOAD_2", "2026-02-16T14:50:00Z");
        awaitMessages("CMAIN", 2);
        assertThat(messages("CMAIN").get(0).text()).contains("Failed again", "LOAD_2");
        post("Planning", "Actual", "OK", "LOAD_3", "2026-02-16T15:00:00Z");
        awaitMessages("CMAIN", 3);
        post("Planning", "Actual", "Warning", "LOAD_4", "2026-02-16T16:00:00Z");
        awaitMessages("CMAIN", 4);

        String first = messages("CMAIN").get(0).ts();
        assertThat(messages("CMAIN")).extracting(SandboxMessage::thread).containsExactly(null, first, first, null);
        assertThat(messages("CMAIN").get(0).text()).contains("OK again after 30 min");
        assertThat(messages("CMAIN")).noneMatch(SandboxMessage::edited);
        assertThat(slack.violations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message_not_found", "edit_window_closed"})
    void aMessageThatCannotBeChangedIsFollowedByANewOne(String refusal) {
        post("Planning", "Actual", "Warning", "LOAD_1", "2026-02-16T14:30:00Z");
        awaitMessages("CMAIN", 1);
        slack.fail(CallMatcher.method("chat.update"), Fault.error(refusal), 1);
        post("Planning", "Actual", "Loading", "LOAD_2", "2026-02-16T14:40:00Z");
        post("Planning", "Actual", "Warning", "LOAD_2", "2026-02-16T14:50:00Z");
        awaitMessages("CMAIN", 2);
        post("Planning", "Actual", "OK", "LOAD_3", "2026-02-16T15:00:00Z");
        awaitMessages("CMAIN", 3);

        assertThat(messages("CMAIN").get(0).text()).contains("LOAD_1");
        assertThat(messages("CMAIN").get(1).text()).contains("OK again");
        assertThat(messages("CMAIN"))
                .extracting(SandboxMessage::thread)
                .containsExactly(null, null, messages("CMAIN").get(1).ts());
    }

    @ParameterizedTest
    @ValueSource(strings = {"restricted_action_thread_locked", "cannot_reply_to_message", "thread_not_found"})
    void aRecoveryThatCannotBeAnAnswerIsANewMessage(String refusal) {
        post("Planning", "Actual", "Warning", "LOAD_1", "2026-02-16T14:30:00Z");
        awaitMessages("CMAIN", 1);
        slack.fail(POSTS, Fault.error(refusal), 1);
        post("Planning", "Actual", "OK", "LOAD_2", "2026-02-16T14:40:00Z");
        awaitMessages("CMAIN", 2);

        assertThat(messages("CMAIN").get(1).text()).contains("OK again");
        assertThat(messages("CMAIN").get(1).thread()).isNull();
        assertThat(counted("CMAIN", "refused")).isZero();
    }

    @Test
    void theRecoveryOfAProblemOfABurstIsAnAnswerToIts() {
        String items = Stream.of("Actual", "Budget", "D1", "D2", "D3", "D4")
                .map(domain -> "{\"app\":\"Planning\",\"domain\":\"" + domain + "\",\"status\":\"Warning\"}")
                .reduce((left, right) -> left + "," + right)
                .orElseThrow();
        epmPulse.post("/api/v1/status/batch", "{\"updates\":[" + items + "]}");
        awaitMessages("CMAIN", 1);
        epmPulse.status("Planning", "D3", "OK", "fixed");
        awaitMessages("CMAIN", 2);

        assertThat(messages("CMAIN").get(0).changes()).isZero();
        assertThat(messages("CMAIN").get(1).thread())
                .isEqualTo(messages("CMAIN").get(0).ts());
    }

    @Test
    void hostileTextMentionsNoUser() {
        epmPulse.status("Planning", "Actual", "Warning", "<!channel> & <@U1>");
        awaitMessages("CMAIN", 1);

        assertThat(messages("CMAIN").get(0).text()).contains("&lt;!channel&gt; &amp; &lt;@U1&gt;");
        assertThat(messages("CMAIN").get(0).liveMarkup())
                .extracting(LiveMarkup::kind)
                .doesNotContain(LiveMarkup.Kind.BROADCAST, LiveMarkup.Kind.USER);
    }

    @Test
    void aChannelWithoutAlertsReceivesNothing() {
        epmPulse.status("FCCS", "Consolidation", "Warning", "quiet");
        epmPulse.status("Planning", "Actual", "Warning", "loud");
        awaitMessages("CMAIN", 1);

        assertThat(slack.messages()).hasSize(1);
        assertThat(slack.calls("chat.postMessage")).hasSize(1);
        assertThat(counted("CQUIET", "sent")).isEqualTo(-1);
    }

    @Test
    void withoutATokenThereIsNeitherAFileNorACall() throws Exception {
        epmPulse.close();
        TestingEpmPulse silent = new TestingEpmPulse(folder.resolve("silent"), APPS);
        try (silent) {
            silent.settings.put("SLACK_API_URL", slack.apiUrl().toString());
            silent.start();
            silent.status("Planning", "Actual", "Warning", "silent");
        }

        assertThat(folder.resolve("silent/data/slack")).doesNotExist();
        assertThat(slack.calls("chat.postMessage")).isEmpty();
    }

    @Test
    void aRestartSendsNothingTwiceAndContinues() throws Exception {
        epmPulse.status("Planning", "Actual", "Warning", "first");
        awaitMessages("CMAIN", 1);
        epmPulse.restart();
        epmPulse.status("Planning", "Actual", "Warning", "the same problem");
        epmPulse.status("Planning", "Budget", "Warning", "another");
        awaitMessages("CMAIN", 2);
        epmPulse.restart();
        epmPulse.status("Planning", "Actual", "OK", "fixed");
        awaitMessages("CMAIN", 3);

        assertThat(messages("CMAIN").get(1).text()).contains("Planning / Budget");
        assertThat(messages("CMAIN").get(2).text()).contains("Planning / Actual", "OK again");
    }

    @Test
    void pendingAlertsAreSentAfterARestart() throws Exception {
        slack.fail(POSTS, Fault.status(500));
        epmPulse.status("Planning", "Actual", "Warning", "held");
        await().until(() -> health().contains("HTTP 500"));
        epmPulse.status("Planning", "Actual", "OK", "fixed");
        epmPulse.close();
        slack.clearFaults();
        epmPulse.start();
        awaitMessages("CMAIN", 2);

        assertThat(messages("CMAIN"))
                .allSatisfy(message -> assertThat(message.text()).contains("Planning / Actual", "OK again"));
        assertThat(messages("CMAIN").get(1).thread())
                .isEqualTo(messages("CMAIN").get(0).ts());
    }

    @Test
    void anAcceptedMessageEndsAProblemOfCanvases() throws Exception {
        CallMatcher edits = CallMatcher.method("canvases.edit");
        slack.fail(edits, Fault.status(500));
        epmPulse.status("Planning", "Actual", "Loading", "canvases fail");
        await().until(() -> health().contains("HTTP 500"));
        slack.clearFaults();
        slack.fail(edits, Fault.hang());

        epmPulse.status("Planning", "Actual", "Warning", "the message is accepted");
        awaitMessages("CMAIN", 1);

        await().until(() -> health().equals("connected"));
    }

    @Test
    void aMessageThatTheStopAbortsIsNoWarningAndIsSentAfterTheStart() throws Exception {
        ScriptedFault hang = slack.fail(POSTS, Fault.hang());
        epmPulse.status("Planning", "Actual", "Warning", "held");
        await().until(() -> hang.hits() > 0);

        try (RecordedLog log = new RecordedLog("org.epmpulse.alerts", Level.WARN)) {
            epmPulse.close();

            // Other tests log, too.
            assertThat(log.messages()).noneMatch(line -> line.contains("EPMPulse is stopping"));
        }
        hang.clear();
        epmPulse.start();
        awaitMessages("CMAIN", 1);
        assertThat(messages("CMAIN").get(0).text()).contains("held");
    }

    @Test
    void aDamagedFileGoesToQuarantineAndProblemsAreSentAgain() throws Exception {
        epmPulse.status("Planning", "Actual", "Warning", "first");
        awaitMessages("CMAIN", 1);
        epmPulse.close();
        Files.writeString(folder.resolve("data/slack/alerts.json"), "{\"version\":1,");
        epmPulse.start();
        awaitMessages("CMAIN", 2);

        assertThat(messages("CMAIN").get(1).text()).contains("Planning / Actual", "first");
        try (Stream<Path> quarantined = Files.list(folder.resolve("data/quarantine"))) {
            assertThat(quarantined).hasSize(2).allSatisfy(path -> assertThat(
                            path.getFileName().toString())
                    .startsWith("alerts-"));
        }
    }

    @Test
    void aBurstIsOneMessage() {
        String items = Stream.of("Actual", "Budget", "D1", "D2", "D3", "D4", "D5", "D6")
                .map(domain -> "{\"app\":\"Planning\",\"domain\":\"" + domain + "\",\"status\":\"Warning\"}")
                .reduce((left, right) -> left + "," + right)
                .orElseThrow();

        assertThat(epmPulse.post("/api/v1/status/batch", "{\"updates\":[" + items + "]}")
                        .statusCode())
                .isEqualTo(200);
        awaitMessages("CMAIN", 1);

        assertThat(messages("CMAIN").get(0).text()).contains("8 failed", "Planning / D6");
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aFewProblemsAreOneMessageEach() {
        for (String domain : List.of("Actual", "Budget", "D1", "D2")) {
            epmPulse.status("Planning", domain, "Warning", "one of four");
        }
        awaitMessages("CMAIN", 4);

        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aHangingSlackCallDelaysNoUpdateNoCanvasAndNoOtherChannel() {
        ScriptedFault hang = slack.fail(POSTS.withSubject("CMAIN"), Fault.hang());
        epmPulse.status("Planning", "Actual", "Warning", "held");
        await().until(() -> hang.hits() > 0);

        epmPulse.status("ARCS", "Reconciliation", "Warning", "not held");
        awaitMessages("CARCS", 1);
        await().untilAsserted(() -> assertThat(slack.canvas("FMAIN").markdown()).contains("held"));
        assertThat(messages("CMAIN")).isEmpty();
        hang.clear();
        hang.release();

        awaitMessages("CMAIN", 1);
    }

    @Test
    void nothingIsSentBeforeRetryAfterHasPassed() {
        slack.fail(POSTS, Fault.rateLimited(Duration.ofSeconds(3)), 1);
        epmPulse.status("Planning", "Actual", "Warning", "patient");
        // Otherwise the next message may be sent before the answer to the first one arrives.
        await().untilAsserted(() -> assertThat(counted("CMAIN", "rate_limited")).isEqualTo(1));
        epmPulse.status("ARCS", "Reconciliation", "Warning", "patient, too");

        awaitMessages("CMAIN", 1);
        awaitMessages("CARCS", 1);

        assertThat(counted("CMAIN", "rate_limited")).isEqualTo(1);
        assertThat(counted("CARCS", "rate_limited")).isLessThanOrEqualTo(0);
        assertThat(slack.violations()).isEmpty();
    }

    static List<Fault> temporaryFaults() {
        return List.of(Fault.status(500), Fault.loginPage(), Fault.reset(), Fault.truncated());
    }

    @ParameterizedTest
    @MethodSource("temporaryFaults")
    void temporaryFaultsAreRetriedAndReported(Fault fault) {
        slack.fail(POSTS, fault, 1);
        epmPulse.status("Planning", "Actual", "Warning", "late");
        awaitMessages("CMAIN", 1);

        // A truncated answer leaves the message in the channel before the call has failed.
        await().untilAsserted(() -> assertThat(counted("CMAIN", "unavailable")).isEqualTo(1));
        await().until(() -> health().equals("connected"));
    }

    @Test
    void anUnknownHostIsReportedAndDelaysNoUpdate() throws Exception {
        epmPulse.close();
        epmPulse.settings.put("SLACK_API_URL", "http://slack.epmpulse.invalid/api/");
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "held");
        epmPulse.status("Planning", "Budget", "Warning", "answered");

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(health()).contains("host not found"));
        assertThat(counted("CMAIN", "sent")).isZero();
    }

    @Test
    void aMissingScopeIsReportedWhileCanvasesArePublished() throws Exception {
        epmPulse.close();
        slack.addToken("xoxb-no-chat", "canvases:write");
        epmPulse.settings.put("SLACK_BOT_TOKEN", "xoxb-no-chat");
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "only on the canvas");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> health().startsWith("error: alerts: missing_scope (needed chat:write, provided "));
        await().untilAsserted(() -> assertThat(slack.canvas("FMAIN").markdown()).contains("only on the canvas"));
        epmPulse.status("ARCS", "Reconciliation", "Warning", "waits too");
        epmPulse.status("Planning", "Budget", "OK", "continues");
        await().untilAsserted(() -> assertThat(slack.canvas("FMAIN").markdown()).contains("continues"));

        assertThat(slack.calls("chat.postMessage")).hasSize(1);
        assertThat(counted("CMAIN", "refused")).isEqualTo(1);
    }

    @Test
    void aChannelWithoutTheAppIsReportedAndOtherChannelsWork() {
        slack.put(SandboxChannel.of("CMAIN", "epm-main").withoutBot());
        epmPulse.status("Planning", "Actual", "Warning", "lost");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(health())
                .startsWith("error: alerts: not_in_channel")
                .endsWith("(CMAIN)"));
        epmPulse.status("ARCS", "Reconciliation", "Warning", "continues");
        awaitMessages("CARCS", 1);

        assertThat(messages("CMAIN")).isEmpty();
        assertThat(TestingEpmPulse.json(epmPulse.get("/health")).path("status").asText())
                .isEqualTo("degraded");
    }

    @Test
    void aRefusedTextIsSentAsPlainText() {
        slack.fail(POSTS, Fault.error("invalid_arguments"), 1);
        epmPulse.status("Planning", "Actual", "Warning", "refused");
        awaitMessages("CMAIN", 1);

        assertThat(messages("CMAIN").get(0).text()).isEqualTo("Planning / Actual: Failed");
    }

    @Test
    void aTextRefusedTwiceIsDroppedAndTheNextIsSent() {
        slack.fail(POSTS, Fault.error("invalid_arguments"), 2);
        epmPulse.status("Planning", "Actual", "Warning", "refused");
        await().atMost(Duration.ofSeconds(30)).until(() -> counted("CMAIN", "refused") == 2);
        epmPulse.status("Planning", "Budget", "Warning", "taken");
        awaitMessages("CMAIN", 1);

        assertThat(messages("CMAIN").get(0).text()).contains("Planning / Budget", "taken");
    }

    @Test
    void withoutTheWorkspaceAddressAlertsHaveNoLink() {
        slack.fail(CallMatcher.method("auth.test"), Fault.hang());
        epmPulse.status("Planning", "Actual", "Warning", "no link");
        awaitMessages("CMAIN", 1);

        assertThat(messages("CMAIN").get(0).text()).contains("no link").doesNotContain("canvas");
    }

    @Test
    void aFileThatCannotBeWrittenIsReportedAndAlertsAreSent() throws Exception {
        Path blocked = Files.createDirectory(folder.resolve("data/slack/alerts.json.tmp"));
        epmPulse.status("Planning", "Actual", "Warning", "continues");
        awaitMessages("CMAIN", 1);
        await().until(() -> health().startsWith("error: alerts: cannot write the alert file"));
        Files.delete(blocked);

        await().until(() -> health().equals("connected"));
    }
}
