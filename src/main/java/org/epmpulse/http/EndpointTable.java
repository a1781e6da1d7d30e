package org.epmpulse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All current endpoints, with and without a Camel route. Thread-safe. */
final class EndpointTable {

    private record Endpoints(long version, List<Endpoint> all, Map<String, List<Endpoint>> byPath) {}

    private final List<Endpoint> withoutRoute = new CopyOnWriteArrayList<>();
    private final AtomicLong version = new AtomicLong();
    private volatile Supplier<List<Endpoint>> routes = List::of;
    private volatile @Nullable Endpoints endpoints;

    /** Sets where the routes' endpoints are read from; they are read again after each {@link #invalidate}. */
    void setRoutes(Supplier<List<Endpoint>> routes) {
        this.routes = routes;
        invalidate();
    }

    void add(Endpoint endpoint) {
        withoutRoute.add(endpoint);
        invalidate();
    }

    /** Reads the routes' endpoints again, because a route was added or removed. */
    void invalidate() {
        version.incrementAndGet();
    }

    /** The endpoints of this path; only those with exactly this path if one of them allows the method. */
    List<Endpoint> find(String path, String method) {
        Endpoints table = table();
        List<Endpoint> exact = table.byPath().getOrDefault(path, List.of());
        if (Endpoint.forMethod(exact, method) != null) {
            return exact;
        }
        return table.all().stream()
                .filter(endpoint -> endpoint.path().matches(path))
                .toList();
    }

    /** Whether this path is answered while the service starts and stops, too. Reads no route. */
    boolean isAlwaysAnswered(String path) {
        return withoutRoute.stream()
                .anyMatch(endpoint ->
                        endpoint.policy().always() && endpoint.path().matches(path));
    }

    /** Whether an endpoint that is no route has this path. */
    boolean isAnsweredWithoutRoute(String path) {
        return withoutRoute.stream().anyMatch(endpoint -> endpoint.path().matches(path));
    }

    /** All current endpoints. */
    List<Endpoint> all() {
        return table().all();
    }

    private Endpoints table() {
        Endpoints table = endpoints;
        long now = version.get();
        if (table == null || table.version() != now) {
            List<Endpoint> all = new ArrayList<>(withoutRoute);
            all.addAll(routes.get());
            table = new Endpoints(now, all, all.stream().collect(Collectors.groupingBy(endpoint -> endpoint.path()
                    .text())));
            endpoints = table;
        }
        return table;
    }
}
