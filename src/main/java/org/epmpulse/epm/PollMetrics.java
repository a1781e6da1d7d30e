package org.epmpulse.epm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Locale;
import org.epmpulse.config.AppsConfig;

/** Counts polls by result. Thread-safe. */
final class PollMetrics {

    private final MeterRegistry meters;

    /** The values of the metric's label {@code result}. */
    enum Result {
        RUNNING,
        ENDED,
        UNAVAILABLE,
        AUTH_FAILED,
        UNKNOWN;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    /** @param servers whose counters exist from the start, with 0 */
    PollMetrics(Collection<AppsConfig.Server> servers, MeterRegistry meters) {
        this.meters = meters;
        for (AppsConfig.Server server : servers) {
            for (Result result : Result.values()) {
                counter(server, result);
            }
        }
    }

    void count(Poll poll, Result result) {
        counter(poll.server(), result).increment();
    }

    private Counter counter(AppsConfig.Server server, Result result) {
        return Counter.builder("epmpulse.epm.polls")
                .description("Polls of EPM jobs, by result")
                .tag("server", server.id())
                .tag("result", result.label)
                .register(meters);
    }
}
