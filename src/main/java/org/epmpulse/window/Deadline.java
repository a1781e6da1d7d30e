package org.epmpulse.window;

import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a domain must be done.
 *
 * @param workingDay 0 for every window; otherwise only for the window that starts on this working day of the month, 1 to
 *     31
 * @param time local time; if it is earlier than the start of the window, it is on the next calendar day
 */
public record Deadline(int workingDay, LocalTime time) {

    private static final Pattern TEXT = Pattern.compile("(?:WD\\+([0-9]{1,2}) +)?([0-9]{2}:[0-9]{2})");

    /**
     * Reads {@code 21:30} or {@code WD+3 18:00}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Deadline parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (matcher.matches()) {
            try {
                int day = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
                if (matcher.group(1) == null || day > 0) {
                    return new Deadline(day, LocalTime.parse(matcher.group(2)));
                }
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(rule(text), e);
            }
        }
        throw new IllegalArgumentException(rule(text));
    }

    private static String rule(String text) {
        return "must be a time such as 21:30, or a working day of the month and a time such as WD+3 18:00, is \"" + text
                + "\"";
    }

    /** Whether it is a deadline of every window. */
    boolean isDaily() {
        return workingDay == 0;
    }

    /** As in apps.json. */
    @Override
    public String toString() {
        return isDaily() ? time.toString() : "WD+" + workingDay + " " + time;
    }
}
