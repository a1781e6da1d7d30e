package org.epmpulse.epm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No usable response from an environment or its identity domain: the job's state is unknown, a later request may
 * succeed. The message is one line for an operator.
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

    /**
     * How long to wait before the next request, more than 0 and at most an hour; null if the response does not set it.
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
