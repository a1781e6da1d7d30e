package org.epmpulse.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
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

/** Takes out of a request what no route may see, and puts in who sent it. */
final class RequestSanitizer {

    private static final Set<String> CREDENTIALS = names("Authorization", "Proxy-Authorization", "X-API-Key", "Cookie");

    /** What our own routes read. */
    private static final Set<String> USED = names("Accept", "Idempotency-Key", "If-None-Match", "Last-Event-ID");

    /** What the server itself still needs. */
    private static final Set<String> FRAMING =
            names("Content-Length", "Content-Type", "Transfer-Encoding", "Host", "Expect", "Connection");

    /** All that is left of a request to one of our own routes. */
    private static final List<CharSequence> KNOWN = Stream.concat(FRAMING.stream(), USED.stream())
            .map(HttpHeaders::createOptimized)
            .toList();

    private static final Pattern OUR_PARAMETER = Pattern.compile("[a-z_]+");

    private static final Pattern BRACE = Pattern.compile("%7B", Pattern.CASE_INSENSITIVE);

    private RequestSanitizer() {}

    /** In whatever case. */
    static Set<String> names(String... names) {
        TreeSet<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return Collections.unmodifiableSet(set);
    }

    /**
     * Cleans the headers and the parameters of a request that passed every check.
     *
     * @throws BadRequestException if a parameter is repeated, or something for a route of a site is a placeholder
     */
    static void clean(HttpCall call, Endpoint endpoint) {
        MultiMap headers = call.request().headers();
        if (endpoint.policy().ours()) {
            keepKnown(headers);
        } else {
            refusePlaceholder(
                    BRACE.matcher(String.valueOf(call.request().uri())).replaceAll("{"));
            refusePlaceholders(headers);
            leaveOut(headers);
        }
        endpoint.path().parameters().forEach(headers::remove);
        if (call.request().query() != null) {
            cleanQuery(call.ctx.queryParams(), headers, endpoint);
        }
        introduce(call, headers);
    }

    /** A request has many more, and looking at each takes longer than asking for these. */
    private static void keepKnown(MultiMap headers) {
        List<@Nullable String> values = new ArrayList<>(KNOWN.size());
        KNOWN.forEach(name -> values.add(joined(headers, name)));
        headers.clear();
        for (int i = 0; i < KNOWN.size(); i++) {
            String value = values.get(i);
            if (value != null) {
                headers.set(KNOWN.get(i), value);
            }
        }
    }

    private static void leaveOut(MultiMap headers) {
        CREDENTIALS.forEach(headers::remove);
        for (String name : Set.copyOf(headers.names())) {
            if (isReserved(name)) {
                headers.remove(name);
            }
        }
        for (String name : USED) {
            String value = joined(headers, name);
            if (value != null) {
                headers.set(name, value);
            }
        }
    }

    /** One value for a header that came several times; null if it did not come. */
    private static @Nullable String joined(MultiMap headers, CharSequence name) {
        return headers.contains(name) ? String.join(", ", headers.getAll(name)) : null;
    }

    private static void cleanQuery(MultiMap query, MultiMap headers, Endpoint endpoint) {
        Set<String> names = Set.copyOf(query.names());
        for (String name : names) {
            if (query.getAll(name).size() > 1) {
                throw new BadRequestException("a query parameter must not be repeated");
            }
        }
        for (String name : names) {
            // Headers and parameters become headers of one message: who sends both must not make a list of them.
            if (isReserved(name)
                    || headers.contains(name)
                    || CREDENTIALS.contains(name)
                    || endpoint.path().parameters().contains(name)
                    || (endpoint.policy().ours() && !isOurParameter(name))) {
                query.remove(name);
            }
        }
    }

    /**
     * Camel makes the fields of a form headers too, beside those of the same name.
     *
     * @throws BadRequestException if one is a placeholder
     */
    static void cleanForm(HttpCall call, Endpoint endpoint) {
        MultiMap form = call.request().formAttributes();
        if (form.isEmpty()) {
            return;
        }
        refusePlaceholders(form);
        for (String name : Set.copyOf(form.names())) {
            if (isReserved(name) || endpoint.path().parameters().contains(name)) {
                form.remove(name);
            }
        }
    }

    /**
     * Camel would put a setting, a secret as well, in the place of {@code {{env:NAME}}} where a route makes an address of
     * what came with a request. Our own routes make none.
     */
    private static void refusePlaceholders(MultiMap values) {
        for (Map.Entry<String, String> entry : values) {
            refusePlaceholder(entry.getKey());
            refusePlaceholder(entry.getValue());
        }
    }

    private static void refusePlaceholder(String text) {
        if (text.contains("{{")) {
            throw new BadRequestException("{{ is not taken in an address, a header or a form");
        }
    }

    private static void introduce(HttpCall call, MultiMap headers) {
        headers.set(CallerHeaders.REQUEST_ID, call.id);
        headers.set(CallerHeaders.CLIENT, call.client);
        ApiKey key = call.key;
        if (key != null) {
            headers.set(CallerHeaders.KEY, key.name());
            headers.set(CallerHeaders.ROLE, key.role().label());
        }
    }

    private static boolean isReserved(String name) {
        return name.regionMatches(true, 0, CallerHeaders.PREFIX, 0, CallerHeaders.PREFIX.length());
    }

    private static boolean isUsed(String name) {
        return FRAMING.contains(name) || USED.contains(name);
    }

    private static boolean isOurParameter(String name) {
        return OUR_PARAMETER.matcher(name).matches() && !isUsed(name);
    }
}
