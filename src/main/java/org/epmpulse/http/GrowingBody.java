package org.epmpulse.http;

import io.netty.handler.codec.DecoderException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;

/**
 * Reads a body whose length was not announced, as far as its {@link ByteBudget.Lease} can grow. Used by the event loop of
 * the request only. Otherwise like {@link io.vertx.ext.web.handler.BodyHandler}, which does not report what has arrived.
 */
final class GrowingBody {

    private final RoutingContext ctx;
    private final int limit;
    private final ByteBudget.Lease lease;
    private final Runnable refuse;
    private final Buffer body = Buffer.buffer();
    private boolean failed;

    /**
     * @param limit in bytes; a longer body fails with 413
     * @param refuse run once if the lease cannot grow
     */
    GrowingBody(RoutingContext ctx, int limit, ByteBudget.Lease lease, Runnable refuse) {
        this.ctx = ctx;
        this.limit = limit;
        this.lease = lease;
        this.refuse = refuse;
    }

    void read() {
        HttpServerRequest request = ctx.request();
        String expect = request.getHeader(HttpHeaders.EXPECT);
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            ctx.fail(417);
            return;
        }
        if (expect != null && request.version() != HttpVersion.HTTP_1_0) {
            ctx.response().writeContinue();
        }
        request.exceptionHandler(this::fail);
        request.handler(this::add);
        request.endHandler(end -> finish());
        request.resume();
    }

    private void fail(Throwable failure) {
        failed = true;
        if (failure instanceof DecoderException) {
            ctx.fail(400, failure.getCause() == null ? failure : failure.getCause());
        } else {
            // Vert.x uses this status when the client has disconnected.
            ctx.fail(200, failure);
        }
    }

    private void add(Buffer chunk) {
        if (failed) {
            return;
        }
        if (body.length() + chunk.length() > limit) {
            failed = true;
            ctx.fail(413);
        } else if (lease.grow(chunk.length())) {
            body.appendBuffer(chunk);
        } else {
            failed = true;
            refuse.run();
        }
    }

    private void finish() {
        if (!failed && !ctx.failed()) {
            ((RoutingContextInternal) ctx).setBody(body);
            ctx.next();
        }
    }
}
