package org.epmpulse.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.CloseableThreadContext;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.security.TrustedProxies;
import org.jspecify.annotations.Nullable;

/**
 * Every request passes here, before any route and before its body is read: key, path, method, role, media type, size, in
 * this order. No route checks keys, so none can forget to. Thread-safe.
 */
final class Gate {

    private static final Logger LOG = LogManager.getLogger(Gate.class);

    /** A body nobody asked for, as some clients send with GET, is ignored up to this many bytes. */
    private static final int IGNORED_BODY = 16 * 1024;

    private static final CharSequence FORWARDED_FOR = HttpHeaders.createOptimized("X-Forwarded-For");

    /** So many requests of a connection are answered within each other before the next one gets a turn of its own. */
    private static final int MAX_NESTED = 8;

    private enum State {
        STARTING,
        READY,
        STOPPING
    }

    private final Authenticator keyCheck;
    private final TrustedProxies proxies;
    private final EndpointTable table;
    private final ErrorWriter errors;
    private final HttpMetrics metrics;
    private final AccessLog accessLog;
    private final Duration bodyTimeout;
    private final Map<Integer, BodyHandler> bodyHandlers = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile State state = State.STARTING;

    /** Requests that are being let in now: the end of one reply lets the next of the same connection in. Of the event loop. */
    private int nested;

    /** @param bodyTimeout a body that takes longer is not waited for */
    Gate(
            Authenticator keyCheck,
            TrustedProxies proxies,
            EndpointTable table,
            ErrorWriter errors,
            HttpMetrics metrics,
            AccessLog accessLog,
            Duration bodyTimeout) {
        this.keyCheck = keyCheck;
        this.proxies = proxies;
        this.table = table;
        this.errors = errors;
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.bodyTimeout = bodyTimeout;
    }

    void ready() {
        state = State.READY;
    }

    void stopping() {
        state = State.STOPPING;
    }

    /** How many requests wait for the end of their reply, streams left out. */
    int inFlight() {
        return inFlight.get();
    }

    /**
     * Lets a request on to its route, or refuses it. One that came behind many others which were answered at once waits
     * for a turn of its own: the stack would else grow with each.
     */
    void enter(RoutingContext ctx) {
        if (nested < MAX_NESTED) {
            nested++;
            try {
                letIn(ctx);
            } finally {
                nested--;
            }
            return;
        }
        ctx.request().pause();
        ctx.vertx().runOnContext(turn -> {
            enter(ctx);
            ctx.request().resume();
        });
    }

    private void letIn(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (request.method().equals(HttpMethod.HEAD)) {
            // The server leaves out the body of a reply to HEAD whatever the router takes the request for.
            HttpCall.markHead(ctx);
            ctx.reroute(
                    HttpMethod.GET, request.query() == null ? request.path() : request.path() + "?" + request.query());
            return;
        }
        HttpCall call = new HttpCall(ctx, metrics.start());
        call.client = proxies.client(
                request.remoteAddress().hostAddress(), request.headers().getAll(FORWARDED_FOR));
        inFlight.incrementAndGet();
        ctx.addEndHandler(end -> ended(call));
        ApiError refusal = refusal(call);
        if (refusal != null) {
            errors.send(request, refusal, state == State.STOPPING);
        } else {
            readBody(call);
        }
    }

