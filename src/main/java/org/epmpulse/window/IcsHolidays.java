package org.epmpulse.window;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.fortuna.ical4j.data.CalendarBuilder;
import net.fortuna.ical4j.data.ParserException;
import net.fortuna.ical4j.model.Component;
import net.fortuna.ical4j.model.Period;
import net.fortuna.ical4j.model.component.VEvent;

/**
 * The all-day events of an iCalendar file (RFC 5545), those that are repeated included. Thread-safe; keeps the days of
 * each year that was asked for.
 */
public final class IcsHolidays implements Holidays {

    /** Longer events do not reach into the next year. */
    private static final int MAX_DAYS = 31;

    private final List<VEvent> events;
    private final ConcurrentHashMap<Integer, Set<LocalDate>> years = new ConcurrentHashMap<>();

    private IcsHolidays(List<VEvent> events) {
        this.events = events;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is not an iCalendar file, or has no all-day event
     */
    public static IcsHolidays of(byte[] ics) {
        try {
            List<VEvent> events = new CalendarBuilder()
                    .build(new ByteArrayInputStream(ics)).<VEvent>getComponents(Component.VEVENT).stream()
                            .filter(IcsHolidays::isAllDay)
                            .toList();
            if (events.isEmpty()) {
                throw new IllegalArgumentException("must have at least one all-day event (DTSTART;VALUE=DATE)");
            }
            IcsHolidays holidays = new IcsHolidays(events);
            // An invalid repetition fails now and not at the first request.
            holidays.read(LocalDate.EPOCH.getYear());
            return holidays;
        } catch (ParserException e) {
            throw new IllegalArgumentException("must be an iCalendar file, is not at line " + e.getLineNo(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("must be an iCalendar file", e);
        }
    }

    private static boolean isAllDay(VEvent event) {
        return event.getDateTimeStart() != null && event.getDateTimeStart().getDate() instanceof LocalDate;
    }

    @Override
    public boolean contains(LocalDate day) {
        return years.computeIfAbsent(day.getYear(), this::read).contains(day);
    }

    private Set<LocalDate> read(int year) {
        Period<LocalDate> period =
                new Period<>(LocalDate.of(year, 1, 1).minusDays(MAX_DAYS), LocalDate.of(year, 12, 31));
        Set<LocalDate> days = new HashSet<>();
        for (VEvent event : events) {
            for (Period<LocalDate> occurrence : event.<LocalDate>calculateRecurrenceSet(period)) {
                LocalDate first = occurrence.getStart();
                LocalDate end = first.plus(occurrence.getDuration());
                days.add(first);
                first.datesUntil(end.isAfter(first) ? end : first).forEach(days::add);
            }
        }
        return Set.copyOf(days);
    }
}
