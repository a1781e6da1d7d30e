package org.epmpulse.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.config.ApiKey;
import org.jspecify.annotations.Nullable;

/**
 * Logs every request in one line, with a separate logger whose lines another thread writes. Replies with 401, 403 or
 * 429 are warnings, so that {@code EPMPULSE_LOG_LEVEL=WARN} includes them. Event streams and health requests are not
 * logged: a stream may last for days, and monitors request the health all day. Thread-safe.
 *
 * <p>Warnings are logged at once, other lines together after some milliseconds: waking the writing thread for each line
 * takes 5 % of a request's CPU time.
 */
final class AccessLog {

    /** The status that nginx logs when a client disconnects before its reply. */
    static final int CLIENT_DISCONNECTED = 499;

    private static final String NONE = "-";

    private static final Logger LOG = LogManager.getLogger("org.epmpulse.access");

    private static final Set<Integer> REJECTIONS = Set.of(401, 403, 429);

    private static final int FLUSH_DELAY_MILLIS = 20;

    private final Vertx vertx;
    private final Queue<AccessLine> pending = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean flushScheduled = new AtomicBoolean();

    AccessLog(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Logs a reply that has ended and is in the metrics already. */
    void logReply(HttpCall call, Duration duration, int status) {
        Endpoint endpoint = call.endpoint;
        boolean stream =
                endpoint != null && endpoint.policy().streaming() && (status < 400 || status == CLIENT_DISCONNECTED);
        boolean logged = EndpointPolicies.of(path(call.request())).logged() || REJECTIONS.contains(status);
        if (!stream && logged) {
            ApiKey key = call.key;
            String name = key == null ? null : key.name();
            log(
                    call.request(),
                    call.client,
                    name,
                    call.originalMethod(),
                    path(call.request()),
                    status,
                    duration,
                    call.id);
        }
    }

    /** Logs a request that was rejected before the gate. */
    void logUnrouted(HttpServerRequest request, Duration duration, int status) {
        boolean parsed = request.decoderResult().isSuccess();
        String method = parsed ? request.method().name() : NONE;
        String path = parsed ? path(request) : NONE;
        log(request, request.remoteAddress().hostAddress(), null, method, path, status, duration, NONE);
    }

    private static String path(HttpServerRequest request) {
        return String.valueOf(request.path());
    }

    /** Logs all pending lines now. */
    void flush() {
        flushScheduled.set(false);
        for (AccessLine line = pending.poll(); line != null; line = pending.poll()) {
            LOG.info(line);
        }
    }

    private void log(
            HttpServerRequest request,
            String client,
            @Nullable String key,
            String method,
            String path,
            int status,
            Duration duration,
            String id) {
        Level level = REJECTIONS.contains(status) ? Level.WARN : Level.INFO;
        if (!LOG.isEnabled(level)) {
            return;
        }
        long bytes = method.equals("HEAD") ? 0 : request.response().bytesWritten();
        AccessLine line = AccessLine.of(client, key, method, path, status, bytes, duration.toMillis(), id);
        if (level == Level.WARN) {
            LOG.warn(line);
            return;
        }
        pending.add(line);
        if (flushScheduled.compareAndSet(false, true)) {
            try {
                vertx.setTimer(FLUSH_DELAY_MILLIS, now -> flush());
            } catch (RejectedExecutionException e) {
                // The server is being stopped.
                flush();
            }
        }
    }
}
