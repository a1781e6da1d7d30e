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
 * @param streaming whether a reply may last for hours, so that a stop does not wait for it
 * @param suspended whether it rests at the moment
 */
record Endpoint(
        PathTemplate path,
        Set<String> methods,
        List<String> consumes,
        Access access,
        boolean streaming,
        BooleanSupplier suspended) {

    private static final int SINGLE_LIMIT = 16 * 1024;
    private static final int LIMIT = 1024 * 1024;

    Endpoint {
        methods = Set.copyOf(methods);
        consumes = List.copyOf(consumes);
    }

    /** An endpoint that answers GET and is none of Camel's. */
    static Endpoint raw(String path, Access access, boolean streaming) {
        return new Endpoint(PathTemplate.of(path), Set.of("GET"), List.of(), access, streaming, () -> false);
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

    /** How many bytes a body may have. */
    int limit() {
        return path.text().equals("/api/v1/status") ? SINGLE_LIMIT : LIMIT;
    }

    /** Whether it is one of ours, which have the few headers they use and no others. */
    boolean isOurs() {
        return path.text().startsWith("/api/v1/") || access == Access.PUBLIC;
    }
}
