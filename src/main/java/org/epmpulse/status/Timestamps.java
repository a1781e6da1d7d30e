package org.epmpulse.status;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses ISO 8601 timestamps in the forms that Python's {@code datetime.fromisoformat} accepts, as clients of EPMPulse
 * 1.0 send them; no week dates.
 */
public final class Timestamps {

    /**
     * A time before this one counts as absent. It is the zero value of a language or a program (0001-01-01, 1970-01-01,
     * 1899-12-30 and the like), or the sender's clock was never set.
     */
    public static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** Years that {@link #parse} does not accept because no {@link Instant} of the years 1 to 9999 has them. */
    private static final Pattern YEAR_BEFORE_1 = Pattern.compile("(?:-\\d{4,10}|0000)-\\d\\d-\\d\\d(?:[Tt ].{0,40})?");

    /** The back references require that a date, and a time, has all of its separators or none. */
    private static final Pattern FORM = Pattern.compile("""
            (?<year> \\d{4}) (?<dash> -?) (?<month> \\d\\d) \\k<dash> (?<day> \\d\\d)
            (?: [Tt\\x20]
              (?<hour> \\d\\d)
              (?: (?<colon> :?) (?<minute> \\d\\d)
                (?: \\k<colon> (?<second> \\d\\d) (?: [.,] (?<fraction> \\d{1,9}) \\d* )? )? )?
              (?: [Zz] | \\x20? (?<sign> [+-]) (?<hours> \\d\\d) (?: :? (?<minutes> \\d\\d) (?: :? (?<seconds> \\d\\d) )? )? )?
            )?""", Pattern.COMMENTS);

    private Timestamps() {}

    /**
     * The instant of a text; without a zone UTC, without a time midnight.
     *
     * @return null if the text is not ISO 8601 or not an instant of the years 1 to 9999
     */
    public static @Nullable Instant parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || number(form, "year") == 0) {
            return null;
        }
        try {
            return LocalDateTime.of(
                            number(form, "year"),
                            number(form, "month"),
                            number(form, "day"),
                            number(form, "hour"),
                            number(form, "minute"),
                            number(form, "second"),
                            nanos(form))
                    .toInstant(offset(form));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Whether the text is a date of the year 0 or before, also one that does not exist, such as 0000-00-00. */
    static boolean isBeforeYear1(String text) {
        return YEAR_BEFORE_1.matcher(text).matches();
    }

    /** The time; null if it is null or before {@link #EARLIEST}. */
    public static @Nullable Instant orAbsent(@Nullable Instant time) {
        return time == null || time.isBefore(EARLIEST) ? null : time;
    }

    private static ZoneOffset offset(Matcher form) {
        int sign = "-".equals(form.group("sign")) ? -1 : 1;
        return ZoneOffset.ofHoursMinutesSeconds(
                sign * number(form, "hours"), sign * number(form, "minutes"), sign * number(form, "seconds"));
    }

    private static int nanos(Matcher form) {
        String digits = form.group("fraction");
        return digits == null ? 0 : Integer.parseInt(digits + "0".repeat(9 - digits.length()));
    }

    private static int number(Matcher form, String group) {
        String digits = form.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
