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
import io.vertx.core.impl.VertxBuilder;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
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
 * <p>It replaces camel-platform-http-main, which continues without a server if the port is in use and whose limits and
 * error replies cannot be set. It listens after {@link #start}, and answers 503 until {@link #ready} and after {@link
 * #stopping}.
 */
public final class ApiServer implements AutoCloseable {

    private static final Logger LOG = LogManager.getLogger(ApiServer.class);

    /** Each request that the event loop does not answer itself uses one until its reply is complete. */
    private static final int WORKERS = 64;

    private static final int DEFAULT_MAX_CONNECTIONS = 4_000;

    private static final int IDLE_SECONDS = 75;
    static final int MAX_REQUEST_LINE_BYTES = 8 * 1024;

    /** Of the request line and the headers together. */
    static final int MAX_HEAD_BYTES = 16 * 1024;

    private static final int FIRST_IN_ORDER = -1000;

    /** Listening takes milliseconds; without memory for its threads, Vert.x never completes it. */
    private static final Duration LISTEN_TIMEOUT = Duration.ofSeconds(4);

    /** Far more than the time from accepting a connection to reading its request. */
    private static final Duration PORT_CLOSE_GRACE = Duration.ofMillis(200);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final String host;
    private final int port;
    private final Vertx vertx;
    private final Router router;
    private final HttpServer server;
    private final ApiKeys keys;
    private final EndpointTable table = new EndpointTable();
    private final AccessLog accessLog;
    private final Admission admission;
    private final Gate gate;
    private final HealthProbes probes;
    private final AcceptLimit acceptLimit;
    private final ErrorReplies errorReplies;

    /** With the default number of connections, and replies without the name of a node; see the other constructor. */
    public ApiServer(
            String host,
            int port,
            ApiKeys keys,
            TrustedProxies proxies,
            RateLimits limits,
            MeterRegistry registry,
            InstantSource steady) {
        this(host, port, keys, proxies, limits, registry, steady, DEFAULT_MAX_CONNECTIONS, null);
    }

    /**
     * Creates a server that does not listen yet.
     *
     * @param port 0 for any free port
     * @param maxConnections how many connections may be open, from 1; of one client, unless it is a trusted proxy, half
     *     as many
     * @param node name of this node, sent with every reply; null if replies have none
     */
    public ApiServer(
            String host,
            int port,
            ApiKeys keys,
            TrustedProxies proxies,
            RateLimits limits,
            MeterRegistry registry,
            InstantSource steady,
            int maxConnections,
            @Nullable String node) {
        this(
                host,
                port,
                keys,
                proxies,
                limits,
                registry,
                steady,
                MemoryLimits.ofThisProcess(),
                Connections.HEAD_TIMEOUT,
                maxConnections,
                node);
    }

    ApiServer(
            String host,
            int port,
            ApiKeys keys,
            TrustedProxies proxies,
            RateLimits limits,
            MeterRegistry registry,
            InstantSource steady,
            MemoryLimits memory,
            Duration headTimeout,
            int maxConnections,
            @Nullable String node) {
        this.host = host;
        this.port = port;
        this.keys = keys;
        this.errorReplies = new ErrorReplies(node != null);
        Connections connections =
                new Connections(maxConnections, proxies, headTimeout, memory.bodyTimeout(), registry, System::nanoTime);
        this.acceptLimit = connections.acceptLimit();
        this.vertx = new VertxBuilder(new VertxOptions()
                        .setWorkerPoolSize(WORKERS)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)))
                .findTransport(acceptLimit.transport())
                .init()
                .vertx();
        this.accessLog = new AccessLog(vertx);
        ErrorWriter errors = new ErrorWriter(vertx, node);
        this.admission = new Admission(memory, errors, registry);
        this.gate = new Gate(
                new Authenticator(keys, new InvalidKeyCounts(steady), limits),
                proxies,
                table,
                errors,
                new HttpMetrics(registry),
                accessLog,
                admission,
                node);
        this.probes = new HealthProbes(gate::pause);
        this.router = router(vertx, gate, table);
        probes.mountOn(this);
        HttpServerOptions options = new HttpServerOptions()
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setHandle100ContinueAutomatically(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHttp2ClearTextEnabled(false);
        this.server = vertx.createHttpServer(options)
                .connectionHandler(connection -> RequestDecoder.install(connection, options, connections))
                .requestHandler(router)
                .invalidRequestHandler(gate::rejectMalformed);
    }

    private static Router router(Vertx vertx, Gate gate, EndpointTable table) {
        Router router = Router.router(vertx);
        // Vert.x fails with 200 when a client disconnects before its body has arrived.
        router.errorHandler(200, gate::handleFailure);
        for (int status = 400; status < 600; status++) {
            router.errorHandler(status, gate::handleFailure);
        }
        router.route().order(FIRST_IN_ORDER).handler(gate::admit).handler(gate::afterBody);
        router.modifiedHandler(changed -> table.invalidate());
        return router;
    }

    /**
     * Starts listening.
     *
     * @throws IOException if the port is in use, or the host is no address of this machine
     */
    public void start() throws IOException, InterruptedException {
        try {
            server.listen(port, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LISTEN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(listenError(e.getCause()), e);
        }
        LOG.info("Listening on {}:{}", host, port());
    }

    private String listenError(@Nullable Throwable cause) {
        if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
            return "port " + port + " on " + host + " is in use";
        }
        return "cannot listen on port " + port + " of " + host + ": "
                + (cause == null ? "timeout" : cause.getMessage());
    }

    /** The port it listens on. Call it after {@link #start}. */
    public int port() {
        return server.actualPort();
    }

    /**
     * Mounts the {@code platform-http:} routes of this context. Call it after {@link #start} and before routes are
     * added.
     */
    public void bind(CamelContext context) {
        // Camel finds the port here, and the router by its port.
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(host);
        configuration.setBindPort(port());
        context.getRegistry().bind("epmPulseServer", configuration);
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(port());
        context.getRegistry().bind(name, new GatedRouter(vertx, router, name));
        PlatformHttpComponent component = context.getComponent("platform-http", PlatformHttpComponent.class);
        EventLoopEngine engine = engine(context);
        component.setEngine(engine);
        component.setHeaderFilterStrategy(new ReplyHeaderFilter());
        // The gate validates: Vert.x does not recognize Application/JSON, and would reply before the role is checked.
        component.setServerRequestValidation(false);
        context.addRoutePolicyFactory(new UnhandledFailures(errorReplies));
        table.setRoutes(() -> CamelEndpoints.of(context, engine));
    }

    private EventLoopEngine engine(CamelContext context) {
        EventLoopEngine engine = new EventLoopEngine(admission.sender());
        engine.setCamelContext(context);
        return engine;
    }

    /**
     * Adds a path for GET that no Camel route handles.
     *
     * @param path with {@code *} at its end to include all paths below
     * @param handler runs on the event loop that all requests share, so it must not block; {@link #key} is the key of
     *     the request
     */
    public void mount(String path, EndpointPolicy policy, Handler<RoutingContext> handler) {
        table.add(Endpoint.withoutRoute(path, policy));
        router.route(HttpMethod.GET, path).handler(handler);
    }

    /** Whether {@code GET} of a path was mounted here, so that no route gets it. */
    public boolean answersWithoutRoute(String path) {
        return table.isAnsweredWithoutRoute(path);
    }

    /** Answers {@code GET /api/v1/metrics} with all metrics. */
    public void mountMetrics(PrometheusMeterRegistry meters) {
        new MetricsScrape(meters).mountOn(this);
    }

    /**
     * Ends the response to a request with a body that is the same for many requests, such as a file. The bytes count as
     * unsent until the client has received them; if they do not fit, 503 is sent.
     */
    public void sendShared(RoutingContext request, ByteBuffer body) {
        admission.sender().send(request, body.duplicate(), body);
    }

    /** The budget of bytes that were not sent yet. */
    public ByteBudget unsentBytes() {
        return admission.replies();
    }

    /** Who a request counts for in {@link #unsentBytes}. */
    public static Holder holder(RoutingContext request) {
        HttpCall call = HttpCall.of(request);
        return call == null ? new Holder("", true) : Holder.of(call);
    }

    /** Closes the connection of a request at once, and drops what was not sent yet. */
    public static void abort(RoutingContext request) {
        RequestDecoder.abort(request.request());
    }

    /** All current endpoints. */
    List<Endpoint> endpoints() {
        return table.all();
    }

    /** The API key of a request; null if it needs none. */
    public static @Nullable ApiKey key(RoutingContext request) {
        HttpCall call = HttpCall.of(request);
        return call == null ? null : call.key;
    }

    /** Whether a request was HEAD: its reply has headers only, so a stream must end at once. */
    public static boolean isHead(RoutingContext request) {
        return HttpCall.isHead(request);
    }

    /** Whether a key is still valid and has the same role. */
    public boolean isValid(ApiKey key) {
        return keys.all().contains(key);
    }

    /** Runs blocking tasks on the same worker threads as blocking routes. */
    public Executor workers() {
        return task -> vertx.executeBlocking(
                        () -> {
                            task.run();
                            return null;
                        },
                        false)
                .onFailure(failure -> LOG.error("HTTP server: worker task failed", failure));
    }

    /** Sends an error as the reply to a request. */
    public void reject(RoutingContext request, ApiError error) {
        gate.reject(request, error);
    }

    /** Starts accepting requests. */
    public void ready() {
        gate.ready();
    }

    /** @param problem why {@code /health/write} is 503; null while updates are accepted. Must not block */
    public void setWriteProblem(Supplier<@Nullable String> problem) {
        probes.setWriteProblem(problem);
    }

    /** From now on {@code /health/ready} is 503 and each reply closes its connection; requests are still accepted. */
    public void drain() {
        gate.drain();
    }

    /** Stops listening; then requests on open connections are still accepted for {@link #PORT_CLOSE_GRACE}. */
    public void closePort() throws InterruptedException {
        acceptLimit.closePort();
        TimeUnit.MILLISECONDS.sleep(PORT_CLOSE_GRACE.toMillis());
    }

    /** Rejects new requests with 503; requests in flight continue. */
    public void stopping() {
        gate.stopping();
    }

    /**
     * Waits up to 10 s for the replies to the requests in flight. A request whose body has not arrived after 1 s gets 503.
     * Call it after {@link #stopping}: a route that is stopped meanwhile would leave a request without the right reply.
     */
    public void awaitReplies() throws InterruptedException {
        gate.awaitReplies(STOP_TIMEOUT);
    }

    /** Waits as {@link #awaitReplies}, then stops listening. */
    @Override
    public void close() {
        stopping();
        try {
            awaitReplies();
            // Close the server first: a connection that arrives while the event loops stop would log an error.
            await(server.close());
            await(vertx.close());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("HTTP server: stopping failed", e);
        } finally {
            accessLog.flush();
        }
    }

    private static <T> void await(Future<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        future.toCompletionStage().toCompletableFuture().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
