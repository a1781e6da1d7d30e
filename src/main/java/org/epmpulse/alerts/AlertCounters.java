package org.epmpulse.alerts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Locale;

/** Counts alert messages by result, as the metric {@code epmpulse_alerts_total}. Thread-safe. */
final class AlertCounters {

    /** The result of a message; the metric has its name in lower case. */
    enum Result {
        SENT,
        RATE_LIMITED,
        UNAVAILABLE,
        REFUSED,
        /** Sent again after a takeover, because it is not known whether the former node's call has succeeded. */
        REPEATED,
        /** A problem that was not sent, because its domain is muted. */
        MUTED;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    private final MeterRegistry meters;

    /** Registers all counters of these channels at 0. */
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
                .description("Alert messages by result")
                .tag("channel", channelId)
                .tag("result", result.label)
                .register(meters);
    }
}
