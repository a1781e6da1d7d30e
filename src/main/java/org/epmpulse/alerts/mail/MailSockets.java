package org.epmpulse.alerts.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates the sockets of mails, and closes those of a thread when its time is over: the mail library limits only the
 * time of each read. Thread-safe.
 */
final class MailSockets extends SocketFactory {

    private final SocketFactory factory;
    private final ThreadLocal<@Nullable Call> current = new ThreadLocal<>();

    /** @param factory creates sockets that are not connected */
    MailSockets(SocketFactory factory) {
        this.factory = factory;
    }

    /** A mail that this thread sends. */
    final class Call implements AutoCloseable {

        private final List<Socket> sockets = new ArrayList<>();
        private final CompletableFuture<Boolean> late = new CompletableFuture<>();

        private Call(Duration time) {
            // On another thread than that of all time-outs, because the close of a TLS socket may wait for its writer.
            late.completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS).thenAcceptAsync(isLate -> {
                if (isLate) {
                    abort();
                }
            });
        }

        private synchronized void add(Socket socket) {
            sockets.add(socket);
        }

        private synchronized void abort() {
            for (Socket socket : sockets) {
                try {
                    // Otherwise a TLS socket waits until the server reads the end of the connection.
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (IOException e) {
                    // It is closed in any case.
                    continue;
                }
            }
        }

        /** Whether the time was over. */
        boolean isLate() {
            return late.getNow(false);
        }

        @Override
        public void close() {
            late.complete(false);
            current.remove();
        }
    }

    /** Limits the time of the sockets that this thread creates until the call is closed. */
    Call begin(Duration time) {
        Call call = new Call(time);
        current.set(call);
        return call;
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = factory.createSocket();
        Call call = current.get();
        if (call != null) {
            call.add(socket);
        }
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw connected();
    }

    private static UnsupportedOperationException connected() {
        return new UnsupportedOperationException("the mail library connects the sockets");
    }
}
