package org.epmpulse;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.camel.main.Main;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.io.CloseMode;
import org.epmpulse.api.BoardReplies;
import org.epmpulse.api.CanvasReplies;
import org.epmpulse.api.ErrorReplies;
import org.epmpulse.api.HealthReplies;
import org.epmpulse.api.HistoryDays;
import org.epmpulse.api.HistoryReplies;
import org.epmpulse.api.HttpReply;
import org.epmpulse.api.JobReplies;
import org.epmpulse.api.OpenApiReplies;
import org.epmpulse.api.RateLimits;
import org.epmpulse.api.StatusReplies;
import org.epmpulse.api.StatusRequests;
import org.epmpulse.board.BoardEvents;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.Settings;
import org.epmpulse.epm.BoundedAnswers;
import org.epmpulse.epm.EpmCalls;
import org.epmpulse.epm.HttpConnections;
import org.epmpulse.epm.JobAnswers;
import org.epmpulse.epm.PollSchedule;
import org.epmpulse.epm.TokenProvider;
import org.epmpulse.slack.AlertLog;
import org.epmpulse.slack.AlertSender;
import org.epmpulse.slack.CanvasLinks;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.canvas.CanvasChannel;
import org.epmpulse.slack.canvas.CanvasLimits;
import org.epmpulse.slack.canvas.CanvasMaker;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.slack.canvas.CanvasRenderer;
import org.epmpulse.slack.canvas.MadeCanvases;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.UpdateChecks;
import org.epmpulse.store.StatusChanges;
import org.epmpulse.store.StatusRecorder;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** The beans that routes name, all of them here. */
final class Beans {

    private Beans() {}

    /**
     * What the service needs beside the routes.
     *
     * @param alerts to be opened before the first update is taken, and saved at the end
     * @param events to be mounted
     * @param polling to be ended before the routes are: a question that waits for its answer is asked again anyway
     */
    record Bound(AlertSender alerts, BoardEvents events, Runnable polling) {}

    static Bound bind(
            Main main,
            Configuration configuration,
            Catalog catalog,
            StatusStore store,
            StatusChanges changes,
            MadeCanvases madeCanvases,
            AlertLog alertLog,
            RateLimits rateLimits,
            MeterRegistry meters,
            InstantSource clock,
            Executor workers,
            Supplier<@Nullable String> keysProblem) {
        // Camel's own metrics look for this name.
        main.bind("metricsRegistry", meters);
        main.bind("statusChanges", changes);
        StatusRecorder recorder = new StatusRecorder(new UpdateChecks(catalog), store, meters);
        main.bind("statusRequests", new StatusRequests(recorder::unreadable));
        main.bind("statusRecorder", recorder);
        main.bind("rateLimits", rateLimits);
        PoolingHttpClientConnectionManager httpConnections = HttpConnections.pool();
        main.bind("httpConnections", httpConnections);
        PollSchedule polls = polls(main, configuration, store, meters, clock);
        CanvasPublisher canvases = canvases(configuration, catalog, madeCanvases, store, polls, meters, clock);
        main.bind("canvasPublisher", canvases);
        main.bind("canvas-edits:publish", canvases.edits());
        main.bind("canvas-edits:create", canvases.creations());
        main.bind("canvasReplies", new CanvasReplies(canvases));
        String token = configuration.settings().slackBotToken();
        SlackClient slack = token == null
                ? null
                : new SlackClient(token, configuration.settings().slackApiUrl());
        if (slack != null) {
            main.bind("slackClient", slack);
        }
        main.bind("canvasMaker", new CanvasMaker(slack, madeCanvases, clock));
        AlertSender alerts = alerts(configuration, catalog, canvases, slack, alertLog, store, meters, clock);
        main.bind("alertSender", alerts);
        main.bind("statusReplies", new StatusReplies(canvases::shows));
        BoardReplies boardReplies = new BoardReplies(
                catalog, store, polls::remarks, configuration.settings().staleAfter(), clock, workers);
        main.bind("boardReplies", boardReplies);
        BoardEvents boardEvents = new BoardEvents(catalog, boardReplies, store, clock, meters);
        main.bind("boardEvents", boardEvents);
        main.bind("jobReplies", new JobReplies(store));
        main.bind("historyReplies", new HistoryReplies(store));
        main.bind(
                "historyDays",
                new HistoryDays(catalog, store, configuration.settings().timezone(), clock));
        main.bind(
                "healthReplies",
                new HealthReplies(store, () -> slackHealth(canvases, alerts), polls::health, keysProblem));
        main.bind("openApiReplies", new OpenApiReplies(EpmPulse.Version.get()));
        main.bind("errorReplies", new ErrorReplies());
        main.bind("httpReply", new HttpReply());
        return new Bound(alerts, boardEvents, () -> {
            polls.stop();
            httpConnections.close(CloseMode.IMMEDIATE);
        });
    }

