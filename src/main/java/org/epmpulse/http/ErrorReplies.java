package org.epmpulse.http;

import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.security.CallerHeaders;
import org.epmpulse.security.RateLimitedException;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.StoreUnavailableException;

/** Answers a request that a route could not fulfil. Thread-safe. */
public final class ErrorReplies {

    private static final Logger LOG = LogManager.getLogger(ErrorReplies.class);

    public Reply invalidUpdate(InvalidUpdateException e) {
        ErrorCode code = ErrorCode.valueOf(e.code().name());
        return refused(code, e).withDetails(e.details()).reply();
    }

    public Reply badRequest(BadRequestException e) {
        return refused(ErrorCode.INVALID_REQUEST, e).reply();
    }

    public Reply notFound(NotFoundException e) {
        return refused(ErrorCode.NOT_FOUND, e).withDetails(e.details()).reply();
    }

    public Reply idempotencyConflict(IdempotencyConflictException e) {
        return refused(ErrorCode.IDEMPOTENCY_CONFLICT, e).reply();
    }

    public Reply rateLimited(RateLimitedException e) {
        return refused(ErrorCode.RATE_LIMITED, e)
                .withHeader("Retry-After", RateLimitedException.header(e.retryAfter()))
                .reply();
    }

    /** Why the store does not work is in its own log lines and for operators only. */
    public Reply storeUnavailable(StoreUnavailableException e) {
        LOG.debug("The store is not available", e);
        return new ApiError(ErrorCode.STATE_ERROR, "The store does not work now and nothing was recorded. Try again.")
                .reply();
    }

    /** A bug: told in the log, once, under the id that the sender gets. */
    public Reply internalError(Throwable e, Map<String, Object> headers) {
        String id = String.valueOf(headers.get(CallerHeaders.REQUEST_ID));
        LOG.error("Request {} failed", id, e);
        return internalError(id).reply();
    }

    static ApiError internalError(String requestId) {
        return new ApiError(ErrorCode.INTERNAL_ERROR, "Something went wrong here. The log says more.")
                .withDetails(Map.of("request_id", requestId));
    }

    /** For a route that names no {@code http-errors}. */
    Reply of(Throwable e, String requestId) {
        if (e instanceof InvalidUpdateException invalid) {
            return invalidUpdate(invalid);
        }
        if (e instanceof BadRequestException bad) {
            return badRequest(bad);
        }
        if (e instanceof NotFoundException missing) {
            return notFound(missing);
        }
        if (e instanceof IdempotencyConflictException conflict) {
            return idempotencyConflict(conflict);
        }
        if (e instanceof RateLimitedException limited) {
            return rateLimited(limited);
        }
        if (e instanceof StoreUnavailableException unavailable) {
            return storeUnavailable(unavailable);
        }
        return internalError(requestId).reply();
    }

    /** What the sender is told is told here, too, to whom looks for the reason. */
    private static ApiError refused(ErrorCode code, Exception e) {
        String message = String.valueOf(e.getMessage());
        LOG.debug("Refused with {}: {}", code, message);
        return new ApiError(code, message);
    }
}
