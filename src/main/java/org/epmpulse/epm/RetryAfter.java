package org.epmpulse.epm;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header of a 429 or 503 that says when to come back (RFC 9110 section 10.2.3), where it does so in seconds. */
final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    /** Longer than a daily maintenance; a mistake if longer. */
    private static final long MAX_SECONDS = 3600;

    private RetryAfter() {}

    /** Null if the header is absent, a date or nonsense; else 1 s to 1 h. */
    static @Nullable Duration of(@Nullable String header) {
        if (header == null || !SECONDS.matcher(header.strip()).matches()) {
            return null;
        }
        return Duration.ofSeconds(Math.min(MAX_SECONDS, Math.max(1, Long.parseLong(header.strip()))));
    }
}
