package org.epmpulse.epm;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.epmpulse.epm.EpmUnavailableException.Scope;
import org.epmpulse.outbound.OutboundFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why a poll did not return the job's state.
 *
 * @param cause one line, for an operator
 * @param scope what is affected, as far as this failure shows it
 * @param retryAfter how long to wait before the next request; null if the response does not set it
 */
record PollFailure(
        Kind kind, String cause, Scope scope, @Nullable Duration retryAfter) {

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
        if (failure instanceof EpmForbiddenException) {
            return new PollFailure(Kind.ACCESS_DENIED, message, Scope.POSSIBLY_ONE_JOB, null);
        }
        if (failure instanceof EpmUnauthorizedException || failure instanceof EpmCredentialsException) {
            return new PollFailure(Kind.ACCESS_DENIED, message, Scope.ENVIRONMENT, null);
        }
        if (failure instanceof EpmUnavailableException unavailable) {
            return new PollFailure(Kind.UNAVAILABLE, message, unavailable.scope(), unavailable.retryAfter());
        }
        return failure instanceof IOException
                ? new PollFailure(Kind.UNAVAILABLE, OutboundFailure.reason(failure), scope(failure), null)
                : new PollFailure(Kind.UNEXPECTED, message, Scope.POSSIBLY_ONE_JOB, null);
    }

    private static Scope scope(Throwable failure) {
        boolean noConnection = failure instanceof UnknownHostException
                || failure instanceof ConnectException
                || failure instanceof ConnectTimeoutException
                || failure instanceof SSLException;
        return noConnection ? Scope.ENVIRONMENT : Scope.POSSIBLY_ONE_JOB;
    }
}
