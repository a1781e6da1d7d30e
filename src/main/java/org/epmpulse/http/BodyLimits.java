package org.epmpulse.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the size of a request's body, the time in which it must arrive, and the bytes of all bodies that are read at the
 * same time. A body counts from the announcement of its length, or else from its arrival, until its request has ended. Used
 * by the server's event loop only, except {@link #forEachArriving}.
 */
final class BodyLimits {

    /** Bodies up to this size, such as nearly all updates, do not count. */
    static final int FREE_BYTES = 2 * 1024;

    /** Bodies up to this size have a budget of their own. */
    static final int SMALL_BYTES = 16 * 1024;

    /** Some clients send a body with GET. It is discarded up to this many bytes. */
    private static final int MAX_DISCARDED_BYTES = 16 * 1024;

    private final ByteBudget small;
    private final ByteBudget large;

    /** Requests whose body has not arrived. */
    private final DeadlineQueue<HttpCall> arriving;

    private final Map<Integer, BodyHandler> handlers = new ConcurrentHashMap<>();

    /**
     * @param timeout after which a request without its whole body fails with 408
     * @param small for bodies up to {@link #SMALL_BYTES}
     * @param large for all others
     */
    BodyLimits(Duration timeout, ByteBudget small, ByteBudget large) {
        this.arriving = new DeadlineQueue<>(timeout, call -> call.ctx.fail(408), System::nanoTime);
        this.small = small;
        this.large = large;
    }

    /** Whether the headers announce a body above the limit, or with GET a body of unknown size. */
    static boolean isTooLarge(HttpCall call, Endpoint endpoint) {
        HttpServerRequest request = call.request();
        boolean isUnknown = isGet(call) && request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return isUnknown || (length != null && Long.parseLong(length) > limit(call, endpoint));
    }

    private static int limit(HttpCall call, Endpoint endpoint) {
        return isGet(call) ? MAX_DISCARDED_BYTES : endpoint.policy().maxBodyBytes();
    }

    private static boolean isGet(HttpCall call) {
        return call.method().equals("GET");
    }

    /** The error of a body above the limit. */
    static ApiError tooLarge(@Nullable HttpCall call, @Nullable Endpoint endpoint) {
        int limit = call == null || endpoint == null ? MAX_DISCARDED_BYTES : limit(call, endpoint);
        return new ApiError(ErrorCode.PAYLOAD_TOO_LARGE, "The body must be at most " + limit + " bytes.");
    }

    /**
     * Reads the body up to its limit and passes the request on; fails it with 413 or 408.
     *
     * @param refuse run at once, or while the body arrives, if its bytes exceed the budget of its key
     */
    void read(HttpCall call, Runnable refuse) {
        Endpoint endpoint = call.endpoint;
        HttpServerRequest request = call.request();
        if (endpoint == null || !ErrorWriter.hasBody(request.headers())) {
            call.ctx.next();
            return;
        }
        if (isGet(call)) {
            call.discardsBody = true;
            call.ctx.next();
            return;
        }
        int max = endpoint.policy().maxBodyBytes();
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean growing = length == null && max > SMALL_BYTES && !MediaTypes.isForm(request.headers());
        long announced = growing ? 0 : length == null ? max : Long.parseLong(length);
        if (growing || announced > FREE_BYTES) {
            ByteBudget budget = announced > SMALL_BYTES || growing ? large : small;
            ByteBudget.Lease lease = budget.acquire(Holder.of(call), announced);
            if (lease == null) {
                refuse.run();
                return;
            }
            call.bodyBytes = lease;
        }
        call.arriving = arriving.add(call, ((ConnectionBase) request.connection()).getContext());
        if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            RequestDecoder.onMalformedBody(
                    request.connection(), malformed -> call.ctx.fail(malformed.status(), malformed));
        }
        ByteBudget.Lease lease = call.bodyBytes;
        if (growing && lease != null) {
            new GrowingBody(call.ctx, max, lease, refuse).read();
        } else {
            handlers.computeIfAbsent(max, limit -> BodyHandler.create(false)
                            .setBodyLimit(limit)
                            .setMergeFormAttributes(false))
                    .handle(call.ctx);
        }
    }

    /** The body of a request has arrived, or is not read any more. */
    void ended(HttpCall call) {
        WaitingList.Entry<HttpCall> entry = call.arriving;
        if (entry != null) {
            entry.remove();
            call.arriving = null;
        }
    }

    /** Runs this on the event loop for each request whose body has not arrived. May be called by any thread. */
    void forEachArriving(Consumer<HttpCall> action) {
        arriving.forEach(action);
    }
}
