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
 * Runs routes with an {@link EventLoopPolicy} on the event loop that has read the request. Other routes run on workers,
 * as in platform-http. A worker is blocked until the reply is complete; with one worker for each waiting update, most
 * of the CPU time was spent on waking workers. Thread-safe.
 */
final class EventLoopEngine extends VertxPlatformHttpEngine {

    /** How much of a body is written at a time. */
    private static final int CHUNK_BYTES = 1 << 16;

    /**
     * How much of a large reply a client must receive in {@link #bodyTimeout}. The reply stays in memory until then.
     */
    private static final int BYTES_PER_TIMEOUT = 8 << 20;

    private final Duration bodyTimeout;

    /** @param bodyTimeout the time for a client to receive a large reply, plus the same time for each 8 MiB */
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
            // The last message is the reply in both patterns. With InOut each bean step would copy all headers.
            exchange.setPattern(ExchangePattern.InOnly);
            processHttpRequest(exchange, request)
                    .onSuccess(read -> process(exchange, request, loop))
                    .onFailure(failure -> fail(exchange, request, failure));
        }

        /**
         * Looked up in the context, because platform-http does not give the consumer its route. Only the policy bean of
         * the shipped routes counts, no other bean of the same type.
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
                // A worker that renders for this request has the same Vert.x context.
                if (Context.isOnEventLoopThread() && Vertx.currentContext() == loop) {
                    reply(exchange, request);
                } else {
                    loop.runOnContext(turn -> reply(exchange, request));
                }
            });
            // The next task of this event loop logs for another request.
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
            // Check for null first: Camel would try all its converters for an absent body.
            ByteBuffer body = message.getBody() == null ? null : message.getBody(ByteBuffer.class);
            if (body == null) {
                request.end();
            } else {
                response.putHeader(HttpHeaders.CONTENT_TYPE, message.getHeader(Exchange.CONTENT_TYPE, String.class));
                // Vert.x would omit it from a reply to HEAD.
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.remaining()));
                send(body, request);
            }
        }

        private void send(ByteBuffer body, RoutingContext request) {
            if (body.remaining() <= CHUNK_BYTES || ApiServer.isHead(request)) {
                request.end(HttpReply.buffer(body));
                return;
            }
            long timeoutMillis = bodyTimeout
                    .multipliedBy(1 + body.remaining() / BYTES_PER_TIMEOUT)
                    .toMillis();
            long timer = request.vertx().setTimer(timeoutMillis, late -> closeConnection(request));
            request.addEndHandler(end -> request.vertx().cancelTimer(timer));
            sendChunks(body, request);
        }

        /** Waits while the write queue is full, because each written chunk is copied. */
        private static void sendChunks(ByteBuffer body, RoutingContext request) {
            HttpServerResponse response = request.response();
            while (body.hasRemaining() && !response.closed()) {
                if (response.writeQueueFull()) {
                    response.drainHandler(drained -> sendChunks(body, request));
                    return;
                }
                int length = Math.min(CHUNK_BYTES, body.remaining());
                Buffer chunk = HttpReply.buffer(body.slice(body.position(), length));
                body.position(body.position() + length);
                // After a failed chunk no other chunk may be sent.
                response.write(chunk).onFailure(failure -> closeConnection(request));
            }
            if (!response.closed()) {
                request.end();
            }
        }

        /** Written chunks may still arrive. The idle timeout closes the connection of a client that receives nothing. */
        private static void closeConnection(RoutingContext request) {
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
