package org.epmpulse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.NodeIdFactory;
import org.epmpulse.routes.RouteFile;

/**
 * The routes of a file that is tried, and where they get their messages. Sources that read from anything but the board are
 * replaced by an endpoint of the trial, so that nothing is fetched, moved or deleted.
 */
final class TriedFile {

    /** They get a change or an alert after an update. */
    private static final Set<String> OF_THE_BOARD = Set.of("status-changes", "alerts");

    /** Other routes call them. */
    private static final Set<String> CALLED = Set.of("direct", "seda");

    /** They need no message from outside. */
    private static final Set<String> TIMERS = Set.of("timer", "quartz", "scheduler", "cron");

    /** A shipped route without which no alerts are created. */
    private static final String ALERTS = "status-changes:alert-send";

    private final Set<String> ids = new HashSet<>();
    private final Map<String, String> sources = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> boardSources = new ArrayList<>();

    /**
     * A route that gets its message from the trial.
     *
     * @param source the endpoint that it reads from in the service, with its secrets
     * @param timer whether it needs no message
     * @param replies whether its result is a reply
     */
    record Entry(String routeId, String source, String endpoint, boolean timer, boolean replies) {}

    /** Prepares the routes of a context that has those of the file and all shipped ones, and is not started. */
    static TriedFile prepare(RouteFile file, CamelContext context) {
        TriedFile tried = new TriedFile();
        List<RouteDefinition> own = file.routes(context);
        List<RouteDefinition> others = new ArrayList<>(
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions());
        others.removeAll(own);
        // Of the shipped routes only those that others call: no server, no polls, no canvases.
        others.removeIf(route -> {
            String uri = route.getInput().getEndpointUri();
            return scheme(uri).equals("direct") || uri.startsWith(ALERTS);
        });
        try {
            context.getCamelContextExtension().getContextPlugin(Model.class).removeRouteDefinitions(others);
        } catch (Exception e) {
            throw new IllegalStateException("routes that are not started can be removed", e);
        }
        own.forEach(route -> tried.add(route, context));
        if (tried.entries.isEmpty() && tried.boardSources.isEmpty()) {
            own.forEach(tried::addCalled);
        }
        return tried;
    }

    private void add(RouteDefinition route, CamelContext context) {
        String id = route.idOrCreate(context.getCamelContextExtension().getContextPlugin(NodeIdFactory.class));
        String source = context.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
        String scheme = scheme(source);
        ids.add(id);
        sources.put(id, source);
        if (OF_THE_BOARD.contains(scheme)) {
            boardSources.add(source);
        } else if (!CALLED.contains(scheme)) {
            String endpoint = "direct:try-" + id;
            route.getInput().setUri(endpoint);
            boolean replies = scheme.equals("platform-http") || scheme.equals("rest");
            entries.add(new Entry(id, source, endpoint, TIMERS.contains(scheme), replies));
        }
    }

    /** Nothing in the file calls it but other routes of the service. */
    private void addCalled(RouteDefinition route) {
        String id = route.getRouteId();
        String source = sources.getOrDefault(id, "");
        entries.add(new Entry(id, source, source, false, true));
    }

    private static String scheme(String uri) {
        return uri.split("[:?]", 2)[0];
    }

    boolean has(String routeId) {
        return ids.contains(routeId);
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The endpoints of changes and alerts. */
    List<String> boardSources() {
        return List.copyOf(boardSources);
    }

    /** The routes that read changes or alerts. */
    Set<String> boardRoutes() {
        Set<String> routes = new HashSet<>();
        sources.forEach((id, source) -> {
            if (OF_THE_BOARD.contains(scheme(source))) {
                routes.add(id);
            }
        });
        return routes;
    }
}
