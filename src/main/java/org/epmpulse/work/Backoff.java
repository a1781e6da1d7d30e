package org.epmpulse.work;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before a retry. Thread-safe if its random numbers are. */
public record Backoff(RandomGenerator random) {

    /** When the service refuses requests for this target. */
    public static final Duration REFUSED = Duration.ofMinutes(15);

    /** When the service rejects the credential, so every request fails. */
    public static final Duration SUSPENDED = Duration.ofMinutes(1);

    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration MAX = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int LONG_AFTER = 10;

    /**
     * When the service is unavailable: doubled each time from 2 s up to 1 min, of which jitter takes
     * up to a half; after ten failures 5 min.
     *
     * @param failures in a row, 1 or more
     */
    public Duration afterFailures(int failures) {
        if (isLong(failures)) {
            return LONG;
        }
        long doubled = FIRST.toMillis() << Math.min(failures - 1, 10);
        long longest = Math.min(doubled, MAX.toMillis());
        return Duration.ofMillis(longest / 2 + random.nextLong(longest / 2 + 1));
    }

    /** Whether the back-off after so many failures in a row is the long one of 5 min. */
    public static boolean isLong(int failures) {
        return failures > LONG_AFTER;
    }
}
