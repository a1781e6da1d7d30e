package org.epmpulse.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Forwards the connections of one program to a server on this machine. A test can cut or stall all of them, or the one
 * on which the program sends a certain text. Records the HTTP requests. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    /** What to do when the program sends a certain text. */
    public enum Cut {
        /** The text does not reach the server. */
        BEFORE,
        /** The text reaches the server, its response does not reach the program. */
        AFTER,
        /** The text reaches the server; neither side gets any more, but the connection stays open. */
        STALL
    }

    /** @param refuse whether new connections are refused from then on */
    private record Trap(String text, Cut cut, boolean refuse) {}

    private interface Task {
        void run() throws IOException;
    }

    /** A request is written at once, so that its first line is at the start of what is read. */
    private static final Pattern REQUEST = Pattern.compile("^POST (\\S+) HTTP/1\\.1\r\n");

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final int target;
    private volatile boolean refusing;
    private volatile Trap trap;
    private boolean stalled;
    private boolean closed;
    private long bytes;
    private long stallAt = Long.MAX_VALUE;

    public TcpProxy(int target) throws IOException {
        this.target = target;
        run(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Closes all connections, and those of later attempts at once. */
    public void cut() {
        refusing = true;
        sockets.forEach(TcpProxy::closeQuietly);
    }

    /** Cuts the connection on which the program sends this text next. */
    public void cutOnce(String text, Cut cut) {
        trap = new Trap(text, cut, false);
    }

    /** As {@link #cutOnce}, and closes later connections at once. */
    public void cutOnceAndRefuse(String text, Cut cut) {
        trap = new Trap(text, cut, true);
    }

    /** Whether the text of {@link #cutOnce} has been sent. */
    public boolean hasCut() {
        return trap == null;
    }

    /** Nothing gets through, as if each packet were lost; no side notices the end of a connection. */
    public synchronized void stall() {
        stalled = true;
    }

    /** As {@link #stall}, after so many more bytes of both directions. */
    public synchronized void stallAfter(long more) {
        stallAt = bytes + more;
    }

    public synchronized boolean isStalled() {
        return stalled;
    }

    /** How many bytes of both directions got through. */
    public synchronized long bytes() {
        return bytes;
    }

    /**
     * Accepts connections again, and ends {@link #stall}; what has waited gets through, as if it had been sent again.
     */
    public synchronized void restore() {
        refusing = false;
        stalled = false;
        notifyAll();
    }

    /** Paths of the POST requests so far, in their order. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private static void run(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // One side has closed the connection, or the test has ended.
                    }
                },
                "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Link link = new Link(server.accept());
            run(link::connect);
        }
    }

    private synchronized void count(int length) {
        bytes += length;
        if (bytes >= stallAt) {
            stallAt = Long.MAX_VALUE;
            stalled = true;
        }
    }

    private synchronized void awaitForwarding(Link link) throws IOException {
        try {
            while (!closed && (stalled || link.stalled)) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
        if (closed) {
            throw new IOException("the proxy is closed");
        }
    }

    /** What the program sends springs the trap; null if it does not. */
    private synchronized Cut cutAt(Link link, String sent) {
        Trap current = trap;
        if (current == null || !sent.contains(current.text())) {
            return null;
        }
        refusing = refusing || current.refuse();
        link.muted = current.cut() == Cut.AFTER;
        link.stalled = current.cut() == Cut.STALL;
        trap = null;
        return current.cut();
    }

    private final class Link {

        private final Socket program;
        private volatile boolean muted;
        private boolean stalled;

        Link(Socket program) {
            this.program = program;
        }

        void connect() throws IOException {
            awaitForwarding(this);
            try (program;
                    Socket other = new Socket(InetAddress.getLoopbackAddress(), target)) {
                sockets.add(program);
                sockets.add(other);
                if (refusing) {
                    return;
                }
                run(() -> {
                    try (other) {
                        copyBack(other);
                    } finally {
                        closeQuietly(program);
                    }
                });
                copyTo(other);
            } finally {
                sockets.removeIf(Socket::isClosed);
            }
        }

        private void copyTo(Socket other) throws IOException {
            InputStream in = program.getInputStream();
            OutputStream out = other.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            int length = read(in, buffer);
            while (length >= 0) {
                String sent = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                Matcher request = REQUEST.matcher(sent);
                if (request.find()) {
                    requests.add(request.group(1));
                }
                if (cutAt(this, sent) == Cut.BEFORE) {
                    return;
                }
                out.write(buffer, 0, length);
                count(length);
                length = read(in, buffer);
            }
        }

        private void copyBack(Socket other) throws IOException {
            InputStream in = other.getInputStream();
            OutputStream out = program.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            int length = read(in, buffer);
            // The first response after a cut: the server is done, and the program must not know it.
            while (length >= 0 && !muted) {
                out.write(buffer, 0, length);
                count(length);
                length = read(in, buffer);
            }
        }

        private int read(InputStream in, byte[] buffer) throws IOException {
            try {
                return in.read(buffer);
            } finally {
                awaitForwarding(this);
            }
        }
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
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        cut();
    }
}
