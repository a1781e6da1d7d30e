package org.epmpulse;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.main.Main;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.io.CloseMode;
import org.epmpulse.alerts.AlertSinks;
import org.epmpulse.api.AnswerReplies;
import org.epmpulse.api.AnswerRequests;
import org.epmpulse.api.CanvasReplies;
import org.epmpulse.api.DomainReplies;
import org.epmpulse.api.HealthReplies;
import org.epmpulse.api.HistoryDays;
import org.epmpulse.api.HistoryReplies;
import org.epmpulse.api.JobReplies;
import org.epmpulse.api.NodeViews;
import org.epmpulse.api.OpenApiReplies;
import org.epmpulse.api.RunReplies;
import org.epmpulse.api.StatusReplies;
import org.epmpulse.api.StatusRequests;
import org.epmpulse.api.WindowReplies;
import org.epmpulse.board.BoardEvents;
import org.epmpulse.board.BoardReplies;
import org.epmpulse.changes.BeforeRecord;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.cli.Version;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.NodeExchange;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Settings;
import org.epmpulse.epm.EpmAuthorization;
import org.epmpulse.epm.EpmCalls;
import org.epmpulse.epm.JobStatusMapper;
import org.epmpulse.epm.PollSchedule;
import org.epmpulse.epm.TokenProvider;
import org.epmpulse.epm.watch.WatchCalls;
import org.epmpulse.epm.watch.WatchSchedule;
import org.epmpulse.http.ErrorReplies;
import org.epmpulse.http.EventLoopPolicy;
import org.epmpulse.http.HttpReply;
import org.epmpulse.outbound.OutboundPolicy;
import org.epmpulse.routes.OneNodePolicy;
import org.epmpulse.routes.SiteContext;
import org.epmpulse.routes.SiteUpdates;
import org.epmpulse.routes.UpdateSteps;
import org.epmpulse.security.RateLimits;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.canvas.CanvasChannel;
import org.epmpulse.slack.canvas.CanvasCreator;
import org.epmpulse.slack.canvas.CanvasLimits;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.slack.canvas.CanvasRegistry;
import org.epmpulse.slack.canvas.CanvasRenderer;
import org.epmpulse.slack.socket.SlackSocket;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Source;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.store.AnswerRecorder;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StatusRecorder;
import org.epmpulse.store.StatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;

/** Creates and binds all beans that routes refer to. */
final class Beans {

    /** How long alerts and calls to Slack may still take when the service stops. An aborted one is uncertain. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(2);

    private Beans() {}

    /** Aborts outgoing calls. */
    interface CallStop {
        void run() throws InterruptedException;
    }

    /**
     * The beans that the service itself starts and stops.
     *
     * @param alerts to be saved when the service stops
     * @param events to be mounted on the server
     * @param windows the close window, for metrics
     * @param stopCalls stops the calls to EPM and Slack. To be run before the routes are stopped; a poll in flight is
     *     repeated after a restart, and every canvas is published
     * @param exchange to be polled every half second, if there are several nodes
     * @param startSocket to be run when the routes run
     */
    record BeanHandles(
            AlertSinks alerts,
            BoardEvents events,
            WindowViews windows,
            CallStop stopCalls,
            NodeExchange exchange,
            Runnable startSocket) {}

    /**
     * The state that survives a restart.
     *
     * @param changes publishes the changes of the store
     * @param cluster what several nodes share
     */
    record PersistentState(
            StatusStore store,
            StatusChanges changes,
            CanvasRegistry canvasRegistry,
            Documents documents,
            Cluster cluster) {

        /** For a context that is not started. */
        static PersistentState inMemory(StatusStore store) {
            return new PersistentState(
                    store, new StatusChanges(), CanvasRegistry.inMemory(), Documents.NONE, Cluster.SINGLE);
        }
    }

    /**
     * The parts of the server that beans use.
     *
     * @param workers for blocking work
     * @param keysProblem why the keys file is invalid; null if it is valid or not configured
     * @param routesProblem which routes of the site fail; null if none does
     */
    record Http(
            RateLimits rateLimits,
            Executor workers,
            Supplier<@Nullable String> keysProblem,
            Supplier<@Nullable String> routesProblem) {}

