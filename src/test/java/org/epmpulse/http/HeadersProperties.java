package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** Compares what a route gets of a request's headers with simple implementations. */
class HeadersProperties {

    /** In the order in which a route gets them. */
    private static final List<String> KEPT = List.of(
            "Accept-Encoding",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Expect",
            "Host",
            "Transfer-Encoding",
            "Accept",
            "Idempotency-Key",
            "If-None-Match",
            "Last-Event-ID");

    private static final Set<String> NEVER_IN =
            RequestSanitizer.names("authorization", "proxy-authorization", "x-api-key", "cookie", "content-type");

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final ReplyHeaderFilter filter = new ReplyHeaderFilter();

    @Property
    void aShippedRouteGetsTheKnownHeadersWithTheirValuesJoined(
            @ForAll("headers") List<Map.Entry<String, String>> sent) {
        HeadersMultiMap headers = HeadersMultiMap.httpHeaders();
        MultiMap expected = HeadersMultiMap.httpHeaders();
        sent.forEach(header -> headers.add(header.getKey(), header.getValue()));
        for (String name : KEPT) {
            if (headers.contains(name)) {
                expected.set(name, String.join(", ", headers.getAll(name)));
            }
        }

        RequestSanitizer.keepOnlyKnown(headers);

        assertThat(headers).hasToString(expected.toString());
    }

    @Provide
    Arbitrary<List<Map.Entry<String, String>>> headers() {
        Arbitrary<String> value = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(8);
        return Combinators.combine(names(), value)
                .as(Map::entry)
                .filter(header -> header.getKey().matches("[A-Za-z.-]+"))
                .list()
                .ofMaxSize(20);
    }

    @Property(tries = 5_000)
    void credentialsAndHeadersOfCamelDoNotReachARoute(@ForAll("names") String name) {
        boolean removed = filter.applyFilterToExternalHeaders(name, "x", exchange);

        assertThat(removed)
                .isEqualTo(startsWith(name, "camel")
                        || startsWith(name, "org.apache.camel")
                        || startsWith(name, "kafka.")
                        || NEVER_IN.contains(name));
    }

    private static boolean startsWith(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    /** Names that are known, names that are nearly known, and any others. */
    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> known = Arbitraries.of(KEPT)
                .flatMap(name ->
                        Arbitraries.of(name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT), name + "x"));
        Arbitrary<String> removed = Arbitraries.of(
                "Authorization",
                "x-api-key",
                "COOKIE",
                "Proxy-Authorization",
                "CamelHttpPath",
                "camelFileName",
                "org.apache.camel.x",
                "kafka.TOPIC",
                "\u212aafka.TOPIC",
                "EpmPulse-Key",
                "epmpulse-key",
                "User-Agent",
                "X-Forwarded-For");
        return Arbitraries.oneOf(known, removed, Arbitraries.strings().ofMaxLength(12));
    }
}
