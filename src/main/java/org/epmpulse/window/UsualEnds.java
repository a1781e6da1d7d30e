package org.epmpulse.window;

import java.util.Arrays;
import org.epmpulse.status.DurationStatistics;

/**
 * When a domain usually ends in a window, by the windows before the current one. Immutable.
 *
 * @param statistics it was computed from
 * @param windowStart start of the current window, in seconds since 1970
 * @param offsetSec from the start of a window to the last end in it, in seconds: the median; -1 if it is not known, or if
 *     the domain ends in fewer than half of the windows
 */
record UsualEnds(DurationStatistics statistics, long windowStart, long offsetSec) {

    /** Windows that are looked at, the current one included. */
    static final int WINDOWS = 64;

    /** @param starts of the windows up to the current one, the earliest first, in seconds since 1970 */
    static UsualEnds of(DurationStatistics statistics, long[] starts) {
        long current = starts[starts.length - 1];
        return new UsualEnds(statistics, current, offset(statistics.ends(), starts));
    }

    private static long offset(long[] ends, long[] starts) {
        Arrays.sort(ends);
        long[] offsets = new long[starts.length];
        int count = 0;
        int firstWindow = -1;
        int lastWindow = -1;
        for (long end : ends) {
            int found = Arrays.binarySearch(starts, end);
            int window = found >= 0 ? found : -found - 2;
            if (window >= 0 && window < starts.length - 1) {
                firstWindow = firstWindow < 0 ? window : firstWindow;
                count = window == lastWindow ? count : count + 1;
                lastWindow = window;
                offsets[count - 1] = end - starts[window];
            }
        }
        int windows = starts.length - 1 - firstWindow;
        if (count < DurationStatistics.MIN_RUNS || 2 * count < windows) {
            return -1;
        }
        Arrays.sort(offsets, 0, count);
        return offsets[(count - 1) / 2];
    }

    boolean isKnown() {
        return offsetSec >= 0;
    }

    /** Whether these are the usual ends for the same runs and the same window. */
    boolean isFor(DurationStatistics current, long start) {
        return statistics == current && windowStart == start;
    }
}