    static BeanHandles bind(
            Main main,
            Configuration configuration,
            Catalog catalog,
            PersistentState state,
            Http http,
            MeterRegistry meters,
            TimeSource clock,
            ServiceThreads threads) {
        StatusStore store = state.store();
        CanvasRegistry canvasRegistry = state.canvasRegistry();
        Cluster cluster = state.cluster();
        main.bind("cluster", cluster);
        main.bind("activity", cluster.activity());
        main.bind(OneNodePolicy.NAME, new OneNodePolicy(cluster.activity()));
        // The name that Camel's own metrics use.
        main.bind("metricsRegistry", meters);
        main.bind("statusChanges", state.changes());
        main.bind("statusStore", store);
        UpdateValidator validator = new UpdateValidator(catalog);
        StatusRecorder recorder = new StatusRecorder(validator, store, meters, new BeforeRecord(main::getCamelContext));
        main.bind("statusRecorder", recorder);
        main.bind("siteUpdates", new SiteUpdates(() -> recorder.countUnreadable(Source.SITE)));
        main.bind("answerRequests", new AnswerRequests(validator, clock));
        main.bind("answerRecorder", new AnswerRecorder(store));
        main.bind("answerReplies", new AnswerReplies());
        main.bind("rateLimits", http.rateLimits());
        PoolingHttpClientConnectionManager httpConnections = OutboundPolicy.pool();
        main.bind("httpConnections", httpConnections);
        ProxyRules proxies = configuration.proxies();
        HttpClientConfigurer outboundPolicy = new OutboundPolicy(proxies)::apply;
        main.bind("outboundPolicy", outboundPolicy);
        TokenProvider tokens = new TokenProvider(clock, proxies);
        EpmCalls epmCalls = new EpmCalls(tokens, new JobStatusMapper(), proxies);
        main.bind("epmCalls", epmCalls);
        main.bind("epmAuthorization", new EpmAuthorization(configuration.apps(), tokens));
        PollSchedule polls = polls(main, configuration, store, meters, clock);
        WatchCalls watchCalls = new WatchCalls(tokens, proxies);
        main.bind("watchCalls", watchCalls);
        WatchSchedule watch = watch(main, configuration, state, polls, meters, clock);
        WindowViews windows = new WindowViews(
                configuration.apps().windows(), configuration.settings().staleAfter(), store::board, clock);
        CanvasPublisher canvases =
                canvases(configuration, catalog, canvasRegistry, store, windows, polls, meters, clock);
        main.bind("canvasPublisher", canvases);
        polls.onNotesChanged(canvases::notesChanged);
        main.bind("canvas-edits:publish", canvases.edits());
        main.bind("canvas-edits:create", canvases.creations());
        String token = configuration.settings().slackBotToken();
        SlackClient slack = token == null
                ? null
                : new SlackClient(token, configuration.settings().slackApiUrl(), proxies);
        if (slack != null) {
            main.bind("slackClient", slack);
        }
        main.bind("canvasCreator", new CanvasCreator(slack, canvasRegistry, clock));
        AlertBeans alertBeans = new AlertBeans(configuration, catalog, store, state, clock);
        AlertSinks alerts = alertBeans.bind(main, canvases, windows, slack, meters, threads);
        if (slack != null) {
            slack.onAccepted(tokenWasRefused -> {
                canvases.slackAccepted(tokenWasRefused);
                alerts.available(AlertBeans.SLACK, tokenWasRefused);
            });
        }
        SlackSocket socket = SlackSocket.of(configuration, catalog, store, cluster.activity(), meters, clock);
        NodeViews views = new NodeViews(
                cluster.activity(),
                new NodeViews.Own(
                        polls::notes,
                        () -> slackHealth(canvases, alerts),
                        polls::health,
                        canvases::states,
                        () -> alerts.problemsExceptOf(AlertBeans.SLACK)));
        CanvasReplies canvasReplies = new CanvasReplies(canvases, cluster, views, clock);
        main.bind("canvasReplies", canvasReplies);
        ClusterWork clusterWork = new ClusterWork(cluster, canvases, canvasReplies, views, clock, threads);
        clusterWork.start(meters);
        UpdateSteps.bind(
                main::bind,
                new StatusRequests(recorder::countUnreadable),
                http.rateLimits(),
                recorder,
                new StatusReplies(canvases::shows));
        BoardReplies boardReplies = new BoardReplies(
                catalog, store, views::notes, configuration.settings().staleAfter(), clock, http.workers());
        main.bind("boardReplies", boardReplies);
        SiteContext.addTo(main, configuration::value, boardReplies);
        BoardEvents boardEvents = new BoardEvents(catalog, boardReplies, store, clock, meters);
        main.bind("boardEvents", boardEvents);
        main.bind("windowReplies", new WindowReplies(windows, store, views::notes, clock));
        main.bind("domainReplies", new DomainReplies(catalog, windows, store, views::notes, clock));
        main.bind("runReplies", new RunReplies(store, catalog, clock));
        main.bind("jobReplies", new JobReplies(store, catalog));
        main.bind("historyReplies", new HistoryReplies(store));
        main.bind(
                "historyDays",
                new HistoryDays(catalog, store, configuration.settings().timezone(), clock));
        main.bind(
                "healthReplies",
                new HealthReplies(
                        store,
                        views::slackHealth,
                        views::epmHealth,
                        () -> socket == null ? null : socket.health(),
                        views::alertsProblem,
                        http.keysProblem(),
                        http.routesProblem(),
                        threads::problem,
                        state.cluster().nodes()));
        main.bind("openApiReplies", new OpenApiReplies(Version.get()));
        main.bind(
                "errorReplies", new ErrorReplies(configuration.settings().node().shared()));
        main.bind("httpReply", new HttpReply());
        main.bind(EventLoopPolicy.NAME, new EventLoopPolicy());
        return new BeanHandles(
                alerts,
                boardEvents,
                windows,
                () -> {
                    watch.stop();
                    watchCalls.close();
                    polls.stop();
                    epmCalls.close();
                    httpConnections.close(CloseMode.IMMEDIATE);
                    canvases.stop();
                    alerts.stop();
                    long start = System.nanoTime();
                    alertBeans.stop(STOP_GRACE);
                    if (socket != null) {
                        socket.close();
                    }
                    if (slack != null) {
                        Duration used = Duration.ofNanos(System.nanoTime() - start);
                        slack.stop(used.compareTo(STOP_GRACE) < 0 ? STOP_GRACE.minus(used) : Duration.ZERO);
                    }
                },
                clusterWork.exchange(),
                () -> {
                    if (socket != null) {
                        socket.start(threads);
                    }
                });
    }

