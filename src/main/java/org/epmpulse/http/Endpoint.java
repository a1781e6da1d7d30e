package org.epmpulse.http;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A path with the methods and media types that the server accepts there.
 *
 * @param methods empty for all
 * @param consumes media types of the body; empty for any
 * @param suspended whether its route is suspended now
 * @param signature authenticates the body of each request, in place of a key; null if a key is needed. GET always needs a
 *     key
 */
record Endpoint(
        PathTemplate path,
        Set<String> methods,
        List<String> consumes,
        EndpointPolicy policy,
        BooleanSupplier suspended,
        @Nullable BodySignature signature,
        @Nullable Handler<RoutingContext> handler) {

    Endpoint {
        methods = Set.copyOf(methods);
        consumes = List.copyOf(consumes);
    }

    /** What authenticates the body of a request; null if the request needs a key. */
    @Nullable
    BodySignature signatureOf(HttpCall call) {
        return call.method().equals("GET") ? null : signature;
    }

    /** An endpoint for GET that no Camel route handles. */
    static Endpoint withoutRoute(String path, EndpointPolicy policy) {
        return new Endpoint(PathTemplate.of(path), Set.of("GET"), List.of(), policy, () -> false, null, null);
    }

    /** The first of these that allows the method; null if there is none. */
    static @Nullable Endpoint forMethod(List<Endpoint> endpoints, String method) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.methods.isEmpty() || endpoint.methods.contains(method)) {
                return endpoint;
            }
        }
        return null;
    }
}
