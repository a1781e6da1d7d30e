package org.epmpulse.cli;

import jakarta.mail.MessagingException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertKind;
import org.epmpulse.alerts.AlertMessage;
import org.epmpulse.alerts.AlertSink;
import org.epmpulse.alerts.AlertTarget;
import org.epmpulse.alerts.http.AlertCalls;
import org.epmpulse.alerts.http.AlertRequest;
import org.epmpulse.alerts.http.HttpAlertSink;
import org.epmpulse.alerts.http.PagerDutyAlerts;
import org.epmpulse.alerts.http.TeamsAlerts;
import org.epmpulse.alerts.http.WebhookAlerts;
import org.epmpulse.alerts.mail.MailAlertSink;
import org.epmpulse.alerts.mail.MailAlerts;
import org.epmpulse.alerts.mail.MailSender;
import org.epmpulse.config.AlertSettings;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.SlackIds;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/** Sends a problem of an app "EPMPulse" and its recovery to each recipient of alerts. For one thread. */
final class TestAlerts {

    private static final String TEXT = "This is a test of EPMPulse's alerts.";

    private final Configuration configuration;
    private final AlertSettings settings;
    private final TimeSource time;
    private final @Nullable String board;
    private final List<OnlineFinding> findings = new ArrayList<>();

    private TestAlerts(Configuration configuration, TimeSource time) {
        this.configuration = configuration;
        this.settings = configuration.settings().alerts();
        this.time = time;
        URI url = settings.boardUrl();
        this.board = url == null ? null : url.toString();
    }

    /** A call that sends something. */
    private interface Call {
        void run() throws Exception;
    }

    /** What was sent, and what was refused. */
    static List<OnlineFinding> run(Configuration configuration, TimeSource time) {
        TestAlerts test = new TestAlerts(configuration, time);
        test.slack();
        test.mail();
        test.http();
        if (test.findings.isEmpty()) {
            test.findings.add(OnlineFinding.note("Alerts", "no recipient is configured, no test was sent"));
        }
        return List.copyOf(test.findings);
    }

    private void slack() {
        String token = configuration.settings().slackBotToken();
        if (token == null) {
            return;
        }
        try (SlackClient client =
                new SlackClient(token, configuration.settings().slackApiUrl(), configuration.proxies())) {
            for (AppsConfig.Channel channel : configuration.apps().channels().values()) {
                if (channel.alerts() && SlackIds.isChannel(channel.id())) {
                    String where = "Slack channel " + channel.id() + " (" + channel.name() + ")";
                    try {
                        client.postMessage(channel.id(), TEXT);
                        findings.add(OnlineFinding.ok(where, "a test was sent"));
                    } catch (SlackRefusedException | SlackUnavailableException | SlackRateLimitedException e) {
                        findings.add(OnlineFinding.error(where, "no test was sent: " + e.getMessage()));
                    }
                }
            }
        }
    }

    private void mail() {
        List<AlertTarget> targets = AlertTarget.mail(configuration);
        if (settings.mailServer() == null || targets.isEmpty()) {
            return;
        }
        MailSender sender = new MailSender(settings.mailServer());
        MailAlerts mails = new MailAlerts(
                targets, settings.mailFrom(), board, configuration.settings().timezone());
        for (AlertTarget target : targets) {
            report(new MailAlertSink(targets), target, () -> {
                Alert alert = alert(AlertKind.PROBLEM);
                sender.sendText(mails.mail(message(target, alert)));
            });
        }
    }

    private void http() {
        try (AlertCalls calls = new AlertCalls(configuration.proxies())) {
            HttpAlertSink webhook = sink("Webhook", AlertTarget.webhook(configuration));
            WebhookAlerts events = new WebhookAlerts(webhook.addresses(), settings.webhookSecret(), board, time);
            both(
                    calls,
                    webhook,
                    AlertTarget.webhook(configuration),
                    target -> alert -> events.request(alert, target.channel().id(), false));
            HttpAlertSink teams = sink("Teams", AlertTarget.teams(configuration));
            TeamsAlerts cards = new TeamsAlerts(teams.addresses(), board);
            both(
                    calls,
                    teams,
                    AlertTarget.teams(configuration),
                    target -> alert -> cards.request(message(target, alert)));
            HttpAlertSink pagerDuty = sink("PagerDuty", AlertTarget.pagerDuty(configuration));
            PagerDutyAlerts incidents = new PagerDutyAlerts(pagerDuty.addresses(), settings.pagerDutyUrl(), board);
            both(
                    calls,
                    pagerDuty,
                    AlertTarget.pagerDuty(configuration),
                    target -> alert -> incidents.request(alert, target.channel().id(), false));
        }
    }

    private static HttpAlertSink sink(String name, List<AlertTarget> targets) {
        return new HttpAlertSink(name, Duration.ZERO, targets);
    }

    /** A problem, and its recovery, which resolves an incident. */
    private void both(
            AlertCalls calls,
            AlertSink sink,
            List<AlertTarget> targets,
            Function<AlertTarget, Function<Alert, AlertRequest>> requests) {
        for (AlertTarget target : targets) {
            Function<Alert, AlertRequest> request = requests.apply(target);
            report(sink, target, () -> {
                calls.send(request.apply(alert(AlertKind.PROBLEM)));
                calls.send(request.apply(alert(AlertKind.RECOVERED)));
            });
        }
    }

    private void report(AlertSink sink, AlertTarget target, Call call) {
        String where = sink.name() + " alerts to " + target.channel().name();
        try {
            call.run();
            findings.add(OnlineFinding.ok(where, "a test was sent"));
        } catch (MessagingException | RuntimeException e) {
            findings.add(OnlineFinding.error(
                    where, "no test was sent: " + sink.classify(e).problem()));
        } catch (Exception e) {
            throw new IllegalStateException("unexpected", e);
        }
    }

    private static AlertMessage message(AlertTarget target, Alert alert) {
        return new AlertMessage(target.channel().id(), List.of(alert), false, false, alert.time());
    }

    private Alert alert(AlertKind kind) {
        Instant now = time.instant();
        return new Alert(
                "test-" + now.getEpochSecond() / 60,
                kind,
                false,
                "EPMPulse",
                "EPMPulse",
                "Test",
                null,
                TEXT,
                now,
                now,
                Duration.ZERO,
                1,
                List.of(),
                null,
                Map.of(),
                List.of());
    }
}
