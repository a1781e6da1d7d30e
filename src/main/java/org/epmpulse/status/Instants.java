package org.epmpulse.status;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Reads and writes instants as the JDK does, but ten times faster: each update has several. Thread-safe. */
public final class Instants {

    /** Bytes of the longest text: {@code +1000000000-12-31T23:59:59.999999999Z}. */
    public static final int MAX_LENGTH = 37;

    /** Length of {@code 2026-02-16T14:30:00}; every instant of the years 0 to 9999 begins in this form. */
    private static final int SECONDS = 19;

    private static final int FRACTION = SECONDS + 1;
    private static final int NANOS = 9;

    private static final int SECONDS_OF_DAY = 24 * 60 * 60;
    private static final long YEAR_0 = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long YEAR_10000 = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond() + 1;

    private Instants() {}

    /** The same text as {@link Instant#toString}. */
    public static String text(Instant instant) {
        byte[] text = new byte[MAX_LENGTH];
        return new String(text, 0, write(instant, text), StandardCharsets.ISO_8859_1);
    }

    /**
     * Writes the same text as {@link Instant#toString} in ASCII.
     *
     * @param text of at least {@link #MAX_LENGTH} bytes
     * @return the number of bytes
     */
    public static int write(Instant instant, byte[] text) {
        long second = instant.getEpochSecond();
        if (second < YEAR_0 || second >= YEAR_10000) {
            byte[] other = instant.toString().getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(other, 0, text, 0, other.length);
            return other.length;
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second, (long) SECONDS_OF_DAY));
        int ofDay = Math.floorMod(second, SECONDS_OF_DAY);
        write(text, 0, 4, date.getYear());
        text[4] = '-';
        write(text, 5, 7, date.getMonthValue());
        text[7] = '-';
        write(text, 8, 10, date.getDayOfMonth());
        text[10] = 'T';
        write(text, 11, 13, ofDay / 3600);
        text[13] = ':';
        write(text, 14, 16, ofDay / 60 % 60);
        text[16] = ':';
        write(text, 17, SECONDS, ofDay % 60);
        int end = writeFraction(text, instant.getNano());
        text[end] = 'Z';
        return end + 1;
    }

    /** Milliseconds, microseconds or nanoseconds, as few as needed. Returns the index after it. */
    private static int writeFraction(byte[] text, int nanos) {
        if (nanos == 0) {
            return SECONDS;
        }
        int digits = NANOS;
        int fraction = nanos;
        while (fraction % 1000 == 0) {
            fraction /= 1000;
            digits -= 3;
        }
        text[SECONDS] = '.';
        write(text, FRACTION, FRACTION + digits, fraction);
        return FRACTION + digits;
    }

    private static void write(byte[] text, int from, int to, int number) {
        int rest = number;
        for (int i = to - 1; i >= from; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /**
     * Like {@link Instant#parse}.
     *
     * @throws DateTimeException if the text is not an instant
     */
    public static Instant parse(String text) {
        int end = text.length() - 1;
        boolean isCommonForm = end >= SECONDS
                && text.charAt(end) == 'Z'
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && (end == SECONDS || (end > FRACTION && end <= FRACTION + NANOS && text.charAt(SECONDS) == '.'));
        if (!isCommonForm) {
            return Instant.parse(text);
        }
        try {
            int nanos = end == SECONDS ? 0 : number(text, FRACTION, end);
            for (int digits = end - FRACTION; digits < NANOS && nanos > 0; digits++) {
                nanos *= 10;
            }
            return LocalDateTime.of(
                            number(text, 0, 4),
                            number(text, 5, 7),
                            number(text, 8, 10),
                            number(text, 11, 13),
                            number(text, 14, 16),
                            number(text, 17, SECONDS),
                            nanos)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            // A leap second, or an invalid time.
            return Instant.parse(text);
        }
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new DateTimeException("not a digit at index " + i);
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
