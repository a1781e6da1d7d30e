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
 * Tells every request in one line, under a logger of its own whose lines are written by another thread. Refusals of a
 * stranger or of a busy client are warnings, so that they are told with {@code EPMPULSE_LOG_LEVEL=WARN}, too. Not told
 * are streams, which have no end to speak of, and answers about health, which monitors ask for all day. Thread-safe.
 *
 * <p>Warnings are told at once, other lines some milliseconds later and together: to wake the thread that writes them for
 * each takes a twentieth of the CPU of a request.
 */
final class AccessLog {

    /** As nginx calls it when a client was gone before its reply. */
    static final int CLIENT_GONE = 499;

    private static final String NONE = "-";

    private static final Logger LOG = LogManager.getLogger("org.epmpulse.access");

    private static final Set<Integer> REFUSALS = Set.of(401, 403, 429);

    private static final int PAUSE_MILLIS = 20;

    private final Vertx vertx;
    private final Queue<AccessLine> untold = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean due = new AtomicBoolean();

    AccessLog(Vertx vertx) {
        this.vertx = vertx;
    }

    /** A reply has ended; it was measured before. */
    void replied(HttpCall call, Duration took, int status) {
        Endpoint endpoint = call.endpoint;
        boolean stream = endpoint != null && endpoint.policy().streaming() && (status < 400 || status == CLIENT_GONE);
        boolean logged = EndpointPolicies.of(path(call.request())).logged() || REFUSALS.contains(status);
        if (!stream && logged) {
            ApiKey key = call.key;
            String name = key == null ? null : key.name();
            tell(call.request(), call.client, name, call.originalMethod(), path(call.request()), status, took, call.id);
        }
    }

    /** A request was answered that did not get as far as the gate. */
    void refused(HttpServerRequest request, Duration took, int status) {
        boolean legible = request.decoderResult().isSuccess();
        String method = legible ? request.method().name() : NONE;
        String path = legible ? path(request) : NONE;
        tell(request, request.remoteAddress().hostAddress(), null, method, path, status, took, NONE);
    }

    private static String path(HttpServerRequest request) {
        return String.valueOf(request.path());
    }

    /** What is still to be told is told now. */
    void flush() {
        due.set(false);
        for (AccessLine line = untold.poll(); line != null; line = untold.poll()) {
            LOG.info(line);
        }
    }

    private void tell(
            HttpServerRequest request,
            String client,
            @Nullable String key,
            String method,
            String path,
            int status,
            Duration took,
            String id) {
        Level level = REFUSALS.contains(status) ? Level.WARN : Level.INFO;
        if (!LOG.isEnabled(level)) {
            return;
        }
        long bytes = method.equals("HEAD") ? 0 : request.response().bytesWritten();
        AccessLine line = AccessLine.of(client, key, method, path, status, bytes, took.toMillis(), id);
        if (level == Level.WARN) {
            LOG.warn(line);
            return;
        }
        untold.add(line);
        if (due.compareAndSet(false, true)) {
            try {
                vertx.setTimer(PAUSE_MILLIS, now -> flush());
            } catch (RejectedExecutionException e) {
                // The server is being stopped.
                flush();
            }
        }
    }
}
