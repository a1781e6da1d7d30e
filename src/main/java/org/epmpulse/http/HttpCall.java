package org.epmpulse.http;

import io.micrometer.core.instrument.Timer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.epmpulse.config.ApiKey;
import org.jspecify.annotations.Nullable;

/** A request on its way through the gate. Used by its event loop only. */
final class HttpCall {

    private static final String NAME = HttpCall.class.getName();
    private static final String HEAD = NAME + ".head";

    final RoutingContext ctx;
    final Timer.Sample timer;
    final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

    /** Null until the path is known to lead somewhere. */
    @Nullable
    Endpoint endpoint;

    /** Null while it is not checked, and where none is needed. */
    @Nullable
    ApiKey key;

    /** Address of who sent it. */
    String client = "";

    /** Whether it has a body that nobody reads. */
    boolean ignoresBody;

    /** How long the reply took; null until it is in the metrics. */
    @Nullable
    Duration took;

    /** Ends the wait for the body; negative while there is none. */
    long bodyTimer = -1;

    HttpCall(RoutingContext ctx, Timer.Sample timer) {
        this.ctx = ctx;
        this.timer = timer;
        ctx.put(NAME, this);
    }

    /** The call of a request, or null if the request did not get as far as the gate. */
    static @Nullable HttpCall of(RoutingContext ctx) {
        return ctx.get(NAME);
    }

    /** Remembers that a request that goes on as GET came as HEAD. */
    static void markHead(RoutingContext ctx) {
        ctx.put(HEAD, Boolean.TRUE);
    }

    /** Whether a request came as HEAD. */
    static boolean isHead(RoutingContext ctx) {
        return ctx.get(HEAD) != null;
    }

    HttpServerRequest request() {
        return ctx.request();
    }

    /** GET for HEAD too. */
    String method() {
        return request().method().name();
    }

    /** As it came. */
    String originalMethod() {
        return isHead(ctx) ? "HEAD" : method();
    }
}
