package org.epmpulse.http;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.epmpulse.config.ApiKey;
import org.epmpulse.security.CallerHeaders;
import org.jspecify.annotations.Nullable;

/** Removes credentials and reserved headers from a request, and adds the {@link CallerHeaders}. */
final class RequestSanitizer {

    private static final Set<String> CREDENTIALS = names("Authorization", "Proxy-Authorization", "X-API-Key", "Cookie");

    /** The headers that shipped routes read. */
    private static final Set<String> READ_HEADERS =
            names("Accept", "Idempotency-Key", "If-None-Match", "Last-Event-ID");

    /** The headers that the server needs after the gate. */
    private static final Set<String> FRAMING = names(
            "Content-Length", "Content-Type", "Transfer-Encoding", "Host", "Expect", "Connection", "Accept-Encoding");

    /** All headers that a request to a shipped route keeps. */
    static final List<CharSequence> KEPT_HEADERS = Stream.concat(FRAMING.stream(), READ_HEADERS.stream())
            .map(HttpHeaders::createOptimized)
            .toList();

    /** Between the values of a header that is repeated. */
    private static final String SEPARATOR = ", ";

    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized(CallerHeaders.REQUEST_ID);
    private static final CharSequence CLIENT = HttpHeaders.createOptimized(CallerHeaders.CLIENT);
    private static final CharSequence KEY = HttpHeaders.createOptimized(CallerHeaders.KEY);
    private static final CharSequence ROLE = HttpHeaders.createOptimized(CallerHeaders.ROLE);

    /** The headers that a request gets. */
    static final List<CharSequence> CALLER_HEADERS = List.of(REQUEST_ID, CLIENT, KEY, ROLE);

    private static final int MAX_PARAMETERS = 100;

    private static final Pattern BUILT_IN_PARAMETER = Pattern.compile("[a-z_]{1,40}");

    private static final Pattern BRACE = Pattern.compile("%7B", Pattern.CASE_INSENSITIVE);

    private RequestSanitizer() {}

    /** A set that ignores case. */
    static Set<String> names(String... names) {
        TreeSet<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return Collections.unmodifiableSet(set);
    }

    /**
     * Sanitizes the headers and the query parameters of a request that passed every check.
     *
     * @throws BadRequestException if a parameter is repeated, or a request to a site route contains a placeholder
     */
    static void sanitize(HttpCall call, Endpoint endpoint) {
        MultiMap headers = call.request().headers();
        if (endpoint.policy().builtIn()) {
            keepOnlyKnown(headers);
        } else {
            rejectPlaceholder(
                    BRACE.matcher(String.valueOf(call.request().uri())).replaceAll("{"));
            rejectPlaceholders(headers);
            removeReserved(headers);
        }
        endpoint.path().parameters().forEach(headers::remove);
        String query = call.request().query();
        if (query != null) {
            if (query.chars().filter(c -> c == '&' || c == ';').count() >= MAX_PARAMETERS) {
                // Vert.x looks names up in short lists, so that many names take seconds.
                throw new BadRequestException("a URL must have at most " + MAX_PARAMETERS + " query parameters");
            }
            sanitizeQuery(call.ctx.queryParams(), headers, endpoint);
        }
        addCaller(call, headers);
    }

    /** Reads the headers once: to look each of them up, with all its values, takes several times as long. */
    static void keepOnlyKnown(MultiMap headers) {
        @Nullable String[] values = new String[KEPT_HEADERS.size()];
        headers.forEach((name, value) -> {
            int i = indexOfKept(name);
            if (i >= 0) {
                values[i] = values[i] == null ? value : values[i] + SEPARATOR + value;
            }
        });
        headers.clear();
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            if (value != null) {
                headers.add(KEPT_HEADERS.get(i), value);
            }
        }
    }

    private static int indexOfKept(String name) {
        for (int i = 0; i < KEPT_HEADERS.size(); i++) {
            if (AsciiString.contentEqualsIgnoreCase(KEPT_HEADERS.get(i), name)) {
                return i;
            }
        }
        return -1;
    }

    private static void removeReserved(MultiMap headers) {
        CREDENTIALS.forEach(headers::remove);
        for (String name : Set.copyOf(headers.names())) {
            if (isReserved(name)) {
                headers.remove(name);
            }
        }
        for (String name : READ_HEADERS) {
            String value = joined(headers, name);
            if (value != null) {
                headers.set(name, value);
            }
        }
    }

    /** The values of a header, joined into one; null if it is absent. */
    private static @Nullable String joined(MultiMap headers, CharSequence name) {
        return headers.contains(name) ? String.join(SEPARATOR, headers.getAll(name)) : null;
    }

    private static void sanitizeQuery(MultiMap query, MultiMap headers, Endpoint endpoint) {
        Set<String> names = Set.copyOf(query.names());
        for (String name : names) {
            if (query.getAll(name).size() > 1) {
                throw new BadRequestException(
                        (BUILT_IN_PARAMETER.matcher(name).matches() ? "query parameter " + name : "a query parameter")
                                + " must not be repeated");
            }
        }
        for (String name : names) {
            // Headers and parameters become headers of one message. If both had a name, its value would be a list.
            if (isReserved(name)
                    || headers.contains(name)
                    || CREDENTIALS.contains(name)
                    || endpoint.path().parameters().contains(name)
                    || (endpoint.policy().builtIn() && !isBuiltInParameter(name))) {
                query.remove(name);
            }
        }
    }

    /**
     * Sanitizes form fields: Camel adds them to the message as headers, in addition to those of the same name.
     *
     * @throws BadRequestException if a field contains a placeholder
     */
    static void sanitizeForm(HttpCall call, Endpoint endpoint) {
        MultiMap form = call.request().formAttributes();
        if (form.isEmpty()) {
            return;
        }
        rejectPlaceholders(form);
        for (String name : Set.copyOf(form.names())) {
            if (isReserved(name) || endpoint.path().parameters().contains(name)) {
                form.remove(name);
            }
        }
    }

    /**
     * If a site route builds an endpoint URI from request data, Camel would replace {@code {{env:NAME}}} by a setting,
     * which may be a secret. Shipped routes do not build URIs from request data.
     */
    private static void rejectPlaceholders(MultiMap values) {
        for (Map.Entry<String, String> entry : values) {
            rejectPlaceholder(entry.getKey());
            rejectPlaceholder(entry.getValue());
        }
    }

    private static void rejectPlaceholder(String text) {
        if (text.contains("{{")) {
            throw new BadRequestException("{{ is not allowed in a URL, a header or a form field");
        }
    }

    /** Adds the {@link CallerHeaders}. */
    static void addCaller(HttpCall call, MultiMap headers) {
        headers.set(REQUEST_ID, call.id);
        headers.set(CLIENT, call.client);
        ApiKey key = call.key;
        if (key != null) {
            headers.set(KEY, key.name());
            headers.set(ROLE, key.role().label());
        }
    }

    private static boolean isReserved(String name) {
        return name.regionMatches(true, 0, CallerHeaders.PREFIX, 0, CallerHeaders.PREFIX.length());
    }

    private static boolean isKept(String name) {
        return FRAMING.contains(name) || READ_HEADERS.contains(name);
    }

    private static boolean isBuiltInParameter(String name) {
        return BUILT_IN_PARAMETER.matcher(name).matches() && !isKept(name);
    }
}
