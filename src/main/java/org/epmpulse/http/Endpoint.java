package org.epmpulse.http;

import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server answers at a path.
 *
 * @param methods empty for all
 * @param consumes media types of the body; empty for any
 * @param suspended whether it rests at the moment
 */
record Endpoint(
        PathTemplate path,
        Set<String> methods,
        List<String> consumes,
        EndpointPolicy policy,
        BooleanSupplier suspended) {

    Endpoint {
        methods = Set.copyOf(methods);
        consumes = List.copyOf(consumes);
    }

    /** An endpoint that answers GET and is none of Camel's. */
    static Endpoint raw(String path, EndpointPolicy policy) {
        return new Endpoint(PathTemplate.of(path), Set.of("GET"), List.of(), policy, () -> false);
    }

    /** The first of these that takes the method; null if none does. */
    static @Nullable Endpoint taking(List<Endpoint> endpoints, String method) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.methods.isEmpty() || endpoint.methods.contains(method)) {
                return endpoint;
            }
        }
        return null;
    }
}
