package org.epmpulse.routes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.NamedNode;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.Model;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.support.PatternHelper;
import org.epmpulse.alerts.AlertsEndpoint;
import org.epmpulse.changes.StatusChangesEndpoint;
import org.epmpulse.config.Problem;
import org.epmpulse.http.PathTemplate;
import org.epmpulse.status.Names;
import org.jspecify.annotations.Nullable;

/**
 * Lists routes and finds mistakes with which Camel creates a route, but that fail when it starts or runs. For one thread.
 */
final class RouteReview {

    private static final String OPTIONAL = "failIfNoConsumers=false";

    private final CamelContext context;
    private final Collection<String> apps;
    private final Predicate<String> answeredWithoutRoute;
    private final RouteMessages messages;
    private final RouteOptions options;
    private final List<Problem> problems = new ArrayList<>();

    /** A call of a step. */
    private record Call(RouteDefinition route, NamedNode step, String uri) {}

    /**
     * @param context is started, and has the components and the routeConfigurations
     * @param apps ids of the configured applications
     * @param answeredWithoutRoute whether the server answers a path itself, before any route
     */
    RouteReview(CamelContext context, Collection<String> apps, Predicate<String> answeredWithoutRoute) {
        this.context = context;
        this.apps = apps;
        this.answeredWithoutRoute = answeredWithoutRoute;
        this.messages = new RouteMessages(context);
        this.options = new RouteOptions(context);
    }

    /** @param routes those of each file, in the order in which they are loaded */
    RouteFindings of(Map<RouteFile, List<RouteDefinition>> routes) {
        List<RouteDefinition> all =
                routes.values().stream().flatMap(List::stream).toList();
        Set<String> consumed = all.stream()
                .map(route -> RouteMessages.base(resolve(route.getInput().getEndpointUri())))
                .collect(Collectors.toSet());
        problems.addAll(RouteFiles.duplicateEndpoints(context, all));
        List<String> listing = new ArrayList<>();
        List<HttpPath> paths = new ArrayList<>();
        routes.forEach((file, ofFile) -> {
            if (ofFile.isEmpty()) {
                listing.add("%-34s no route".formatted(name(file.path())));
            }
            for (RouteDefinition route : ofFile) {
                List<Call> calls = new ArrayList<>();
                collect(route, route.getOutputs(), calls);
                listing.add(line(file, route, calls));
                calls.forEach(call -> checkCall(call, consumed));
                checkConfigurations(route);
                checkInput(file, route, paths);
            }
        });
        return new RouteFindings(problems, listing);
    }

    private static String line(RouteFile file, RouteDefinition route, List<Call> calls) {
        String targets = calls.stream()
                .map(call -> RouteMessages.base(call.uri()))
                .distinct()
                .collect(Collectors.joining(", "));
        return "%-34s %-24s %s  ->  %s"
                .formatted(
                        name(file.path()),
                        route.getRouteId(),
                        RouteMessages.base(route.getInput().getEndpointUri()),
                        targets.isEmpty() ? "nothing" : targets);
    }

    /** The name of a file with that of its folder, if it is a site's. */
    private static String name(Path path) {
        Path folder = path.getParent();
        return folder != null && folder.endsWith("site")
                ? "site/" + path.getFileName()
                : String.valueOf(path.getFileName());
    }

    private void collect(RouteDefinition route, List<ProcessorDefinition<?>> steps, List<Call> calls) {
        for (ProcessorDefinition<?> step : steps) {
            String uri = uri(step);
            if (uri != null) {
                calls.add(new Call(route, step, uri));
            }
            collect(route, step.getOutputs(), calls);
            RouteMistakes.branches(step).forEach(branch -> collect(route, branch, calls));
        }
    }

    private static @Nullable String uri(Object step) {
        if (step instanceof ToDynamicDefinition dynamic) {
            return dynamic.getUri();
        }
        if (step instanceof EndpointRequiredDefinition call) {
            return call.getEndpointUri();
        }
        boolean enriches = step instanceof EnrichDefinition || step instanceof PollEnrichDefinition;
        return enriches
                        && step instanceof ExpressionNode node
                        && node.getExpression() instanceof ConstantExpression constant
                ? constant.getExpression()
                : null;
    }

    private void checkCall(Call call, Set<String> consumed) {
        String uri = resolve(call.uri());
        String base = RouteMessages.base(uri);
        if (uri.contains("${") || endpoint(uri) != null) {
            checkValues(call.route(), call.step(), uri);
        }
        if (base.startsWith("direct:") && !base.contains("${") && !consumed.contains(base) && !uri.contains(OPTIONAL)) {
            Set<String> known = new TreeSet<>(consumed);
            known.removeIf(other -> !other.startsWith("direct:"));
            warn(
                    call.route(),
                    call.step(),
                    "calls " + base + ", which no route begins with." + Names.hint(base, known));
        }
        String scheme = RouteMessages.scheme(uri);
        // Camel itself reports one of another step, and one that is not computed.
        boolean late = call.step() instanceof ToDynamicDefinition
                && (uri.contains("${") || !(call.step() instanceof WireTapDefinition<?>));
        if (late && scheme.matches("[a-z][a-z0-9+-]*") && !isComponent(scheme)) {
            warn(call.route(), call.step(), messages.unknownComponent(scheme));
        }
    }

