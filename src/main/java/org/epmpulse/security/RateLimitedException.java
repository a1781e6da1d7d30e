package org.epmpulse.security;

import java.time.Duration;

/** A key exceeded its rate limit. The request was not processed. */
public final class RateLimitedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    public RateLimitedException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** The time to wait, more than 0. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** The value of the {@code Retry-After} header: whole seconds, at least 1. */
    public static String header(Duration wait) {
        long seconds = wait.toSeconds() + (wait.toNanosPart() > 0 ? 1 : 0);
        return String.valueOf(Math.max(1, seconds));
    }
}
