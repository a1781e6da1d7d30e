package org.epmpulse.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes all metrics as text. Requests that arrive meanwhile share the text, so that many at once need no more memory than
 * one. Used by the event loop only.
 */
final class MetricsScrape {

    private static final String PATH = "/api/v1/metrics";

    private final PrometheusMeterRegistry meters;
    private @Nullable Future<ByteBuffer> running;

    MetricsScrape(PrometheusMeterRegistry meters) {
        this.meters = meters;
    }

    /** Answers {@code GET /api/v1/metrics}. */
    void mountOn(ApiServer server) {
        server.mount(PATH, EndpointPolicies.of(PATH), request -> next(request.vertx())
                .onSuccess(text -> {
                    request.response()
                            .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                            .putHeader("Content-Length", Integer.toString(text.remaining()))
                            .putHeader("Cache-Control", "no-store");
                    server.sendShared(request, text);
                })
                .onFailure(request::fail));
    }

    /** The text in UTF-8, written by a worker; the same object for all requests that share it. */
    Future<ByteBuffer> next(Vertx vertx) {
        Future<ByteBuffer> current = running;
        if (current == null) {
            current = vertx.executeBlocking(
                    () -> ByteBuffer.wrap(meters.scrape().getBytes(StandardCharsets.UTF_8)), false);
            running = current;
            current.onComplete(done -> running = null);
        }
        return current;
    }
}
