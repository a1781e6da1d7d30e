package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.Locale;

/**
 * Times of a canvas, in one time zone.
 *
 * @param now by the wall clock
 */
record CanvasTimes(ZoneId zone, Instant now) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter YEAR_DAY_AND_TIME =
            DateTimeFormatter.ofPattern("d MMM yyyy HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private static final long STEP_SEC = Duration.ofMinutes(15).toSeconds();

    /** The time, with its day if that is not today, and with the zone if its offset differs from the current one. */
    String of(Instant at) {
        return of(at, false);
    }

    /** @param zoned whether to add the zone always */
    String of(Instant at, boolean zoned) {
        ZonedDateTime then = at.atZone(zone);
        ZonedDateTime today = now.atZone(zone);
        DateTimeFormatter format = then.toLocalDate().equals(today.toLocalDate())
                ? TIME
                : then.getYear() == today.getYear() ? DAY_AND_TIME : YEAR_DAY_AND_TIME;
        boolean otherZone = !then.getOffset().equals(today.getOffset());
        return format.format(then) + (zoned || otherZone ? " " + zoneName(at) : "");
    }

    /**
     * An estimated time.
     *
     * @param moves whether it becomes later with time as long as nothing is reported. It is then shown as it will be at
     *     the next quarter of an hour, so that a canvas with any number of such times changes four times an hour
     * @param asOf when it was estimated
     */
    String about(Instant estimate, boolean moves, Instant asOf) {
        Instant shown = estimate;
        if (moves) {
            long second = asOf.getEpochSecond();
            long next = Math.floorDiv(second + STEP_SEC, STEP_SEC) * STEP_SEC;
            shown = Instant.ofEpochSecond(next).plus(Duration.between(asOf, estimate));
        }
        return "~" + of(shown);
    }

    /** The current time in full. */
    String full() {
        String name = zoneName(now);
        // IST is the time of India, of Ireland and of Israel.
        String region = zone.getId().contains("/") ? name + " (" + zone.getId() + ")" : name;
        return FULL.format(now.atZone(zone)) + " " + region;
    }

    /** Short name of the zone at the current time. */
    String zoneName() {
        return zoneName(now);
    }

    private String zoneName(Instant at) {
        String name = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(at.atZone(zone));
        return name.equals("Z") ? zone.getDisplayName(TextStyle.SHORT, Locale.ENGLISH) : name;
    }
}
