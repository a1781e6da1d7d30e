package org.epmpulse.epm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No usable response from an environment or its identity domain: the job's state is unknown, a later request may
 * succeed. The message is one line for an operator.
 */
public final class EpmUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Scope scope;
    private final @Nullable Duration retryAfter;

    /** What is affected. */
    enum Scope {
        /** The environment or its identity domain. */
        ENVIRONMENT,
        /** The same, and its response says that it is in maintenance. */
        MAINTENANCE,
        /** Only the requested job, if the environment responds to requests for other jobs. */
        POSSIBLY_ONE_JOB,
        /** The same; if the environment is affected, it is in maintenance, because its page says so. */
        POSSIBLY_MAINTENANCE;

        boolean isPossiblyOneJob() {
            return this == POSSIBLY_ONE_JOB || this == POSSIBLY_MAINTENANCE;
        }

        /** Whether an environment that is affected is in maintenance. */
        boolean namesMaintenance() {
            return this == MAINTENANCE || this == POSSIBLY_MAINTENANCE;
        }
    }

    EpmUnavailableException(String message, Scope scope, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.scope = scope;
        this.retryAfter = retryAfter;
    }

    EpmUnavailableException(String message, @Nullable Duration retryAfter) {
        this(message, Scope.ENVIRONMENT, retryAfter);
    }

    EpmUnavailableException(String message) {
        this(message, null);
    }

    Scope scope() {
        return scope;
    }

    /**
     * How long to wait before the next request, more than 0 and at most an hour; null if the response does not set it.
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
