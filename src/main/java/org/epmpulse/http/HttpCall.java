package org.epmpulse.http;

import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.epmpulse.config.ApiKey;
import org.jspecify.annotations.Nullable;

/** The state of a request in the gate. Used by its event loop only. */
final class HttpCall {

    private static final String NAME = HttpCall.class.getName();
    private static final String HEAD = NAME + ".head";

    final RoutingContext ctx;
    final Timer.Sample timer;
    final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

    /** Null until an endpoint is found for the path. */
    @Nullable
    Endpoint endpoint;

    /** Null before the key is authenticated, and if none is needed. */
    @Nullable
    ApiKey key;

    /** The signature of its body, which is checked when the body has arrived; null if it is authenticated by a key. */
    byte @Nullable [] signature;

    /** Address of the client. */
    String client = "";

    /** Whether it has a body that is discarded. */
    boolean discardsBody;

    /** Whether its reply is the last one on its connection. */
    boolean closesConnection;

    /** Time until the reply; null until it is in the metrics. */
    @Nullable
    Duration duration;

    /** Its place among the requests whose body has not arrived; null if it is none. */
    WaitingList.@Nullable Entry<HttpCall> arriving;

    /** Its place among the scans; null if it is none. */
    ScanLimits.@Nullable Slot scan;

    /** The bytes of its body; null if they are not counted. */
    ByteBudget.@Nullable Lease bodyBytes;

    private boolean routeRuns;
    private boolean replied;

    HttpCall(RoutingContext ctx, Timer.Sample timer) {
        this.ctx = ctx;
        this.timer = timer;
        ctx.put(NAME, this);
    }

    /** Passes a request on to its route. */
    static void passOn(RoutingContext ctx) {
        HttpCall call = of(ctx);
        Endpoint endpoint = call == null ? null : call.endpoint;
        Handler<RoutingContext> handler = endpoint == null ? null : endpoint.handler();
        if (endpoint != null && handler != null && endpoint.path().text().equals(ctx.normalizedPath())) {
            handler.handle(ctx);
        } else {
            ctx.next();
        }
    }

    /** The call of a request; null if the request was rejected before the gate. */
    static @Nullable HttpCall of(RoutingContext ctx) {
        return ctx.get(NAME);
    }

    /** Marks a request that is handled as GET but was HEAD. */
    static void markHead(RoutingContext ctx) {
        ctx.put(HEAD, Boolean.TRUE);
    }

    /** Whether a request was HEAD. */
    static boolean isHead(RoutingContext ctx) {
        return ctx.get(HEAD) != null;
    }

    HttpServerRequest request() {
        return ctx.request();
    }

    /** The method; GET for HEAD. */
    String method() {
        return request().method().name();
    }

    /** The method as the client sent it. */
    String originalMethod() {
        return isHead(ctx) ? "HEAD" : method();
    }

    /** Its route runs from now on, also if the client disconnects. */
    void routeStarted() {
        routeRuns = true;
    }

    /** Its route has ended; its reply may not be sent yet. */
    void routeEnded() {
        routeRuns = false;
        release();
    }

    /** Its reply was written, or the client has disconnected. */
    void replyEnded() {
        replied = true;
        release();
    }

    private void release() {
        if (scan != null && !routeRuns) {
            scan.close();
        }
        if (bodyBytes != null && !routeRuns && replied) {
            bodyBytes.close();
        }
    }
}
