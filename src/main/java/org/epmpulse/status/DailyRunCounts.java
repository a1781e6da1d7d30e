package org.epmpulse.status;

import java.time.LocalDate;
import java.util.Map;

/**
 * Number of OK and of Warning updates per domain and day.
 *
 * @param first of the days
 * @param counts by domain: OK and Warning of the first day, then of the next, {@value #DAYS} times; no entry means zero
 */
public record DailyRunCounts(LocalDate first, Map<DomainId, int[]> counts) {

    /** Number of days. */
    public static final int DAYS = 31;

    private static final int[] NONE = new int[2 * DAYS];

    /** Number of OK updates on each of the last days, the earliest first. */
    public int[] ok(DomainId id, int days) {
        return select(id, days, 0);
    }

    /** Number of Warning updates on each of the last days, the earliest first. */
    public int[] warning(DomainId id, int days) {
        return select(id, days, 1);
    }

    private int[] select(DomainId id, int days, int offset) {
        int[] all = counts.getOrDefault(id, NONE);
        int[] selected = new int[days];
        for (int i = 0; i < days; i++) {
            selected[i] = all[2 * (DAYS - days + i) + offset];
        }
        return selected;
    }
}
