package org.epmpulse.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/**
 * The close window of a demo, which began about three hours before the demo. The times are chosen so that a deadline
 * becomes at risk within the first two minutes.
 *
 * @param zone of the times in apps.json
 * @param began when the demo began
 */
record DemoWindow(ZoneId zone, Instant began) {

    private static final Duration BEFORE = Duration.ofHours(3);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    /** Start of the window, at a full quarter of an hour. */
    Instant starts() {
        Instant hour = began.minus(BEFORE).truncatedTo(ChronoUnit.HOURS);
        Duration since = Duration.between(hour, began.minus(BEFORE));
        return hour.plus(Duration.ofMinutes(since.toMinutes() / 15 * 15));
    }

    /** The consolidation waits for journals that run longer than usual, so it would be done later each minute. */
    private Instant consolidationBy() {
        return began.plus(CloseChain.CONSOLIDATION).plusSeconds(75).truncatedTo(ChronoUnit.MINUTES);
    }

    /** Values for the variables in the demo's apps.json. */
    Map<String, String> variables() {
        Instant consolidation = consolidationBy();
        return Map.of(
                "DEMO_CLOSE_STARTS", text(starts()),
                "DEMO_CONSOLIDATION_BY", text(consolidation),
                "DEMO_CERTIFICATION_BY", text(consolidation.plus(CloseChain.CERTIFICATION)));
    }

    private String text(Instant time) {
        return TIME.format(time.atZone(zone));
    }
}