    private boolean isComponent(String scheme) {
        try {
            return context.getComponent(scheme, true, false) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private void checkConfigurations(RouteDefinition route) {
        String named = route.getRouteConfigurationId();
        if (named == null) {
            return;
        }
        List<String> known =
                context
                        .getCamelContextExtension()
                        .getContextPlugin(Model.class)
                        .getRouteConfigurationDefinitions()
                        .stream()
                        .map(configuration -> String.valueOf(configuration.getId()))
                        .toList();
        for (String pattern : named.split(",")) {
            if (known.stream().noneMatch(id -> PatternHelper.matchPattern(id, pattern.strip()))) {
                warn(
                        route,
                        route,
                        "unknown routeConfigurationId \"" + pattern.strip() + "\"."
                                + Names.hint(pattern.strip(), known));
            }
        }
    }

    private void checkInput(RouteFile file, RouteDefinition route, List<HttpPath> paths) {
        String uri = resolve(route.getInput().getEndpointUri());
        Endpoint input = endpoint(uri);
        if (input == null) {
            return;
        }
        checkValues(route, route.getInput(), uri);
        String schedule = options.scheduleProblem(input);
        if (schedule != null) {
            problems.add(Problem.error(
                    RouteMessages.location(route, route.getInput()), RouteMessages.base(uri) + ": " + schedule));
        }
        if (input instanceof StatusChangesEndpoint changes) {
            checkApps(route, changes.getApps());
        } else if (input instanceof AlertsEndpoint alerts) {
            checkApps(route, alerts.getApps());
        } else if (input instanceof PlatformHttpEndpoint http) {
            checkPath(file, route, http, paths);
        } else if (input instanceof GenericFileEndpoint<?> files && isReadAgain(files)) {
            warn(
                    route,
                    route.getInput(),
                    RouteMessages.base(uri)
                            + ": reads the same files at each poll, because they stay on the server; set move or delete");
        }
    }

    /**
     * Whether files that were read stay where they are, and nothing remembers them. Camel moves only files of this host; see
     * <a href="https://camel.apache.org/components/4.18.x/ftp-component.html">its documentation</a>.
     */
    private static boolean isReadAgain(GenericFileEndpoint<?> files) {
        return !(files instanceof FileEndpoint)
                && !files.isDelete()
                && !files.isNoop()
                && files.getMove() == null
                && files.getPreMove() == null
                && !Boolean.TRUE.equals(files.isIdempotent());
    }

    /** Null if it cannot be created, which {@link RouteMistakes} reports. */
    private @Nullable Endpoint endpoint(String uri) {
        try {
            return context.getEndpoint(uri);
        } catch (RuntimeException e) {
            return null;
        }
    }

    private void checkValues(RouteDefinition route, NamedNode node, String uri) {
        options.invalidValues(uri).forEach(problem -> warn(route, node, RouteMessages.base(uri) + ": " + problem));
    }

    private void checkApps(RouteDefinition route, String named) {
        for (String app : named.split(",")) {
            if (!app.isBlank() && !apps.contains(app.strip())) {
                warn(route, route.getInput(), "unknown app \"" + app.strip() + "\"." + Names.hint(app.strip(), apps));
            }
        }
    }

    /** A path that a route serves. */
    private record HttpPath(RouteDefinition route, PathTemplate template, Set<String> methods) {

        boolean hides(HttpPath other) {
            boolean sameMethod = methods.isEmpty()
                    || other.methods.isEmpty()
                    || other.methods.stream().anyMatch(methods::contains);
            return sameMethod && template.matches(sample(other.template));
        }
    }

    /** A path that a template matches. */
    private static String sample(PathTemplate template) {
        return template.text().replaceAll("\\{[^/}]+}|:[A-Za-z0-9_]+|\\*$", "-");
    }

    private void checkPath(RouteFile file, RouteDefinition route, PlatformHttpEndpoint http, List<HttpPath> paths) {
        String text =
                http.getPath() + (http.isMatchOnUriPrefix() && !http.getPath().endsWith("*") ? "*" : "");
        Set<String> methods = http.getHttpMethodRestrict() == null
                ? Set.of()
                : Stream.of(http.getHttpMethodRestrict().split(","))
                        .map(method -> method.strip().toUpperCase(Locale.ROOT))
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        HttpPath path = new HttpPath(route, PathTemplate.of(text), methods);
        if (file.ofSite()) {
            boolean get = methods.isEmpty() || methods.contains("GET");
            if (get && answeredWithoutRoute.test(sample(path.template()))) {
                warn(
                        route,
                        route.getInput(),
                        "GET " + http.getPath() + " is answered by EPMPulse itself, not by this route");
            }
            paths.stream()
                    .filter(other -> other.hides(path))
                    .findFirst()
                    .ifPresent(other -> warn(
                            route,
                            route.getInput(),
                            http.getPath() + " is answered by route "
                                    + other.route().getRouteId() + ", which is loaded before this one"));
        }
        paths.add(path);
    }

    private String resolve(String uri) {
        try {
            return context.resolvePropertyPlaceholders(uri);
        } catch (RuntimeException e) {
            return uri;
        }
    }

    private void warn(RouteDefinition route, NamedNode node, String message) {
        problems.add(Problem.warning(RouteMessages.location(route, node), message));
    }
}
