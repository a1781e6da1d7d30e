package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.AlertReceiver.Received;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.MailReceiver;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SandboxMessage;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program is killed while alerts are pending. */
class AlertsIT {

    @TempDir
    Path folder;

    private SlackSandbox slack;
    private AlertReceiver receiver;
    private MailReceiver receivedMails;
    private Map<String, String> settings;

    @BeforeEach
    void configure() throws Exception {
        slack = SlackSandbox.start(InstantSource.system());
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, """
                {"apps": {"Planning": {"domains": ["Actual", "Budget", "Forecast"], "channels": ["CMAIN"]}},
                 "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}}}
                """);
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());
        settings.put("SLACK_BOT_TOKEN", slack.botToken());
        settings.put("SLACK_API_URL", slack.apiUrl().toString());
    }

    @AfterEach
    void stop() {
        slack.close();
        if (receiver != null) {
            receiver.close();
            receivedMails.close();
        }
    }

    private static void post(PackagedProgram program, String domain, String status) throws Exception {
        String body = "{\"app\":\"Planning\",\"domain\":\"%s\",\"status\":\"%s\"}".formatted(domain, status);
        assertThat(program.post("/api/v1/status", body).statusCode()).isEqualTo(200);
    }

    private void awaitMessages(int count) {
        await().untilAsserted(() -> assertThat(slack.messages()).hasSize(count));
    }

    @Test
    void pendingAlertsAreSentOnceAfterAKillWithoutAnyUpdate() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "Forecast", "Warning");
            awaitMessages(1);
            Path file = folder.resolve("data/slack/alerts.json");
            await().until(() -> Files.readString(file).contains("\"pending\":[]"));
            slack.fail(CallMatcher.method("chat.postMessage"), Fault.error("service_unavailable"));
            post(program, "Actual", "Warning");
            post(program, "Budget", "Warning");
            post(program, "Budget", "OK");
            await().until(() -> Files.readString(file).contains("\"kind\":\"OK\""));
            program.kill();
        }
        slack.clearFaults();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitMessages(4);
            assertThat(slack.messages().subList(1, 4))
                    .extracting(SandboxMessage::text)
                    .anySatisfy(text -> assertThat(text).contains("Planning / Actual", "Failed"))
                    // The message of the problem shows its end, too.
                    .filteredOn(text -> text.contains("Planning / Budget"))
                    .hasSize(2)
                    .allSatisfy(text -> assertThat(text).contains("OK again"));
            post(program, "Forecast", "OK");
            awaitMessages(5);
            program.kill();
        }

        assertThat(slack.messages().get(4).text()).contains("Planning / Forecast", "OK again");
    }

    /** The recipients of one sink, and what they got. */
    private record Recipient(String file, List<String> problems, List<String> recoveries) {}

    /** What each sink's recipient got up to now, by its id or thread. */
    private Map<String, Recipient> received() {
        Map<String, Recipient> all = new TreeMap<>();
        all.put("slack", new Recipient("slack/alerts.json", texts(false), texts(true)));
        all.put("webhook", events(AlertReceiver.webhook(), "/data/kind", "problem", "/data/id"));
        all.put("pagerduty", events(AlertReceiver.pagerDuty(), "/event_action", "trigger", "/dedup_key"));
        // A card has no id; its first text names the domain, and the second one what happened.
        List<String> cards = receiver.received(AlertReceiver.teams()).stream()
                .map(card -> String.join("", card.json().findValuesAsText("text")))
                .toList();
        all.put("teams", recipient("teams", cards, text -> "Actual"));
        List<String> mails = receivedMails.mails().stream()
                .map(mail -> mail.header("Subject") + mail.header("Message-ID") + mail.header("References"))
                .toList();
        all.put("mail", recipient("mail", mails, text -> text.replaceAll(".*(<[^>]*>)$", "$1")));
        return all;
    }

    private static Recipient recipient(String sink, List<String> texts, UnaryOperator<String> id) {
        Map<Boolean, List<String>> byEnd = texts.stream()
                .collect(Collectors.partitioningBy(
                        text -> text.contains("OK again"), Collectors.mapping(id, Collectors.toList())));
        return new Recipient("alerts/" + sink + ".json", byEnd.get(false), byEnd.get(true));
    }

    /** The message of a problem is changed when it is over, so only the thread tells a problem from its end. */
    private List<String> texts(boolean answers) {
        return slack.messages().stream()
                .filter(message -> (message.thread() != null) == answers)
                .map(message -> "Actual")
                .toList();
    }

    private Recipient events(CallMatcher service, String kind, String problem, String id) {
        Map<Boolean, List<String>> byKind = receiver.received(service).stream()
                .map(Received::json)
                .collect(Collectors.partitioningBy(
                        event -> event.at(kind).asText().equals(problem),
                        Collectors.mapping(event -> event.at(id).asText(), Collectors.toList())));
        String file = service.equals(AlertReceiver.webhook()) ? "webhook" : "pagerduty";
        return new Recipient("alerts/" + file + ".json", byKind.get(true), byKind.get(false));
    }

    private void configureAllSinks() {
        receiver = AlertReceiver.start(InstantSource.system());
        receivedMails = MailReceiver.start(InstantSource.system());
        settings.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
        settings.put("EPMPULSE_TEAMS_WEBHOOK_URL", receiver.teamsUrl().toString());
        settings.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
        settings.put("EPMPULSE_PAGERDUTY_URL", receiver.pagerDutyUrl().toString());
        settings.put("EPMPULSE_SMTP_URL", receivedMails.url());
        settings.put("EPMPULSE_ALERT_MAIL_FROM", "epm@example.com");
        settings.put("EPMPULSE_ALERT_MAIL_TO", "ops@example.com");
    }

    private void failAtAllSinks(Fault slackFault, Fault fault) {
        slack.fail(CallMatcher.method("chat.postMessage"), slackFault);
        for (CallMatcher service : List.of(AlertReceiver.webhook(), AlertReceiver.teams(), AlertReceiver.pagerDuty())) {
            receiver.fail(service, fault);
        }
    }

    private void acceptAtAllSinks() {
        slack.clearFaults();
        receiver.clearFaults();
        receivedMails.clearFaults();
    }

    private void awaitNoted() {
        received().forEach((sink, recipient) -> await(sink)
                .untilAsserted(() -> assertThat(Files.readString(folder.resolve("data/" + recipient.file())))
                        .contains("\"kind\":\"WARNING\"")));
    }

    private void awaitReceived(BiPredicate<String, Recipient> expected) {
        received().keySet().forEach(sink -> await(sink)
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        expected.test(sink, Objects.requireNonNull(received().get(sink)))));
    }

    /** It comes again with the same id, because the program did not learn that it was accepted. */
    @Test
    void whatASinkAcceptedRightBeforeAKillComesAgainAndNothingIsLost() throws Exception {
        configureAllSinks();
        failAtAllSinks(Fault.afterApplying(Fault.hang()), Fault.afterApplying(Fault.hang()));
        receivedMails.hang(MailReceiver.END_OF_CONTENT);
        Map<String, Recipient> before;
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "Actual", "Warning");
            awaitReceived((sink, recipient) -> !recipient.problems().isEmpty());
            awaitNoted();
            program.kill();
            before = received();
        }
        acceptAtAllSinks();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitReceived((sink, recipient) -> recipient.problems().size()
                    == Objects.requireNonNull(before.get(sink)).problems().size() + 1);
            post(program, "Actual", "OK");
            awaitReceived((sink, recipient) -> recipient.recoveries().size() == 1);
            assertThat(program.terminate()).isIn(0, 143);
        }

        received().forEach((sink, recipient) -> assertThat(recipient.problems())
                .as(sink)
                .containsOnly(recipient.recoveries().get(0)));
    }

    @Test
    void whatNoSinkHadAcceptedBeforeAKillIsSentOnceToEach() throws Exception {
        configureAllSinks();
        failAtAllSinks(Fault.error("service_unavailable"), Fault.status(503));
        receivedMails.fail(MailReceiver.END_OF_CONTENT, "451 try again later");
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "Actual", "Warning");
            awaitNoted();
            program.kill();
        }
        acceptAtAllSinks();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitReceived((sink, recipient) -> recipient.problems().size() == 1);
            post(program, "Actual", "OK");
            awaitReceived((sink, recipient) -> recipient.recoveries().size() == 1);
            program.kill();
        }

        received().forEach((sink, recipient) -> assertThat(recipient.problems())
                .as(sink)
                .containsExactly(recipient.recoveries().get(0)));
    }

    @Test
    void aWarningRightBeforeAKillIsSent() throws Exception {
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.error("service_unavailable"));
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            post(program, "Actual", "Warning");
            program.kill();
        }
        slack.clearFaults();

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            awaitMessages(1);
            assertThat(slack.messages().get(0).text()).contains("Planning / Actual");
            assertThat(program.terminate()).isIn(0, 143);
        }
    }

    /** A window that began an hour ago; Planning waits for a late domain whose app is in no channel. */
    private static String appsWithDeadlines() {
        DateTimeFormatter clock = DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
        Instant now = Instant.now();
        return """
                {"apps": {
                   "FCCS": {"domains": [{"name": "Journals", "by": "%s"}]},
                   "Planning": {"domains": [{"name": "Forecast", "by": "%s", "after": ["FCCS/Journals"]}],
                                "channels": ["CMAIN"]}},
                 "channels": {"CMAIN": {"name": "epm-main", "canvas_id": "FMAIN"}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}
                """.formatted(
                        clock.format(now.minus(Duration.ofMinutes(20))),
                        clock.format(now.minus(Duration.ofMinutes(10))),
                        clock.format(now.minus(Duration.ofHours(1))));
    }

    @Test
    void aLateDomainWhoseCauseTheChannelDoesNotGetIsSentOnceDespiteAKill() throws Exception {
        Files.writeString(folder.resolve("apps.json"), appsWithDeadlines());
        Duration compared = Duration.ofSeconds(90);
        Path file = folder.resolve("data/slack/alerts.json");
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            await().atMost(compared).until(() -> !slack.messages().isEmpty());
            await().until(() -> Files.readString(file).contains("\"late\":true"));
            program.kill();
        }
        assertThat(slack.messages().get(0).text()).contains("Planning / Forecast", "Late", "waits for FCCS/Journals");

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            String body = "{\"app\":\"FCCS\",\"domain\":\"Journals\",\"status\":\"OK\"}";
            assertThat(program.post("/api/v1/status", body).statusCode()).isEqualTo(200);
            post(program, "Forecast", "OK");
            await().atMost(compared).until(() -> slack.messages().size() > 1);
            program.kill();
        }

        assertThat(slack.messages()).hasSize(2);
        assertThat(slack.messages().get(1).thread()).isNotNull();
        assertThat(slack.messages().get(1).text()).contains("OK again");
    }
}
