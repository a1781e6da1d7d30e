package org.epmpulse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.epmpulse.security.CallerHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what came with a request out of its reply, and keys and Camel's own headers out of routes. Thread-safe.
 *
 * <p>Camel's own are those that begin with Camel in any case and, though Camel does not say so, with {@code kafka.}: they
 * choose the topic in a route that goes to Kafka (CVE-2026-49098).
 *
 * <p>platform-http sends every header of the last message to the client, also those the client sent. With this one, a
 * header that came with the request leaves only if a route has set it anew. The request's Content-Type stays out
 * altogether: Camel would send it with the reply whatever a filter says, and the gate has checked it.
 */
public final class ReplyHeaderFilter implements HeaderFilterStrategy {

    private static final String RECEIVED = "EpmPulseReceived";

    private static final Set<String> NEVER_IN =
            RequestSanitizer.names("authorization", "proxy-authorization", "x-api-key", "cookie", "content-type");

    /** Set by the server itself, or only about one connection. */
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

    private record Received(String name, @Nullable Object value) {}

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        if (isCamels(name) || startsWith(name, "kafka.") || NEVER_IN.contains(name)) {
            return true;
        }
        received(exchange).add(new Received(name, value));
        return false;
    }

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        if (isCamels(name) || startsWith(name, CallerHeaders.PREFIX) || NEVER_OUT.contains(name)) {
            return true;
        }
        // The very same object: a route may well set a header to what the client happened to send.
        for (Received it : received(exchange)) {
            if (isSame(it.value(), value) && it.name().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCamels(String name) {
        return startsWith(name, "camel") || startsWith(name, "org.apache.camel");
    }

    /** In whatever case. */
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
