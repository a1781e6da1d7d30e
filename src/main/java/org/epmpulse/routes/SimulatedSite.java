package org.epmpulse.routes;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of the site in a demo: what they would send to another system is logged, and those that read from one are not
 * started. Their messages to Slack go to the simulated one. Thread-safe.
 */
public final class SimulatedSite {

    private static final Logger LOG = LoggerFactory.getLogger(SimulatedSite.class);

    private static final Set<String> SIMULATED = Set.of("slack-canvas", "slack-message");

    private static final int MAX_BODY = 500;

    private final List<RouteFile> files;
    private final Set<String> locations;
    private final SecretMasks masks;

    /** @param files all files that are loaded */
    public SimulatedSite(List<RouteFile> files, SecretMasks masks) {
        this.files = files.stream().filter(RouteFile::ofSite).toList();
        this.locations = this.files.stream().map(RouteFile::location).collect(Collectors.toUnmodifiableSet());
        this.masks = masks;
    }

    /** Must be called before the routes are added. */
    public void interceptCalls(CamelContext context) {
        if (!files.isEmpty()) {
            new InterceptedCalls(SIMULATED, this::isOfSite, this::log).addTo(context);
        }
    }

    /** Must be called after the routes were added, before they are started. */
    public void disableSources(CamelContext context) {
        for (RouteFile file : files) {
            for (RouteDefinition route : file.routes(context)) {
                String source =
                        context.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
                if (InterceptedCalls.isExternal(source)) {
                    route.setAutoStartup("false");
                    LOG.info(
                            "Demo: {}: not started: it reads from {}",
                            file.path().getFileName(),
                            masks.uri(source));
                }
            }
        }
    }

    /** A route of a template has no location; those that are shipped have one. */
    private boolean isOfSite(@Nullable Route route) {
        return route == null
                || route.getSourceResource() == null
                || locations.contains(route.getSourceResource().getLocation());
    }

    private void log(@Nullable Route route, String uri, Exchange message) {
        String body = String.valueOf(message.getMessage().getBody(String.class));
        LOG.info(
                "Demo: route {} would send to {}: {}",
                route == null ? "of the site" : route.getRouteId(),
                masks.uri(uri),
                masks.text(body.length() <= MAX_BODY ? body : body.substring(0, MAX_BODY) + "…"));
    }
}
