package org.epmpulse.window;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The time in which every domain is to be loaded once.
 *
 * @param day on which it starts, in the time zone of the calendar; null for the last 24 hours
 * @param starts inclusive
 * @param ends exclusive; also the window before the next one is the current one after its end
 */
public record Window(@Nullable LocalDate day, Instant starts, Instant ends) {

    static final Duration WITHOUT_CALENDAR = Duration.ofHours(24);

    /** The 24 hours up to this time. */
    static Window before(Instant now) {
        return new Window(null, now.minus(WITHOUT_CALENDAR), now);
    }
}
