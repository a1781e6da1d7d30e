package org.epmpulse.epm;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After} of a 429 or 503 in seconds (RFC 9110 section 10.2.3); dates are ignored. */
final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /** Daily maintenance takes less; a longer value is taken as an error. */
    private static final long MAX_SECONDS = 3600;

    private RetryAfter() {}

    /** From 1 s to 1 h; null if the header is absent, a date or invalid. */
    static @Nullable Duration of(@Nullable String header) {
        if (header == null || !SECONDS.matcher(header.strip()).matches()) {
            return null;
        }
        return Duration.ofSeconds(Math.min(MAX_SECONDS, Math.max(1, Long.parseLong(header.strip()))));
    }
}
