package org.epmpulse.routes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.NamedNode;
import org.apache.camel.component.bean.BeanEndpoint;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.Model;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.language.ConstantExpression;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.SimpleExpression;
import org.apache.camel.support.ObjectHelper;
import org.apache.camel.support.PatternHelper;
import org.epmpulse.alerts.AlertsEndpoint;
import org.epmpulse.changes.StatusChangesEndpoint;
import org.epmpulse.config.Problem;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Names;
import org.jspecify.annotations.Nullable;

/**
 * Lists routes and finds mistakes with which Camel creates a route, but that fail when it starts or runs. For one thread.
 */
final class RouteReview {

    private static final String OPTIONAL = "failIfNoConsumers=false";

    /** What Camel reads as: the text is one address. */
    private static final String NO_DELIMITER = "false";

    private final CamelContext context;
    private final Catalog catalog;
    private final Predicate<String> answeredWithoutRoute;
    private final RouteMessages messages;
    private final RouteOptions options;
    private final StepValues values;
    private final List<Problem> problems = new ArrayList<>();

    /** A call of a step. */
    private record Call(RouteDefinition route, NamedNode step, String uri) {}

    /**
     * @param context is started, and has the components and the routeConfigurations
     * @param catalog the configured applications and domains
     * @param answeredWithoutRoute whether the server answers a path itself, before any route
     */
    RouteReview(CamelContext context, Catalog catalog, Predicate<String> answeredWithoutRoute) {
        this.context = context;
        this.catalog = catalog;
        this.answeredWithoutRoute = answeredWithoutRoute;
        this.messages = new RouteMessages(context);
        this.options = new RouteOptions(context);
        this.values = new StepValues(context);
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
        HttpPaths paths = new HttpPaths(answeredWithoutRoute);
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
                if (route.getErrorHandlerFactory() != null) {
                    values.invalid(route.getErrorHandlerFactory()).forEach(problem -> warn(route, route, problem));
                }
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
            values.invalid(step).forEach(problem -> warn(route, step, problem));
            uris(step).forEach(uri -> calls.add(new Call(route, step, uri)));
            collect(route, step.getOutputs(), calls);
            RouteMistakes.branches(step).forEach(branch -> collect(route, branch, calls));
        }
    }

    /** The addresses that the step calls, as far as they are not computed. */
    private static List<String> uris(ProcessorDefinition<?> step) {
        if (step instanceof ToDynamicDefinition dynamic) {
            return Stream.ofNullable(dynamic.getUri()).toList();
        }
        if (step instanceof EndpointRequiredDefinition call) {
            return Stream.ofNullable(call.getEndpointUri()).toList();
        }
        if (step instanceof RecipientListDefinition<?> list) {
            return fixed(list, list.getDelimiter() == null ? "," : list.getDelimiter());
        }
        if (step instanceof RoutingSlipDefinition<?> slip) {
            return fixed(slip, slip.getUriDelimiter() == null ? "," : slip.getUriDelimiter());
        }
        return isLate(step) && step instanceof ExpressionNode node ? fixed(node, NO_DELIMITER) : List.of();
    }

    /**
     * The addresses of an expression that has the same value for each message; none if it is computed.
     *
     * @param delimiter between them, or {@link #NO_DELIMITER}
     */
    private static List<String> fixed(ExpressionNode step, String delimiter) {
        ExpressionDefinition expression = step.getExpression();
        boolean isFixed = expression instanceof ConstantExpression || expression instanceof SimpleExpression;
        String text = expression == null ? null : expression.getExpression();
        if (!isFixed || text == null || text.contains("${")) {
            return List.of();
        }
        // As the step does it: a comma in parentheses is a part of an address.
        List<String> uris = new ArrayList<>();
        ObjectHelper.createIterable(text, delimiter.equalsIgnoreCase(NO_DELIMITER) ? null : delimiter)
                .forEach(uri -> uris.add(String.valueOf(uri).strip()));
        return uris;
    }

    /** Whether the step creates its endpoint when it is called. */
    private static boolean isLate(NamedNode step) {
        return step instanceof ToDynamicDefinition
                || step instanceof EnrichDefinition
                || step instanceof PollEnrichDefinition
                || step instanceof RecipientListDefinition
                || step instanceof RoutingSlipDefinition;
    }

    private void checkCall(Call call, Set<String> consumed) {
        String uri = resolve(call.uri());
        String base = RouteMessages.base(uri);
        boolean late = isLate(call.step());
        if (late || endpoint(uri) != null) {
            checkValues(call.route(), call.step(), uri, late);
        }
        checkBean(call, uri);
        if (base.startsWith("direct:") && !base.contains("${") && !consumed.contains(base) && !uri.contains(OPTIONAL)) {
            Set<String> known = new TreeSet<>(consumed);
            known.removeIf(other -> !other.startsWith("direct:"));
            warn(
                    call.route(),
                    call.step(),
                    "calls " + base + ", which no route begins with." + Names.hint(base, known));
        }
        if (base.startsWith("seda:") && !base.contains("${") && !consumed.contains(base)) {
            warn(call.route(), call.step(), "sends to " + base + ", from which no route reads, so its queue fills up");
        }
        String scheme = RouteMessages.scheme(uri);
        // Camel itself reports one of another step, and one of a wire tap that is not computed.
        boolean unchecked = late && (uri.contains("${") || !(call.step() instanceof WireTapDefinition<?>));
        if (unchecked && scheme.matches("[a-z][a-z0-9+-]*") && !isComponent(scheme)) {
            warn(call.route(), call.step(), messages.unknownComponent(scheme));
        }
    }

    /** Camel looks for the method of a bean when it is called. */
    private void checkBean(Call call, String uri) {
        if (!uri.startsWith("bean:") || !(endpoint(uri) instanceof BeanEndpoint called) || called.getMethod() == null) {
            return;
        }
        Object bean = context.getRegistry().lookupByName(called.getBeanName());
        String method = called.getMethod().split("\\(", 2)[0].strip();
        if (bean != null
                && Stream.of(bean.getClass().getMethods())
                        .noneMatch(known -> known.getName().equals(method))) {
            warn(call.route(), call.step(), "bean:" + called.getBeanName() + ": unknown method \"" + method + "\"");
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

    private void checkInput(RouteFile file, RouteDefinition route, HttpPaths paths) {
        String uri = resolve(route.getInput().getEndpointUri());
        Endpoint input = endpoint(uri);
        if (input == null) {
            return;
        }
        checkValues(route, route.getInput(), uri, false);
        String start = options.startProblem(input);
        if (start != null) {
            problems.add(Problem.error(
                    RouteMessages.location(route, route.getInput()), RouteMessages.base(uri) + ": " + start));
        }
        if (input instanceof StatusChangesEndpoint changes) {
            checkNames(route, "app", changes.getApps(), catalog.apps().keySet());
            checkNames(route, "domain", changes.getDomains(), domains());
        } else if (input instanceof AlertsEndpoint alerts) {
            checkNames(route, "app", alerts.getApps(), catalog.apps().keySet());
        } else if (input instanceof PlatformHttpEndpoint http) {
            if (start == null) {
                paths.add(file, route, http).forEach(problem -> warn(route, route.getInput(), problem));
            }
        } else if (input instanceof QuartzEndpoint quartz && isEachSecond(quartz)) {
            warn(
                    route,
                    route.getInput(),
                    RouteMessages.base(uri)
                            + ": runs each second, because it has neither cron nor trigger.repeatInterval;"
                            + " the path is only its name");
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

    /** The path of the endpoint is only a name, also if it looks like a cron expression. */
    private static boolean isEachSecond(QuartzEndpoint quartz) {
        Map<String, Object> trigger = quartz.getTriggerParameters();
        return quartz.getCron() == null
                && !trigger.containsKey("repeatInterval")
                && !trigger.containsKey("repeatCount");
    }

    /** Null if it cannot be created, which {@link RouteMistakes} reports. */
    private @Nullable Endpoint endpoint(String uri) {
        try {
            return context.getEndpoint(uri);
        } catch (RuntimeException e) {
            return null;
        }
    }

    private void checkValues(RouteDefinition route, NamedNode node, String uri, boolean late) {
        options.invalidValues(uri, late)
                .forEach(problem -> warn(route, node, RouteMessages.base(uri) + ": " + problem));
    }

    private void checkNames(RouteDefinition route, String kind, String named, Collection<String> known) {
        for (String name : named.split(",")) {
            if (!name.isBlank() && !known.contains(name.strip())) {
                warn(
                        route,
                        route.getInput(),
                        "unknown " + kind + " \"" + name.strip() + "\"." + Names.hint(name.strip(), known));
            }
        }
    }

    /** Each domain, alone and with its application. */
    private Set<String> domains() {
        return catalog.domainIds()
                .flatMap(id -> Stream.of(id.domain(), id.toString()))
                .collect(Collectors.toCollection(TreeSet::new));
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
