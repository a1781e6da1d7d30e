package org.epmpulse.http;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends errors that no route made. Thread-safe.
 *
 * <p>A client that is refused is often still sending. Were the connection just closed, the reply would be lost with it;
 * so the reply goes out at once, and for a moment what still comes is read and thrown away.
 */
final class ErrorWriter {

    /** After this much the connection is closed, in bytes. */
    static final long MAX_DRAIN = 1024 * 1024;

    /** After this long the connection is closed, in milliseconds. */
    static final long DRAIN_MILLIS = 2_000;

    /** A body of at most this many bytes is not worth a new connection. */
    private static final long SMALL = 64 * 1024;

    private final Vertx vertx;

    ErrorWriter(Vertx vertx) {
        this.vertx = vertx;
    }

    /** @param close whether the connection ends with this reply in any case */
    void send(HttpServerRequest request, ApiError error, boolean close) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            request.connection().close();
            return;
        }
        Reply reply = error.reply();
        boolean unread = !request.isEnded() && hasBody(request.headers());
        boolean closing = close || (unread && !isSmall(request.headers()));
        response.headers().clear();
        response.setStatusCode(reply.status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        reply.headers().forEach(response::putHeader);
        if (closing) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        ByteBuffer body = Objects.requireNonNull(reply.body(), "an error has a body");
        response.end(HttpReply.buffer(body)).onComplete(sent -> {
            if (closing && !unread) {
                request.connection().close();
            }
        });
        if (unread) {
            drain(request, closing);
        }
    }

    static boolean hasBody(MultiMap headers) {
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return headers.contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    private static boolean isSmall(MultiMap headers) {
        return !headers.contains(HttpHeaders.TRANSFER_ENCODING)
                && !headers.contains(HttpHeaders.EXPECT)
                && Long.parseLong(headers.get(HttpHeaders.CONTENT_LENGTH)) <= SMALL;
    }

    /** Throws away what still comes, for a moment. The connection ends then, or, with {@code close}, in any case. */
    void drain(HttpServerRequest request, boolean close) {
        long timer = vertx.setTimer(DRAIN_MILLIS, id -> request.connection().close());
        AtomicLong left = new AtomicLong(MAX_DRAIN);
        request.exceptionHandler(gone -> vertx.cancelTimer(timer));
        request.handler(thrownAway -> {
            if (left.addAndGet(-thrownAway.length()) < 0) {
                request.connection().close();
            }
        });
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            if (close) {
                request.connection().close();
            }
        });
        request.resume();
    }
}
