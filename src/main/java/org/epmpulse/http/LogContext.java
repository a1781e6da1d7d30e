package org.epmpulse.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.logging.log4j.ThreadContext;
import org.epmpulse.security.CallerHeaders;

/**
 * Adds to every line of a JSON log the route that received the message, the exchange and, for HTTP, the request id and
 * the name of the key. Thread-safe.
 *
 * <p>It replaces Camel's {@code useMdcLogging}, which sets its fields again at every step of every route. The fields
 * are set on the thread that starts the route, and on the thread that continues it when updates are on disk. The log
 * line about a board that cannot be rendered contains the request id in its text.
 */
public final class LogContext implements RoutePolicyFactory {

    /** The request id, as in the access log and in the error reply. */
    static final String REQUEST = "request";

    private static final String ROUTE = "route";
    private static final String EXCHANGE = "exchange";
    private static final String KEY = "key";
    private static final List<String> ALL = List.of(ROUTE, EXCHANGE, REQUEST, KEY);

    private LogContext() {}

    /** Applies to routes that are added later. Call it after all other policies are added, to cover their log lines. */
    public static void addTo(CamelContext context) {
        context.addRoutePolicyFactory(new LogContext());
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camelContext, String routeId, NamedNode route) {
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route route, Exchange exchange) {
                if (isFirst(route, exchange)) {
                    // The previous exchange may have continued on another thread and left its fields here.
                    clear();
                    ThreadContext.putAll(fields(route, exchange));
                }
            }

            @Override
            public void onExchangeDone(Route route, Exchange exchange) {
                if (isFirst(route, exchange)) {
                    clear();
                }
            }
        };
    }

    /** For a thread that starts other work while the exchange waits. */
    static void clear() {
        ThreadContext.removeAll(ALL);
    }

    /** Whether this route received the message, and not a route that calls it with {@code direct:}. */
    private static boolean isFirst(Route route, Exchange exchange) {
        return route.getRouteId().equals(exchange.getFromRouteId());
    }

    private static Map<String, String> fields(Route route, Exchange exchange) {
        Map<String, String> fields = new HashMap<>();
        fields.put(ROUTE, route.getRouteId());
        fields.put(EXCHANGE, exchange.getExchangeId());
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        String request = RequestHeaders.text(headers, CallerHeaders.REQUEST_ID);
        String key = CallerHeaders.key(headers);
        if (request != null) {
            fields.put(REQUEST, request);
        }
        if (key != null) {
            fields.put(KEY, key);
        }
        return fields;
    }
}
