package org.epmpulse.http;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.epmpulse.alerts.AlertCauses;
import org.epmpulse.alerts.AlertDeadlines;
import org.epmpulse.alerts.AlertParts;
import org.epmpulse.alerts.AlertRenderer;
import org.epmpulse.alerts.AlertRules;
import org.epmpulse.alerts.AlertSinks;
import org.epmpulse.alerts.AlertStore;
import org.epmpulse.alerts.AlertTakeover;
import org.epmpulse.api.AnswerReplies;
import org.epmpulse.api.AnswerRequests;
import org.epmpulse.api.CanvasReplies;
import org.epmpulse.api.DomainReplies;
import org.epmpulse.api.HealthReplies;
import org.epmpulse.api.HistoryDays;
import org.epmpulse.api.HistoryReplies;
import org.epmpulse.api.JobReplies;
import org.epmpulse.api.OpenApiReplies;
import org.epmpulse.api.RunReplies;
import org.epmpulse.api.StatusReplies;
import org.epmpulse.api.StatusRequests;
import org.epmpulse.api.WindowReplies;
import org.epmpulse.board.BoardEvents;
import org.epmpulse.board.BoardReplies;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Role;
import org.epmpulse.epm.EpmCalls;
import org.epmpulse.epm.JobStatusMapper;
import org.epmpulse.epm.PollSchedule;
import org.epmpulse.epm.TokenProvider;
import org.epmpulse.epm.watch.WatchCalls;
import org.epmpulse.epm.watch.WatchSchedule;
import org.epmpulse.routes.SiteUpdates;
import org.epmpulse.routes.UpdateSteps;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TestingClock;
import org.epmpulse.security.TrustedProxies;
import org.epmpulse.slack.CanvasLinks;
import org.epmpulse.slack.SlackAlertMessages;
import org.epmpulse.slack.SlackAlertSink;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.canvas.CanvasChannel;
import org.epmpulse.slack.canvas.CanvasCreator;
import org.epmpulse.slack.canvas.CanvasLimits;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.slack.canvas.CanvasRegistry;
import org.epmpulse.slack.canvas.CanvasRenderer;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Source;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.store.AnswerRecorder;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StatusRecorder;
import org.epmpulse.store.TestingStatusStore;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.Holidays;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowViews;

/** The server with all routes of {@code routes/}, on a free port, with a store in memory. */
public final class TestingApi implements AutoCloseable {

    public static final String READ_KEY = "read-key-read-key-read-key-read-key";
    public static final String WRITE_KEY = "write-key-write-key-write-key-write";
    public static final String ADMIN_KEY = "admin-key-admin-key-admin-key-admin";

    public static final Catalog CATALOG = catalog();

    /** FCCS waits for Planning's Actual, and is due at 21:30 UTC; a window starts at 18:00 each day. */
    public static final WindowPlan WINDOWS = windows();

    public final TestingClock clock = new TestingClock();
    public final StatusChanges changes = new StatusChanges();
    public final TestingStatusStore store = new TestingStatusStore(clock, changes::publish);
    public final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    public final ApiKeys keys = new ApiKeys(List.of(
            key("reader", READ_KEY, Role.READ),
            key("writer", WRITE_KEY, Role.WRITE),
            key("admin", ADMIN_KEY, Role.ADMIN)));
    public final CamelContext camel = new DefaultCamelContext();
    public final ApiServer server;
    public final SlackSandbox slack;

    /** What health shows as the nodes. */
    public final List<Nodes.Node> nodes = new CopyOnWriteArrayList<>();

    private final HttpClient client = HttpClient.newHttpClient();

    public TestingApi() {
        this(0);
    }

    /** @param updatesPerMinute 0 for no limit */
    public TestingApi(int updatesPerMinute) {
        this(updatesPerMinute, true);
    }

    public TestingApi(int updatesPerMinute, boolean ready) {
        this(updatesPerMinute, ready, Duration.ofSeconds(30));
    }

    public TestingApi(int updatesPerMinute, boolean ready, Duration bodyTimeout) {
        this(updatesPerMinute, ready, MemoryLimits.ofThisProcess().withBodyTimeout(bodyTimeout));
    }

    TestingApi(int updatesPerMinute, boolean ready, MemoryLimits memory) {
        this(updatesPerMinute, ready, memory, Connections.HEAD_TIMEOUT, TrustedProxies.LOOPBACK, 4_000, null);
    }

    /** The API of a node that shares its store with others. */
    public static TestingApi ofNode(String name) {
        return new TestingApi(
                0, true, MemoryLimits.ofThisProcess(), Connections.HEAD_TIMEOUT, TrustedProxies.LOOPBACK, 4_000, name);
    }

