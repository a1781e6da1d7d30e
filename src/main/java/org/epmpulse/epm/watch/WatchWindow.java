package org.epmpulse.epm.watch;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.config.Watch;
import org.jspecify.annotations.Nullable;

/** How far back a round looks. */
final class WatchWindow {

    private static final Duration DAY = Duration.ofDays(1);

    /** A round takes some time, and clocks differ. */
    private static final Duration OVERLAP = Duration.ofMinutes(10);

    /** What can be exported (epm_auto_export_job_console.html). */
    private static final int[] EXPORT_DAYS = {1, 2, 7, 30, 60};

    private WatchWindow() {}

    /**
     * Jobs that ended earlier are not recorded, except those since the latest complete round.
     *
     * @param latestRound null before the first
     */
    static Instant oldest(Watch watch, @Nullable Instant latestRound, Instant now) {
        Instant byAge = now.minus(watch.maxAge());
        Instant byRound = latestRound == null ? byAge : latestRound.minus(OVERLAP);
        return byRound.isBefore(byAge) ? byRound : byAge;
    }

    /** @param latestRound null before the first */
    static JobTracker.Window of(Watch watch, @Nullable Instant latestRound, WatchRound round, Instant now) {
        return new JobTracker.Window(
                now,
                latestRound == null ? null : oldest(watch, latestRound, round.start()),
                round.start().minus(DAY.multipliedBy(round.days() + 1L)));
    }

    /** How many days of the console to export; more than usual after an outage. */
    static int days(Duration age) {
        for (int days : EXPORT_DAYS) {
            if (age.compareTo(DAY.multipliedBy(days)) <= 0) {
                return days;
            }
        }
        return EXPORT_DAYS[EXPORT_DAYS.length - 1];
    }
}
