package org.epmpulse;

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
 * Forwards the connections of one program to a server on this machine. Can be cut or stalled, and records the HTTP
 * requests.
 */
final class TestingLink implements AutoCloseable {

    /** A request is written at once, so that its first line is at the start of what is read. */
    private static final Pattern REQUEST = Pattern.compile("^POST (\\S+) HTTP/1\\.1\r\n");

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final int target;
    private volatile boolean cut;
    private boolean stalled;
    private long bytes;
    private long stallAt = Long.MAX_VALUE;

    TestingLink(int target) throws IOException {
        this.target = target;
        run(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Closes all connections, and those of later attempts at once. */
    void cut() {
        cut = true;
        sockets.forEach(TestingLink::closeQuietly);
    }

    /** Nothing gets through, as if each packet were lost; no side notices the end of a connection. */
    synchronized void stall() {
        stalled = true;
    }

    /** As {@link #stall}, after so many more bytes of both directions. */
    synchronized void stallAfter(long more) {
        stallAt = bytes + more;
    }

    synchronized boolean isStalled() {
        return stalled;
    }

    /** How many bytes of both directions got through. */
    synchronized long bytes() {
        return bytes;
    }

    private synchronized void count(int length) {
        bytes += length;
        if (bytes >= stallAt) {
            stallAt = Long.MAX_VALUE;
            stalled = true;
        }
    }

    /** Ends {@link #cut} and {@link #stall}; what has waited gets through, as if it had been sent again. */
    synchronized void restore() {
        cut = false;
        stalled = false;
        notifyAll();
    }

    private synchronized void awaitForwarding() throws IOException {
        try {
            while (stalled) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** Paths of the POST requests so far, in their order. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private interface Task {
        void run() throws IOException;
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
                "testing-link");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket node = server.accept();
            run(() -> connect(node));
        }
    }

    private void connect(Socket node) throws IOException {
        awaitForwarding();
        try (node;
                Socket other = new Socket(InetAddress.getLoopbackAddress(), target)) {
            sockets.add(node);
            sockets.add(other);
            if (cut) {
                return;
            }
            run(() -> {
                try (other) {
                    copy(other, node);
                } finally {
                    closeQuietly(node);
                }
            });
            copy(node, other);
        } finally {
            sockets.removeIf(Socket::isClosed);
        }
    }

    private void copy(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[1 << 16];
        int length = read(in, buffer);
        while (length >= 0) {
            Matcher request = REQUEST.matcher(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
            if (request.find()) {
                requests.add(request.group(1));
            }
            out.write(buffer, 0, length);
            count(length);
            length = read(in, buffer);
        }
    }

    private int read(InputStream in, byte[] buffer) throws IOException {
        try {
            return in.read(buffer);
        } finally {
            awaitForwarding();
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
        restore();
        cut();
    }
}
