package org.epmpulse.status;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the ISO 8601 forms that Python's {@code datetime.fromisoformat} takes, as clients of EPMPulse 1.0 send them. */
public final class Timestamps {

    private static final Pattern OFFSET_WITHOUT_COLON = Pattern.compile("(.*T.*[+-]\\d{2})(\\d{2})");
    private static final Pattern BASIC = Pattern.compile("(\\d{4})(\\d{2})(\\d{2})(?:T(\\d{2})(\\d{2})(\\d{2})?(.*))?");

    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .appendPattern("HH:mm[:ss]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalStart()
            .appendOffset("+HH:mm", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .optionalEnd()
            .toFormatter();

    private Timestamps() {}

    /**
     * The instant a text names; no zone means UTC, no time midnight.
     *
     * @return null if the text is not ISO 8601
     */
    public static @Nullable Instant parse(String text) {
        if (text.length() < 8 || text.length() > 40) {
            return null;
        }
        String normal =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
        var basic = BASIC.matcher(normal);
        if (basic.matches()) {
            normal = basic.group(1) + "-" + basic.group(2) + "-" + basic.group(3);
            if (basic.group(4) != null) {
                String seconds = basic.group(6) == null ? "" : ":" + basic.group(6);
                normal += "T" + basic.group(4) + ":" + basic.group(5) + seconds + basic.group(7);
            }
        }
        var offset = OFFSET_WITHOUT_COLON.matcher(normal);
        if (offset.matches()) {
            normal = offset.group(1) + ":" + offset.group(2);
        }
        try {
            TemporalAccessor parsed = FORMAT.parse(normal);
            LocalDate date = LocalDate.from(parsed);
            LocalTime time = parsed.query(TemporalQueries.localTime());
            ZoneOffset zone = parsed.query(TemporalQueries.offset());
            if (date.getYear() < 1 || date.getYear() > 9999) {
                return null;
            }
            return LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time)
                    .toInstant(zone == null ? ZoneOffset.UTC : zone);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
