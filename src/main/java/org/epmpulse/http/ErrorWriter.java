package org.epmpulse.http;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends errors of the gate and of the server. Thread-safe.
 *
 * <p>A rejected client is often still sending its body. If the connection were closed at once, the client would not get
 * the reply. Therefore the reply is sent first, and for a short time the rest of the body is read and discarded.
 */
final class ErrorWriter {

    /** When more is discarded, the connection is closed. */
    static final long MAX_DRAIN_BYTES = 1024 * 1024;

    /** After this time the connection is closed. */
    static final long DRAIN_MILLIS = 2_000;

    /** Up to this size the body is discarded and the connection stays open. */
    private static final long SMALL_BODY_BYTES = 64 * 1024;

    /** The header with the name of the node that sent a reply. */
    static final String NODE = "EPMPulse-Node";

    private final Vertx vertx;
    private final @Nullable String node;

    /** @param node name of this node for its replies; null if they have none */
    ErrorWriter(Vertx vertx, @Nullable String node) {
        this.vertx = vertx;
        this.node = node;
    }

    /** Sends the error of a malformed request. The decoder discards all that follows it. */
    void sendLast(HttpServerRequest request, ApiError error) {
        send(request, error, true, false);
    }

    /** @param close whether the connection is always closed after this reply */
    void send(HttpServerRequest request, ApiError error, boolean close) {
        send(request, error, close, !request.isEnded() && hasBody(request.headers()));
    }

    private void send(HttpServerRequest request, ApiError error, boolean close, boolean unread) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            request.connection().close();
            return;
        }
        Reply reply = error.reply();
        boolean closing = close || (unread && !isSmall(request.headers()));
        response.headers().clear();
        response.setStatusCode(reply.status());
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (node != null) {
            response.putHeader(NODE, node);
        }
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
                && Long.parseLong(headers.get(HttpHeaders.CONTENT_LENGTH)) <= SMALL_BODY_BYTES;
    }

    /**
     * Discards the rest of the body. Closes the connection if it is too long or too slow, or if {@code close} is set.
     */
    void drain(HttpServerRequest request, boolean close) {
        long timer = vertx.setTimer(DRAIN_MILLIS, id -> request.connection().close());
        AtomicLong left = new AtomicLong(MAX_DRAIN_BYTES);
        request.exceptionHandler(gone -> vertx.cancelTimer(timer));
        request.handler(discarded -> {
            if (left.addAndGet(-discarded.length()) < 0) {
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