    private static AlertSender alerts(
            Configuration configuration,
            Catalog catalog,
            CanvasPublisher canvases,
            @Nullable SlackClient slack,
            AlertLog log,
            StatusStore store,
            MeterRegistry meters,
            InstantSource clock) {
        Map<String, String> names = new LinkedHashMap<>();
        if (slack != null) {
            configuration.apps().channels().values().stream()
                    .filter(AppsConfig.Channel::alerts)
                    .forEach(channel -> names.put(channel.id(), channel.name()));
        }
        CanvasLinks links = new CanvasLinks(
                canvases::canvasId,
                () -> Objects.requireNonNull(slack, "no alert without a token").workspace(),
                Beans::inBackground,
                clock);
        return new AlertSender(names, catalog, links, log, store::board, clock, meters);
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "epmpulse-workspace");
        thread.setDaemon(true);
        thread.start();
    }

    /** Canvases come first: what hinders them as a rule hinders alerts, too. */
    private static String slackHealth(CanvasPublisher canvases, AlertSender alerts) {
        String health = canvases.health();
        String problem = alerts.problem();
        return health.startsWith("error: ") || problem == null ? health : "error: alerts: " + problem;
    }

    private static PollSchedule polls(
            Main main, Configuration configuration, StatusStore store, MeterRegistry meters, InstantSource clock) {
        Settings settings = configuration.settings();
        AppsConfig apps = configuration.apps();
        int servers = apps.polledServers().size();
        main.addInitialProperty(
                "epmpulse.epm.poll-interval-millis",
                Long.toString(settings.pollInterval().toMillis()));
        main.addInitialProperty(
                "epmpulse.epm.polls-at-once", Integer.toString(Math.max(1, servers * PollSchedule.AT_ONCE)));
        PollSchedule polls =
                new PollSchedule(apps, store::board, settings.pollInterval(), settings.timezone(), clock, meters);
        main.bind("pollSchedule", polls);
        main.bind("epmCalls", new EpmCalls(new TokenProvider(clock), new JobAnswers()));
        main.bind("boundedAnswers", new BoundedAnswers());
        return polls;
    }

    private static CanvasPublisher canvases(
            Configuration configuration,
            Catalog catalog,
            MadeCanvases madeCanvases,
            StatusStore store,
            PollSchedule polls,
            MeterRegistry meters,
            InstantSource clock) {
        Settings settings = configuration.settings();
        List<CanvasChannel> channels = configuration.apps().channels().values().stream()
                .map(channel -> new CanvasChannel(channel.id(), channel.name(), channel.canvasId()))
                .toList();
        return new CanvasPublisher(
                channels,
                madeCanvases::canvasId,
                catalog,
                new CanvasRenderer(catalog, settings.timezone(), settings.staleAfter()),
                new CanvasLimits(
                        settings.canvasMinInterval(),
                        settings.canvasEditsPerMinute(),
                        settings.canvasHeartbeat(),
                        RandomGenerator.getDefault()),
                store::board,
                polls::remarks,
                clock,
                meters,
                settings.slackBotToken() != null);
    }
}
