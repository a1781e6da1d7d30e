package org.epmpulse.window;

import biweekly.Biweekly;
import biweekly.ICalendar;
import biweekly.component.VEvent;
import biweekly.property.DateEnd;
import biweekly.property.DateStart;
import biweekly.property.DurationProperty;
import biweekly.util.com.google.ical.compat.javautil.DateIterator;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The all-day events of an iCalendar file (RFC 5545), those that are repeated included. Thread-safe; keeps the days of
 * each year that was asked for.
 */
public final class IcsHolidays implements Holidays {

    /** An all-day event, and on how many days it is. */
    private record AllDay(VEvent event, long days) {}

    private final List<AllDay> events;
    private final ConcurrentHashMap<Integer, Set<LocalDate>> years = new ConcurrentHashMap<>();

    private IcsHolidays(List<AllDay> events) {
        this.events = events;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is not an iCalendar file, or has no all-day event
     */
    public static IcsHolidays of(byte[] ics) {
        ICalendar calendar =
                Biweekly.parse(new String(ics, StandardCharsets.UTF_8)).first();
        if (calendar == null) {
            throw new IllegalArgumentException("must be an iCalendar file (RFC 5545)");
        }
        List<AllDay> events = calendar.getEvents().stream()
                .filter(IcsHolidays::isAllDay)
                .map(event -> new AllDay(event, days(event)))
                .toList();
        if (events.isEmpty()) {
            throw new IllegalArgumentException("must have at least one all-day event (DTSTART;VALUE=DATE)");
        }
        return new IcsHolidays(events);
    }

    private static boolean isAllDay(VEvent event) {
        DateStart start = event.getDateStart();
        return start != null && start.getValue() != null && !start.getValue().hasTime();
    }

    /** Of DTEND or DURATION; a day without both (RFC 5545, section 3.6.1). */
    private static long days(VEvent event) {
        DateEnd end = event.getDateEnd();
        DurationProperty duration = event.getDuration();
        long days = 1;
        if (end != null && end.getValue() != null) {
            days = ChronoUnit.DAYS.between(day(event.getDateStart().getValue()), day(end.getValue()));
        } else if (duration != null && duration.getValue() != null) {
            days = TimeUnit.MILLISECONDS.toDays(duration.getValue().toMillis());
        }
        return Math.max(1, days);
    }

    /** The library has a day as its first moment in the time zone of the JVM. */
    private static LocalDate day(Date date) {
        return date.toInstant().atZone(ZoneId.systemDefault()).toLocalDate();
    }

    @Override
    public boolean contains(LocalDate day) {
        return years.computeIfAbsent(day.getYear(), this::read).contains(day);
    }

    private Set<LocalDate> read(int year) {
        LocalDate first = LocalDate.of(year, 1, 1);
        LocalDate last = LocalDate.of(year, 12, 31);
        Set<LocalDate> days = new HashSet<>();
        for (AllDay event : events) {
            DateIterator dates = event.event().getDateIterator(TimeZone.getDefault());
            dates.advanceTo(Date.from(first.minusDays(event.days())
                    .atStartOfDay(ZoneId.systemDefault())
                    .toInstant()));
            while (dates.hasNext()) {
                LocalDate begins = day(dates.next());
                if (begins.isAfter(last)) {
                    break;
                }
                begins.datesUntil(begins.plusDays(event.days())).forEach(days::add);
            }
        }
        return Set.copyOf(days);
    }
}
