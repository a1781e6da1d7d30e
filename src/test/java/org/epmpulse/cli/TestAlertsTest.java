package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.Variables;
import org.epmpulse.sandbox.AlertReceiver;
import org.epmpulse.sandbox.MailReceiver;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --online --send-test} against simulated services. */
class TestAlertsTest {

    @TempDir
    Path folder;

    @AutoClose
    private final AlertReceiver receiver = AlertReceiver.start(InstantSource.system());

    @AutoClose
    private final MailReceiver mails = MailReceiver.start(InstantSource.system());

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void configure() throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        Files.writeString(
                folder.resolve("apps.json"),
                "{\"apps\": {\"Planning\": {\"domains\": [\"Actual\"], \"channels\": [\"CMAIN\"]}}}");
        variables.put("EPMPULSE_API_KEY", "a-key-of-the-tests-0123456789-abcdefghijkl");
        variables.put("EPMPULSE_APPS_CONFIG", "apps.json");
        variables.put("SLACK_BOT_TOKEN", slack.botToken());
        variables.put("SLACK_API_URL", slack.apiUrl().toString());
        variables.put("EPMPULSE_SMTP_URL", mails.url());
        variables.put("EPMPULSE_ALERT_MAIL_FROM", "epm@example.com");
        variables.put("EPMPULSE_ALERT_MAIL_TO", "ops@example.com");
        variables.put("EPMPULSE_TEAMS_WEBHOOK_URL", receiver.teamsUrl().toString());
        variables.put("EPMPULSE_WEBHOOK_URL", receiver.webhookUrl().toString());
        variables.put("EPMPULSE_PAGERDUTY_KEY", AlertReceiver.PAGERDUTY_KEY);
        variables.put("EPMPULSE_PAGERDUTY_URL", receiver.pagerDutyUrl().toString());
    }

    private List<String> run() {
        Configuration configuration = Configuration.load(folder, Variables.of(variables, Map.of()));
        return TestAlerts.run(configuration, TimeSource.system()).stream()
                .map(OnlineFinding::toString)
                .toList();
    }

    @Test
    void eachRecipientGetsATest() {
        assertThat(run())
                .containsExactly(
                        "ok       Slack channel CMAIN (CMAIN): a test was sent",
                        "ok       E-mail alerts to mail: a test was sent",
                        "ok       Webhook alerts to webhook: a test was sent",
                        "ok       Teams alerts to teams: a test was sent",
                        "ok       PagerDuty alerts to pagerduty: a test was sent");
        assertThat(slack.messages()).hasSize(1);
        assertThat(mails.mails()).singleElement().satisfies(mail -> assertThat(mail.header("Subject"))
                .contains("EPMPulse / Test"));
        assertThat(receiver.received(AlertReceiver.pagerDuty()))
                .extracting(event -> event.json().path("event_action").asText())
                .containsExactly("trigger", "resolve");
        assertThat(receiver.received(AlertReceiver.webhook())).hasSize(2);
        assertThat(receiver.received(AlertReceiver.teams())).hasSize(2);
    }

    @Test
    void whatIsRefusedIsAnErrorWithoutTheAddress() {
        variables.put("EPMPULSE_PAGERDUTY_KEY", "wrong");
        variables.put(
                "EPMPULSE_WEBHOOK_URL",
                receiver.webhookUrl().resolve("/nothing/S3CRET").toString());

        assertThat(run())
                .contains(
                        "error    Webhook alerts to webhook: no test was sent: HTTP 404",
                        "error    PagerDuty alerts to pagerduty: no test was sent: HTTP 400: the integration key is"
                                + " not valid")
                .noneMatch(line -> line.contains("S3CRET"));
    }

    @Test
    void withoutRecipientsNothingIsSent() {
        variables.keySet().removeIf(name -> !name.matches("EPMPULSE_(API_KEY|APPS_CONFIG)"));

        assertThat(run()).containsExactly("note     Alerts: no recipient is configured, no test was sent");
        assertThat(receiver.calls()).isEmpty();
    }
}
