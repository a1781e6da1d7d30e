package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.AlertReceiver.Received;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.MailReceiver;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines of a close that have passed, as alerts to a webhook and to PagerDuty. */
@Order(1)
class DeadlineAlertsTest {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");

    /** The board is compared every 30 s. */
    private static final Duration COMPARED = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private static String clock(Duration ago) {
        return CLOCK.format(Instant.now().minus(ago).atZone(ZoneOffset.UTC));
    }

    /** A window that began an hour ago; both domains are late, and one waits for the other. */
    private static String apps() {
        return """
                {"apps": {"FCCS": {"domains": [
                   {"name": "Journals", "by": "%s"},
                   {"name": "Consolidation", "by": "%s", "after": ["FCCS/Journals"]}]}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}
                """.formatted(clock(Duration.ofMinutes(20)), clock(Duration.ofMinutes(10)), clock(Duration.ofHours(1)));
    }

    /**
     * The same with a planning that waits for both, and whose alerts alone go anywhere.
     *
     * @param journals the deadline of the journals
     */
    private static String appsOfSeveralTeams(String journals) {
        return """
                {"apps": {
                   "FCCS": {"alerts": {"webhook": false, "pagerduty": false, "teams": false, "mail": false}, "domains": [
                      {"name": "Journals", "by": "%s"},
                      {"name": "Consolidation", "after": ["FCCS/Journals"]}]},
                   "Planning": {"channels": ["CMAIN"], "domains": [
                      {"name": "Forecast", "by": "%s", "after": ["FCCS/Consolidation"]},
                      {"name": "Report", "by": "%2$s", "after": ["Planning/Forecast"]}]}},
                 "channels": {"CMAIN": {"name": "planning", "canvas_id": "FMAIN"}},
                 "close": {"starts": "%s", "timezone": "UTC", "days": "mon-sun"}}
                """.formatted(journals, clock(Duration.ofMinutes(10)), clock(Duration.ofHours(1)));
    }

    private static List<String> received(AlertReceiver receiver) {
        return receiver.received(AlertReceiver.webhook()).stream()
                .map(Received::json)
                .map(event -> event.path("type").asText() + " "
                        + event.path("subject").asText())
                .toList();
    }

    @Test
    void aMissedDeadlineIsOneAlertForEachCauseAndEndsWhenTheDomainIsDone() throws Exception {
        try (AlertReceiver receiver = AlertReceiver.start(InstantSource.system());
                TestingEpmPulse epmPulse = new TestingEpmPulse(folder, apps())) {
            epmPulse.settings.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
            epmPulse.settings.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
            epmPulse.settings.put(
                    "EPMPULSE_PAGERDUTY_URL", receiver.pagerDutyUrl().toString());
            epmPulse.start();

            await().atMost(COMPARED).untilAsserted(() -> assertThat(received(receiver))
                    .containsExactly("org.epmpulse.alert.late FCCS/Journals"));
            assertThat(receiver.received(AlertReceiver.webhook())
                            .get(0)
                            .json()
                            .at("/data/message")
                            .asText())
                    .contains("FCCS/Consolidation waits for it");
            epmPulse.status("FCCS", "Journals", "OK", "done");

            await().atMost(COMPARED).untilAsserted(() -> assertThat(received(receiver))
                    .containsExactlyInAnyOrder(
                            "org.epmpulse.alert.late FCCS/Journals",
                            "org.epmpulse.alert.recovered FCCS/Journals",
                            "org.epmpulse.alert.late FCCS/Consolidation"));
            CallMatcher pagerDuty = AlertReceiver.pagerDuty();
            await().untilAsserted(() -> assertThat(receiver.received(pagerDuty))
                    .extracting(call -> call.json().path("event_action").asText())
                    .containsExactlyInAnyOrder("trigger", "resolve", "trigger"));
        }
    }

    @Test
    void aRecipientWithoutTheAppOfTheCauseGetsTheAlertOfWhatWaitsForIt() throws Exception {
        String journals = clock(Duration.ofMinutes(20));
        try (AlertReceiver receiver = AlertReceiver.start(InstantSource.system());
                MailReceiver mails = MailReceiver.start(InstantSource.system());
                SlackSandbox slack = SlackSandbox.start(InstantSource.system());
                TestingEpmPulse epmPulse = new TestingEpmPulse(folder, appsOfSeveralTeams(journals))) {
            slack.put(SandboxChannel.of("CMAIN", "planning"));
            slack.addCanvas("FMAIN", "Planning");
            epmPulse.settings.put("SLACK_BOT_TOKEN", slack.botToken());
            epmPulse.settings.put("SLACK_API_URL", slack.apiUrl().toString());
            epmPulse.settings.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
            epmPulse.settings.put(
                    "EPMPULSE_TEAMS_WEBHOOK_URL", receiver.teamsUrl().toString());
            epmPulse.settings.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
            epmPulse.settings.put(
                    "EPMPULSE_PAGERDUTY_URL", receiver.pagerDutyUrl().toString());
            epmPulse.settings.put("EPMPULSE_SMTP_URL", mails.url());
            epmPulse.settings.put("EPMPULSE_ALERT_MAIL_FROM", "epm@example.com");
            epmPulse.settings.put("EPMPULSE_ALERT_MAIL_TO", "planning@example.com");
            epmPulse.start();
            String cause = "waits for FCCS/Journals, late since " + journals;

            await().atMost(COMPARED).untilAsserted(() -> {
                assertThat(received(receiver)).containsExactly("org.epmpulse.alert.late Planning/Forecast");
                JsonNode data =
                        receiver.received(AlertReceiver.webhook()).get(0).json().path("data");
                assertThat(data.at("/cause/app").asText()).isEqualTo("FCCS");
                assertThat(data.at("/cause/domain").asText()).isEqualTo("Journals");
                assertThat(data.at("/cause/state").asText()).isEqualTo("late");
                assertThat(data.at("/affected")).extracting(JsonNode::asText).containsExactly("Planning/Report");
                assertThat(receiver.received(AlertReceiver.teams()))
                        .singleElement()
                        .satisfies(card -> assertThat(card.json().toString()).contains(cause));
                assertThat(receiver.received(AlertReceiver.pagerDuty()))
                        .singleElement()
                        .satisfies(event -> assertThat(
                                        event.json().at("/payload/summary").asText())
                                .contains(cause));
                assertThat(mails.mails()).singleElement().satisfies(mail -> assertThat(mail.source())
                        .contains(cause));
                assertThat(slack.messages()).singleElement().satisfies(message -> assertThat(message.text())
                        .contains("Planning / Forecast", cause));
            });
            epmPulse.status("FCCS", "Journals", "OK", "done");
            epmPulse.status("FCCS", "Consolidation", "OK", "done");
            epmPulse.status("Planning", "Forecast", "OK", "done");

            await().atMost(COMPARED).untilAsserted(() -> assertThat(received(receiver))
                    .containsExactlyInAnyOrder(
                            "org.epmpulse.alert.late Planning/Forecast",
                            "org.epmpulse.alert.recovered Planning/Forecast",
                            "org.epmpulse.alert.late Planning/Report"));
        }
    }
}
