package org.epmpulse.epm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A pod or its identity domain did not answer as it should: nothing is known about the job, and the same request may
 * work later. The message is one line for an operator.
 */
public final class EpmUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Duration retryAfter;

    EpmUnavailableException(String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    EpmUnavailableException(String message) {
        this(message, null);
    }

    /** How long to leave it alone, more than 0 and at most an hour; null if it did not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
