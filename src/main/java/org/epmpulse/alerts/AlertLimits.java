package org.epmpulse.alerts;

import java.time.Duration;

/**
 * How fast a sink accepts messages. Immutable.
 *
 * @param channelInterval time between two messages to a channel, 0 or more
 * @param sinkInterval time between two messages to any channels, 0 or more
 */
public record AlertLimits(Duration channelInterval, Duration sinkInterval) {

    public AlertLimits {
        if (channelInterval.isNegative() || sinkInterval.isNegative()) {
            throw new IllegalArgumentException(
                    "an interval must be 0 or more: " + channelInterval + ", " + sinkInterval);
        }
    }
}
