package org.epmpulse.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.logging.log4j.CloseableThreadContext;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.security.TrustedProxies;
import org.jspecify.annotations.Nullable;

/**
 * Checks every request before any route runs and before the body is read: key, path, method, role, media type, size, in
 * this order. Routes do not check keys. Thread-safe.
 */
final class Gate {

    private static final Logger LOG = LogManager.getLogger(Gate.class);

    /** Only such a method is repeated in an error message. */
    private static final Pattern PLAIN_METHOD = Pattern.compile("[A-Z]{1,20}");

    /** How long a body may still arrive when the server stops. */
    private static final Duration BODY_STOP_TIMEOUT = Duration.ofSeconds(1);

    private static final CharSequence FORWARDED_FOR = HttpHeaders.createOptimized("X-Forwarded-For");

    private static final CharSequence NODE = HttpHeaders.createOptimized(ErrorWriter.NODE);

    private enum State {
        STARTING,
        READY,

        /** Requests are accepted, but each reply closes its connection. */
        DRAINING,
        STOPPING;

        boolean accepts() {
            return this == READY || this == DRAINING;
        }

        boolean stops() {
            return this == DRAINING || this == STOPPING;
        }
    }

    private final Authenticator authenticator;
    private final TrustedProxies proxies;
    private final EndpointTable table;
    private final ErrorWriter errors;
    private final HttpMetrics metrics;
    private final AccessLog accessLog;
    private final Admission admission;
    private final @Nullable String node;
    /** How many requests have no complete reply yet, without streams. */
    private final AtomicInteger inFlight = new AtomicInteger();

    private volatile State state = State.STARTING;

    /** @param node name of this node for its replies; null if they have none */
    Gate(
            Authenticator authenticator,
            TrustedProxies proxies,
            EndpointTable table,
            ErrorWriter errors,
            HttpMetrics metrics,
            AccessLog accessLog,
            Admission admission,
            @Nullable String node) {
        this.authenticator = authenticator;
        this.proxies = proxies;
        this.table = table;
        this.errors = errors;
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.admission = admission;
        this.node = node;
    }

    void ready() {
        state = State.READY;
    }

    /** From now on each reply closes its connection, so that its client connects to another node. */
    void drain() {
        state = State.DRAINING;
    }

    void stopping() {
        state = State.STOPPING;
    }

    /** What a balancer waits for: {@code starting} or {@code stopping}; null in between. */
    @Nullable
    String pause() {
        State now = state;
        return now == State.READY ? null : now.stops() ? "stopping" : "starting";
    }

    /** Waits for the replies to the requests in flight. Call it after {@link #stopping}. */
    void awaitReplies(Duration timeout) throws InterruptedException {
        long begin = System.nanoTime();
        long waited = 0;
        while (inFlight.get() > 0 && waited < timeout.toNanos()) {
            if (waited > BODY_STOP_TIMEOUT.toNanos()) {
                admission.bodies().forEachArriving(call -> reject(call.ctx, unavailable("stopping")));
            }
            TimeUnit.MILLISECONDS.sleep(10);
            waited = System.nanoTime() - begin;
        }
    }

    private static ApiError unavailable(String what) {
        return new ApiError(ErrorCode.UNAVAILABLE, "EPMPulse is " + what + ". Retry in a few seconds.")
                .withHeader("Retry-After", "2");
    }

    /** Passes a request on to its route, or rejects it. */
    void admit(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (request.method().equals(HttpMethod.HEAD)) {
            // The server omits the body of a reply to HEAD, also if the router handles the request as GET.
            HttpCall.markHead(ctx);
            ctx.reroute(
                    HttpMethod.GET, request.query() == null ? request.path() : request.path() + "?" + request.query());
            return;
        }
        String path = DotSegments.escape(request.path(), table, request.method().name());
        if (path != null) {
            ctx.reroute(request.method(), request.query() == null ? path : path + "?" + request.query());
            return;
        }
        HttpCall call = new HttpCall(ctx, metrics.start());
        call.client = proxies.client(
                request.remoteAddress().hostAddress(), request.headers().getAll(FORWARDED_FOR));
        inFlight.incrementAndGet();
        ctx.addEndHandler(end -> replyEnded(call));
        addHeaders(call);
        ApiError error = errorOf(call);
        if (error != null) {
            errors.send(request, error, state.stops());
        } else {
            admission.admit(call);
        }
    }

