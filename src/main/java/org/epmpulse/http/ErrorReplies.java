package org.epmpulse.http;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.security.CallerHeaders;
import org.epmpulse.security.RateLimitedException;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/** Answers a request that a route could not fulfil: the only place that says which error an exception is. Thread-safe. */
public final class ErrorReplies {

    private static final Logger LOG = LogManager.getLogger(ErrorReplies.class);

    /**
     * The error that an exception, or one of its causes, stands for; of several, the one that happened first. What none
     * of them explains is a bug: logged once, under the id that the sender gets.
     *
     * @param headers of the request
     */
    public Reply of(Throwable failure, Map<String, Object> headers) {
        for (Throwable cause : rootFirst(failure)) {
            ApiError error = expected(cause);
            if (error != null) {
                return error.reply();
            }
        }
        String id = String.valueOf(headers.get(CallerHeaders.REQUEST_ID));
        LOG.error("Request {} failed", id, failure);
        return internalError(id).reply();
    }

    /** The error of a route without {@code http-errors}: causes do not count, and Camel has logged the failure. */
    Reply unhandled(Throwable failure, String requestId) {
        ApiError error = expected(failure);
        return (error != null ? error : internalError(requestId)).reply();
    }

    static ApiError internalError(String requestId) {
        return new ApiError(ErrorCode.INTERNAL_ERROR, "Something went wrong here. The log says more.")
                .withDetails(Map.of("request_id", requestId));
    }

    private static Deque<Throwable> rootFirst(Throwable failure) {
        Deque<Throwable> causes = new ArrayDeque<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            causes.push(cause);
        }
        return causes;
    }

    /** Null if it is not one that a request may cause. */
    private static @Nullable ApiError expected(Throwable e) {
        if (e instanceof InvalidUpdateException invalid) {
            return refused(ErrorCode.valueOf(invalid.code().name()), e).withDetails(invalid.details());
        }
        if (e instanceof BadRequestException) {
            return refused(ErrorCode.INVALID_REQUEST, e);
        }
        if (e instanceof NotFoundException missing) {
            return refused(ErrorCode.NOT_FOUND, e).withDetails(missing.details());
        }
        if (e instanceof HistoryGoneException gone) {
            return historyGone(gone.since());
        }
        if (e instanceof IdempotencyConflictException) {
            return refused(ErrorCode.IDEMPOTENCY_CONFLICT, e);
        }
        if (e instanceof RateLimitedException limited) {
            return refused(ErrorCode.RATE_LIMITED, e)
                    .withHeader("Retry-After", RateLimitedException.header(limited.retryAfter()));
        }
        if (e instanceof StoreUnavailableException) {
            // Why is in the store's own log lines and for operators only.
            LOG.debug("The store is not available", e);
            return new ApiError(
                    ErrorCode.STATE_ERROR, "The store does not work now and nothing was recorded. Try again.");
        }
        return null;
    }

    private static ApiError historyGone(@Nullable Instant since) {
        String begin = since == null ? "" : " The history begins at " + since + ".";
        LOG.debug("Refused with {}: the history begins at {}", ErrorCode.NOT_FOUND, since);
        return new ApiError(ErrorCode.NOT_FOUND, "The board of that time is not known any more." + begin)
                .withDetails(since == null ? Map.of() : Map.of("since", since.toString()));
    }

    /** The reply's message is logged at DEBUG, too. */
    private static ApiError refused(ErrorCode code, Throwable e) {
        String message = String.valueOf(e.getMessage());
        LOG.debug("Refused with {}: {}", code, message);
        return new ApiError(code, message);
    }
}
