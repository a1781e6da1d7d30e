package org.epmpulse.routes;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Route;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.epmpulse.work.WorkEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Logs one line for a message whose processing failed: the file, the route, the step and the cause. Camel logs the
 * stack trace as well, but only at DEBUG ({@code Logging}). Failures of due work are logged by its source, and those of a
 * source by {@link RouteHealth}. Thread-safe.
 */
final class RouteFailures extends EventNotifierSupport {

    private final FailureLog log;

    RouteFailures(FailureLog log) {
        this.log = log;
        setIgnoreCamelContextEvents(true);
        setIgnoreRouteEvents(true);
        setIgnoreServiceEvents(true);
        setIgnoreStepEvents(true);
        setIgnoreExchangeCreatedEvent(true);
        setIgnoreExchangeCompletedEvent(true);
        setIgnoreExchangeRedeliveryEvents(true);
        setIgnoreExchangeSendingEvents(true);
        setIgnoreExchangeSentEvents(true);
        setIgnoreExchangeAsyncProcessingStartedEvents(true);
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof CamelEvent.ExchangeFailedEvent failed
                && !isDueWork(failed.getExchange())
                && !RouteHealth.isOfSource(failed.getExchange());
    }

    @Override
    public void notify(CamelEvent event) {
        Exchange exchange = ((CamelEvent.ExchangeFailedEvent) event).getExchange();
        Exception failure = exchange.getException();
        if (failure != null) {
            log.failed(location(exchange), "processing failed", failure);
        }
    }

    /** Not for a copy, such as from a wire tap: its failure is not reported to the source. */
    private static boolean isDueWork(Exchange exchange) {
        return exchange.getFromEndpoint() instanceof WorkEndpoint
                && exchange.getProperty(ExchangePropertyKey.CORRELATION_ID) == null;
    }

    /** File, route and step. */
    static String location(Exchange exchange) {
        @Nullable String id = exchange.getFromRouteId();
        Route route = id == null ? null : exchange.getContext().getRoute(id);
        String step = exchange.getExchangeExtension().getHistoryNodeId();
        return (route == null ? "route " + id : location(route)) + (step == null ? "" : ", step " + step);
    }

    /** File and route. */
    static String location(Route route) {
        String file = route.getSourceResource() == null
                ? ""
                : route.getSourceResource().getLocation().replaceFirst("^file:", "") + ", ";
        return file + "route " + route.getRouteId();
    }
}