    /** Lets a request on whose body was read. */
    void bodyRead(RoutingContext ctx) {
        HttpCall call = HttpCall.of(ctx);
        if (call != null && call.bodyTimer >= 0) {
            ctx.vertx().cancelTimer(call.bodyTimer);
        }
        if (call != null && call.endpoint != null) {
            try {
                RequestSanitizer.cleanForm(call, call.endpoint);
            } catch (BadRequestException e) {
                refuse(ctx, new ApiError(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage())));
            }
        }
        if (!ctx.response().ended()) {
            ctx.next();
        }
    }

    /** Answers a request that Vert.x refused, or whose handler failed. */
    void failed(RoutingContext ctx) {
        HttpCall call = HttpCall.of(ctx);
        int status = ctx.statusCode();
        if (status == 404) {
            // The gate let it pass, so the table is out of date: the route has just gone.
            table.changed();
        }
        if (status >= 500) {
            String id = call == null ? "" : call.id;
            try (var context = CloseableThreadContext.put(LogContext.REQUEST, id)) {
                LOG.error("Request {} failed", id, ctx.failure());
            }
        }
        if (call != null) {
            call.ignoresBody = false;
        }
        errors.send(ctx.request(), error(status, call), status == 408 || state == State.STOPPING);
        if (call == null) {
            unmet(ctx.request(), ctx.request().method().name(), status);
        }
    }

    /** Answers a request with an error. */
    void refuse(RoutingContext ctx, ApiError error) {
        errors.send(ctx.request(), error, state == State.STOPPING);
    }

    /** Answers what is no HTTP request. */
    void invalid(HttpServerRequest request) {
        ApiError error = MalformedRequests.error(request.decoderResult().cause());
        errors.send(request, error, true);
        unmet(request, "other", error.status());
    }

    /** A request was answered that never entered. */
    private void unmet(HttpServerRequest request, String method, int status) {
        accessLog.refused(request, metrics.replied(metrics.start(), method, "other", status), status);
    }

    private void ended(HttpCall call) {
        if (call.endpoint == null || !call.endpoint.policy().streaming()) {
            inFlight.decrementAndGet();
        }
        if (call.bodyTimer >= 0) {
            call.ctx.vertx().cancelTimer(call.bodyTimer);
        }
        if (call.ignoresBody && !call.request().isEnded()) {
            errors.drain(call.request(), false);
        }
        boolean ended = call.ctx.response().ended();
        int status = ended ? call.ctx.response().getStatusCode() : AccessLog.CLIENT_GONE;
        accessLog.replied(call, measured(call, status), status);
    }

    private Duration measured(HttpCall call, int status) {
        Duration took = call.took;
        if (took == null) {
            Endpoint endpoint = call.endpoint;
            String path = endpoint == null ? "other" : endpoint.path().text();
            took = metrics.replied(call.timer, call.originalMethod(), path, status);
            call.took = took;
        }
        return took;
    }

    private @Nullable ApiError refusal(HttpCall call) {
        if (state != State.READY) {
            String what = state == State.STARTING ? "starting" : "stopping";
            return new ApiError(ErrorCode.UNAVAILABLE, "EPMPulse is " + what + ". Try again soon.")
                    .withHeader("Retry-After", "2");
        }
        String path = normalizedPath(call.ctx);
        List<Endpoint> endpoints = path == null ? List.of() : table.at(path, call.method());
        Endpoint endpoint = Endpoint.taking(endpoints, call.method());
        ApiError refusal = keyCheck.authenticate(call, endpoint);
        if (refusal != null) {
            return refusal;
        }
        if (path == null) {
            return new ApiError(ErrorCode.INVALID_REQUEST, "The path is not a valid one.");
        }
        if (endpoints.isEmpty()) {
            return new ApiError(ErrorCode.NOT_FOUND, "There is nothing at this path.");
        }
        if (endpoint == null || isUseless(call.method())) {
            return new ApiError(ErrorCode.METHOD_NOT_ALLOWED, "This path does not take this method.")
                    .withHeader("Allow", allow(endpoints));
        }
        call.endpoint = endpoint;
        if (endpoint.policy().streaming()) {
            inFlight.decrementAndGet();
            // How long a stream lasts says nothing about the program: it is measured when it begins.
            call.ctx.addHeadersEndHandler(
                    begun -> measured(call, call.ctx.response().getStatusCode()));
        }
        refusal = keyCheck.authorize(call, path);
        return refusal != null ? refusal : unreadable(call, endpoint);
    }

    private static @Nullable String normalizedPath(RoutingContext ctx) {
        try {
            return ctx.normalizedPath();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isUseless(String method) {
        return method.equals("TRACE") || method.equals("CONNECT");
    }

    private static String allow(List<Endpoint> endpoints) {
        TreeSet<String> methods = new TreeSet<>();
        endpoints.forEach(endpoint -> methods.addAll(endpoint.methods()));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return String.join(", ", methods);
    }

    private static @Nullable ApiError unreadable(HttpCall call, Endpoint endpoint) {
        HttpServerRequest request = call.request();
        if (endpoint.suspended().getAsBoolean()) {
            return new ApiError(ErrorCode.UNAVAILABLE, "This is suspended.").withHeader("Retry-After", "10");
        }
        boolean read = call.method().equals("GET");
        if (!read && !MediaTypes.accepts(endpoint, request.headers())) {
            String wanted = endpoint.consumes().isEmpty() ? "" : " " + String.join(" or ", endpoint.consumes());
            return new ApiError(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, ("The body must be" + wanted + " in UTF-8, not compressed."));
        }
        int limit = read ? IGNORED_BODY : endpoint.policy().maxBody();
        boolean endless = read && request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        if (endless || length(request) > limit) {
            return tooLarge(limit);
        }
        try {
            RequestSanitizer.clean(call, endpoint);
            return null;
        } catch (BadRequestException e) {
            return new ApiError(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        } catch (HttpException | IllegalArgumentException e) {
            return new ApiError(ErrorCode.INVALID_REQUEST, "The query is not a valid one.");
        }
    }

    private static long length(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    private static ApiError tooLarge(int limit) {
        return new ApiError(ErrorCode.PAYLOAD_TOO_LARGE, "The body must be at most " + limit + " bytes.");
    }

    private void readBody(HttpCall call) {
        Endpoint endpoint = call.endpoint;
        if (endpoint == null || !ErrorWriter.hasBody(call.request().headers())) {
            call.ctx.next();
            return;
        }
        if (call.method().equals("GET")) {
            call.ignoresBody = true;
            call.ctx.next();
            return;
        }
        call.bodyTimer = call.ctx.vertx().setTimer(bodyTimeout.toMillis(), late -> call.ctx.fail(408));
        bodyHandlers
                .computeIfAbsent(
                        endpoint.policy().maxBody(),
                        limit -> BodyHandler.create(false).setBodyLimit(limit).setMergeFormAttributes(false))
                .handle(call.ctx);
    }

    private static ApiError error(int status, @Nullable HttpCall call) {
        Endpoint endpoint = call == null ? null : call.endpoint;
        return switch (status) {
            case 404 -> new ApiError(ErrorCode.NOT_FOUND, "There is nothing at this path.");
            case 405 ->
                new ApiError(ErrorCode.METHOD_NOT_ALLOWED, "This path does not take this method.")
                        .withHeader("Allow", endpoint == null ? "" : allow(List.of(endpoint)));
            case 406 ->
                new ApiError(ErrorCode.INVALID_REQUEST, "Nothing of the type in Accept is here.").withStatus(status);
            case 408 -> new ApiError(ErrorCode.INVALID_REQUEST, "The body took too long to arrive.").withStatus(status);
            case 413 ->
                tooLarge(endpoint == null ? IGNORED_BODY : endpoint.policy().maxBody());
            case 415 -> new ApiError(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body has a type that is not taken here.");
            case 503 ->
                new ApiError(ErrorCode.UNAVAILABLE, "This took too long. Try again.").withHeader("Retry-After", "5");
            default ->
                status >= 500
                        ? ErrorReplies.internalError(call == null ? "" : call.id)
                        : new ApiError(ErrorCode.INVALID_REQUEST, "This is not a valid request.")
                                .withStatus(status < 400 ? 400 : status);
        };
    }
}
