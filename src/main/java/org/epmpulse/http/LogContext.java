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
 * Says in every line of a JSON log which route took the message in, which exchange it is and, where it came over HTTP,
 * which request and whose key. Thread-safe.
 *
 * <p>Of our own and not Camel's {@code useMdcLogging}, which sets its names anew at every step of every route. It
 * holds on the thread that the route began on, and on the one that goes on when updates are on disk. What is told of a
 * board that cannot be rendered names its request itself.
 */
public final class LogContext implements RoutePolicyFactory {

    /** The id in the access log and in the error reply. */
    static final String REQUEST = "request";

    private static final String ROUTE = "route";
    private static final String EXCHANGE = "exchange";
    private static final String KEY = "key";
    private static final List<String> ALL = List.of(ROUTE, EXCHANGE, REQUEST, KEY);

    private LogContext() {}

    /** For routes that are added from now on; after all other policies, as what they log belongs to the exchange, too. */
    public static void addTo(CamelContext context) {
        context.addRoutePolicyFactory(new LogContext());
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camelContext, String routeId, NamedNode route) {
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route route, Exchange exchange) {
                if (isFirst(route, exchange)) {
                    // An exchange that went on elsewhere has left its own.
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

    /** For a thread that goes on with something else while the exchange waits. */
    static void clear() {
        ThreadContext.removeAll(ALL);
    }

    /** Whether the message came in by this route, and not by one that handed it on with {@code direct:}. */
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