    /** An API whose limits for connections can be reached by a test. */
    TestingApi(Duration headTimeout, TrustedProxies proxies, int maxConnections) {
        this(0, true, MemoryLimits.ofThisProcess(), headTimeout, proxies, maxConnections, null);
    }

    private TestingApi(
            int updatesPerMinute,
            boolean ready,
            MemoryLimits memory,
            Duration headTimeout,
            TrustedProxies proxies,
            int maxConnections,
            String node) {
        RateLimits limits = new RateLimits(updatesPerMinute, clock);
        slack = SlackSandbox.start(InstantSource.system());
        server = new ApiServer(
                "127.0.0.1", 0, keys, proxies, limits, registry, clock, memory, headTimeout, maxConnections, node);
        try {
            server.start();
            server.setWriteProblem(store::problem);
            server.mountMetrics(registry);
            server.bind(camel);
            bind("rateLimits", limits);
            UpdateValidator validator = new UpdateValidator(CATALOG);
            bind("answerRequests", new AnswerRequests(validator, clock));
            bind("answerRecorder", new AnswerRecorder(store));
            bind("answerReplies", new AnswerReplies());
            StatusRecorder recorder = new StatusRecorder(validator, store, registry);
            UpdateSteps.bind(
                    this::bind,
                    new StatusRequests(recorder::countUnreadable),
                    limits,
                    recorder,
                    new StatusReplies(Set.of("Planning")::contains));
            bind("siteUpdates", new SiteUpdates(() -> recorder.countUnreadable(Source.SITE)));
            BoardReplies boardReplies = new BoardReplies(
                    CATALOG, store, () -> DomainNotes.NONE, Duration.ofHours(2), clock, server.workers());
            bind("boardReplies", boardReplies);
            BoardEvents boardEvents = new BoardEvents(CATALOG, boardReplies, store, clock, registry);
            boardEvents.mountOn(server);
            bind("boardEvents", boardEvents);
            WindowViews windows = new WindowViews(WINDOWS, Duration.ofHours(2), store::board, clock);
            bind("windowReplies", new WindowReplies(windows, store, () -> DomainNotes.NONE, clock));
            bind("domainReplies", new DomainReplies(CATALOG, windows, store, () -> DomainNotes.NONE, clock));
            bind("runReplies", new RunReplies(store, CATALOG, clock));
            bind("jobReplies", new JobReplies(store, CATALOG));
            bind("historyReplies", new HistoryReplies(store));
            bind("historyDays", new HistoryDays(CATALOG, store, ZoneId.of("America/New_York"), clock));
            bind(
                    "healthReplies",
                    new HealthReplies(
                            store,
                            () -> "not_configured",
                            () -> "not_configured",
                            () -> null,
                            () -> null,
                            () -> null,
                            () -> List.copyOf(nodes)));
            CanvasRegistry canvasRegistry = CanvasRegistry.inMemory();
            SlackClient slackClient = new SlackClient(slack.botToken(), slack.apiUrl());
            CanvasPublisher canvases = canvases(canvasRegistry);
            bind("canvasPublisher", canvases);
            bind("canvas-edits:publish", canvases.edits());
            bind("canvas-edits:create", canvases.creations());
            bind("canvasReplies", new CanvasReplies(canvases));
            SlackAlertSink slackAlerts = noAlerts();
            bind("slackAlertMessages", new SlackAlertMessages(slackAlerts, Documents.NONE, null, false));
            bind(
                    "alertSinks",
                    new AlertSinks(
                            Map.of("slack", slackAlerts),
                            CATALOG,
                            sink -> AlertStore.NONE,
                            AlertRules.SIMPLE,
                            new AlertParts(
                                    new AlertRenderer(CATALOG, AlertCauses.NONE, null),
                                    store::board,
                                    AlertDeadlines.NONE,
                                    clock,
                                    new Random(1),
                                    registry,
                                    AlertTakeover.NONE)));
            for (String sink : List.of("mail", "teams", "webhook", "pagerduty")) {
                camel.getPropertiesComponent().addInitialProperty("epmpulse.alerts." + sink, "false");
            }
            bind("metricsRegistry", registry);
            bind("statusChanges", changes);
            bind("slackClient", slackClient);
            bind("canvasCreator", new CanvasCreator(slackClient, canvasRegistry, clock));
            bindEpm();
            bind("openApiReplies", new OpenApiReplies("1.2.3"));
            bind("errorReplies", new ErrorReplies(node != null));
            bind("httpReply", new HttpReply());
            bind(EventLoopPolicy.NAME, new EventLoopPolicy());
            addRoutes(Path.of("routes"));
            camel.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        if (ready) {
            server.ready();
        }
    }

    /** Two channels: one whose canvas exists in Slack, one whose canvas does not. */
    private CanvasPublisher canvases(CanvasRegistry canvasRegistry) {
        slack.put(SandboxChannel.of("C0123456789", "close"));
        slack.addCanvas("F1", "Close");
        Supplier<Board> board = store::board;
        return new CanvasPublisher(
                List.of(
                        new CanvasChannel("C0123456789", "close", "F1"),
                        new CanvasChannel("C9876543210", "night", "F2")),
                canvasRegistry,
                CATALOG,
                new CanvasRenderer(CATALOG, ZoneOffset.UTC, Duration.ofHours(2)),
                // The clock does not advance, so a used budget would never be refilled.
                new CanvasLimits(Duration.ZERO, 100_000, Duration.ZERO, new Random(1)),
                board,
                () -> DomainNotes.NONE,
                clock,
                registry,
                true);
    }

    /** No environment is configured, so nothing is polled. */
    private void bindEpm() {
        AppsConfig none = new AppsConfig(
                Map.of(), Map.of(), Map.of(), null, new AppsConfig.Pull(true, null, Duration.ofHours(1)));
        PollSchedule polls =
                new PollSchedule(none, store::board, Duration.ofSeconds(30), ZoneOffset.UTC, clock, registry);
        bind("pollSchedule", polls);
        bind("epm-polls:jobs", polls);
        bind(
                "epmCalls",
                new EpmCalls(new TokenProvider(clock, ProxyRules.DIRECT), new JobStatusMapper(), ProxyRules.DIRECT));
        camel.getPropertiesComponent().addInitialProperty("epmpulse.epm.polls-at-once", "1");
        WatchSchedule watch = new WatchSchedule(none, store, Documents.NONE, polls, ZoneOffset.UTC, clock, registry);
        bind("watchSchedule", watch);
        bind("epm-polls:watch", watch);
        bind("watchCalls", new WatchCalls(new TokenProvider(clock, ProxyRules.DIRECT), ProxyRules.DIRECT));
        camel.getPropertiesComponent().addInitialProperty("epmpulse.epm.watches-at-once", "1");
    }

    private SlackAlertSink noAlerts() {
        CanvasLinks links = new CanvasLinks(
                channel -> null,
                () -> {
                    throw new IllegalStateException("not used");
                },
                Runnable::run,
                clock);
        return new SlackAlertSink(Map.of(), CATALOG, links);
    }

    private static Catalog catalog() {
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        Set<String> domains = new java.util.LinkedHashSet<>(List.of("Actual", "Budget", "Forecast"));
        apps.put("Planning", new Catalog.App("Planning", "Planning EU", domains, List.of("C0123456789"), false));
        apps.put("FCCS", new Catalog.App("FCCS", "Close", Set.of("Consolidation"), List.of("C9876543210"), false));
        return new Catalog(apps);
    }

    private static WindowPlan windows() {
        Map<DomainId, DomainRule> rules = Map.of(
                new DomainId("FCCS", "Consolidation"),
                new DomainRule(
                        Deadline.parse("21:30"),
                        List.of(new DomainId("Planning", "Actual")),
                        "Close team",
                        "https://wiki.example.com/close"));
        CloseCalendar calendar = new CloseCalendar(
                LocalTime.of(18, 0), null, ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), Holidays.NONE);
        return new WindowPlan(CATALOG.domainIds().toList(), rules, calendar);
    }

