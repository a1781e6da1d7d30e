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
import org.epmpulse.status.NoProblemException;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/** Maps the exception of a failed route to an error reply. No other class maps exceptions. Thread-safe. */
public final class ErrorReplies {

    private static final Logger LOG = LogManager.getLogger(ErrorReplies.class);

    private final boolean shared;

    /** @param shared whether the store is a database that nodes share: it is away for seconds, as in a failover */
    public ErrorReplies(boolean shared) {
        this.shared = shared;
    }

    /**
     * The reply to an exception: that of the first cause in the chain, from the root, that has one. If none has one, it
     * is a bug: it is logged with the request id that the reply contains.
     *
     * @param headers of the request
     */
    public Reply of(Throwable failure, Map<String, Object> headers) {
        for (Throwable cause : rootFirst(failure)) {
            ApiError error = cause instanceof StateUnknownException
                    ? stateUnknown(RequestHeaders.text(headers, "Idempotency-Key") != null)
                    : knownError(cause);
            if (error != null) {
                return error.reply();
            }
        }
        // A request is interrupted only if it has not ended within the time-out of a stop.
        if (rootFirst(failure).getFirst() instanceof InterruptedException) {
            return new ApiError(ErrorCode.UNAVAILABLE, "EPMPulse is stopping. Retry in a few seconds.")
                    .withHeader("Retry-After", "2")
                    .reply();
        }
        String id = String.valueOf(headers.get(CallerHeaders.REQUEST_ID));
        LOG.error("Request {} failed", id, failure);
        return internalError(id).reply();
    }

    /** The reply for a route without {@code http-errors}: causes are ignored, and Camel has logged the failure. */
    Reply unhandled(Throwable failure, String requestId) {
        ApiError error = failure instanceof StateUnknownException ? stateUnknown(false) : knownError(failure);
        return (error != null ? error : internalError(requestId)).reply();
    }

    static ApiError internalError(String requestId) {
        return new ApiError(
                        ErrorCode.INTERNAL_ERROR,
                        "Internal error. Its cause is in EPMPulse's log, under this request_id.")
                .withDetails(Map.of("request_id", requestId));
    }

    private static Deque<Throwable> rootFirst(Throwable failure) {
        Deque<Throwable> causes = new ArrayDeque<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            causes.push(cause);
        }
        return causes;
    }

    /** @param hasKey whether the request can be repeated, because it had an idempotency key */
    private static ApiError stateUnknown(boolean hasKey) {
        LOG.debug("Request failed: it is not known whether its updates were recorded");
        String fix = hasKey
                ? "Send it again with the same Idempotency-Key."
                : "It had no Idempotency-Key: look at the board before you send it again.";
        return new ApiError(ErrorCode.STATE_UNKNOWN, "It is not known whether this was recorded. " + fix)
                .withDetails(Map.of("retry_with_key", hasKey));
    }

    /** Null if the exception is a bug. */
    private @Nullable ApiError knownError(Throwable e) {
        if (e instanceof InvalidUpdateException invalid) {
            return rejected(ErrorCode.valueOf(invalid.code().name()), e).withDetails(invalid.details());
        }
        if (e instanceof BadRequestException) {
            return rejected(ErrorCode.INVALID_REQUEST, e);
        }
        if (e instanceof NotFoundException missing) {
            return rejected(ErrorCode.NOT_FOUND, e).withDetails(missing.details());
        }
        if (e instanceof HistoryGoneException gone) {
            return historyGone(gone.since());
        }
        if (e instanceof IdempotencyConflictException) {
            return rejected(ErrorCode.IDEMPOTENCY_CONFLICT, e);
        }
        if (e instanceof NoProblemException) {
            return rejected(ErrorCode.NO_PROBLEM, e);
        }
        if (e instanceof RateLimitedException limited) {
            return rejected(ErrorCode.RATE_LIMITED, e)
                    .withHeader("Retry-After", RateLimitedException.header(limited.retryAfter()));
        }
        if (e instanceof OutOfMemoryError) {
            LOG.error("Request refused: {}", e.toString());
            return new ApiError(ErrorCode.UNAVAILABLE, "EPMPulse has too little memory. Retry later.")
                    .withHeader("Retry-After", "5");
        }
        if (e instanceof StoreUnavailableException) {
            // The store logs the cause. It is for operators only.
            LOG.debug("Request rejected: store unavailable", e);
            ApiError error =
                    new ApiError(ErrorCode.STATE_ERROR, "The store is unavailable; nothing was recorded. Retry later.");
            return shared ? error.withHeader("Retry-After", "2") : error;
        }
        return null;
    }

    private static ApiError historyGone(@Nullable Instant since) {
        String fix = since == null ? "" : " Send a time from " + since + " on.";
        LOG.debug("Request rejected: {}: the history begins at {}", ErrorCode.NOT_FOUND, since);
        return new ApiError(ErrorCode.NOT_FOUND, "No board is stored for this time." + fix)
                .withDetails(since == null ? Map.of() : Map.of("since", since.toString()));
    }

    /** Also logs the message at DEBUG. */
    private static ApiError rejected(ErrorCode code, Throwable e) {
        String message = String.valueOf(e.getMessage());
        LOG.debug("Request rejected: {}: {}", code, message);
        return new ApiError(code, message);
    }
}
