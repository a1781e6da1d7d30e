package org.epmpulse.security;

import java.time.Duration;

/** A key asked for more than its share; nothing was done. */
public final class RateLimitedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    public RateLimitedException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** How long to wait, more than nothing. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** The wait as the {@code Retry-After} header says it: whole seconds, at least 1. */
    public static String header(Duration wait) {
        long seconds = wait.toSeconds() + (wait.toNanosPart() > 0 ? 1 : 0);
        return String.valueOf(Math.max(1, seconds));
    }
}