    private static ApiKey key(String name, String key, Role role) {
        return new ApiKey(name, role, ApiKey.ofPlain(key, role).sha256());
    }

    public void bind(String name, Object bean) {
        camel.getRegistry().bind(name, bean);
    }

    /** Adds the routes of a file, or of every file below a folder. */
    public void addRoutes(Path path) throws Exception {
        try (Stream<Path> files = Files.walk(path, 1)) {
            List<Resource> resources = files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .sorted()
                    .map(file -> ResourceHelper.resolveResource(camel, "file:" + file))
                    .toList();
            PluginHelper.getRoutesLoader(camel).loadRoutes(resources);
        }
    }

    /** All endpoints of the server as method and path, sorted. */
    public Set<String> endpoints() {
        return server.endpoints().stream()
                .flatMap(endpoint -> endpoint.methods().stream()
                        .map(method -> method + " " + endpoint.path().text()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(HttpRequest.newBuilder(uri(path)).GET(), READ_KEY, headers);
    }

    public HttpResponse<String> post(String json, String... headers) {
        return postTo("/api/v1/status", json, headers);
    }

    public HttpResponse<String> postTo(String path, String json, String... headers) {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json)),
                WRITE_KEY,
                headers);
    }

    public HttpResponse<String> send(HttpRequest.Builder request, String key, String... headers) {
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stopping();
        awaitExchanges();
        camel.stop();
        server.close();
        slack.close();
    }

    /** Camel would wait a whole second for an exchange that ends a moment after its reply was sent. */
    private void awaitExchanges() {
        try {
            for (int i = 0; i < 100 && camel.getInflightRepository().size() > 0; i++) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
