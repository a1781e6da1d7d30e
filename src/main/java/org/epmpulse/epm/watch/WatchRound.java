package org.epmpulse.epm.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A round of a watch. Immutable.
 *
 * @param start by the wall clock
 * @param steady the same by the steady clock
 * @param days of the console that are exported
 * @param otherTypes types of the export job that are left to be tried
 * @param pause before the next request for the state of the export
 */
record WatchRound(Instant start, Instant steady, int days, List<String> otherTypes, Duration pause) {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    WatchRound {
        otherTypes = List.copyOf(otherTypes);
    }

    WatchRound(Instant start, Instant steady, int days, List<String> otherTypes) {
        this(start, steady, days, otherTypes, FIRST_PAUSE);
    }

    WatchRound withDays(int fewer) {
        return new WatchRound(start, steady, fewer, otherTypes);
    }

    WatchRound withoutOtherTypes() {
        return new WatchRound(start, steady, days, List.of(), pause);
    }

    WatchRound withLongerPause() {
        Duration longer = pause.multipliedBy(2);
        return new WatchRound(
                start, steady, days, otherTypes, longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer);
    }
}
