package org.epmpulse.status;

import java.time.LocalDate;
import java.util.Map;

/**
 * How many updates of each domain said OK and how many Warning, on each of some days.
 *
 * @param first of the days
 * @param counts of the domains that had one: OK and Warning of the first day, then of the next, {@value #DAYS} times
 */
public record DailyRunCounts(LocalDate first, Map<DomainId, int[]> counts) {

    /** So many days there are. */
    public static final int DAYS = 31;

    private static final int[] NONE = new int[2 * DAYS];

    /** How many said OK on each of the last days, the earliest first. */
    public int[] ok(DomainId id, int days) {
        return pick(id, days, 0);
    }

    /** How many said Warning on each of the last days, the earliest first. */
    public int[] warning(DomainId id, int days) {
        return pick(id, days, 1);
    }

    private int[] pick(DomainId id, int days, int which) {
        int[] all = counts.getOrDefault(id, NONE);
        int[] picked = new int[days];
        for (int i = 0; i < days; i++) {
            picked[i] = all[2 * (DAYS - days + i) + which];
        }
        return picked;
    }
}
