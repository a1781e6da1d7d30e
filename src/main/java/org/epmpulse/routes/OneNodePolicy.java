package org.epmpulse.routes;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.support.RoutePolicySupport;
import org.epmpulse.cluster.Activity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a route on one of several nodes, with {@code routePolicy: oneNode}: on the active one. When a node becomes
 * passive, its route takes no new messages and is stopped after those in flight. With a single node it has no effect; a
 * route with {@code autoStartup: false} is left alone. Thread-safe.
 */
public final class OneNodePolicy extends RoutePolicySupport {

    /** The name of the bean. */
    public static final String NAME = "oneNode";

    private static final Logger LOG = LoggerFactory.getLogger(OneNodePolicy.class);

    private static final long RETRY_SECONDS = 1;

    /** How long messages in flight may take when this node has become passive; then they are interrupted. */
    private static final long STOP_SECONDS = 10;

    private final Activity activity;
    private final Set<Route> routes = ConcurrentHashMap.newKeySet();
    private @Nullable ScheduledExecutorService executor;

    public OneNodePolicy(Activity activity) {
        this.activity = activity;
    }

    @Override
    public void onInit(Route route) {
        super.onInit(route);
        if (activity.single() || Boolean.FALSE.equals(route.isAutoStartup())) {
            return;
        }
        routes.add(route);
        start(route.getCamelContext());
        if (!activity.active()) {
            route.setAutoStartup(false);
        }
        updateSoon();
    }

    @Override
    public void onRemove(Route route) {
        routes.remove(route);
        super.onRemove(route);
    }

    private synchronized void start(CamelContext context) {
        if (executor == null) {
            executor =
                    context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "route policy " + NAME);
            activity.onChange(this::updateSoon);
        }
    }

    private void updateSoon() {
        updateIn(0);
    }

    private synchronized void updateIn(long seconds) {
        try {
            if (executor != null) {
                executor.schedule(this::update, seconds, TimeUnit.SECONDS);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("Route policy {}: Camel has stopped", NAME);
        }
    }

    /** Starts or stops each route, and tries again later if that is not possible yet. */
    private void update() {
        boolean complete = true;
        for (Route route : routes) {
            complete &= isUpToDate(route);
        }
        if (!complete) {
            updateIn(RETRY_SECONDS);
        }
    }

    private boolean isUpToDate(Route route) {
        CamelContext context = route.getCamelContext();
        String id = route.getRouteId();
        ServiceStatus status = context.getRouteController().getRouteStatus(id);
        if (context.isStopping() || context.isStopped()) {
            return true;
        }
        if (!context.isStarted() || context.getRoute(id) != route || status == null) {
            return false;
        }
        boolean active = activity.active();
        try {
            if (active && status.isStartable()) {
                context.getRouteController().startRoute(id);
                LOG.info("Route {}: started: this node is active", id);
            } else if (!active && status.isStoppable()) {
                context.getRouteController().stopRoute(id, STOP_SECONDS, TimeUnit.SECONDS);
                LOG.info("Route {}: stopped: this node is not active", id);
            }
            return activity.active() == active;
        } catch (Exception e) {
            LOG.warn("Route {}: could not be {}: {}; retrying", id, active ? "started" : "stopped", e.toString());
            return false;
        }
    }
}
