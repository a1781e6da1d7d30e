package org.epmpulse.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Times of day in which alerts are collected. Immutable. A period begins at its first time and ends before its last
 * one; it may span midnight.
 */
public record QuietHours(List<Period> periods, ZoneId zone) {

    /** No quiet hours. */
    public static final QuietHours NONE = new QuietHours(List.of(), ZoneId.of("UTC"));

    static final String RULE = "must be periods such as 22:00-06:00, separated by commas";

    private static final Pattern PERIOD = Pattern.compile("(\\d{2}:\\d{2})\\s*-\\s*(\\d{2}:\\d{2})");

    /** A period of each day. */
    public record Period(LocalTime from, LocalTime to) {

        boolean contains(LocalTime time) {
            return from.isBefore(to)
                    ? !time.isBefore(from) && time.isBefore(to)
                    : !time.isBefore(from) || time.isBefore(to);
        }
    }

    public QuietHours {
        periods = List.copyOf(periods);
    }

    /** The periods as in the setting, without blanks. */
    String text() {
        return periods.stream().map(period -> period.from() + "-" + period.to()).collect(Collectors.joining(","));
    }

    /** Null if the text breaks {@link #RULE}. */
    static @Nullable QuietHours parse(String text, ZoneId zone) {
        List<Period> periods = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PERIOD.matcher(part.strip());
            LocalTime from = matcher.matches() ? time(matcher.group(1)) : null;
            LocalTime to = from == null ? null : time(matcher.group(2));
            if (from == null || to == null || from.equals(to)) {
                return null;
            }
            periods.add(new Period(from, to));
        }
        return new QuietHours(periods, zone);
    }

    /** A time of day such as {@code 08:00}; null if the text is none. */
    static @Nullable LocalTime time(String text) {
        try {
            return text.matches("\\d{2}:\\d{2}") ? LocalTime.parse(text) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    public boolean contains(Instant instant) {
        LocalTime time = instant.atZone(zone).toLocalTime();
        return periods.stream().anyMatch(period -> period.contains(time));
    }

    /**
     * When the quiet hours end in which this instant is, also if several periods follow each other; at most a day
     * later. The instant itself if it is in none.
     */
    public Instant endAfter(Instant instant) {
        Instant limit = instant.atZone(zone).plusDays(1).toInstant();
        Instant end = instant;
        for (Period period = around(end); period != null && end.isBefore(limit); period = around(end)) {
            end = next(period.to(), end);
        }
        return end.isBefore(limit) ? end : limit;
    }

    private @Nullable Period around(Instant instant) {
        LocalTime time = instant.atZone(zone).toLocalTime();
        return periods.stream()
                .filter(period -> period.contains(time))
                .findFirst()
                .orElse(null);
    }

    /** The first time of the clock after an instant. A time that a clock change skips is the next one that exists. */
    private Instant next(LocalTime time, Instant instant) {
        ZonedDateTime start = instant.atZone(zone);
        ZonedDateTime end = start.with(time);
        return (end.toInstant().isAfter(instant) ? end : start.plusDays(1).with(time)).toInstant();
    }

    @Override
    public String toString() {
        return periods.toString();
    }
}
