package org.epmpulse.routes;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.ScheduledPollConsumer;
import org.epmpulse.board.BoardEvents;
import org.epmpulse.board.BoardPage;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.epmpulse.http.ApiServer;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TrustedProxies;
import org.epmpulse.status.Board;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.ChangeReader;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Creates all routes as the service does but starts none: it opens no port and writes no file. Thread-safe. */
public final class RouteCheck {

    private static final Pattern LINE = Pattern.compile("(.*?):(\\d+)(,.*)?");

    private static final Pattern VALUE = Pattern.compile("(?:is|unknown \\w+) \"([^\"]+)\"");

    /** By file, then by line. */
    private static final Comparator<Problem> BY_LINE = Comparator.<Problem, String>comparing(
                    problem -> LINE.matcher(problem.where()).replaceFirst("$1"))
            .thenComparingInt(problem -> {
                Matcher line = LINE.matcher(problem.where());
                return line.matches() ? Integer.parseInt(line.group(2)) : 0;
            });

    private final RouteBeans beans;

    /** @param beans binds the beans that the routes refer to */
    public RouteCheck(RouteBeans beans) {
        this.beans = beans;
    }

    /** The problems of the routes; empty if there are none. */
    public List<Problem> run(Configuration configuration) {
        return check(configuration).problems();
    }

    /** All problems of all routes, and what is loaded. */
    public RouteFindings check(Configuration configuration) {
        RouteFiles folder = new RouteFiles(configuration.settings().routesDir());
        List<Problem> problems = new ArrayList<>();
        List<RouteFile> files;
        List<Problem> ignored;
        try {
            files = folder.read(problems);
            ignored = folder.ignored();
        } catch (ConfigurationException e) {
            return new RouteFindings(e.problems(), List.of());
        }
        RouteFindings found;
        try {
            found = create(
                    configuration,
                    files,
                    (context, server) -> review(configuration, context, server, byFile(files, context)));
        } catch (Exception | LinkageError e) {
            found = mistakes(configuration, files);
        }
        problems.addAll(found.problems());
        problems.addAll(ignored);
        problems.sort(BY_LINE);
        List<String> listing = new ArrayList<>(found.listing());
        ignored.forEach(file -> listing.add(file.where() + " " + file.message()));
        return new RouteFindings(problems, listing);
    }

    private static Map<RouteFile, List<RouteDefinition>> byFile(List<RouteFile> files, CamelContext context) {
        Map<RouteFile, List<RouteDefinition>> routes = new LinkedHashMap<>();
        files.forEach(file -> routes.put(file, file.routes(context)));
        return routes;
    }

    private RouteFindings mistakes(Configuration configuration, List<RouteFile> files) {
        try {
            return create(configuration, List.of(), (context, server) -> {
                RouteMistakes mistakes = new RouteMistakes(context);
                List<Problem> problems = new ArrayList<>(mistakes.find(files));
                RouteFindings review = review(configuration, context, server, mistakes.routes());
                review.problems().stream()
                        .filter(problem -> !isPartOfAny(problems, problem))
                        .toList()
                        .forEach(problems::add);
                return new RouteFindings(problems, review.listing());
            });
        } catch (Exception | LinkageError e) {
            return new RouteFindings(List.of(RouteFiles.asProblem(e)), List.of());
        }
    }

    /** Whether an error at the same place is about the same value, which is between quotation marks in a warning. */
    private static boolean isPartOfAny(List<Problem> errors, Problem warning) {
        Matcher value = VALUE.matcher(warning.message());
        return value.find()
                && errors.stream()
                        .anyMatch(error -> error.where().equals(warning.where())
                                && error.message().contains(value.group(1)));
    }

    private static RouteFindings review(
            Configuration configuration,
            CamelContext context,
            ApiServer server,
            Map<RouteFile, List<RouteDefinition>> routes) {
        new BoardPage(configuration.settings().frameAncestors()).mountOn(server);
        server.mountMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        return new RouteReview(
                        context,
                        configuration.apps().catalog(),
                        path -> path.equals(BoardEvents.PATH) || server.answersWithoutRoute(path))
                .of(routes);
    }

    /**
     * Creates the routes of these files in a context of their own.
     *
     * @param inspect called with the context that has all routes
     * @throws Exception if a route cannot be created; {@link RouteFiles#asProblem} returns the reason
     */
    <T extends @Nullable Object> T create(
            Configuration configuration, List<RouteFile> files, Function<CamelContext, T> inspect) throws Exception {
        return create(configuration, files, (context, server) -> inspect.apply(context));
    }

    private <T extends @Nullable Object> T create(
            Configuration configuration, List<RouteFile> files, BiFunction<CamelContext, ApiServer, T> inspect)
            throws Exception {
        InstantSource clock = InstantSource.system();
        Main main = new Main();
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.configure().withAutoStartup(false);
        beans.bind(main, configuration, new NoStore());
        try (ApiServer server = new ApiServer(
                "127.0.0.1",
                0,
                ApiKeys.ofPlainKeys(List.of()),
                TrustedProxies.LOOPBACK,
                new RateLimits(0, clock),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                clock)) {
            main.addMainListener(new MainListenerSupport() {
                @Override
                public void afterConfigure(BaseMainSupport support) {
                    server.bind(support.getCamelContext());
                    RouteFile.add(files, support.getCamelContext());
                }
            });
            main.start();
            return inspect.apply(main.getCamelContext(), server);
        } finally {
            removeSchedules(main.getCamelContext());
            main.stop();
        }
    }

    /** Camel fails to stop a schedule of Quartz that has not been started, and logs that. */
    private static void removeSchedules(@Nullable CamelContext context) {
        if (context != null) {
            for (Route route : context.getRoutes()) {
                if (route.getConsumer() instanceof ScheduledPollConsumer consumer) {
                    consumer.setScheduler(null);
                }
            }
        }
    }

    /** A store for beans that are created but not used. */
    private static final class NoStore implements StatusStore {

        @Override
        public CompletableFuture<List<Entry>> record(
                List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
            throw new UnsupportedOperationException("a check records nothing");
        }

        @Override
        public CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency idempotency) {
            throw new UnsupportedOperationException("a check records nothing");
        }

        @Override
        public Board board() {
            return Board.EMPTY;
        }

        @Override
        public Board boardAt(Instant at) {
            return Board.EMPTY;
        }

        @Override
        public ChangeReader changesAfter(long revision) {
            return limit -> new ChangeReader.Page(List.of(), 0);
        }

        @Override
        public String id() {
            return "check";
        }

        @Override
        public HistoryPage history(HistoryQuery query) {
            return new HistoryPage(List.of(), null);
        }

        @Override
        public DailyRunCounts dailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
            return new DailyRunCounts(today, Map.of());
        }

        @Override
        public @Nullable String problem() {
            return null;
        }

        @Override
        public int quarantined() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
