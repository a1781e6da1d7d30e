package org.epmpulse.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Limits the size of a request's body, and the time in which it must arrive. Thread-safe. */
final class BodyLimits {

    /** Some clients send a body with GET. It is discarded up to this many bytes. */
    private static final int MAX_DISCARDED_BYTES = 16 * 1024;

    private final Duration timeout;
    private final Map<Integer, BodyHandler> handlers = new ConcurrentHashMap<>();

    /** @param timeout after which a request without its whole body fails with 408 */
    BodyLimits(Duration timeout) {
        this.timeout = timeout;
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

    /** Reads the body up to its limit and passes the request on; fails it with 413 or 408. */
    void read(HttpCall call) {
        Endpoint endpoint = call.endpoint;
        if (endpoint == null || !ErrorWriter.hasBody(call.request().headers())) {
            call.ctx.next();
            return;
        }
        if (isGet(call)) {
            call.discardsBody = true;
            call.ctx.next();
            return;
        }
        call.bodyTimer = call.ctx.vertx().setTimer(timeout.toMillis(), late -> call.ctx.fail(408));
        if (call.request().headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            RequestDecoder.onMalformedBody(
                    call.request().connection(), malformed -> call.ctx.fail(malformed.status(), malformed));
        }
        handlers.computeIfAbsent(
                        endpoint.policy().maxBodyBytes(),
                        limit -> BodyHandler.create(false).setBodyLimit(limit).setMergeFormAttributes(false))
                .handle(call.ctx);
    }
}
