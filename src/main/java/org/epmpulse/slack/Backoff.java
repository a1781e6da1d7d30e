package org.epmpulse.slack;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait for the next try of what Slack did not take. As thread-safe as its random numbers. */
public record Backoff(RandomGenerator random) {

    /** When Slack will not take it for this canvas or channel. */
    public static final Duration REFUSED = Duration.ofMinutes(15);

    /** When Slack takes nothing with this token. */
    public static final Duration SUSPENDED = Duration.ofMinutes(1);

    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration PATIENT = Duration.ofMinutes(5);
    private static final int PATIENT_AFTER = 10;

    /**
     * When Slack did not answer as it should: soon at first, then less and less often, spread by chance.
     *
     * @param failures in a row, 1 or more
     */
    public Duration afterFailures(int failures) {
        if (isPatient(failures)) {
            return PATIENT;
        }
        long doubled = FIRST.toMillis() << Math.min(failures - 1, 10);
        long longest = Math.min(doubled, LONGEST.toMillis());
        return Duration.ofMillis(longest / 2 + random.nextLong(longest / 2 + 1));
    }

    /** Whether what failed so often is only tried now and then. */
    public static boolean isPatient(int failures) {
        return failures > PATIENT_AFTER;
    }
}
