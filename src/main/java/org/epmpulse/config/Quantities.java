package org.epmpulse.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses durations such as {@code 500ms}, {@code 30s}, {@code 1h30m} and sizes such as {@code 10GB}. */
public final class Quantities {

    /** The longest allowed duration; short enough to add to any time. */
    static final Duration MAX_DURATION = Duration.ofDays(3650);

    private static final Pattern DURATION =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final Duration[] UNITS = {
        Duration.ofDays(1), Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMillis(1)
    };
    private static final String[] UNIT_NAMES = {"d", "h", "m", "s", "ms"};

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15}) ?(B|KB|MB|GB|TB)");
    private static final List<String> POWERS_OF_1024 = List.of("B", "KB", "MB", "GB", "TB");

    private Quantities() {}

    /** Parses a duration of at most {@link #MAX_DURATION}; {@code 0} needs no unit. Null if invalid. */
    public static @Nullable Duration duration(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = DURATION.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            return null;
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            if (matcher.group(i + 1) != null) {
                sum = sum.plus(UNITS[i].multipliedBy(Long.parseLong(matcher.group(i + 1))));
            }
        }
        return sum.compareTo(MAX_DURATION) > 0 ? null : sum;
    }

    /** The shortest text that {@link #duration} parses to this duration, truncated to milliseconds. */
    static String text(Duration duration) {
        StringBuilder text = new StringBuilder();
        Duration rest = duration;
        for (int i = 0; i < UNITS.length; i++) {
            long count = rest.dividedBy(UNITS[i]);
            if (count > 0) {
                text.append(count).append(UNIT_NAMES[i]);
                rest = rest.minus(UNITS[i].multipliedBy(count));
            }
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    /** Parses a size in bytes (1 KB is 1024 bytes); null if invalid or larger than a long. */
    static @Nullable Long bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        BigInteger bytes = new BigInteger(matcher.group(1)).shiftLeft(10 * POWERS_OF_1024.indexOf(matcher.group(2)));
        return bytes.bitLength() < Long.SIZE ? bytes.longValue() : null;
    }
}
