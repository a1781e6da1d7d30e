package org.epmpulse;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.apache.camel.main.Main;
import org.epmpulse.alerts.AlertFile;
import org.epmpulse.alerts.AlertKind;
import org.epmpulse.alerts.AlertParts;
import org.epmpulse.alerts.AlertRenderer;
import org.epmpulse.alerts.AlertRules;
import org.epmpulse.alerts.AlertSink;
import org.epmpulse.alerts.AlertSinks;
import org.epmpulse.alerts.AlertTakeover;
import org.epmpulse.alerts.AlertTarget;
import org.epmpulse.alerts.BoardAnswers;
import org.epmpulse.alerts.WindowDeadlines;
import org.epmpulse.alerts.http.AlertCalls;
import org.epmpulse.alerts.http.HttpAlertSink;
import org.epmpulse.alerts.http.PagerDutyAlerts;
import org.epmpulse.alerts.http.TeamsAlerts;
import org.epmpulse.alerts.http.WebhookAlerts;
import org.epmpulse.alerts.mail.MailAlertSink;
import org.epmpulse.alerts.mail.MailAlerts;
import org.epmpulse.alerts.mail.MailSender;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.config.AlertSettings;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.MailServer;
import org.epmpulse.config.SlackIds;
import org.epmpulse.slack.CanvasLinks;
import org.epmpulse.slack.SlackAlertMessages;
import org.epmpulse.slack.SlackAlertSink;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.StatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;

/**
 * Creates and binds the beans of the alert routes. The route of a sink runs only if a recipient is configured: the
 * property {@code epmpulse.alerts.<sink>} is its precondition.
 */
final class AlertBeans {

    static final String SLACK = "slack";

    private static final String MAIL = "mail";
    private static final String TEAMS = "teams";
    private static final String WEBHOOK = "webhook";
    private static final String PAGERDUTY = "pagerduty";

    /** Teams accepts four messages a second; the others do not say how many. */
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final Configuration configuration;
    private final Catalog catalog;
    private final StatusStore store;
    private final Beans.PersistentState state;
    private final TimeSource clock;
    private final AlertSettings settings;
    private final @Nullable String board;
    private final Map<String, AlertSink> sinks = new HashMap<>();
    private @Nullable AlertCalls calls;

    AlertBeans(
            Configuration configuration,
            Catalog catalog,
            StatusStore store,
            Beans.PersistentState state,
            TimeSource clock) {
        this.configuration = configuration;
        this.catalog = catalog;
        this.store = store;
        this.state = state;
        this.clock = clock;
        this.settings = configuration.settings().alerts();
        URI boardUrl = settings.boardUrl();
        this.board = boardUrl == null ? null : boardUrl.toString();
    }

    AlertSinks bind(
            Main main,
            CanvasPublisher canvases,
            WindowViews windows,
            @Nullable SlackClient slack,
            MeterRegistry meters,
            ServiceThreads threads) {
        SlackAlertSink slackAlerts = slackAlerts(canvases, slack, threads);
        boolean buttons = configuration.settings().slackSocket() != null;
        main.bind("slackAlertMessages", new SlackAlertMessages(slackAlerts, state.documents(), slack, buttons));
        sinks.put(SLACK, slackAlerts);
        bindMail(main);
        bindHttp(main);
        Cluster cluster = state.cluster();
        WindowDeadlines deadlines =
                new WindowDeadlines(windows, configuration.settings().timezone());
        AlertSinks alerts = new AlertSinks(
                sinks,
                catalog,
                // The first sink kept its state with the canvases.
                sink -> new AlertFile(
                        state.documents(), sink.equals(SLACK) ? "slack/alerts.json" : "alerts/" + sink + ".json"),
                new AlertRules(
                        EnumSet.allOf(AlertKind.class),
                        true,
                        settings.reminder(),
                        settings.quiet(),
                        settings.digest(),
                        configuration.settings().timezone(),
                        new BoardAnswers(store::board),
                        deadlines),
                new AlertParts(
                        new AlertRenderer(catalog, deadlines, board),
                        store::board,
                        deadlines,
                        clock,
                        RandomGenerator.getDefault(),
                        meters,
                        new AlertTakeover(cluster.activity(), cluster.receipts(), store::id, state.changes()::after)));
        main.bind("alertSinks", alerts);
        return alerts;
    }

    /** Aborts the calls in flight that have not ended after this time. */
    void stop(Duration grace) throws InterruptedException {
        if (calls != null) {
            calls.stop(grace);
        }
    }

    private void bindMail(Main main) {
        MailServer server = settings.mailServer();
        List<AlertTarget> targets = AlertTarget.mail(configuration);
        enable(main, MAIL, !targets.isEmpty());
        if (server != null && !targets.isEmpty()) {
            sinks.put(MAIL, new MailAlertSink(targets));
            main.addInitialProperty("epmpulse.mail.server", server.toString());
            main.bind("mailSender", new MailSender(server));
            main.bind(
                    "mailAlerts",
                    new MailAlerts(
                            targets,
                            settings.mailFrom(),
                            board,
                            configuration.settings().timezone()));
        }
    }

    private void bindHttp(Main main) {
        HttpAlertSink webhook = http(main, WEBHOOK, "Webhook", AlertTarget.webhook(configuration));
        if (webhook != null) {
            main.bind("webhookAlerts", new WebhookAlerts(webhook.addresses(), settings.webhookSecret(), board, clock));
        }
        HttpAlertSink teams = http(main, TEAMS, "Teams", AlertTarget.teams(configuration));
        if (teams != null) {
            main.bind("teamsAlerts", new TeamsAlerts(teams.addresses(), board));
        }
        HttpAlertSink pagerDuty = http(main, PAGERDUTY, "PagerDuty", AlertTarget.pagerDuty(configuration));
        if (pagerDuty != null) {
            main.bind("pagerDutyAlerts", new PagerDutyAlerts(pagerDuty.addresses(), settings.pagerDutyUrl(), board));
        }
        if (webhook != null || teams != null || pagerDuty != null) {
            calls = new AlertCalls(configuration.proxies());
            main.bind("alertCalls", calls);
        }
    }

    /** Null if no recipient is configured. */
    private @Nullable HttpAlertSink http(Main main, String sink, String name, List<AlertTarget> targets) {
        enable(main, sink, !targets.isEmpty());
        if (targets.isEmpty()) {
            return null;
        }
        HttpAlertSink bound = new HttpAlertSink(name, INTERVAL, targets);
        sinks.put(sink, bound);
        return bound;
    }

    private static void enable(Main main, String sink, boolean enabled) {
        main.addInitialProperty("epmpulse.alerts." + sink, Boolean.toString(enabled));
    }

    private SlackAlertSink slackAlerts(CanvasPublisher canvases, @Nullable SlackClient slack, ServiceThreads threads) {
        Map<String, String> names = new LinkedHashMap<>();
        if (slack != null) {
            configuration.apps().channels().values().stream()
                    .filter(channel -> channel.alerts() && SlackIds.isChannel(channel.id()))
                    .forEach(channel -> names.put(channel.id(), channel.name()));
        }
        CanvasLinks links = new CanvasLinks(
                canvases::canvasId,
                () -> Objects.requireNonNull(slack, "no alert without a token").workspace(),
                task -> threads.runOnce("epmpulse-workspace", task),
                clock.steadySource());
        return new SlackAlertSink(names, catalog, links);
    }
}
