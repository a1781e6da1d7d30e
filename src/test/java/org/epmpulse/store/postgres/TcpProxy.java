package org.epmpulse.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * A connection between a node and the database that a test can cut. It reads the messages of the node, so that it can
 * cut before or after a certain one.
 */
public final class TcpProxy implements AutoCloseable {

    /** What to do when the node sends certain bytes. */
    public enum Cut {
        /** The bytes do not reach the database. */
        BEFORE,
        /** The bytes reach the database, its response does not reach the node. */
        AFTER,
        /** The bytes reach the database; neither side gets any more, but the connections stay open. */
        STALL
    }

    /** @param off whether new connections are refused from then on */
    private record Trap(byte[] bytes, Cut cut, boolean off) {}

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int target;
    private volatile Trap trap;
    private volatile boolean refusing;

    public TcpProxy(int target) throws IOException {
        this.target = target;
        Thread thread = new Thread(this::accept, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Cuts once, when the node sends this text. */
    public void cutOnce(String text, Cut cut) {
        trap = new Trap(text.getBytes(StandardCharsets.UTF_8), cut, false);
    }

    /** As {@link #cutOnce}, and refuses new connections from then on, until {@link #restore}. */
    public void cutOnceAndRefuse(String text, Cut cut) {
        trap = new Trap(text.getBytes(StandardCharsets.UTF_8), cut, true);
    }

    /** Whether the trap of {@link #cutOnce} has been sprung. */
    public boolean hasCut() {
        return trap == null;
    }

    /** Closes all connections, and refuses new ones until {@link #restore}. */
    public void cutOff() {
        refusing = true;
        sockets.forEach(TcpProxy::closeQuietly);
    }

    public void restore() {
        refusing = false;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket node = server.accept();
                if (refusing) {
                    node.close();
                    continue;
                }
                Socket database = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(node);
                sockets.add(database);
                Link link = new Link(node, database);
                pump(() -> link.copy(node, database, link::isForwardedFromNode), link);
                pump(() -> link.copy(database, node, bytes -> !link.muted), link);
            } catch (IOException e) {
                // The test has ended, or the database is away.
            }
        }
    }

    private interface Copy {
        void run() throws IOException;
    }

    private void pump(Copy copy, Link link) {
        Thread thread = new Thread(
                () -> {
                    try {
                        copy.run();
                    } catch (IOException e) {
                        // One side has closed the connection.
                    } finally {
                        link.close();
                    }
                },
                "tcp-proxy-pump");
        thread.setDaemon(true);
        thread.start();
    }

    private final class Link {
        private final Socket node;
        private final Socket database;
        private volatile boolean muted;
        private volatile boolean stalled;

        Link(Socket node, Socket database) {
            this.node = node;
            this.database = database;
        }

        /** Whether the bytes go on to the database; springs the trap. */
        boolean isForwardedFromNode(byte[] bytes) {
            Trap current = trap;
            if (current == null || indexOf(bytes, current.bytes()) < 0) {
                return !stalled;
            }
            refusing = refusing || current.off();
            trap = null;
            switch (current.cut()) {
                case BEFORE -> {
                    closeQuietly(node);
                    return false;
                }
                case AFTER -> muted = true;
                case STALL -> {
                    muted = true;
                    stalled = true;
                }
            }
            return true;
        }

        void copy(Socket from, Socket to, Predicate<byte[]> forwarded) throws IOException {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            int length = in.read(buffer);
            while (length >= 0) {
                byte[] bytes = Arrays.copyOf(buffer, length);
                if (forwarded.test(bytes)) {
                    out.write(bytes);
                } else if (!stalled) {
                    // The first response after the trap: the database is done, and the node must not know it.
                    return;
                }
                length = in.read(buffer);
            }
        }

        void close() {
            if (!stalled) {
                closeQuietly(node);
                closeQuietly(database);
            }
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i <= bytes.length - wanted.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(TcpProxy::closeQuietly);
    }
}
