package org.epmpulse.store;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/** Numbers of OK and Warning updates of the last {@value DailyRunCounts#DAYS} days. Not thread-safe. */
public final class RunCountWindow {

    /** The days, and two more: updates of these come before them if the clock is set back over midnight. */
    private static final int SLOTS = DailyRunCounts.DAYS + 2;

    private Map<DomainId, int[]> counts = new HashMap<>();
    private LocalDate first = LocalDate.MIN;
    private @Nullable ZoneId zone;

    /**
     * Moves the window to end today.
     *
     * @param newZone time zone of the days
     * @return whether the counts were cleared, so that all updates of the window must be added again
     */
    public boolean moveTo(LocalDate today, ZoneId newZone) {
        LocalDate newFirst = today.minusDays(DailyRunCounts.DAYS - 1L);
        boolean cleared = !newZone.equals(zone) || newFirst.isBefore(first);
        if (cleared) {
            counts = new HashMap<>();
            zone = newZone;
        } else if (newFirst.isAfter(first)) {
            int removed = 2 * (int) Math.min(SLOTS, ChronoUnit.DAYS.between(first, newFirst));
            counts.replaceAll((id, days) -> {
                int[] moved = new int[days.length];
                System.arraycopy(days, removed, moved, 0, days.length - removed);
                return moved;
            });
            counts.values().removeIf(days -> Arrays.stream(days).allMatch(count -> count == 0));
        }
        first = newFirst;
        return cleared;
    }

    /** Discards all counts; the next {@link #moveTo} tells to add them again. */
    public void clear() {
        zone = null;
    }

    /** The first day of the window. */
    public LocalDate first() {
        return first;
    }

    /** Adds updates of one day; ignored if the day is long before or after the window. */
    public void add(DomainId id, LocalDate day, boolean ok, int number) {
        long slot = ChronoUnit.DAYS.between(first, day);
        if (slot >= 0 && slot < SLOTS) {
            counts.computeIfAbsent(id, same -> new int[2 * SLOTS])[2 * (int) slot + (ok ? 0 : 1)] += number;
        }
    }

    /** The counts of these domains. */
    public DailyRunCounts counts(Collection<DomainId> ids) {
        Map<DomainId, int[]> selected = new HashMap<>();
        for (DomainId id : ids) {
            int[] days = counts.get(id);
            if (days != null) {
                selected.put(id, Arrays.copyOf(days, 2 * DailyRunCounts.DAYS));
            }
        }
        return new DailyRunCounts(first, selected);
    }
}
