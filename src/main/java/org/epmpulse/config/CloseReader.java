package org.epmpulse.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.CountryHolidays;
import org.epmpulse.window.Holidays;
import org.epmpulse.window.IcsHolidays;
import org.jspecify.annotations.Nullable;

/** Reads {@code close} of apps.json: when windows start and end. For one thread. */
final class CloseReader {

    private static final int MAX_ICS_MEBIBYTES = 1;
    private static final String DAYS_RULE = "must be days of the week such as mon-fri or mon,wed,fri";

    private final Path folder;
    private final ZoneId zone;

    /**
     * @param folder base of relative paths
     * @param zone if {@code close} has none
     */
    CloseReader(Path folder, ZoneId zone) {
        this.folder = folder;
        this.zone = zone;
    }

    /** Null if it is absent or invalid. */
    @Nullable
    CloseCalendar read(Field field) {
        Section close = field.section();
        if (close == null) {
            return null;
        }
        close.expectKeys("starts", "ends", "timezone", "days", "holidays");
        Field startsField = close.get("starts");
        LocalTime starts = time(startsField);
        if (startsField.isAbsent()) {
            startsField.error("must be a time such as 18:00");
        }
        LocalTime ends = time(close.get("ends"));
        ZoneId closeZone = zone(close.get("timezone"));
        Set<DayOfWeek> days = days(close.get("days"));
        Holidays holidays = holidays(close.get("holidays"));
        return starts == null ? null : new CloseCalendar(starts, ends, closeZone, days, holidays);
    }

    private static @Nullable LocalTime time(Field field) {
        String text = field.text();
        if (text == null) {
            return null;
        }
        try {
            if (text.length() == 5) {
                return LocalTime.parse(text);
            }
        } catch (DateTimeException e) {
            field.error("must be a time such as 18:00, is \"" + text + "\"");
            return null;
        }
        field.error("must be a time such as 18:00, is \"" + text + "\"");
        return null;
    }

    private ZoneId zone(Field field) {
        String text = field.text();
        try {
            return text == null ? zone : ZoneId.of(text);
        } catch (DateTimeException e) {
            field.error("must be a time zone such as Europe/London, is \"" + text + "\"");
            return zone;
        }
    }

    private static Set<DayOfWeek> days(Field field) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        boolean valid = true;
        for (Field item : field.items()) {
            String text = item.text();
            boolean isDays = text != null && addDays(text, days);
            if (text != null && !isDays) {
                item.error(DAYS_RULE + ", is \"" + text + "\"");
            }
            valid &= isDays;
        }
        if (!field.isAbsent() && valid && days.isEmpty()) {
            field.error(DAYS_RULE + ", has none");
        }
        return days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days;
    }

    private static boolean addDays(String text, Set<DayOfWeek> days) {
        for (String part : text.split(",", -1)) {
            String[] range = part.split("-", -1);
            DayOfWeek first = day(range[0]);
            DayOfWeek last = day(range[range.length - 1]);
            if (range.length > 2 || first == null || last == null) {
                return false;
            }
            for (DayOfWeek day = first; day != last; day = day.plus(1)) {
                days.add(day);
            }
            days.add(last);
        }
        return true;
    }

    /** A day by its first three letters or its name, in English. */
    private static @Nullable DayOfWeek day(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        for (DayOfWeek day : DayOfWeek.values()) {
            if (name.equals(day.name()) || name.equals(day.name().substring(0, 3))) {
                return day;
            }
        }
        return null;
    }

    /** A list of dates and calendars; a single one counts as a list. */
    private Holidays holidays(Field field) {
        Set<LocalDate> dates = new HashSet<>();
        List<Holidays> calendars = new ArrayList<>();
        for (Field item : field.items()) {
            if (item.isText()) {
                LocalDate date = date(item);
                if (date != null) {
                    dates.add(date);
                }
            } else {
                Holidays calendar = calendar(item);
                if (calendar != null) {
                    calendars.add(calendar);
                }
            }
        }
        if (!dates.isEmpty()) {
            calendars.add(Set.copyOf(dates)::contains);
        }
        return calendars.isEmpty()
                ? Holidays.NONE
                : day -> calendars.stream().anyMatch(calendar -> calendar.contains(day));
    }

    private static @Nullable LocalDate date(Field field) {
        String text = field.text();
        try {
            return text == null ? null : LocalDate.parse(text);
        } catch (DateTimeException e) {
            field.error("must be a date such as 2026-12-25, is \"" + text + "\"");
            return null;
        }
    }

    private @Nullable Holidays calendar(Field field) {
        Section section = field.section();
        if (section == null) {
            return null;
        }
        section.expectKeys("ics", "country", "region");
        Field ics = section.get("ics");
        Field country = section.get("country");
        Field region = section.get("region");
        if (ics.isAbsent() == country.isAbsent() || (!region.isAbsent() && country.isAbsent())) {
            field.error("must have either ics, a file, or country, such as gb, with or without region");
            return null;
        }
        return ics.isAbsent() ? country(country, region) : ics(ics);
    }

    private static @Nullable Holidays country(Field country, Field region) {
        String code = country.text();
        String part = region.text();
        if (code == null) {
            return null;
        }
        try {
            return CountryHolidays.of(code, part);
        } catch (IllegalArgumentException e) {
            (Objects.requireNonNull(e.getMessage()).startsWith("unknown region") ? region : country)
                    .error(e.getMessage());
            return null;
        }
    }

    private @Nullable Holidays ics(Field field) {
        String text = field.text();
        if (text == null) {
            return null;
        }
        try {
            return IcsHolidays.of(RegularFile.read(folder.resolve(text), MAX_ICS_MEBIBYTES));
        } catch (IllegalArgumentException e) {
            // Also a path that the system does not allow.
            field.error("file " + text + " " + e.getMessage());
        } catch (IOException e) {
            field.error("file " + folder.resolve(text).toAbsolutePath() + " cannot be read: "
                    + RegularFile.rule(MAX_ICS_MEBIBYTES));
        }
        return null;
    }
}
