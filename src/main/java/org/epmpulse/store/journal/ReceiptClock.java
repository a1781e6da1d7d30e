package org.epmpulse.store.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of receipt of the journal's entries: the wall clock, in whole milliseconds. If the clock was set back by up
 * to {@link #MAX_HELD}, the last time is held until the clock has reached it; a larger step back is followed. For the
 * thread that writes the journal.
 */
final class ReceiptClock {

    /** The largest step back that is not followed: daylight saving time on a machine that has local time as UTC. */
    static final Duration MAX_HELD = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(ReceiptClock.class);

    private final InstantSource wall;
    private @Nullable Instant last;

    /** @param last time of receipt of the last entry; null if there is none */
    ReceiptClock(InstantSource wall, @Nullable Instant last) {
        this.wall = wall;
        this.last = last;
    }

    /** The time of receipt of the entries that are written next. */
    Instant next() {
        Instant now = wall.instant().truncatedTo(ChronoUnit.MILLIS);
        Instant before = last;
        if (before != null && now.isBefore(before)) {
            if (!now.isBefore(before.minus(MAX_HELD))) {
                return before;
            }
            LOG.warn(
                    "Journal: the clock was set back from {} to {}; the journal follows it, and the order of updates"
                            + " stays that of their revisions",
                    before,
                    now);
        }
        last = now;
        return now;
    }
}
