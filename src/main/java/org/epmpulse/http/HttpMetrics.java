package org.epmpulse.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts and times every reply. Thread-safe. */
final class HttpMetrics {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    private record Kind(String method, String path, int status) {}

    private final MeterRegistry registry;

    /** The registry would build and compare all tags anew for each reply. */
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    Timer.Sample start() {
        return Timer.start(registry);
    }

    /**
     * A reply was sent.
     *
     * @param path the endpoint's template, or {@code other}
     * @return how long it took
     */
    Duration replied(Timer.Sample sample, String method, String path, int status) {
        String known = METHODS.contains(method) ? method : "other";
        return Duration.ofNanos(sample.stop(timers.computeIfAbsent(new Kind(known, path, status), this::timer)));
    }

    private Timer timer(Kind kind) {
        return Timer.builder("epmpulse.http.requests")
                .description("Replies by how long they took")
                .tag("method", kind.method())
                .tag("path", kind.path())
                .tag("status", String.valueOf(kind.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
