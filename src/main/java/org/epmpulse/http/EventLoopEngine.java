package org.epmpulse.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Runs the routes with an {@link EventLoopPolicy} on the event loop that has read the request, all others on workers as
 * platform-http does. A worker is held until the reply is made: with one for each waiting update most of the CPU went
 * into waking them. Thread-safe.
 */
final class EventLoopEngine extends VertxPlatformHttpEngine {

    /** How much of a body is handed over at a time, in bytes. */
    private static final int PIECE = 1 << 16;

    /** So many bytes of a large body a client must take in {@link #bodyTimeout}: until it has them, they are kept for it. */
    private static final int PATIENCE = 8 << 20;

    private final Duration bodyTimeout;

    /** @param bodyTimeout a client that takes longer for a large reply is cut off; for each 8 MB as long again */
    EventLoopEngine(Duration bodyTimeout) {
        this.bodyTimeout = bodyTimeout;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new Consumer(endpoint, processor, VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()));
    }

    private final class Consumer extends VertxPlatformHttpConsumer {

        private volatile @Nullable Boolean onEventLoop;

        Consumer(PlatformHttpEndpoint endpoint, Processor processor, String router) {
            super(endpoint, processor, List.of(), router);
        }

        @Override
        protected void handleRequest(RoutingContext request) {
            if (isSuspended() || !isOnEventLoop()) {
                super.handleRequest(request);
                return;
            }
            Context loop = request.vertx().getOrCreateContext();
            Exchange exchange = createExchange(false);
            // The last message is the reply either way. With InOut each step of a bean would copy all headers.
            exchange.setPattern(ExchangePattern.InOnly);
            processHttpRequest(exchange, request)
                    .onSuccess(read -> process(exchange, request, loop))
                    .onFailure(failure -> fail(exchange, request, failure));
        }

        /**
         * Found in the context: platform-http does not give the consumer of an engine its route. Only the bean that is
         * bound for shipped routes counts, not another one of its type.
         */
        private boolean isOnEventLoop() {
            Boolean known = onEventLoop;
            if (known == null) {
                Object policy = getEndpoint().getCamelContext().getRegistry().lookupByName(EventLoopPolicy.NAME);
                known = getEndpoint().getCamelContext().getRoutes().stream()
                        .filter(route -> route.getEndpoint().equals(getEndpoint()))
                        .map(Route::getRoutePolicyList)
                        .flatMap(List::stream)
                        .anyMatch(named -> named == policy);
                onEventLoop = known;
            }
            return known;
        }

        private void process(Exchange exchange, RoutingContext request, Context loop) {
            try {
                createUoW(exchange);
            } catch (Exception e) {
                fail(exchange, request, e);
                return;
            }
            getAsyncProcessor().process(exchange, done -> {
                // A worker that renders for this request has the same context.
                if (Context.isOnEventLoopThread() && Vertx.currentContext() == loop) {
                    reply(exchange, request);
                } else {
                    loop.runOnContext(turn -> reply(exchange, request));
                }
            });
            // The next line of this loop is about another request.
            LogContext.clear();
        }

        private void reply(Exchange exchange, RoutingContext request) {
            try {
                if (!request.response().ended()) {
                    write(exchange, request);
                }
                complete(exchange);
            } catch (RuntimeException e) {
                fail(exchange, request, e);
            }
        }

        private void write(Exchange exchange, RoutingContext request) {
            Message message = exchange.getMessage();
            HttpServerResponse response = request.response();
            response.setStatusCode(message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, int.class));
            HeaderFilterStrategy filter = getEndpoint().getHeaderFilterStrategy();
            for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
                if (!filter.applyFilterToCamelHeaders(header.getKey(), header.getValue(), exchange)) {
                    response.putHeader(header.getKey(), String.valueOf(header.getValue()));
                }
            }
            // Asked without a type first: of no body, Camel would go through all its converters.
            ByteBuffer body = message.getBody() == null ? null : message.getBody(ByteBuffer.class);
            if (body == null) {
                request.end();
            } else {
                response.putHeader(HttpHeaders.CONTENT_TYPE, message.getHeader(Exchange.CONTENT_TYPE, String.class));
                // Vert.x would leave it out of a reply to HEAD.
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.remaining()));
                send(body, request);
            }
        }

        private void send(ByteBuffer body, RoutingContext request) {
            if (body.remaining() <= PIECE || ApiServer.isHead(request)) {
                request.end(HttpReply.buffer(body));
                return;
            }
            long patience =
                    bodyTimeout.multipliedBy(1 + body.remaining() / PATIENCE).toMillis();
            long timer = request.vertx().setTimer(patience, late -> cutOff(request));
            request.addEndHandler(end -> request.vertx().cancelTimer(timer));
            sendPieces(body, request);
        }

        /** As fast as the client takes them: what is handed over is copied. */
        private static void sendPieces(ByteBuffer body, RoutingContext request) {
            HttpServerResponse response = request.response();
            while (body.hasRemaining() && !response.closed()) {
                if (response.writeQueueFull()) {
                    response.drainHandler(drained -> sendPieces(body, request));
                    return;
                }
                int length = Math.min(PIECE, body.remaining());
                Buffer piece = HttpReply.buffer(body.slice(body.position(), length));
                body.position(body.position() + length);
                // Nothing may come behind a piece that is missing.
                response.write(piece).onFailure(failure -> cutOff(request));
            }
            if (!response.closed()) {
                request.end();
            }
        }

        /** What was handed over already may still arrive; a client that takes nothing at all is found idle. */
        private static void cutOff(RoutingContext request) {
            request.response().drainHandler(null);
            request.request().connection().close();
        }

        private void fail(Exchange exchange, RoutingContext request, @Nullable Throwable failure) {
            request.fail(failure);
            complete(exchange);
        }

        private void complete(Exchange exchange) {
            doneUoW(exchange);
            releaseExchange(exchange, false);
        }
    }
}
