package org.epmpulse.alerts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Locale;

/** Counts how messages ended, as the metric {@code epmpulse_alerts_total}. Thread-safe. */
final class AlertCounters {

    /** How a message ended; its name in small letters is in the metric. */
    enum Result {
        SENT,
        RATE_LIMITED,
        UNAVAILABLE,
        REFUSED;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    private final MeterRegistry meters;

    /** All counters of these channels are there from the start, at 0. */
    AlertCounters(Collection<AlertChannel> channels, MeterRegistry meters) {
        this.meters = meters;
        for (AlertChannel channel : channels) {
            for (Result result : Result.values()) {
                counter(channel.id(), result);
            }
        }
    }

    void count(String channelId, Result result) {
        counter(channelId, result).increment();
    }

    private Counter counter(String channelId, Result result) {
        return Counter.builder("epmpulse.alerts")
                .description("Messages about problems and their ends by what became of them")
                .tag("channel", channelId)
                .tag("result", result.label)
                .register(meters);
    }
}
