package org.epmpulse.outbound;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Retry-After} of a 429 or 503 in seconds (RFC 9110 section 10.2.3). A value of more than an hour
 * counts as an hour. A value of more than nine digits, a date, a fraction and a negative number count as absent.
 */
public final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /** EPM's daily maintenance and Slack's limits, which are per minute, take less; a longer value is a mistake. */
    private static final long MAX_SECONDS = 3600;

    private RetryAfter() {}

    /** From 1 s to 1 h; null if the header is absent or counts as absent. */
    public static @Nullable Duration of(@Nullable String header) {
        if (header == null || !SECONDS.matcher(header.strip()).matches()) {
            return null;
        }
        return Duration.ofSeconds(Math.min(MAX_SECONDS, Math.max(1, Long.parseLong(header.strip()))));
    }
}
