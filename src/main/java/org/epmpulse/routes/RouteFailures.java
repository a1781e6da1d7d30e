package org.epmpulse.routes;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Route;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.epmpulse.work.WorkEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for each message whose processing failed: the file, the route, the step and the cause. Camel logs the
 * stack trace as well, but only at DEBUG ({@code Logging}). Failures of due work are logged by its source. Thread-safe.
 */
public final class RouteFailures extends EventNotifierSupport {

    private static final Logger LOG = LoggerFactory.getLogger(RouteFailures.class);

    private RouteFailures() {
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

    /** Must be called before the context is started. */
    public static void addTo(CamelContext context) {
        context.getManagementStrategy().addEventNotifier(new RouteFailures());
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof CamelEvent.ExchangeFailedEvent failed && !isDueWork(failed.getExchange());
    }

    @Override
    public void notify(CamelEvent event) {
        Exchange exchange = ((CamelEvent.ExchangeFailedEvent) event).getExchange();
        Exception failure = exchange.getException();
        if (failure != null) {
            LOG.error("{}: processing failed: {}", location(exchange), RouteFiles.singleLine(failure));
        }
    }

    /** Not for a copy, such as from a wire tap: its failure is not reported to the source. */
    private static boolean isDueWork(Exchange exchange) {
        return exchange.getFromEndpoint() instanceof WorkEndpoint
                && exchange.getProperty(ExchangePropertyKey.CORRELATION_ID) == null;
    }

    private static String location(Exchange exchange) {
        @Nullable String id = exchange.getFromRouteId();
        Route route = id == null ? null : exchange.getContext().getRoute(id);
        String step = exchange.getExchangeExtension().getHistoryNodeId();
        String file = route == null || route.getSourceResource() == null
                ? ""
                : route.getSourceResource().getLocation().replaceFirst("^file:", "") + ", ";
        return file + "route " + id + (step == null ? "" : ", step " + step);
    }
}
