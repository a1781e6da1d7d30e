package org.epmpulse.epm;

import java.io.IOException;
import java.time.Duration;
import org.epmpulse.outbound.OutboundFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why a poll did not return the job's state.
 *
 * @param cause one line, for an operator
 * @param retryAfter how long to wait before the next request; null if the response does not set it
 */
record PollFailure(Kind kind, String cause, @Nullable Duration retryAfter) {

    enum Kind {
        /** The environment or its identity domain rejects the credentials, or the role is missing. */
        ACCESS_DENIED,
        /** No response from the environment, or not one that can be used. */
        UNAVAILABLE,
        /** A fault that the environment did not cause. */
        UNEXPECTED
    }

    static PollFailure of(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof EpmUnauthorizedException
                || failure instanceof EpmForbiddenException
                || failure instanceof EpmCredentialsException) {
            return new PollFailure(Kind.ACCESS_DENIED, message, null);
        }
        if (failure instanceof EpmUnavailableException unavailable) {
            return new PollFailure(Kind.UNAVAILABLE, message, unavailable.retryAfter());
        }
        return failure instanceof IOException
                ? new PollFailure(Kind.UNAVAILABLE, OutboundFailure.reason(failure), null)
                : new PollFailure(Kind.UNEXPECTED, message, null);
    }
}
