package org.epmpulse.window;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When windows start and end. One starts on each working day, and lasts until its end or, without one, until the next
 * start. Immutable, thread-safe.
 *
 * @param starts local time
 * @param ends local time; if it is not after {@code starts}, it is on the next calendar day; null for the next start
 * @param zone of all local times. A time that a clock change skips is later by the length of the gap; of a time that
 *     occurs twice the first one counts
 * @param days of the week that are working days; at least one
 */
public record CloseCalendar(
        LocalTime starts, @Nullable LocalTime ends, ZoneId zone, Set<DayOfWeek> days, Holidays holidays) {

    /** A working day is searched within so many days; then holidays are ignored, so that there always is a window. */
    private static final int MAX_HOLIDAYS = 400;

    public CloseCalendar {
        days = Set.copyOf(days);
        if (days.isEmpty()) {
            throw new IllegalArgumentException("days must have at least one day of the week");
        }
    }

    /** Whether a window starts on this day. */
    public boolean isWorkingDay(LocalDate day) {
        return days.contains(day.getDayOfWeek()) && !holidays.contains(day);
    }

    /** The last window that started at this time or before. */
    public Window windowAt(Instant time) {
        LocalDate today = time.atZone(zone).toLocalDate();
        LocalDate day = start(today).isAfter(time) ? today.minusDays(1) : today;
        return windowOn(nearest(day, -1));
    }

    /** The window before this one. */
    Window before(Window window) {
        return windowOn(nearest(day(window).minusDays(1), -1));
    }

    /** The window after this one. */
    Window after(Window window) {
        return windowOn(nearest(day(window).plusDays(1), 1));
    }

    private static LocalDate day(Window window) {
        LocalDate day = window.day();
        if (day == null) {
            throw new IllegalArgumentException("the window must be of a calendar");
        }
        return day;
    }

    private LocalDate nearest(LocalDate from, int step) {
        for (int i = 0; i < MAX_HOLIDAYS; i++) {
            LocalDate day = from.plusDays((long) i * step);
            if (isWorkingDay(day)) {
                return day;
            }
        }
        LocalDate day = from;
        while (!days.contains(day.getDayOfWeek())) {
            day = day.plusDays(step);
        }
        return day;
    }

    private Window windowOn(LocalDate day) {
        Instant next = start(nearest(day.plusDays(1), 1));
        Instant end = ends == null ? next : onWindow(day, ends, true);
        return new Window(day, start(day), end.isBefore(next) ? end : next);
    }

    private Instant start(LocalDate day) {
        return day.atTime(starts).atZone(zone).toInstant();
    }

    /** @param equalIsNextDay whether the local time of the start means that of the next day */
    private Instant onWindow(LocalDate day, LocalTime time, boolean equalIsNextDay) {
        boolean nextDay = time.isBefore(starts) || (equalIsNextDay && time.equals(starts));
        Instant at = (nextDay ? day.plusDays(1) : day).atTime(time).atZone(zone).toInstant();
        Instant start = start(day);
        // Where the local time of the start does not exist, because the clock is set forward, the start comes later.
        return at.isAfter(start) || time.equals(starts) ? at : start.plus(untilStart(time));
    }

    /** The deadline in a window, after its start; null if it has none there. */
    @Nullable
    Instant deadline(Deadline deadline, Window window) {
        if (deadline.isDaily()) {
            return onWindow(day(window), deadline.time(), false);
        }
        // At the time of a start it belongs to the window that ends then, because nothing can be done in the other one.
        Window ofDay = deadline.time().equals(starts) ? after(window) : window;
        LocalDate day = day(ofDay);
        return workingDayOfMonth(day) == deadline.workingDay() ? onWindow(day, deadline.time(), false) : null;
    }

    /** The first deadline at this time or later; null if there is none within 100 windows. */
    public @Nullable Instant nextDeadline(Deadline deadline, Instant time) {
        Window window = windowAt(time);
        for (int i = 0; i < 100; i++) {
            Instant next = deadline(deadline, window);
            if (next != null && !next.isBefore(time)) {
                return next;
            }
            window = after(window);
        }
        return null;
    }

    /** How many working days of the month there are up to this one; 1 for the first. */
    int workingDayOfMonth(LocalDate day) {
        int count = 0;
        for (LocalDate other = day.withDayOfMonth(1); !other.isAfter(day); other = other.plusDays(1)) {
            count += isWorkingDay(other) ? 1 : 0;
        }
        return count;
    }

    /** Why no working day can meet a deadline, as a rule for the user; null if one can. */
    public @Nullable String problem(Deadline deadline) {
        if (deadline.isDaily() && deadline.time().equals(starts)) {
            return "must be after the start of the window, is " + starts + " as close.starts";
        }
        LocalTime end = ends;
        if (end != null && untilStart(deadline.time()).compareTo(untilStart(end)) > 0) {
            return "must be before the end of the window (close.ends is " + end + "), is " + deadline.time();
        }
        int most = mostWorkingDays();
        return deadline.workingDay() > most
                ? "must be at most WD+" + most + ", because no month has more working days, is WD+"
                        + deadline.workingDay()
                : null;
    }

    /** From the start of the window to the local time, on a day without a clock change; more than 0. */
    private Duration untilStart(LocalTime time) {
        Duration duration = Duration.between(starts, time);
        return duration.isNegative() || duration.isZero() ? duration.plusDays(1) : duration;
    }

    /** In the longest month that begins on the best day of the week. */
    private int mostWorkingDays() {
        int most = 0;
        for (DayOfWeek first : DayOfWeek.values()) {
            int count = 0;
            for (int i = 0; i < 31; i++) {
                count += days.contains(first.plus(i)) ? 1 : 0;
            }
            most = Math.max(most, count);
        }
        return most;
    }

    /** The starts of this window and of those before it, the earliest first, in seconds since 1970. */
    long[] startsUpTo(Window window, int count) {
        Deque<Window> windows = new ArrayDeque<>();
        windows.addFirst(window);
        while (windows.size() < count) {
            windows.addFirst(before(windows.getFirst()));
        }
        return windows.stream()
                .mapToLong(each -> each.starts().getEpochSecond())
                .toArray();
    }
}
