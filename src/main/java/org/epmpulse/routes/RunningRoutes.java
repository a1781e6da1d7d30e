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

/** The files whose routes run, and the only place where they are exchanged. For one thread. */
public final class RunningRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(RunningRoutes.class);

    private final CamelContext context;
    private final Map<Path, RouteFile> files = new LinkedHashMap<>();

    /** @param files every file whose routes the context has */
    public RunningRoutes(CamelContext context, List<RouteFile> files) {
        this.context = context;
        files.forEach(file -> this.files.put(file.path(), file));
    }

    /** The file as it runs; null if it does not. */
    @Nullable
    RouteFile file(Path path) {
        return files.get(path);
    }

    /** In the order in which they were added. */
    List<RouteFile> files() {
        return List.copyOf(files.values());
    }

    /** What would run with this file as it is now. */
    List<RouteFile> filesWith(RouteFile file) {
        Map<Path, RouteFile> with = new LinkedHashMap<>(files);
        with.put(file.path(), file);
        return List.copyOf(with.values());
    }

    /** Why the routes of a file can only end with the process; null if they can end now. */
    @Nullable
    String whyRestart(RouteFile file) {
        return file.whyRestart(context);
    }

    /** Ends the routes of a file, after their messages in flight; at most Camel's shutdown timeout for each. */
    void remove(RouteFile file) throws Exception {
        List<String> ids = end(file);
        files.remove(file.path());
        LOG.info("{} is gone: routes {} have ended", file.path(), ids);
    }

    /**
     * Lets the routes of a file run, in place of those it had.
     *
     * @throws Exception if they cannot be started; those it had run again
     */
    void put(RouteFile file) throws Exception {
        RouteFile before = files.get(file.path());
        try {
            if (before != null) {
                end(before);
            }
            RouteFile.add(List.of(file), context);
            files.put(file.path(), file);
        } catch (Exception | LinkageError e) {
            restore(file, before);
            throw e;
        }
        LOG.info("{} is in effect: routes {}", file.path(), ids(file.routes(context)));
    }

    private void restore(RouteFile file, @Nullable RouteFile before) {
        try {
            end(file);
            if (before != null) {
                RouteFile.add(List.of(before), context);
            }
        } catch (Exception | LinkageError e) {
            files.remove(file.path());
            LOG.error("The routes of {} do not run any more, a restart is needed", file.path(), e);
        }
    }

    private List<String> end(RouteFile file) throws Exception {
        List<RouteDefinition> routes = new ArrayList<>(file.routes(context));
        // A route that still hands on messages needs the ones it calls.
        routes.sort(Comparator.comparingInt(RunningRoutes::depth));
        for (RouteDefinition route : routes) {
            context.getRouteController().stopRoute(route.getRouteId());
            context.removeRoute(route.getRouteId());
        }
        // A route that could not be made is known as a definition only.
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
