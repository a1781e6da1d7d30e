package org.epmpulse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All endpoints there are now, those of Camel's routes and the others. Thread-safe. */
final class EndpointTable {

    private record Known(long version, List<Endpoint> all, Map<String, List<Endpoint>> byText) {}

    private final List<Endpoint> raw = new CopyOnWriteArrayList<>();
    private final AtomicLong version = new AtomicLong();
    private volatile Supplier<List<Endpoint>> routes = List::of;
    private volatile @Nullable Known known;

    /** From now on the routes' endpoints come from here; it is asked again after each {@link #changed}. */
    void readRoutes(Supplier<List<Endpoint>> routes) {
        this.routes = routes;
        changed();
    }

    void add(Endpoint endpoint) {
        raw.add(endpoint);
        changed();
    }

    /** A route came or went. */
    void changed() {
        version.incrementAndGet();
    }

    /** Everything at this path; if one of a literal path takes the method, it need not be everything. */
    List<Endpoint> at(String path, String method) {
        Known table = table();
        List<Endpoint> literal = table.byText().getOrDefault(path, List.of());
        if (Endpoint.taking(literal, method) != null) {
            return literal;
        }
        return table.all().stream()
                .filter(endpoint -> endpoint.path().matches(path))
                .toList();
    }

    /** All there are now. */
    List<Endpoint> all() {
        return table().all();
    }

    private Known table() {
        Known table = known;
        long now = version.get();
        if (table == null || table.version() != now) {
            List<Endpoint> all = new ArrayList<>(raw);
            all.addAll(routes.get());
            table = new Known(now, all, all.stream().collect(Collectors.groupingBy(endpoint -> endpoint.path()
                    .text())));
            known = table;
        }
        return table;
    }
}