    private void addHeaders(HttpCall call) {
        if (node != null) {
            call.ctx.response().putHeader(NODE, node);
        }
        if (state == State.DRAINING) {
            call.closesConnection = true;
            call.ctx.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    /** Passes a request on to its route after its body was read. */
    void afterBody(RoutingContext ctx) {
        HttpCall call = HttpCall.of(ctx);
        if (call != null) {
            admission.bodies().ended(call);
        }
        if (call != null && call.endpoint != null) {
            BodySignature signature = call.endpoint.signatureOf(call);
            if (signature != null) {
                checkSignature(call, signature);
                return;
            }
            try {
                RequestSanitizer.sanitizeForm(call, call.endpoint);
            } catch (BadRequestException e) {
                reject(ctx, new ApiError(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage())));
            }
        }
        if (!ctx.response().ended()) {
            HttpCall.passOn(ctx);
        }
    }

    /** Passes a request on if its body has the signature. */
    private void checkSignature(HttpCall call, BodySignature signature) {
        ApiError error = authenticator.authenticateBody(call, signature);
        if (error != null) {
            reject(call.ctx, error);
        } else if (!call.ctx.response().ended()) {
            RequestSanitizer.addCaller(call, call.request().headers());
            HttpCall.passOn(call.ctx);
        }
    }

    /** Sends an error if Vert.x rejected a request, or if its handler failed. */
    void handleFailure(RoutingContext ctx) {
        HttpCall call = HttpCall.of(ctx);
        // Without memory or another thread the request can be repeated.
        int status = ctx.failure() instanceof OutOfMemoryError ? 503 : ctx.statusCode();
        if (status == 404) {
            // The gate found the path, so the table is out of date: the route was just removed.
            table.invalidate();
        }
        if (status >= 500) {
            String id = call == null ? "" : call.id;
            try (var context = CloseableThreadContext.put(LogContext.REQUEST, id)) {
                LOG.error("Request {} failed", id, ctx.failure());
            }
        }
        if (call != null) {
            call.discardsBody = false;
        }
        if (ctx.failure() instanceof MalformedRequestException malformed) {
            errors.sendLast(ctx.request(), MalformedRequests.error(malformed));
        } else {
            errors.send(ctx.request(), error(status, call), status == 408 || state.stops());
        }
        if (call == null) {
            recordUnrouted(ctx.request(), ctx.request().method().name(), status);
        }
    }

    /** Sends an error as the reply to a request. */
    void reject(RoutingContext ctx, ApiError error) {
        errors.send(ctx.request(), error, state.stops());
    }

    /** Sends an error for bytes that are not a valid HTTP request. */
    void rejectMalformed(HttpServerRequest request) {
        ApiError error = MalformedRequests.error(request.decoderResult().cause());
        errors.sendLast(request, error);
        recordUnrouted(request, "other", error.status());
    }

    /** Counts and logs a request that was answered before the gate. */
    private void recordUnrouted(HttpServerRequest request, String method, int status) {
        accessLog.logUnrouted(request, metrics.record(metrics.start(), method, "other", status), status);
    }

    private void replyEnded(HttpCall call) {
        if (call.endpoint == null || !call.endpoint.policy().streaming()) {
            inFlight.decrementAndGet();
        }
        admission.bodies().ended(call);
        call.replyEnded();
        if (call.discardsBody && !call.request().isEnded()) {
            errors.drain(call.request(), call.closesConnection);
        }
        boolean ended = call.ctx.response().ended();
        if (call.closesConnection && ended && !isUnread(call)) {
            // When Vert.x has ended the reply; after the bytes that are written already.
            call.ctx.vertx().runOnContext(turn -> call.request().connection().close());
        }
        int status = ended ? call.ctx.response().getStatusCode() : AccessLog.CLIENT_DISCONNECTED;
        accessLog.logReply(call, recordDuration(call, status), status);
    }

    /** Whether a body has not arrived. A request without a body may count as not ended when its reply is complete. */
    private static boolean isUnread(HttpCall call) {
        return !call.request().isEnded() && ErrorWriter.hasBody(call.request().headers());
    }

    private Duration recordDuration(HttpCall call, int status) {
        Duration duration = call.duration;
        if (duration == null) {
            Endpoint endpoint = call.endpoint;
            String path = endpoint == null ? "other" : endpoint.path().text();
            duration = metrics.record(call.timer, call.originalMethod(), path, status);
            call.duration = duration;
        }
        return duration;
    }

    /** Why a request is rejected; null if it may continue. */
    private @Nullable ApiError errorOf(HttpCall call) {
        State now = state;
        String path = normalizedPath(call.ctx);
        if (!now.accepts() && (path == null || !table.isAlwaysAnswered(path))) {
            return unavailable(now == State.STARTING ? "starting" : "stopping");
        }
        List<Endpoint> endpoints = path == null ? List.of() : table.find(path, call.method());
        Endpoint endpoint = Endpoint.forMethod(endpoints, call.method());
        ApiError error = authenticator.authenticate(call, endpoint);
        if (error != null) {
            return error;
        }
        if (path == null) {
            return new ApiError(ErrorCode.INVALID_REQUEST, "Invalid path. Check its percent-encoding.");
        }
        if (endpoints.isEmpty()) {
            return unknownPath();
        }
        if (endpoint == null || isNeverAllowed(call.method())) {
            return methodNotAllowed(call, endpoints);
        }
        call.endpoint = endpoint;
        if (endpoint.policy().streaming()) {
            inFlight.decrementAndGet();
            // A stream is measured when it begins, because its duration depends on the client only.
            call.ctx.addHeadersEndHandler(
                    begun -> recordDuration(call, call.ctx.response().getStatusCode()));
        }
        error = authenticator.authorize(call, path);
        return error != null ? error : contentError(call, endpoint);
    }

    private static @Nullable String normalizedPath(RoutingContext ctx) {
        try {
            return ctx.normalizedPath();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isNeverAllowed(String method) {
        return method.equals("TRACE") || method.equals("CONNECT");
    }

    private static ApiError unknownPath() {
        return new ApiError(ErrorCode.NOT_FOUND, "Unknown path. GET /api/v1/openapi.json lists the paths of the API.");
    }

    private static ApiError methodNotAllowed(HttpCall call, List<Endpoint> endpoints) {
        String method = call.originalMethod();
        String allowed = allow(endpoints);
        String message = (PLAIN_METHOD.matcher(method).matches() ? method : "This method") + " is not allowed here."
                + (allowed.isEmpty() ? "" : " Allowed: " + allowed + ".");
        return new ApiError(ErrorCode.METHOD_NOT_ALLOWED, message).withHeader("Allow", allowed);
    }

    private static String allow(List<Endpoint> endpoints) {
        TreeSet<String> methods = new TreeSet<>();
        endpoints.forEach(endpoint -> methods.addAll(endpoint.methods()));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }

    /** Why the content of a request is rejected; null if it may be read. */
    private static @Nullable ApiError contentError(HttpCall call, Endpoint endpoint) {
        HttpServerRequest request = call.request();
        if (endpoint.suspended().getAsBoolean()) {
            return new ApiError(ErrorCode.UNAVAILABLE, "The route of this path is suspended. Retry later.")
                    .withHeader("Retry-After", "10");
        }
        if (!call.method().equals("GET") && !MediaTypes.accepts(endpoint, request.headers())) {
            String types = endpoint.consumes().isEmpty() ? "" : " " + String.join(" or ", endpoint.consumes());
            return new ApiError(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body must be" + types + " in UTF-8, not compressed.");
        }
        if (BodyLimits.isTooLarge(call, endpoint)) {
            return BodyLimits.tooLarge(call, endpoint);
        }
        try {
            RequestSanitizer.sanitize(call, endpoint);
            return null;
        } catch (BadRequestException e) {
            return new ApiError(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        } catch (HttpException | IllegalArgumentException e) {
            return new ApiError(ErrorCode.INVALID_REQUEST, "Invalid query. Check its percent-encoding.");
        }
    }

    private static ApiError error(int status, @Nullable HttpCall call) {
        return switch (status) {
            case 404 -> unknownPath();
            case 405 ->
                call == null || call.endpoint == null
                        ? new ApiError(ErrorCode.METHOD_NOT_ALLOWED, "This method is not allowed here.")
                                .withHeader("Allow", "")
                        : methodNotAllowed(call, List.of(call.endpoint));
            case 406 ->
                new ApiError(ErrorCode.INVALID_REQUEST, "The header Accept has no type that this path returns.")
                        .withStatus(status);
            case 408 ->
                new ApiError(ErrorCode.INVALID_REQUEST, "The body did not arrive in time. Send the request again.")
                        .withStatus(status);
            case 417 ->
                new ApiError(ErrorCode.INVALID_REQUEST, "The only supported Expect is 100-continue.")
                        .withStatus(status);
            case 413 -> BodyLimits.tooLarge(call, call == null ? null : call.endpoint);
            case 415 ->
                new ApiError(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The Content-Type of the body is not accepted by this path.");
            case 503 ->
                new ApiError(ErrorCode.UNAVAILABLE, "The request timed out. Retry it.").withHeader("Retry-After", "5");
            default ->
                status >= 500
                        ? ErrorReplies.internalError(call == null ? "" : call.id)
                        : new ApiError(ErrorCode.INVALID_REQUEST, "Invalid HTTP request.")
                                .withStatus(status < 400 ? 400 : status);
        };
    }
}
