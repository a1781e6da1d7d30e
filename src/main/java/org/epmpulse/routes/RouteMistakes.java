package org.epmpulse.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.OtherwiseDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.StopDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.epmpulse.config.Problem;
import org.epmpulse.http.BodySignature;
import org.jspecify.annotations.Nullable;

/**
 * Finds every mistake of routes that cannot be created. Camel reports the first one only, so each step of such a route is
 * created in a route of its own, the innermost first, and then replaced by one that does nothing. For one thread.
 */
final class RouteMistakes {

    private final CamelContext context;
    private final Model model;
    private final RouteMessages messages;
    private final YamlMistakes yaml;
    private final Set<Problem> problems = new LinkedHashSet<>();
    private final Map<RouteFile, List<RouteDefinition>> routes = new LinkedHashMap<>();
    private int trials;

    /** @param context is started, has the beans of the routes, and starts no route */
    RouteMistakes(CamelContext context) {
        this.context = context;
        this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
        this.messages = new RouteMessages(context);
        this.yaml = new YamlMistakes(context);
    }

    /** The routes of each file that could be read. */
    Map<RouteFile, List<RouteDefinition>> routes() {
        return routes;
    }

    /** The mistakes in all files. */
    List<Problem> find(List<RouteFile> files) {
        Map<RouteFile, Collection<RoutesBuilder>> builders = new LinkedHashMap<>();
        for (RouteFile file : files) {
            RouteFile readable = yaml.readable(file);
            if (readable != null) {
                attempt(file, () -> builders.put(readable, readable.builders(context)));
            }
        }
        problems.addAll(yaml.problems());
        builders.forEach((file, all) -> attempt(file, () -> {
            for (RoutesBuilder builder : all) {
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    context.addRoutesConfigurations(configurations);
                }
            }
        }));
        builders.keySet().forEach(file -> attempt(file, () -> routes.put(file, routes(file))));
        builders.forEach(this::add);
        return List.copyOf(problems);
    }

    private interface Step {
        void run() throws Exception;
    }

    private void attempt(RouteFile file, Step step) {
        try {
            step.run();
        } catch (Exception | LinkageError e) {
            problems.addAll(file.problem(e).problems());
        }
    }

    /** New definitions of the routes: creating a route changes its definition. */
    private List<RouteDefinition> routes(RouteFile file) throws Exception {
        List<RouteDefinition> definitions = new ArrayList<>();
        for (RoutesBuilder builder : file.builders(context)) {
            if (builder instanceof RouteBuilder of) {
                for (RouteDefinition route : of.configureRoutes(context).getRoutes()) {
                    if (route.getInput() != null) {
                        definitions.add(route);
                    } else {
                        report(route, null, "has no \"from\"", true);
                    }
                }
            }
        }
        return definitions;
    }

    private void add(RouteFile file, Collection<RoutesBuilder> builders) {
        int before = problems.size();
        attempt(file, () -> {
            for (RouteDefinition route : routes(file)) {
                attempt(file, () -> file.checkPolicies(route, context));
            }
        });
        try {
            file.add(builders, context);
        } catch (Exception | LinkageError e) {
            attempt(file, () -> {
                for (RouteDefinition route : routes(file)) {
                    check(route);
                }
            });
            if (problems.size() == before
                    && !(RouteMessages.isLack(e) && yaml.isIncomplete(file))
                    && !isSecondTrigger(e)) {
                problems.addAll(file.problem(e).problems());
            }
        }
    }

    /** Whether another route has the same schedule, which {@link RouteFiles#duplicateEndpoints} reports with its line. */
    private static boolean isSecondTrigger(Throwable failure) {
        return RouteFiles.describe(failure).startsWith("Trigger key ");
    }

    private void check(RouteDefinition route) {
        Throwable failure = create(route);
        if (failure == null || isUnsigned(failure)) {
            return;
        }
        int before = problems.size();
        replaceSteps(route, route.getOutputs());
        Throwable withoutSteps = create(route);
        if (withoutSteps != null) {
            report(route, route.getInput(), withoutSteps, route.getInput().getEndpointUri());
        }
        if (problems.size() == before) {
            report(route, null, failure, null);
        }
    }

    /** Whether a signature is missing only because {@link RouteFile#checkPolicies} has refused it, with a reason. */
    private static boolean isUnsigned(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoSuchBeanException missing
                    && missing.getName().startsWith(BodySignature.PREFIX)) {
                return true;
            }
        }
        return false;
    }

    /** Creates a route; returns why that failed, or null. */
    private @Nullable Throwable create(RouteDefinition route) {
        try {
            model.addRouteDefinition(route);
            return null;
        } catch (Exception | LinkageError e) {
            return e;
        } finally {
            remove(route);
        }
    }

    private void remove(RouteDefinition route) {
        try {
            model.removeRouteDefinition(route);
        } catch (Exception e) {
            model.getRouteDefinitions().remove(route);
        }
    }

    private void replaceSteps(RouteDefinition route, List<ProcessorDefinition<?>> steps) {
        for (int i = 0; i < steps.size(); i++) {
            ProcessorDefinition<?> step = steps.get(i);
            replaceSteps(route, step);
            if (!isBranch(step)) {
                tryAlone(route, step);
                steps.set(i, new StopDefinition());
            }
        }
    }

    private void replaceSteps(RouteDefinition route, ProcessorDefinition<?> parent) {
        replaceSteps(route, parent.getOutputs());
        branches(parent).forEach(branch -> replaceSteps(route, branch));
    }

    /** The steps in those parts of a step that are not among its outputs. */
    static List<List<ProcessorDefinition<?>>> branches(Object step) {
        List<List<ProcessorDefinition<?>>> branches = new ArrayList<>();
        if (step instanceof TryDefinition attempt) {
            for (CatchDefinition handler :
                    Objects.requireNonNullElse(attempt.getCatchClauses(), List.<CatchDefinition>of())) {
                branches.add(handler.getOutputs());
            }
            if (attempt.getFinallyClause() != null) {
                branches.add(attempt.getFinallyClause().getOutputs());
            }
        } else if (step instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
            branches.add(breaker.getOnFallback().getOutputs());
        }
        return branches;
    }

    /** A part that can be created only with its parent. */
    private static boolean isBranch(Object step) {
        return step instanceof WhenDefinition || step instanceof OtherwiseDefinition;
    }

    /** Creates a step whose children do nothing; one with several branches once for each of them. */
    private void tryAlone(RouteDefinition route, ProcessorDefinition<?> step) {
        Object definition = step;
        if (definition instanceof ChoiceDefinition choice
                && choice.getWhenClauses().size() > 1) {
            for (WhenDefinition when : List.copyOf(choice.getWhenClauses())) {
                choice.setWhenClauses(new ArrayList<>(List.of(when)));
                tryAlone(route, step, when);
            }
        } else if (definition instanceof TryDefinition attempt && attempt.getCatchClauses() != null) {
            for (CatchDefinition handler : List.copyOf(attempt.getCatchClauses())) {
                attempt.setCatchClauses(new ArrayList<>(List.of(handler)));
                tryAlone(route, step, handler);
            }
        } else {
            tryAlone(route, step, step);
        }
    }

    private void tryAlone(RouteDefinition route, ProcessorDefinition<?> step, NamedNode reported) {
        trials++;
        RouteDefinition trial = new RouteDefinition("direct:check-" + trials);
        trial.setId("check-" + trials);
        trial.errorHandler(new NoErrorHandlerDefinition());
        trial.getOutputs().add(step);
        if (step.isAbstract()) {
            // Such as onException, which is not a step of its own.
            trial.getOutputs().add(new StopDefinition());
        }
        step.setParent(trial);
        Throwable failure = create(trial);
        if (failure != null) {
            String uri = step instanceof EndpointRequiredDefinition call ? call.getEndpointUri() : null;
            report(route, reported, failure, uri);
        }
    }

    private void report(RouteDefinition route, @Nullable NamedNode node, Throwable failure, @Nullable String uri) {
        report(route, node, messages.of(failure, uri), RouteMessages.isLack(failure));
    }

    private void report(RouteDefinition route, @Nullable NamedNode node, String message, boolean isLack) {
        String where = RouteMessages.location(route, node);
        if (!isLack || !isIncomplete(route, node)) {
            problems.add(Problem.error(where, message));
        }
    }

    /** Whether a part that could not be read was removed there; of a route, also from its "from". */
    private boolean isIncomplete(RouteDefinition route, @Nullable NamedNode node) {
        NamedNode input = route.getInput();
        return yaml.isIncomplete(RouteMessages.location(route, node))
                || (node == null || node == input)
                        && (yaml.isIncomplete(RouteMessages.location(route, null))
                                || input != null && yaml.isIncomplete(RouteMessages.location(route, input)));
    }
}
