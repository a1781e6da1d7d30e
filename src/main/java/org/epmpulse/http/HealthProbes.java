package org.epmpulse.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the paths that supervisors and load balancers read, without a key and without a route, so that they are answered
 * while the service starts and stops, too. Nothing here blocks. Thread-safe.
 */
final class HealthProbes {

    /** 200 while the event loop answers. A supervisor restarts a process that does not answer. */
    static final String LIVE = "/health/live";

    /** 200 while requests are accepted, also if the store cannot write; 503 while starting or stopping. */
    static final String READY = "/health/ready";

    /** 200 while updates are accepted; 503 while starting or stopping, or while the store cannot write. */
    static final String WRITE = "/health/write";

    private record Probe(String status) {}

    private static final Reply IS_LIVE = Reply.of(200, new Probe("live"));
    private static final Reply IS_READY = Reply.of(200, new Probe("ready"));
    private static final Reply IS_WRITABLE = Reply.of(200, new Probe("writable"));
    private static final Reply NOT_WRITABLE = Reply.of(503, new Probe("not_writable"));

    private final Supplier<@Nullable String> pause;
    private volatile Supplier<@Nullable String> writeProblem = () -> null;

    /** @param pause {@code starting} or {@code stopping}; null while requests are accepted and the service does not stop */
    HealthProbes(Supplier<@Nullable String> pause) {
        this.pause = pause;
    }

    /** @param problem why updates are refused; null while they are accepted. Must not block */
    void setWriteProblem(Supplier<@Nullable String> problem) {
        this.writeProblem = problem;
    }

    void mountOn(ApiServer server) {
        mount(server, LIVE, () -> IS_LIVE);
        mount(server, READY, () -> pauseOr(IS_READY));
        mount(server, WRITE, () -> pauseOr(writeProblem.get() == null ? IS_WRITABLE : NOT_WRITABLE));
    }

    private static void mount(ApiServer server, String path, Supplier<Reply> reply) {
        server.mount(path, EndpointPolicies.of(path), request -> send(request, reply.get()));
    }

    private Reply pauseOr(Reply reply) {
        String why = pause.get();
        return why == null ? reply : Reply.of(503, new Probe(why));
    }

    private static void send(RoutingContext request, Reply reply) {
        ByteBuffer body = Objects.requireNonNull(reply.body(), "a probe has a body");
        HttpServerResponse response = request.response()
                .setStatusCode(reply.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // Vert.x adds it to the reply to GET, but not to HEAD.
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.remaining()));
        if (reply.status() == 503) {
            response.putHeader("Retry-After", "2");
        }
        response.end(HttpReply.buffer(body));
    }
}
