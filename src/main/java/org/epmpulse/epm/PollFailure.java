package org.epmpulse.epm;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a poll got no answer that says anything of the job.
 *
 * @param why for an operator, in one line
 * @param retryAfter how long the environment wants to be left alone; null if it does not say
 */
record PollFailure(Kind kind, String why, @Nullable Duration retryAfter) {

    enum Kind {
        /** The environment does not accept our credentials. */
        REFUSED,
        /** The environment does not answer as it should. */
        UNAVAILABLE,
        /** Not the environment's fault. */
        UNEXPECTED
    }

    static PollFailure of(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof EpmUnauthorizedException
                || failure instanceof EpmForbiddenException
                || failure instanceof EpmCredentialsException) {
            return new PollFailure(Kind.REFUSED, message, null);
        }
        if (failure instanceof EpmUnavailableException unavailable) {
            return new PollFailure(Kind.UNAVAILABLE, message, unavailable.retryAfter());
        }
        return failure instanceof IOException
                ? new PollFailure(Kind.UNAVAILABLE, why(failure), null)
                : new PollFailure(Kind.UNEXPECTED, message, null);
    }

    private static String why(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return "its host name is not known";
        }
        if (failure instanceof InterruptedIOException) {
            return "no answer in time";
        }
        if (failure instanceof SSLException) {
            return "no secure connection: " + failure.getMessage();
        }
        return failure instanceof ConnectException ? "no connection" : "the connection broke: " + failure.getMessage();
    }
}