    /** Binds all beans for a context that is not started. They send and record nothing. */
    static void bindUnstarted(Main main, Configuration configuration, StatusStore store) {
        TimeSource clock = TimeSource.system();
        MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        bind(
                main,
                configuration,
                configuration.apps().catalog(),
                PersistentState.inMemory(store),
                new Http(new RateLimits(0, clock.steadySource()), Runnable::run, () -> null, () -> null),
                meters,
                clock,
                new ServiceThreads(meters));
    }

    /** Canvas problems come first: they usually affect alerts, too. */
    private static String slackHealth(CanvasPublisher canvases, AlertSinks alerts) {
        String health = canvases.health();
        String problem = alerts.problem(AlertBeans.SLACK);
        return health.startsWith("error: ") || problem == null ? health : "error: alerts: " + problem;
    }

    private static PollSchedule polls(
            Main main, Configuration configuration, StatusStore store, MeterRegistry meters, TimeSource clock) {
        Settings settings = configuration.settings();
        AppsConfig apps = configuration.apps();
        int servers = apps.polledServers().size();
        main.addInitialProperty(
                "epmpulse.epm.polls-at-once", Integer.toString(Math.max(1, servers * PollSchedule.MAX_CONCURRENT)));
        PollSchedule polls =
                new PollSchedule(apps, store::board, settings.pollInterval(), settings.timezone(), clock, meters);
        main.bind("pollSchedule", polls);
        main.bind("epm-polls:jobs", polls);
        return polls;
    }

    private static WatchSchedule watch(
            Main main,
            Configuration configuration,
            PersistentState state,
            PollSchedule polls,
            MeterRegistry meters,
            TimeSource clock) {
        AppsConfig apps = configuration.apps();
        main.addInitialProperty(
                "epmpulse.epm.watches-at-once",
                Integer.toString(Math.max(1, apps.watchedServers().size())));
        WatchSchedule watch = new WatchSchedule(
                apps,
                state.store(),
                state.documents(),
                polls,
                configuration.settings().timezone(),
                clock,
                meters);
        main.bind("watchSchedule", watch);
        main.bind("epm-polls:watch", watch);
        return watch;
    }

    private static CanvasPublisher canvases(
            Configuration configuration,
            Catalog catalog,
            CanvasRegistry canvasRegistry,
            StatusStore store,
            WindowViews windows,
            PollSchedule polls,
            MeterRegistry meters,
            TimeSource clock) {
        Settings settings = configuration.settings();
        CanvasRenderer.Windows window = windows.plan().calendar() == null ? null : windows::of;
        List<CanvasChannel> channels = configuration.apps().channels().values().stream()
                .map(channel -> new CanvasChannel(channel.id(), channel.name(), channel.canvasId()))
                .toList();
        return new CanvasPublisher(
                channels,
                canvasRegistry,
                catalog,
                new CanvasRenderer(catalog, settings.timezone(), settings.staleAfter(), window),
                new CanvasLimits(
                        settings.canvasMinInterval(),
                        settings.canvasEditsPerMinute(),
                        settings.canvasHeartbeat(),
                        RandomGenerator.getDefault()),
                store::board,
                polls::notes,
                clock,
                meters,
                settings.slackBotToken() != null);
    }
}
