package org.epmpulse.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on 127.0.0.1. Thread-safe; requests are handled one at a time on one event loop, so a hanging
 * request occupies no thread. Bodies are limited to {@value #MAX_BODY} bytes.
 */
final class LoopbackServer implements AutoCloseable {

    static final int MAX_BODY = 16 * 1024 * 1024;

    private static final String HOST = "127.0.0.1";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final Consumer<Exchange> handler;
    private final Consumer<ServerWebSocket> sockets;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger maxConnections = new AtomicInteger();
    private final int port;
    private HttpServer server;

    /** Keeps the port while the server does not listen, so that no other program gets it; null while it listens. */
    private @Nullable Socket reserved;

    /** A server that rejects WebSockets; see the other constructor. */
    LoopbackServer(int port, Consumer<Exchange> handler) {
        this(port, handler, socket -> socket.reject(404));
    }

    /** @param port 0 for a free port */
    LoopbackServer(int port, Consumer<Exchange> handler, Consumer<ServerWebSocket> sockets) {
        this.handler = handler;
        this.sockets = sockets;
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try {
            this.server = listen(port);
        } catch (RuntimeException e) {
            vertx.close();
            throw e;
        }
        this.port = server.actualPort();
    }

    /** Scheme, host and port, without a slash at the end. */
    String address() {
        return "http://" + HOST + ":" + port;
    }

    int maxConnections() {
        return maxConnections.get();
    }

    /** Closes the port and every connection until {@link #acceptConnections}. */
    synchronized void refuseConnections() {
        if (reserved == null) {
            await(server.close());
            awaitRefused();
            reserved = reserve();
        }
    }

    /** Java closes the socket of a listening channel only in the next loop of its selector, after {@code close} returned. */
    private void awaitRefused() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TIMEOUT.toNanos()) {
            try (Socket accepted = new Socket(HOST, port)) {
                Thread.onSpinWait();
            } catch (ConnectException refused) {
                return;
            } catch (IOException resetMeanwhile) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("port " + port + " still accepts connections after " + TIMEOUT);
    }

    /** Listens again, on the same port. */
    synchronized void acceptConnections() {
        if (reserved != null) {
            closeReserved();
            server = listen(port);
        }
    }

    private Socket reserve() {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(HOST, port));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeReserved() {
        if (reserved != null) {
            try {
                reserved.close();
                reserved = null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Runs the task on the event loop. */
    void run(Runnable task) {
        vertx.runOnContext(ignored -> task.run());
    }

    /** Runs the task on the event loop after the delay; immediately if the delay is zero. */
    void runAfter(Duration delay, Runnable task) {
        if (delay.toMillis() <= 0) {
            task.run();
        } else {
            vertx.setTimer(delay.toMillis(), ignored -> task.run());
        }
    }

    @Override
    public synchronized void close() {
        closeReserved();
        await(vertx.close());
    }

    private HttpServer listen(int requestedPort) {
        HttpServerOptions options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
        return await(vertx.createHttpServer(options)
                .connectionHandler(this::count)
                .requestHandler(this::read)
                .webSocketHandler(sockets::accept)
                .listen(requestedPort, HOST));
    }

    private void count(HttpConnection connection) {
        int now = connections.incrementAndGet();
        maxConnections.accumulateAndGet(now, Math::max);
        connection.closeHandler(closed -> connections.decrementAndGet());
    }

    private void read(HttpServerRequest request) {
        Buffer body = Buffer.buffer();
        request.exceptionHandler(disconnected -> {});
        request.handler(chunk -> {
            if (body.length() <= MAX_BODY) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> {
            Exchange exchange = new Exchange(request, body.toString(StandardCharsets.UTF_8));
            if (body.length() > MAX_BODY) {
                exchange.respond(SimulatedResponse.errorPage(413, "Payload Too Large"), "http 413");
                return;
            }
            handle(exchange);
        });
    }

    private void handle(Exchange exchange) {
        try {
            handler.accept(exchange);
        } catch (RuntimeException e) {
            exchange.respond(SimulatedResponse.errorPage(500, "The sandbox failed: " + e), "http 500");
            throw e;
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new UncheckedIOException(new IOException(String.valueOf(e.getCause()), e.getCause()));
        } catch (TimeoutException e) {
            throw new IllegalStateException("the simulated server did not start or stop within " + TIMEOUT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the simulated server", e);
        }
    }
}
