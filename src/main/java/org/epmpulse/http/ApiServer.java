package org.epmpulse.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.config.ApiKey;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.InvalidKeyCounts;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TrustedProxies;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server that the {@code platform-http:} routes are mounted on. Thread-safe.
 *
 * <p>Not camel-platform-http-main: that goes on without a server where the port is taken, and its limits and error
 * replies cannot be set. Listens from {@link #start} on and answers 503 until {@link #ready} and after {@link
 * #stopping}.
 */
public final class ApiServer implements AutoCloseable {

    private static final Logger LOG = LogManager.getLogger(ApiServer.class);

    private static final String METRICS = "/api/v1/metrics";

    /** Each request that the event loop does not answer itself holds one until its reply is made. */
    private static final int WORKERS = 64;

    private static final int IDLE_SECONDS = 75;
    private static final int MAX_REQUEST_LINE = 8 * 1024;
    private static final int MAX_HEADERS = 16 * 1024;
    private static final int FIRST = -1000;
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final String host;
    private final int port;
    private final Vertx vertx;
    private final Router router;
    private final HttpServer server;
    private final ApiKeys keys;
    private final EndpointTable table = new EndpointTable();
    private final AccessLog accessLog;
    private final Duration bodyTimeout;
    private final Gate gate;

    /**
     * A server that does not listen yet.
     *
     * @param port 0 for any free one
     */
    public ApiServer(
            String host,
            int port,
            ApiKeys keys,
            TrustedProxies proxies,
            RateLimits limits,
            MeterRegistry registry,
            InstantSource clock) {
        this(host, port, keys, proxies, limits, registry, clock, BODY_TIMEOUT);
    }

    ApiServer(
            String host,
            int port,
            ApiKeys keys,
            TrustedProxies proxies,
            RateLimits limits,
            MeterRegistry registry,
            InstantSource clock,
            Duration bodyTimeout) {
        this.host = host;
        this.port = port;
        this.bodyTimeout = bodyTimeout;
        this.keys = keys;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setWorkerPoolSize(WORKERS)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.accessLog = new AccessLog(vertx);
        this.gate = new Gate(
                new Authenticator(keys, new InvalidKeyCounts(clock), limits),
                proxies,
                table,
                new ErrorWriter(vertx),
                new HttpMetrics(registry),
                accessLog,
                bodyTimeout);
        this.router = router(vertx, gate, table);
        this.server = vertx.createHttpServer(new HttpServerOptions()
                        .setIdleTimeout(IDLE_SECONDS)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setMaxInitialLineLength(MAX_REQUEST_LINE)
                        .setMaxHeaderSize(MAX_HEADERS)
                        .setHandle100ContinueAutomatically(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setHttp2ClearTextEnabled(false))
                .requestHandler(router)
                .invalidRequestHandler(gate::invalid);
    }

    private static Router router(Vertx vertx, Gate gate, EndpointTable table) {
        Router router = Router.router(vertx);
        // 200 is what Vert.x fails with when a client goes away before its body has arrived.
        router.errorHandler(200, gate::failed);
        for (int status = 400; status < 600; status++) {
            router.errorHandler(status, gate::failed);
        }
        router.route().order(FIRST).handler(gate::enter).handler(gate::bodyRead);
        router.modifiedHandler(changed -> table.changed());
        return router;
    }

    /**
     * Listens from now on.
     *
     * @throws IOException if the port is taken, or the host is not this machine's
     */
    public void start() throws IOException, InterruptedException {
        try {
            await(server.listen(port, host));
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(whyNot(e.getCause()), e);
        }
        LOG.info("Listening on {}:{}", host, port());
    }

    private String whyNot(@Nullable Throwable cause) {
        if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
            return "port " + port + " on " + host + " is in use";
        }
        return "cannot listen on port " + port + " of " + host + ": "
                + (cause == null ? "timeout" : cause.getMessage());
    }

    /** The port it listens on; only after {@link #start}. */
    public int port() {
        return server.actualPort();
    }

    /**
     * Mounts the routes of this context that begin with {@code platform-http:}. To be called after {@link #start} and
     * before the context has routes.
     */
    public void bind(CamelContext context) {
        // Camel looks for the port here, and by the port for the router.
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(host);
        configuration.setBindPort(port());
        context.getRegistry().bind("epmPulseServer", configuration);
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(port());
        context.getRegistry().bind(name, new GatedRouter(vertx, router, name));
        PlatformHttpComponent component = context.getComponent("platform-http", PlatformHttpComponent.class);
        component.setEngine(engine(context));
        component.setHeaderFilterStrategy(new ReplyHeaderFilter());
        // The gate does it: Vert.x takes Application/JSON for another type, and answers before the role is checked.
        component.setServerRequestValidation(false);
        context.addRoutePolicyFactory(new UnhandledFailures(new ErrorReplies()));
        table.readRoutes(() -> CamelEndpoints.of(context));
    }

    private EventLoopEngine engine(CamelContext context) {
        EventLoopEngine engine = new EventLoopEngine(bodyTimeout);
        engine.setCamelContext(context);
        return engine;
    }

    /**
     * Answers GET at a path without a route.
     *
     * @param path with {@code *} at its end for all below it
     * @param handler runs on the event loop, which is the same for all requests, so it must not wait; {@link #key} says
     *     who asks
     */
    public void mount(String path, EndpointPolicy policy, Handler<RoutingContext> handler) {
        table.add(Endpoint.raw(path, policy));
        router.route(HttpMethod.GET, path).handler(handler);
    }

    /** Answers {@code GET /api/v1/metrics} with what is measured. */
    public void mountMetrics(PrometheusMeterRegistry meters) {
        mount(METRICS, EndpointPolicies.of(METRICS), request -> request.vertx()
                .executeBlocking(() -> meters.scrape(), false)
                .onSuccess(text -> request.response()
                        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                        .putHeader("Cache-Control", "no-store")
                        .end(text))
                .onFailure(request::fail));
    }

    /** Everything it answers now. */
    List<Endpoint> endpoints() {
        return table.all();
    }

    /** The key a request came with; null where none is needed. */
    public static @Nullable ApiKey key(RoutingContext request) {
        HttpCall call = HttpCall.of(request);
        return call == null ? null : call.key;
    }

    /** Whether a request came as HEAD: only the headers of its reply are sent, so a stream must end at once. */
    public static boolean isHead(RoutingContext request) {
        return HttpCall.isHead(request);
    }

    /** Whether a key that was valid when a request came still is, with the same role. */
    public boolean isValid(ApiKey key) {
        return keys.all().contains(key);
    }

    /** Runs tasks that take their time, beside the routes that do. */
    public Executor workers() {
        return task -> vertx.executeBlocking(
                        () -> {
                            task.run();
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.error("A task of a worker failed", failure));
    }

    /** Answers a request with an error. */
    public void refuse(RoutingContext request, ApiError error) {
        gate.refuse(request, error);
    }

    /** Lets requests in. */
    public void ready() {
        gate.ready();
    }

    /** Lets no more requests in; those that are in go on. */
    public void stopping() {
        gate.stopping();
    }

    /** Waits for the replies that are due, at most 10 s, and stops listening. */
    @Override
    public void close() {
        stopping();
        try {
            long end = System.nanoTime() + STOP_TIMEOUT.toNanos();
            while (gate.inFlight() > 0 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            // First the server alone: a connection that comes while its event loops end would be told in the log.
            await(server.close());
            await(vertx.close());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("The server did not stop as it should", e);
        } finally {
            accessLog.flush();
        }
    }

    private static <T> void await(Future<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        future.toCompletionStage().toCompletableFuture().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Mounts Camel's routes without Camel's own body handler, which keeps uploads on disk: the gate has read the body. */
    private static final class GatedRouter extends VertxPlatformHttpRouter {

        @SuppressWarnings("NullAway") // the server is only asked for its port, which is known
        GatedRouter(Vertx vertx, Router router, String name) {
            super(null, vertx, router, name);
        }

        @Override
        public Handler<RoutingContext> bodyHandler() {
            return RoutingContext::next;
        }
    }
}
