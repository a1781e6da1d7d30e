package org.epmpulse.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextDecorator;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
import org.epmpulse.changes.BeforeRecord;
import org.jspecify.annotations.Nullable;

/**
 * Runs routes with an {@link EventLoopPolicy} on the event loop that has read the request. Other routes run on workers,
 * as in platform-http. A worker is blocked until the reply is complete; with one worker for each waiting update, most
 * of the CPU time was spent on waking workers. Thread-safe.
 */
final class EventLoopEngine extends VertxPlatformHttpEngine {

    /** Names the exchange property with the call of a request whose route runs on a worker. */
    static final String CALL = HttpCall.class.getName();

    private final ReplySender sender;

    /** The consumers that were started. */
    private final Map<PlatformHttpEndpoint, Consumer> consumers = new ConcurrentHashMap<>();

    EventLoopEngine(ReplySender sender) {
        this.sender = sender;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return new Consumer(endpoint, processor, VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()));
    }

    /** What handles the requests of an endpoint; null if its consumer is not started. */
    @Nullable
    Handler<RoutingContext> handler(PlatformHttpEndpoint endpoint) {
        Consumer consumer = consumers.get(endpoint);
        return consumer == null ? null : consumer::handle;
    }

    private final class Consumer extends VertxPlatformHttpConsumer {

        private volatile @Nullable Boolean onEventLoop;

        Consumer(PlatformHttpEndpoint endpoint, Processor processor, String router) {
            super(endpoint, processor, List.of(), router);
        }

        @Override
        protected void doStart() throws Exception {
            // Before the router changes, because the table of endpoints is read again then.
            consumers.put(getEndpoint(), this);
            super.doStart();
        }

        @Override
        protected void doStop() throws Exception {
            consumers.remove(getEndpoint(), this);
            super.doStop();
        }

        /** Handles a request without the router, unless only the router does all that its endpoint asks for. */
        private void handle(RoutingContext request) {
            if (isStarted() && getEndpoint().getRequestTimeout() <= 0 && isOnEventLoop()) {
                handleRequest(request);
            } else {
                request.next();
            }
        }

        @Override
        protected void handleRequest(RoutingContext request) {
            HttpCall call = HttpCall.of(request);
            if (isSuspended() || !isOnEventLoop()) {
                handleOnWorker(request, call);
                return;
            }
            if (call != null) {
                call.routeStarted();
            }
            Context loop = request.vertx().getOrCreateContext();
            Exchange exchange = createExchange(false);
            // The last message is the reply in both patterns. With InOut each bean step would copy all headers.
            exchange.setPattern(ExchangePattern.InOnly);
            processHttpRequest(exchange, request)
                    .onSuccess(read -> process(exchange, request, loop))
                    .onFailure(failure -> fail(exchange, request, failure));
        }

        private void handleOnWorker(RoutingContext request, @Nullable HttpCall call) {
            if (call == null || isSuspended()) {
                super.handleRequest(request);
                return;
            }
            Endpoint endpoint = call.endpoint;
            if (endpoint != null && !endpoint.policy().builtIn()) {
                if (!sender.admitsStream(request, call)) {
                    return;
                }
                request.addHeadersEndHandler(begun -> sender.countStream(request, call));
            }
            call.routeStarted();
            super.handleRequest(new SentByUs(request, sender));
        }

        @Override
        protected Future<Void> processHttpRequest(Exchange exchange, RoutingContext request) {
            HttpCall call = HttpCall.of(request);
            if (request instanceof SentByUs && call != null) {
                exchange.setProperty(CALL, call);
            }
            return super.processHttpRequest(exchange, request);
        }

        /** Called when the reply of a worker was begun, or when the route failed. */
        @Override
        public void releaseExchange(Exchange exchange, boolean autoRelease) {
            HttpCall call = exchange.getProperty(CALL, HttpCall.class);
            super.releaseExchange(exchange, autoRelease);
            if (call != null) {
                call.routeEnded();
            }
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
                                .anyMatch(named -> named == policy)
                        && !callsSite();
                onEventLoop = known;
            }
            return known;
        }

        /** Whether the route records updates, and a step of the site's before that could block. */
        private boolean callsSite() {
            return "POST".equals(getEndpoint().getHttpMethodRestrict())
                    && BeforeRecord.isIn(getEndpoint().getCamelContext());
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
                complete(exchange, request);
            } catch (RuntimeException e) {
                fail(exchange, request, e);
            }
        }

        private void write(Exchange exchange, RoutingContext request) {
            Message message = exchange.getMessage();
            HttpServerResponse response = request.response();
            // Integer: for int, Camel would look for a converter.
            response.setStatusCode(message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class));
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
                sender.send(request, body, exchange.getProperty(HttpReply.SHARED));
            }
        }

        private void fail(Exchange exchange, RoutingContext request, @Nullable Throwable failure) {
            request.fail(failure);
            complete(exchange, request);
        }

        private void complete(Exchange exchange, RoutingContext request) {
            doneUoW(exchange);
            releaseExchange(exchange, false);
            HttpCall call = HttpCall.of(request);
            if (call != null) {
                call.routeEnded();
            }
        }
    }

    /** A request whose reply is sent by the {@link ReplySender}, where Camel would send it at once. */
    private static final class SentByUs extends RoutingContextDecorator {

        private final ReplySender sender;

        SentByUs(RoutingContext request, ReplySender sender) {
            super(request.currentRoute(), (RoutingContextInternal) request);
            this.sender = sender;
        }

        @Override
        public Future<Void> end(String chunk) {
            return end(Buffer.buffer(chunk));
        }

        @Override
        public Future<Void> end(Buffer body) {
            sender.send(this, body.getByteBuf().nioBuffer(), null);
            return Future.succeededFuture();
        }
    }
}
