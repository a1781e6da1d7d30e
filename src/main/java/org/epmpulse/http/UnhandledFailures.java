package org.epmpulse.http;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.security.CallerHeaders;

/**
 * Sends an error reply in the format of the API if no {@code onException} handled a failure, for example in a site
 * route without {@code http-errors}. Thread-safe.
 */
final class UnhandledFailures implements RoutePolicyFactory {

    private static final Logger LOG = LogManager.getLogger(UnhandledFailures.class);

    private final ErrorReplies errors;

    UnhandledFailures(ErrorReplies errors) {
        this.errors = errors;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camelContext, String routeId, NamedNode route) {
        return new RoutePolicySupport() {
            @Override
            public void onExchangeDone(Route route, Exchange exchange) {
                if (exchange.getException() != null && route.getEndpoint() instanceof PlatformHttpEndpoint) {
                    reply(route, exchange, exchange.getException());
                }
            }
        };
    }

    private void reply(Route route, Exchange exchange, Exception failure) {
        String id = exchange.getMessage().getHeader(CallerHeaders.REQUEST_ID, "", String.class);
        Reply error = errors.unhandled(failure, id);
        if (error.status() >= 500) {
            LOG.error("Request {} failed in route {}: {}", id, route.getRouteId(), failure.toString());
        }
        HttpReply.send(exchange.getMessage(), error);
        exchange.setException(null);
        exchange.setProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, failure);
    }
}
