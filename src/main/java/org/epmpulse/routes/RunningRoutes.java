package org.epmpulse.routes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files whose routes are running; the only class that replaces them. For one thread. */
public final class RunningRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(RunningRoutes.class);

    private final CamelContext context;
    private final Map<Path, RouteFile> files = new LinkedHashMap<>();

    /** @param files all files whose routes are in the context */
    public RunningRoutes(CamelContext context, List<RouteFile> files) {
        this.context = context;
        files.forEach(file -> this.files.put(file.path(), file));
    }

    /** The running version of a file; null if it is not running. */
    @Nullable
    RouteFile file(Path path) {
        return files.get(path);
    }

    /** In the order in which they were added. */
    List<RouteFile> files() {
        return List.copyOf(files.values());
    }

    /** The running files, with this one added or replaced. */
    List<RouteFile> filesWith(RouteFile file) {
        Map<Path, RouteFile> with = new LinkedHashMap<>(files);
        with.put(file.path(), file);
        return List.copyOf(with.values());
    }

    /** Why the routes of a file can be removed only with a restart; null if no restart is required. */
    @Nullable
    String restartReason(RouteFile file) {
        return file.restartReason(context);
    }

    /** Stops the routes of a file after their messages in flight; each takes at most Camel's shutdown timeout. */
    void remove(RouteFile file) throws Exception {
        List<String> ids = stop(file);
        files.remove(file.path());
        LOG.info("{}: removed: routes {} stopped", file.path(), ids);
    }

    /**
     * Starts the routes of a file, in place of its previous ones.
     *
     * @throws Exception if they cannot be started; the previous ones are then started again
     */
    void replace(RouteFile file) throws Exception {
        RouteFile before = files.get(file.path());
        try {
            if (before != null) {
                stop(before);
            }
            RouteFile.add(List.of(file), context);
            files.put(file.path(), file);
        } catch (Exception | LinkageError e) {
            restore(file, before);
            throw e;
        }
        LOG.info("{}: loaded: routes {}", file.path(), ids(file.routes(context)));
    }

    private void restore(RouteFile file, @Nullable RouteFile before) {
        try {
            stop(file);
            if (before != null) {
                RouteFile.add(List.of(before), context);
            }
        } catch (Exception | LinkageError e) {
            files.remove(file.path());
            LOG.error("{}: its routes stopped and could not be started again; restart EPMPulse", file.path(), e);
        }
    }

    private List<String> stop(RouteFile file) throws Exception {
        List<RouteDefinition> routes = new ArrayList<>(file.routes(context));
        // Callers first: a route with messages in flight needs the routes that it calls.
        routes.sort(Comparator.comparingInt(RunningRoutes::depth));
        for (RouteDefinition route : routes) {
            context.getRouteController().stopRoute(route.getRouteId());
            context.removeRoute(route.getRouteId());
        }
        // A route that could not be created exists only as a definition.
        Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
        for (RouteDefinition route : file.routes(context)) {
            model.removeRouteDefinition(route);
        }
        return ids(routes);
    }

    private static int depth(RouteDefinition route) {
        String uri = route.getInput().getEndpointUri();
        return uri.startsWith("direct:") ? 2 : uri.startsWith("seda:") ? 1 : 0;
    }

    private static List<String> ids(List<RouteDefinition> routes) {
        return routes.stream().map(RouteDefinition::getRouteId).toList();
    }
}
