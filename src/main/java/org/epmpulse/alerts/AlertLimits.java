package org.epmpulse.alerts;

import java.time.Duration;
import org.epmpulse.work.Backoff;

/**
 * How fast a sink accepts messages. Immutable.
 *
 * @param channelInterval time between two messages to a channel, 0 or more
 * @param sinkInterval time between two messages to any channels, 0 or more
 * @param oneService whether all channels are of one service, so that all wait when it accepts no messages for a while
 * @param afterRefusal time from a refused credential to the next attempt, 0 or more
 */
public record AlertLimits(Duration channelInterval, Duration sinkInterval, boolean oneService, Duration afterRefusal) {

    public AlertLimits {
        if (channelInterval.isNegative() || sinkInterval.isNegative() || afterRefusal.isNegative()) {
            throw new IllegalArgumentException(
                    "an interval must be 0 or more: " + channelInterval + ", " + sinkInterval + ", " + afterRefusal);
        }
    }

    /** Of one service, which is asked once a minute whether it accepts the credential again. */
    public AlertLimits(Duration channelInterval, Duration sinkInterval) {
        this(channelInterval, sinkInterval, true, Backoff.SUSPENDED);
    }
}
