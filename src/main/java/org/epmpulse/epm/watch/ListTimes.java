package org.epmpulse.epm.watch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts the times of a list, whose format and time zone Oracle does not document. Both are found by the job that
 * exported the list, because its start is known. A time with two meanings is not converted: in the hour that occurs twice
 * when clocks are set back, or if day and month may be exchanged. If the clocks of EPM and this host differ by hours, the
 * offset includes the difference, so that durations are right. Immutable.
 *
 * @param formats those that fit all exports so far, of {@link #FORMATS}; empty before the first
 * @param offsets from UTC, the latest last
 */
record ListTimes(List<String> formats, List<Offset> offsets) {

    /** After the request, the job may wait for others; before it, only the clocks can differ. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final Pattern ABSOLUTE =
            Pattern.compile("\\s*\\d{4}-\\d\\d-\\d\\d[T ].*(?:Z|UTC|GMT|[+-]\\d\\d:\\d\\d)\\s*");
    private static final int STEP_MINUTES = 15;
    private static final Duration LARGEST_OFFSET = Duration.ofHours(14);
    private static final int MAX_OFFSETS = 4;

    private static final Map<String, DateTimeFormatter> FORMATS = formatters(
            "uuuu-MM-dd HH:mm[:ss]",
            "uuuu-MM-dd'T'HH:mm[:ss]",
            "uuuu/M/d H:mm[:ss]",
            "M/d/uuuu h:mm[:ss] a",
            "d/M/uuuu h:mm[:ss] a",
            "M/d/uuuu H:mm[:ss]",
            "d/M/uuuu H:mm[:ss]",
            "d.M.uuuu H:mm[:ss]",
            "d-MMM-uuuu H:mm[:ss]",
            "d-MMM-uuuu h:mm[:ss] a",
            "d MMM uuuu H:mm[:ss]",
            "MMM d, uuuu h:mm[:ss] a",
            "MMM d, uuuu, h:mm[:ss] a",
            "MMM d, uuuu H:mm[:ss]");

    static final ListTimes UNKNOWN = new ListTimes(List.of(), List.of());

    /**
     * An offset from UTC.
     *
     * @param from start of the first export that showed it
     * @param until start of the latest export that showed it
     */
    record Offset(int seconds, Instant from, Instant until) {

        Instant at(LocalDateTime time) {
            return time.toInstant(ZoneOffset.ofTotalSeconds(seconds));
        }
    }

    ListTimes {
        formats = formats.stream().filter(FORMATS::containsKey).toList();
        offsets = List.copyOf(offsets);
    }

    private static Map<String, DateTimeFormatter> formatters(String... patterns) {
        Map<String, DateTimeFormatter> formatters = new LinkedHashMap<>();
        for (String pattern : patterns) {
            formatters.put(pattern, formatter(pattern));
            if (pattern.contains("uuuu") && pattern.contains("/")) {
                String shortYear = pattern.replace("uuuu", "uu");
                formatters.put(shortYear, formatter(shortYear));
            }
        }
        return formatters;
    }

    private static DateTimeFormatter formatter(String pattern) {
        int seconds = pattern.indexOf("[:ss]");
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern.substring(0, seconds))
                .optionalStart()
                .appendLiteral(':')
                .appendPattern("ss")
                .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                .optionalEnd()
                .appendPattern(pattern.substring(seconds + "[:ss]".length()))
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /**
     * Adds what an export shows.
     *
     * @param ownStart as the list shows the start of the job that exported it; null if it does not
     * @param started when that job was started
     * @return the same if nothing can be concluded from it
     */
    ListTimes calibrated(@Nullable String ownStart, Instant started) {
        if (ownStart == null) {
            return this;
        }
        Instant absolute = absolute(ownStart);
        if (absolute != null) {
            // With a zone, what is left is the difference of the clocks.
            Integer difference = offset(utc(absolute), started);
            return difference == null ? this : new ListTimes(formats, withOffset(difference, started));
        }
        Map<String, Integer> fitting = new LinkedHashMap<>();
        FORMATS.forEach((pattern, format) -> {
            LocalDateTime local = parse(format, ownStart);
            Integer offset = local == null ? null : offset(local, started);
            if (offset != null && (formats.isEmpty() || formats.contains(pattern))) {
                fitting.put(pattern, offset);
            }
        });
        if (new TreeSet<>(fitting.values()).size() != 1) {
            return this;
        }
        return new ListTimes(
                List.copyOf(fitting.keySet()),
                withOffset(fitting.values().iterator().next(), started));
    }

    private static @Nullable Integer offset(LocalDateTime local, Instant started) {
        Duration difference = Duration.between(started, local.toInstant(ZoneOffset.UTC));
        long steps = Math.round((double) difference.toSeconds() / (STEP_MINUTES * 60));
        Duration offset = Duration.ofMinutes(steps * STEP_MINUTES);
        boolean fits = difference.minus(offset).abs().compareTo(TOLERANCE) <= 0
                && offset.abs().compareTo(LARGEST_OFFSET) <= 0;
        return fits ? (Integer) (int) offset.toSeconds() : null;
    }

    private List<Offset> withOffset(int seconds, Instant at) {
        List<Offset> all = new ArrayList<>(offsets);
        Offset last = all.isEmpty() ? null : all.get(all.size() - 1);
        if (last != null && last.seconds() == seconds) {
            all.set(all.size() - 1, new Offset(seconds, last.from(), at.isAfter(last.until()) ? at : last.until()));
        } else {
            all.add(new Offset(seconds, at, at));
        }
        return all.subList(Math.max(0, all.size() - MAX_OFFSETS), all.size());
    }

    /**
     * The meaning of a time.
     *
     * @param now no job starts or ends later
     * @return null if it is absent, unknown or ambiguous
     */
    @Nullable
    Instant instant(@Nullable String text, Instant now) {
        if (text == null) {
            return null;
        }
        TreeSet<Instant> meanings = new TreeSet<>();
        Instant absolute = absolute(text);
        if (absolute != null && !offsets.isEmpty()) {
            addMeanings(utc(absolute), now, meanings);
        } else if (absolute != null && !absolute.isAfter(now.plus(TOLERANCE))) {
            meanings.add(absolute);
        }
        for (String pattern : formats) {
            DateTimeFormatter format = FORMATS.get(pattern);
            LocalDateTime local = format == null ? null : parse(format, text);
            if (local != null) {
                addMeanings(local, now, meanings);
            }
        }
        return meanings.size() == 1 ? meanings.first() : null;
    }

    /** An offset holds from the last export that showed the one before it to the first that shows the next one. */
    private void addMeanings(LocalDateTime local, Instant now, TreeSet<Instant> meanings) {
        for (int i = 0; i < offsets.size(); i++) {
            Instant at = offsets.get(i).at(local);
            Instant latest = i + 1 < offsets.size() ? offsets.get(i + 1).from() : now.plus(TOLERANCE);
            boolean earlyEnough = !at.isAfter(latest);
            boolean lateEnough = i == 0 || !at.isBefore(offsets.get(i - 1).until());
            if (earlyEnough && lateEnough) {
                meanings.add(at);
            }
        }
    }

    private static LocalDateTime utc(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    private static @Nullable Instant absolute(String text) {
        if (!ABSOLUTE.matcher(text).matches()) {
            return null;
        }
        try {
            String iso =
                    text.strip().replaceFirst("^(\\d{4}-\\d\\d-\\d\\d) ", "$1T").replaceFirst(" ?(UTC|GMT)$", "Z");
            return OffsetDateTime.parse(iso).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable LocalDateTime parse(DateTimeFormatter format, String text) {
        try {
            return LocalDateTime.parse(text.strip().replace('\u202f', ' '), format);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
