package org.epmpulse.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts replies and measures their duration. Thread-safe. */
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

    private record TimerKey(String method, String path, int status) {}

    private final MeterRegistry registry;

    /** Cached, because the registry would build and compare all tags for each reply. */
    private final Map<TimerKey, Timer> timers = new ConcurrentHashMap<>();

    HttpMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    Timer.Sample start() {
        return Timer.start(registry);
    }

    /**
     * Records a reply that was sent.
     *
     * @param path the endpoint's template, or {@code other}
     * @return its duration
     */
    Duration record(Timer.Sample sample, String method, String path, int status) {
        String known = METHODS.contains(method) ? method : "other";
        return Duration.ofNanos(sample.stop(timers.computeIfAbsent(new TimerKey(known, path, status), this::timer)));
    }

    private Timer timer(TimerKey key) {
        return Timer.builder("epmpulse.http.requests")
                .description("Duration of replies")
                .tag("method", key.method())
                .tag("path", key.path())
                .tag("status", String.valueOf(key.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
