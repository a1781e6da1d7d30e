package org.epmpulse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.util.URISupport;
import org.epmpulse.changes.StatusChanges;
import org.epmpulse.cli.RouteTrial;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.routes.InterceptedCalls;
import org.epmpulse.routes.RouteFile;
import org.epmpulse.routes.RouteFiles;
import org.epmpulse.routes.SecretMasks;
import org.epmpulse.security.RateLimits;
import org.epmpulse.slack.canvas.CanvasRegistry;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.store.Documents;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs a file of routes with the beans of the service and a store in a temporary folder. The routes send nothing, and
 * their sources read nothing.
 */
final class Trial {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String AUTHORIZATION = "epmAuthorization";

    /** Stands for the bean that gets tokens from EPM. */
    public static final class NoAuthorization {

        /** The value of the header; no request is made for it. */
        public String of(String server) {
            return "Bearer ***";
        }
    }

    private Trial() {}

    /** As {@link RouteTrial#run}. */
    static boolean run(
            Configuration configuration, Path routes, Path file, RouteTrial.Messages messages, PrintWriter out)
            throws IOException, InterruptedException {
        RouteFile tried = RouteFiles.readOfSite(file);
        List<RouteFile> files = new ArrayList<>(new RouteFiles(routes).readShipped());
        files.removeIf(shipped -> shipped.path().toAbsolutePath().equals(file));
        files.add(tried);
        TrialReport report = new TrialReport(SecretMasks.of(configuration, List.of(tried), System.getenv()), out);
        Path temporary = Files.createTempDirectory("epmpulse-try");
        TimeSource clock = TimeSource.system();
        MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ServiceThreads threads = new ServiceThreads(meters);
        StatusChanges changes = new StatusChanges();
        changes.add(report::recorded);
        try (DataFolder folder = DataFolder.open(temporary.resolve("data"));
                JournalStatusStore store = JournalStatusStore.open(
                        folder,
                        new StatusRules(configuration.settings().duplicateWindow()),
                        configuration.apps().catalog(),
                        new JournalStatusStore.Retention(1, Long.MAX_VALUE),
                        clock,
                        changes::publish,
                        meters,
                        threads)) {
            Main main = new Main();
            main.setShutdownStrategy(new SimpleMainShutdownStrategy());
            Beans.BeanHandles beans = Beans.bind(
                    main,
                    configuration.withoutConnections(),
                    configuration.apps().catalog(),
                    new Beans.PersistentState(
                            store, changes, CanvasRegistry.inMemory(), Documents.NONE, Cluster.SINGLE),
                    new Beans.Http(new RateLimits(0, InstantSource.system()), Runnable::run, () -> null, () -> null),
                    meters,
                    clock,
                    threads);
            try {
                return run(main, files, tried, configuration.apps().catalog(), messages, report);
            } finally {
                beans.stopCalls().run();
                main.stop();
            }
        } finally {
            delete(temporary);
        }
    }

    private static boolean run(
            Main main,
            List<RouteFile> files,
            RouteFile tried,
            Catalog catalog,
            RouteTrial.Messages messages,
            TrialReport report)
            throws IOException, InterruptedException {
        TriedFile[] prepared = new TriedFile[1];
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport support) {
                support.getCamelContext().getRegistry().unbind(AUTHORIZATION);
                support.getCamelContext().getRegistry().bind(AUTHORIZATION, new NoAuthorization());
                new InterceptedCalls(Set.of(), route -> true, report::intercepted).addTo(support.getCamelContext());
                RouteFile.add(files, support.getCamelContext());
                TriedFile file = TriedFile.prepare(tried, support.getCamelContext());
                prepared[0] = file;
                support.getCamelContext()
                        .addRoutePolicyFactory((context, id, route) -> file.has(id) ? report.policy() : null);
                support.getCamelContext().getManagementStrategy().addEventNotifier(report.failures(file::has));
            }
        });
        try {
            main.start();
        } catch (Exception | LinkageError e) {
            ConfigurationException problem = RouteFiles.problem(e);
            String file = tried.path().toString();
            String message = problem == null ? RouteFiles.reason(e) : String.valueOf(problem.getMessage());
            throw problem != null && message.contains(file) ? problem : new ConfigurationException(file, message);
        }
        TriedFile file = prepared[0];
        try (ProducerTemplate template = main.getCamelContext().createProducerTemplate()) {
            for (List<StatusUpdate> updates : updates(file, catalog, messages)) {
                record(template, updates, report);
            }
            file.entries().forEach(entry -> send(template, entry, messages, report));
        }
        return report.await(file.boardRoutes(), messages.timeout());
    }

    private static void record(ProducerTemplate template, List<StatusUpdate> updates, TrialReport report) {
        Exchange sent = template.send("direct:status-record", exchange -> {
            exchange.setPattern(ExchangePattern.InOut);
            exchange.getMessage().setBody(updates);
        });
        if (sent.getException() != null) {
            report.failed("the update", sent.getException());
        }
    }

    private static void send(
            ProducerTemplate template, TriedFile.Entry entry, RouteTrial.Messages messages, TrialReport report) {
        if (messages.body() == null && !entry.timer()) {
            report.notRun(entry);
            return;
        }
        Exchange sent = template.send(entry.endpoint(), exchange -> {
            exchange.setPattern(entry.replies() ? ExchangePattern.InOut : ExchangePattern.InOnly);
            exchange.getMessage().setBody(messages.body());
            messages.headers().forEach(exchange.getMessage()::setHeader);
        });
        if (entry.replies() && sent.getException() == null) {
            report.replied(entry, sent);
        }
    }

    /** The updates of the command line, or one that the routes of the board get. */
    private static List<List<StatusUpdate>> updates(TriedFile file, Catalog catalog, RouteTrial.Messages messages) {
        List<List<StatusUpdate>> updates = new ArrayList<>();
        for (String json : messages.updates()) {
            updates.add(parse(json));
        }
        if (updates.isEmpty()) {
            file.boardSources().stream()
                    .map(source -> sample(source, catalog))
                    .distinct()
                    .forEach(sample -> updates.add(List.of(sample)));
        }
        return updates;
    }

    private static List<StatusUpdate> parse(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            if (!node.isArray()) {
                return List.of(JSON.treeToValue(node, StatusUpdate.class));
            }
            List<StatusUpdate> updates = new ArrayList<>();
            for (JsonNode item : node) {
                updates.add(JSON.treeToValue(item, StatusUpdate.class));
            }
            return updates;
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(
                    "--update", "must be a JSON object or an array of them: " + e.getOriginalMessage());
        }
    }

    /** An update that passes the options of an endpoint. */
    private static StatusUpdate sample(String source, Catalog catalog) {
        Map<String, Object> options = options(source);
        String app = first(options.get("apps"));
        Catalog.App of = app == null ? null : catalog.app(app);
        if (of == null) {
            of = catalog.apps().values().iterator().next();
        }
        String status = first(options.get("statuses"));
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("app", of.id());
        fields.put("domain", of.domains().iterator().next());
        fields.put("status", status == null ? "Warning" : status);
        fields.put("job_id", "TRY");
        fields.put("message", "A sample");
        return JSON.convertValue(fields, StatusUpdate.class);
    }

    private static Map<String, Object> options(String uri) {
        int query = uri.indexOf('?');
        try {
            return query < 0 ? Map.of() : URISupport.parseQuery(uri.substring(query + 1));
        } catch (URISyntaxException e) {
            return Map.of();
        }
    }

    private static @Nullable String first(@Nullable Object list) {
        return list == null ? null : String.valueOf(list).split(",", 2)[0].strip();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
