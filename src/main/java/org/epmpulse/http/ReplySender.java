package org.epmpulse.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends the bodies of replies. A body counts in the {@link ByteBudget} of its client until the last byte was handed to the
 * operating system or the connection was closed; a reply that does not fit is replaced by 503. Used on the event loop of
 * the request only.
 */
final class ReplySender {

    /** Bodies up to this size do not count: a connection has one unsent reply at most, and connections are limited. */
    static final int FREE_BYTES = 4 * 1024;

    /** What a reply of unknown length uses: the write queue of its connection. */
    static final int STREAM_BYTES = 128 * 1024;

    /** How much of a body is written at a time. */
    private static final int CHUNK_BYTES = 1 << 16;

    /** Netty copies what is written: at most a full write queue and one chunk. */
    private static final int MAX_COPIED_BYTES = 2 * CHUNK_BYTES;

    /** How much of a large reply a client must receive in the time-out. The reply stays in memory until then. */
    private static final int BYTES_PER_TIMEOUT = 8 << 20;

    private final ByteBudget budget;
    private final SharedBodies shared;
    private final Overload overload;
    private final ErrorWriter errors;
    private final Duration timeout;
    private final GzipBodies gzip = new GzipBodies();

    /** @param timeout the time for a client to receive a reply, plus the same time for each 8 MiB */
    ReplySender(ByteBudget budget, SharedBodies shared, Overload overload, ErrorWriter errors, Duration timeout) {
        this.budget = budget;
        this.shared = shared;
        this.overload = overload;
        this.errors = errors;
        this.timeout = timeout;
    }

    /**
     * Ends the response with a body. The status and the headers are set already.
     *
     * @param identity the object that keeps the body for many requests, compared with {@code ==}; null if the body exists
     *     for this request only
     */
    void send(RoutingContext ctx, ByteBuffer body, @Nullable Object identity) {
        HttpServerResponse response = ctx.response();
        if (response.closed() || response.ended()) {
            return;
        }
        HttpCall call = HttpCall.of(ctx);
        if (body.remaining() <= FREE_BYTES || HttpCall.isHead(ctx) || call == null) {
            response.end(HttpReply.buffer(body));
            return;
        }
        Runnable release = acquire(call, body.remaining(), identity);
        if (release == null) {
            refuse(ctx, call);
            return;
        }
        if (isCompressed(ctx, call, body)) {
            compress(ctx, body, identity, release);
            return;
        }
        if (body.remaining() <= CHUNK_BYTES) {
            releaseAfter(ctx, response.end(HttpReply.buffer(body)), release, timeout);
        } else {
            sendChunks(ctx, body, release);
        }
    }

    /** Only large replies to GET, so that a program that posts updates does not pay for it. */
    private static boolean isCompressed(RoutingContext ctx, HttpCall call, ByteBuffer body) {
        MultiMap headers = ctx.response().headers();
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return body.remaining() >= GzipBodies.MIN_BYTES
                && call.method().equals("GET")
                && type != null
                && (type.startsWith("application/json") || type.startsWith("text/csv"))
                && !headers.contains(HttpHeaders.CONTENT_ENCODING)
                && GzipBodies.accepts(ctx.request());
    }

