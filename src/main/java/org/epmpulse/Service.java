package org.epmpulse;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.epmpulse.board.BoardMetrics;
import org.epmpulse.board.BoardPage;
import org.epmpulse.board.WindowMetrics;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.cli.ExtraJars;
import org.epmpulse.cli.FatalErrors;
import org.epmpulse.cli.Logging;
import org.epmpulse.cli.RunningService;
import org.epmpulse.cli.Version;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.DocumentPositions;
import org.epmpulse.cluster.NodeExchange;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.ConnectionLimit;
import org.epmpulse.config.FileWatcher;
import org.epmpulse.config.GeneratedKeyFile;
import org.epmpulse.config.LogFormat;
import org.epmpulse.config.Problem;
import org.epmpulse.config.Settings;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.LogContext;
import org.epmpulse.routes.RouteCheck;
import org.epmpulse.routes.RouteFile;
import org.epmpulse.routes.RouteFiles;
import org.epmpulse.routes.RouteHealth;
import org.epmpulse.routes.RouteMetrics;
import org.epmpulse.routes.RouteReload;
import org.epmpulse.routes.RunningRoutes;
import org.epmpulse.routes.SecretMasks;
import org.epmpulse.routes.SimulatedSite;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.KeysReload;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TrustedProxies;
import org.epmpulse.slack.canvas.CanvasRegistry;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.StatusRules;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.FileDocuments;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.store.journal.MigrationMarks;
import org.epmpulse.store.journal.StateFileWriter;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running service. It starts its parts in this order: data folder, port, journal, routes; with a database the port is
 * the last one, or is opened while the database does not answer. Requests are accepted only after all of them have
 * started. Parts are stopped in reverse order.
 */
final class Service implements RunningService {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final Deque<Part> parts = new ArrayDeque<>();
    private final Configuration configuration;
    private final boolean demo;
    private @Nullable Drain drain;
    private int port;
    private boolean ready;

    private interface Part {
        void stop() throws Exception;
    }

    private Service(Configuration configuration, boolean demo) {
        this.configuration = configuration;
        this.demo = demo;
    }

    /**
     * Starts the service.
     *
     * @param demo whether the routes of the site send to no other system and read from none
     * @param started see {@link org.epmpulse.cli.Starter#start}
     * @throws ConfigurationException if the configuration is invalid, so that a restart would fail again
     * @throws IOException if the data folder or the port cannot be used
     */
    static Service start(Configuration configuration, boolean demo, Consumer<RunningService> started)
            throws IOException, InterruptedException {
        Logging.protect();
        for (Problem warning : configuration.warnings()) {
            LOG.warn("{}: {}", warning.where(), warning.message());
        }
        List<String> extra = ExtraJars.ofThisProgram().names();
        if (!extra.isEmpty()) {
            LOG.info("Jars of extra/: {}", String.join(", ", extra));
        }
        Service service = new Service(configuration, demo);
        try {
            service.startParts(TimeSource.system(), started);
            return service;
        } catch (IOException | InterruptedException | RuntimeException e) {
            // Without memory or threads, stopping could block for ever: the process ends instead.
            if (!FatalErrors.isOutOfMemory(e) && !(e.getCause() instanceof TimeoutException)) {
                service.close();
            }
            throw e;
        }
    }

