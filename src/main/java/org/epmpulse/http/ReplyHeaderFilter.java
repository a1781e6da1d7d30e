package org.epmpulse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.epmpulse.security.CallerHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Removes a request's headers from its reply, and removes credentials and Camel's own headers from a request.
 * Thread-safe.
 *
 * <p>Camel's own headers begin with Camel, in any case. Headers that begin with {@code kafka.} are removed too: they
 * choose the topic in a route that sends to Kafka (CVE-2026-49098).
 *
 * <p>platform-http sends every header of the last message to the client, also those that the client sent. This filter
 * sends a header of the request only if a route has set it again. It removes the request's Content-Type, which the gate
 * has checked: Camel would send it with the reply in spite of the filter.
 */
public final class ReplyHeaderFilter implements HeaderFilterStrategy {

    private static final String RECEIVED = "EpmPulseReceived";

    private static final Set<String> NEVER_IN =
            RequestSanitizer.names("authorization", "proxy-authorization", "x-api-key", "cookie", "content-type");

    /** Headers that the server sets, or that belong to one connection. */
    private static final Set<String> NEVER_OUT = RequestSanitizer.names(
            "connection",
            "content-length",
            "content-type",
            "date",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /**
     * For the names that the gate gives to the headers of a request to a shipped route: whether they are removed. A lookup
     * is faster than to compare each name with all that is removed.
     */
    private static final Map<String, Boolean> REMOVED_OF_SHIPPED = Stream.concat(
                    RequestSanitizer.KEPT_HEADERS.stream(), RequestSanitizer.CALLER_HEADERS.stream())
            .map(CharSequence::toString)
            .collect(Collectors.toUnmodifiableMap(name -> name, ReplyHeaderFilter::isNeverIn));

    private record Received(String name, @Nullable Object value) {}

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        Boolean removed = REMOVED_OF_SHIPPED.get(name);
        if (removed == null ? isNeverIn(name) : removed) {
            return true;
        }
        received(exchange).add(new Received(name, value));
        return false;
    }

    private static boolean isNeverIn(String name) {
        return isCamelHeader(name) || startsWith(name, "kafka.") || NEVER_IN.contains(name);
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        boolean internal = startsWith(name, CallerHeaders.PREFIX) && !name.equals(AsOf.HEADER);
        if (isCamelHeader(name) || internal || NEVER_OUT.contains(name)) {
            return true;
        }
        // Compare by identity: a route may set a header to the same value that the client sent.
        for (Received header : received(exchange)) {
            if (isSame(header.value(), value) && header.name().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCamelHeader(String name) {
        return startsWith(name, "camel") || startsWith(name, "org.apache.camel");
    }

    /** Ignores case. */
    private static boolean startsWith(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Object one, Object other) {
        return one == other;
    }

    @SuppressWarnings("unchecked")
    private static List<Received> received(Exchange exchange) {
        List<Received> received = exchange.getProperty(RECEIVED, List.class);
        if (received == null) {
            received = new ArrayList<>();
            exchange.setProperty(RECEIVED, received);
        }
        return received;
    }
}
