package org.epmpulse.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.nio.AbstractNioChannel;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Closes new connections on the thread that accepts them if the event loop, where {@link Connections} decides, already
 * has more than it may keep: a burst would otherwise use up all file descriptors. Thread-safe.
 */
@Sharable
final class AcceptLimit extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LogManager.getLogger(AcceptLimit.class);

    /** Accepted connections about which the event loop has not decided yet. */
    private static final int MAX_PENDING = 64;

    /** Each accepts several connections. */
    private static final int ACCEPTS_BEFORE_CLOSE = 8;

    /** After this time the selector has noticed that a socket was deregistered. */
    private static final Duration SELECTION = Duration.ofMillis(10);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final int max;
    private final int pending;
    private final Consumer<Channel> onRefused;
    private final AtomicInteger accepted = new AtomicInteger();
    private @Nullable Long logged;

    /** The socket that listens; null before the server has started. */
    private volatile @Nullable Channel listening;

    /**
     * @param max how many connections the server keeps
     * @param onRefused called with each connection that is closed
     */
    AcceptLimit(int max, Consumer<Channel> onRefused) {
        this.max = max;
        this.pending = Math.min(MAX_PENDING, Math.max(4, max / 4));
        this.onRefused = onRefused;
    }

    /** The transport of a Vert.x whose servers have this limit. */
    Transport transport() {
        return new JDKTransport() {
            @Override
            public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
                super.configure(options, domainSocket, bootstrap);
                bootstrap.handler(AcceptLimit.this);
            }
        };
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        listening = ctx.channel();
    }

    /**
     * Stops listening; the accepted connections stay open. Returns when the port is closed. Connections that wait to be
     * accepted are accepted just before, because the system would reset them, also after they have sent a request.
     */
    void closePort() throws InterruptedException {
        Channel socket = listening;
        if (socket != null) {
            // A registered socket is closed only after the next selection; what arrives until then would be reset.
            socket.deregister().addListener(done -> socket.eventLoop()
                    .schedule(() -> acceptAndClose(socket), SELECTION.toMillis(), TimeUnit.MILLISECONDS));
            socket.closeFuture().await();
        }
    }

    private static void acceptAndClose(Channel socket) {
        if (socket instanceof AbstractNioChannel accepting) {
            for (int i = 0; i < ACCEPTS_BEFORE_CLOSE; i++) {
                accepting.unsafe().read();
            }
        }
        socket.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel connection = (Channel) message;
        if (accepted.get() >= max + pending) {
            onRefused.accept(connection);
            connection.unsafe().closeForcibly();
            return;
        }
        accepted.incrementAndGet();
        connection.closeFuture().addListener(closed -> accepted.decrementAndGet());
        ctx.fireChannelRead(message);
    }

    /** Accepts nothing for a moment, because the next attempt would fail as well. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (!(failure instanceof IOException)) {
            ctx.fireExceptionCaught(failure);
            return;
        }
        long now = System.nanoTime();
        Long last = logged;
        if (last == null || now - last >= LOG_INTERVAL.toNanos()) {
            logged = now;
            LOG.warn(
                    "HTTP server: a connection could not be accepted: {}; trying again every second",
                    failure.getMessage());
        }
        ctx.channel().config().setAutoRead(false);
        ctx.channel()
                .eventLoop()
                .schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