    private void startParts(TimeSource clock, Consumer<RunningService> started)
            throws IOException, InterruptedException {
        Settings settings = configuration.settings();
        Catalog catalog = configuration.apps().catalog();
        // Reads the routes before the journal, so that a wrong routes folder fails at once.
        RouteFiles routesFolder = new RouteFiles(settings.routesDir());
        List<RouteFile> routes = routesFolder.read();
        DataFolder folder = DataFolder.open(settings.dataDir());
        parts.push(folder::close);
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        RateLimits rateLimits = new RateLimits(settings.rateLimit(), clock.steadySource());
        ApiKeys keys = ApiKeys.ofPlainKeys(keys(settings));
        Path keysFile = settings.apiKeysFile();
        KeysReload keysReload = keysFile == null ? null : new KeysReload(keysFile, keys);
        ApiServer server = new ApiServer(
                settings.host(),
                settings.port(),
                keys,
                new TrustedProxies(settings.trustedProxies()),
                rateLimits,
                meters,
                clock.steadySource(),
                maxConnections(settings),
                settings.node().shared() ? settings.node().name() : null);
        parts.push(server::close);
        new BoardPage(settings.frameAncestors()).mountOn(server);
        StatusChanges changes = new StatusChanges(settings.node().shared() ? StatusChanges.KEPT : 0);
        ServiceThreads threads = new ServiceThreads(meters);
        StatusStore store;
        Documents documents;
        Cluster cluster;
        SharedStore shared = null;
        if (settings.database() == null) {
            MigrationMarks.requireUsable(folder);
            open(server);
            store = JournalStatusStore.open(
                    folder,
                    new StatusRules(settings.duplicateWindow()),
                    catalog,
                    new JournalStatusStore.Retention(settings.historyDays(), settings.historyMaxSize()),
                    clock,
                    changes::publish,
                    meters,
                    threads);
            parts.push(store::close);
            documents = new FileDocuments(folder, clock, meters);
            cluster = Cluster.single(
                    new DocumentPositions(documents, () -> store.board().revision()));
        } else {
            MigrationMarks.requireMoved(folder);
            // Other nodes take requests meanwhile: a proxy would send this one some that it can only refuse.
            shared = SharedStore.open(
                    configuration, clock, changes::publish, rateLimits, () -> open(server), meters, threads);
            parts.push(shared::close);
            store = shared.store();
            StateFileWriter stateFile = new StateFileWriter(folder, catalog, store, shared.created());
            shared.onUpdate(stateFile::changed);
            stateFile.start(threads);
            parts.push(stateFile::close);
            changes.begin(store.board().revision());
            documents = shared.documents();
            cluster = shared.cluster();
        }
        CanvasRegistry canvasRegistry = new CanvasRegistry(documents, channelsWithoutCanvas(configuration), clock);
        if (cluster.activity().single()) {
            canvasRegistry.load();
        }
        meters.getPrometheusRegistry().register(new BoardMetrics(catalog, store::board, settings.staleAfter(), clock));
        server.setWriteProblem(store::problem);
        server.mountMetrics(meters);
        RouteHealth routeHealth = new RouteHealth(routesFolder.folder(), clock, meters);
        Main main = new Main();
        // The service stops Camel itself: after the last request, before the store.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        Beans.BeanHandles beans = Beans.bind(
                main,
                configuration,
                catalog,
                new Beans.PersistentState(store, changes, canvasRegistry, documents, cluster),
                new Beans.Http(
                        rateLimits,
                        server.workers(),
                        () -> keysReload == null ? null : keysReload.problem(),
                        routeHealth::problem),
                meters,
                clock,
                threads);
        beans.events().mountOn(server);
        meters.getPrometheusRegistry().register(new WindowMetrics(beans.windows()));
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport support) {
                RouteMetrics.addTo(support.getCamelContext(), meters);
                server.bind(support.getCamelContext());
                if (settings.logFormat() == LogFormat.JSON) {
                    // It costs time for each message, and only the JSON format shows it.
                    LogContext.addTo(support.getCamelContext());
                }
                routeHealth.addTo(support.getCamelContext());
                addRoutes(routes, support.getCamelContext());
                RouteFiles.requireOneRouteForEachSource(support.getCamelContext());
            }
        });
        parts.push(beans.alerts()::save);
        parts.push(main::stop);
        parts.push(server::awaitReplies);
        parts.push(beans.stopCalls()::run);
        routesFolder.logIgnored();
        startRoutes(main);
        beans.startSocket().run();
        if (shared != null) {
            NodeExchange exchange = beans.exchange();
            shared.onSignals(exchange::wakeUp);
            exchange.start(threads);
            parts.push(exchange::close);
        }
        if (keysReload != null) {
            watch(threads, "keys-reload", keysReload::poll);
        }
        if (settings.routesReload()) {
            RunningRoutes running = new RunningRoutes(main.getCamelContext(), routes);
            RouteCheck check = new RouteCheck(Beans::bindUnstarted);
            watch(threads, "routes-reload", new RouteReload(routesFolder.site(), configuration, running, check)::poll);
        }
        // Event streams have no end. Closing them makes their readers reconnect to the next process at once.
        parts.push(beans.events()::close);
        parts.push(server::stopping);
        open(server);
        if (!settings.node().stopDelay().isZero()) {
            Drain untilOthersTakeOver = new Drain(server, settings.node().stopDelay());
            drain = untilOthersTakeOver;
            parts.push(untilOthersTakeOver::run);
        }
        // A stop that begins meanwhile waits until all parts are started.
        synchronized (this) {
            started.accept(this);
            if (shared != null) {
                shared.start(meters, threads);
                parts.push(shared::release);
            }
            server.ready();
            ready = true;
        }
        LOG.info(
                "EPMPulse {} is ready on http://{} ({}; revision {}; data in {})",
                Version.get(),
                address(),
                describe(catalog),
                store.board().revision(),
                settings.database() == null
                        ? folder.root()
                        : settings.database().describe());
    }

    private void addRoutes(List<RouteFile> routes, CamelContext context) {
        if (!demo) {
            RouteFile.add(routes, context);
            return;
        }
        SimulatedSite site = new SimulatedSite(routes, SecretMasks.of(configuration, routes, System.getenv()));
        site.interceptCalls(context);
        RouteFile.add(routes, context);
        site.disableSources(context);
    }

    private void watch(ServiceThreads threads, String name, Runnable poll) {
        FileWatcher watcher = new FileWatcher(threads, name, poll);
        parts.push(watcher::close);
    }

    /** Opens the port, unless it is open. */
    private void open(ApiServer server) throws IOException, InterruptedException {
        if (port == 0) {
            server.start();
            port = server.port();
        }
    }

    private static int maxConnections(Settings settings) {
        ConnectionLimit limit = ConnectionLimit.ofProcess(settings.maxConnections());
        if (limit.reason() != null) {
            LOG.warn("HTTP server: {}", limit.text());
        }
        return limit.connections();
    }

    private static List<String> channelsWithoutCanvas(Configuration configuration) {
        return configuration.apps().channels().values().stream()
                .filter(channel -> channel.canvasId() == null)
                .map(AppsConfig.Channel::id)
                .toList();
    }

    private static List<String> keys(Settings settings) throws IOException {
        if (!settings.apiKeys().isEmpty() || settings.apiKeysFile() != null) {
            return settings.apiKeys();
        }
        String key = GeneratedKeyFile.readOrCreate(settings.dataDir());
        LOG.info(
                "EPMPULSE_API_KEY is not set: using the generated key in {}",
                GeneratedKeyFile.path(settings.dataDir()));
        return List.of(key);
    }

    private void startRoutes(Main main) throws IOException {
        try {
            main.start();
        } catch (Exception | LinkageError e) {
            ConfigurationException problem = RouteFiles.problem(e);
            if (problem != null) {
                throw located(problem);
            }
            if (e instanceof LinkageError) {
                // Of a class in extra/.
                throw located(new ConfigurationException("routes", RouteFiles.reason(e)));
            }
            throw new IOException("routes could not be started: " + RouteFiles.reason(e), e);
        }
    }

    /** All errors of the routes with file and line, instead of the first one; the same if none is found. */
    private ConfigurationException located(ConfigurationException problem) {
        List<Problem> errors = new RouteCheck(Beans::bindUnstarted)
                .run(configuration).stream().filter(Problem::isError).toList();
        return errors.isEmpty() ? problem : new ConfigurationException(errors);
    }

    private static String urlHost(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static String describe(Catalog catalog) {
        return catalog.apps().size() + " apps, " + catalog.domainIds().count() + " domains";
    }

    @Override
    public String address() {
        return urlHost(configuration.settings().host()) + ":" + port;
    }

    /** The port it listens on. */
    int port() {
        return port;
    }

    @Override
    public void stopWithTheProcess() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            Drain current = drain;
                            if (current != null) {
                                StopSignals.onNext(current::end);
                            }
                            close();
                            Logging.close();
                        },
                        "epmpulse-stop"));
    }

    @Override
    public synchronized void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().stop();
            } catch (Exception e) {
                LOG.error("Stopping a part of the service failed: {}; stopping the next part", e.toString(), e);
            }
        }
        if (ready) {
            LOG.info("EPMPulse has stopped");
        }
    }
}