    /** Sends the compressed body; the body counts until it is compressed, then the compressed one does. */
    private void compress(RoutingContext ctx, ByteBuffer body, @Nullable Object identity, Runnable release) {
        Context loop = ctx.vertx().getOrCreateContext();
        gzip.compress(ctx.vertx(), body, identity)
                .whenComplete((compressed, failure) -> loop.runOnContext(turn -> {
                    release.run();
                    if (compressed == null) {
                        ctx.fail(failure);
                        return;
                    }
                    MultiMap headers = ctx.response().headers();
                    headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
                    headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(compressed.remaining()));
                    headers.add(HttpHeaders.VARY, "Accept-Encoding");
                    String tag = headers.get(HttpHeaders.ETAG);
                    if (tag != null && tag.startsWith("\"")) {
                        // The same content in other bytes.
                        headers.set(HttpHeaders.ETAG, "W/" + tag);
                    }
                    send(ctx, compressed.duplicate(), identity == null ? null : compressed);
                }));
    }

    /** Whether the holder has room for a reply of unknown length; if not, sends 503. */
    boolean admitsStream(RoutingContext ctx, HttpCall call) {
        if (budget.fits(Holder.of(call), STREAM_BYTES)) {
            return true;
        }
        refuse(ctx, call);
        return false;
    }

    /** Counts a reply of unknown length, when it has begun. */
    void countStream(RoutingContext ctx, HttpCall call) {
        if (ctx.response().isChunked() && !HttpCall.isHead(ctx)) {
            ByteBudget.Lease lease = budget.acquireAlways(Holder.of(call), STREAM_BYTES);
            ctx.addEndHandler(end -> lease.close());
        }
    }

    private void refuse(RoutingContext ctx, HttpCall call) {
        ctx.response().setChunked(false);
        errors.send(ctx.request(), overload.error(Overload.Reason.REPLIES, Holder.of(call)), false);
    }

    /** Releases the bytes; null if they do not fit. */
    private @Nullable Runnable acquire(HttpCall call, int bytes, @Nullable Object identity) {
        Holder holder = Holder.of(call);
        int copied = Math.min(bytes, MAX_COPIED_BYTES);
        if (identity == null) {
            // The update was recorded, so its reply must not say otherwise; BodyLimits has checked the budget before.
            ByteBudget.Lease lease = isRecorded(call)
                    ? budget.acquireAlways(holder, (long) bytes + copied)
                    : budget.acquire(holder, (long) bytes + copied);
            return lease == null ? null : lease::close;
        }
        Runnable reader = shared.add(holder, identity, bytes);
        ByteBudget.Lease lease = reader == null ? null : budget.acquire(holder, copied);
        if (reader == null || lease == null) {
            if (reader != null) {
                reader.run();
            }
            return null;
        }
        return () -> {
            lease.close();
            reader.run();
        };
    }

    private static boolean isRecorded(HttpCall call) {
        Endpoint endpoint = call.endpoint;
        return endpoint != null && endpoint.policy().builtIn() && !call.method().equals("GET");
    }

    /** Releases the bytes after they were sent. Closes the connection if that takes too long. */
    private static void releaseAfter(RoutingContext ctx, Future<Void> sent, Runnable release, Duration timeout) {
        if (sent.isComplete()) {
            release.run();
            return;
        }
        long timer = ctx.vertx().setTimer(Math.max(1, timeout.toMillis()), late -> RequestDecoder.abort(ctx.request()));
        sent.onComplete(done -> {
            ctx.vertx().cancelTimer(timer);
            release.run();
        });
    }

    private void sendChunks(RoutingContext ctx, ByteBuffer body, Runnable release) {
        HttpServerResponse response = ctx.response();
        if (!response.isChunked() && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.remaining()));
        }
        Duration allowed = timeout.multipliedBy(1 + body.remaining() / BYTES_PER_TIMEOUT);
        long timer = ctx.vertx().setTimer(Math.max(1, allowed.toMillis()), late -> RequestDecoder.abort(ctx.request()));
        ctx.addEndHandler(end -> {
            ctx.vertx().cancelTimer(timer);
            if (!response.ended()) {
                // The connection was closed before the last chunk was written.
                release.run();
            }
        });
        sendNext(ctx, body, release);
    }

    /** Waits while the write queue is full, because each written chunk is copied. */
    private void sendNext(RoutingContext ctx, ByteBuffer body, Runnable release) {
        HttpServerResponse response = ctx.response();
        while (body.remaining() > CHUNK_BYTES && !response.closed()) {
            if (response.writeQueueFull()) {
                response.drainHandler(drained -> sendNext(ctx, body, release));
                return;
            }
            Buffer chunk = HttpReply.buffer(body.slice(body.position(), CHUNK_BYTES));
            body.position(body.position() + CHUNK_BYTES);
            // After a failed chunk no other chunk may be sent.
            response.write(chunk).onFailure(failure -> RequestDecoder.abort(ctx.request()));
        }
        if (!response.closed()) {
            releaseAfter(ctx, response.end(HttpReply.buffer(body.slice())), release, timeout);
        }
    }
}
