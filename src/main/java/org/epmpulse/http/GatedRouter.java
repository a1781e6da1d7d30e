package org.epmpulse.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Mounts Camel's routes without Camel's body handler, which stores uploads on disk. The gate has read the body already.
 * Thread-safe.
 */
final class GatedRouter extends VertxPlatformHttpRouter {

    @SuppressWarnings("NullAway") // the server is only used for its port, which is known
    GatedRouter(Vertx vertx, Router router, String name) {
        super(null, vertx, router, name);
    }

    @Override
    public Handler<RoutingContext> bodyHandler() {
        return RoutingContext::next;
    }
}
