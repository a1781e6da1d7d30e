package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The metrics of canvases; all are registered at the start. Thread-safe. */
final class CanvasMetrics {

    private final MeterRegistry meters;

    CanvasMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    /** @param lag returns the lag of a channel's canvas, by the channel's id */
    void register(String channelId, Function<String, Duration> lag) {
        for (PublishResult result : PublishResult.values()) {
            publishes(channelId, result);
        }
        TimeGauge.builder("epmpulse.canvas.lag", () -> lag.apply(channelId).toMillis(), TimeUnit.MILLISECONDS)
                .description("Age of the oldest change that is not on the canvas yet")
                .tag("channel", channelId)
                .register(meters);
    }

    void count(String channelId, PublishResult result) {
        publishes(channelId, result).increment();
    }

    private Counter publishes(String channelId, PublishResult result) {
        return Counter.builder("epmpulse.canvas.publishes")
                .description("Edits of canvases by result")
                .tag("channel", channelId)
                .tag("result", result.label())
                .register(meters);
    }
}
