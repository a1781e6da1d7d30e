package org.epmpulse.status;

/** Formats durations for people. */
public final class DurationText {

    private DurationText() {}

    /**
     * Returns a text such as {@code 45 s}, {@code 2 min 25 s}, {@code 1 h 05 min}, {@code 2 h}.
     *
     * @param seconds 0 or more
     */
    public static String of(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        long minutes = seconds % 3600 / 60;
        return seconds / 3600 + " h" + (minutes == 0 ? "" : " %02d min".formatted(minutes));
    }
}
