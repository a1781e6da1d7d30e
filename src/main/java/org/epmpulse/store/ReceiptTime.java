package org.epmpulse.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of receipt of the journal's entries: that of a clock, in whole milliseconds. If the clock was set back by up
 * to {@link #MAX_HELD}, the last time is held until the clock has reached it; a larger step back is followed.
 */
public final class ReceiptTime {

    /** The largest step back that is not followed: daylight saving time on a machine that has local time as UTC. */
    public static final Duration MAX_HELD = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(ReceiptTime.class);

    private ReceiptTime() {}

    /**
     * The time of receipt of the entries that are written next.
     *
     * @param clock the time by the clock
     * @param last time of receipt of the last entry; null if there is none
     */
    public static Instant next(Instant clock, @Nullable Instant last) {
        Instant now = clock.truncatedTo(ChronoUnit.MILLIS);
        if (last == null || !now.isBefore(last)) {
            return now;
        }
        if (!now.isBefore(last.minus(MAX_HELD))) {
            return last;
        }
        LOG.warn(
                "Journal: the clock was set back from {} to {}; the journal follows it, and the order of updates stays"
                        + " that of their revisions",
                last,
                now);
        return now;
    }
}
