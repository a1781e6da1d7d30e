package org.epmpulse.outbound;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A server on 127.0.0.1 that sends exactly the bytes of its {@link Misbehavior}, to each request. */
public final class HostilePeer implements AutoCloseable {

    /** Writes the response to a request. */
    public interface Response {
        void write(OutputStream out, InputStream in) throws Exception;
    }

    /** Responses that no well-behaved server sends. */
    public enum Misbehavior {
        ENDLESS_BODY((out, in) -> {
            head(out, "Content-Type: application/json");
            forever(out, "x".repeat(8192));
        }),
        HUGE_CONTENT_LENGTH((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Length: 3000000000");
            forever(out, " ".repeat(8192));
        }),
        ENDLESS_CHUNKS((out, in) -> {
            head(out, "Content-Type: application/json", "Transfer-Encoding: chunked");
            forever(out, "1000\r\n" + "x".repeat(4096) + "\r\n");
        }),
        TINY_CHUNKS((out, in) -> {
            head(out, "Content-Type: application/json", "Transfer-Encoding: chunked");
            forever(out, "1;a=b\r\n[\r\n".repeat(500));
        }),
        ENDLESS_CHUNK_EXTENSION((out, in) -> {
            head(out, "Content-Type: application/json", "Transfer-Encoding: chunked");
            text(out, "1;");
            forever(out, "a".repeat(8192));
        }),
        ENDLESS_TRAILERS((out, in) -> {
            head(out, "Content-Type: application/json", "Transfer-Encoding: chunked");
            text(out, "2\r\n{}\r\n0\r\n");
            forever(out, "X-Trailer: a\r\n".repeat(500));
        }),
        GZIP_BOMB((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Encoding: gzip");
            try (GZIPOutputStream gzip = new GZIPOutputStream(out, 8192)) {
                forever(gzip, " ".repeat(8192));
            }
        }),
        DEFLATE_BOMB((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Encoding: deflate");
            deflateForever(out);
        }),
        NESTED_ENCODINGS((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Encoding: gzip" + ", gzip".repeat(900));
            forever(out, "x".repeat(8192));
        }),
        UNKNOWN_ENCODING((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Encoding: br", "Content-Length: 2");
            text(out, "{}");
        }),
        ENDLESS_HEADERS((out, in) -> {
            text(out, "HTTP/1.1 200 OK\r\n");
            forever(out, "X-Header: value\r\n".repeat(500));
        }),
        ENDLESS_HEADER_LINE((out, in) -> {
            text(out, "HTTP/1.1 200 OK\r\nX-Header: ");
            forever(out, "a".repeat(8192));
        }),
        ENDLESS_FOLDED_HEADER((out, in) -> {
            text(out, "HTTP/1.1 200 OK\r\nX-Header: a\r\n");
            forever(out, " folded\r\n".repeat(500));
        }),
        ENDLESS_STATUS_LINE((out, in) -> {
            text(out, "HTTP/1.1 200 ");
            forever(out, "O".repeat(8192));
        }),
        ENDLESS_INTERIM_RESPONSES((out, in) -> forever(out, "HTTP/1.1 103 Early\r\nLink: a\r\n\r\n".repeat(200))),
        ENDLESS_CONTINUE((out, in) -> forever(out, "HTTP/1.1 100 Continue\r\n\r\n".repeat(200))),
        ENDLESS_EMPTY_LINES((out, in) -> forever(out, "\r\n".repeat(4000))),
        ENDLESS_GARBAGE_LINES((out, in) -> forever(out, "no status line\r\n".repeat(500))),
        NOT_HTTP((out, in) -> out.write(new byte[] {0, 1, 27, '[', -1, -2, '\n', 0})),
        TWO_LENGTHS((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Length: -5");
            text(out, "{}");
        }),
        SHORT_BODY((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Length: 100");
            text(out, "{");
        }),
        SLOW_HEAD((out, in) -> {
            text(out, "HTTP/1.1 200 OK\r\nX-Header: ");
            trickle(out);
        }),
        SLOW_BODY((out, in) -> {
            head(out, "Content-Type: application/json", "Content-Length: 1000000");
            trickle(out);
        }),
        SLOW_CHUNKS((out, in) -> {
            head(out, "Content-Type: application/json", "Transfer-Encoding: chunked");
            while (true) {
                text(out, "1\r\n \r\n");
                pause();
            }
        }),
        NO_RESPONSE((out, in) -> {
            while (in.read() >= 0) {
                pause();
            }
        });

        private final Response response;

        Misbehavior(Response response) {
            this.response = response;
        }

        public Response response() {
            return response;
        }

        /** Whether only a limit of time ends it. */
        public boolean isSlow() {
            return name().startsWith("SLOW") || this == NO_RESPONSE;
        }
    }

    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Function<String, Response> responses;

    public HostilePeer(Response response) {
        this.responses = head -> response;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** A response with this status and these lines of the head; its connection is closed afterwards. */
    public static Response reply(int status, String body, String... lines) {
        return (out, in) -> {
            text(out, "HTTP/1.1 " + status + " Reason\r\nConnection: close\r\n");
            for (String line : lines) {
                text(out, line + "\r\n");
            }
            body(out, body);
        };
    }

    /** A response whose connection is closed at once, although the head does not say so. */
    public static Response replyAndClose(String body) {
        return (out, in) -> {
            text(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
            body(out, body);
        };
    }

    /** A response whose connection is closed when the next request arrives on it. */
    public static Response replyAndCloseAtTheNextRequest(String body) {
        return (out, in) -> {
            replyAndClose(body).write(out, in);
            readRequest(in);
        };
    }

    private static void body(OutputStream out, String body) throws IOException {
        text(out, "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    public void answer(Response response) {
        responses = head -> response;
    }

    /** Answers each request by its head. */
    public void answerByHead(Function<String, Response> newResponses) {
        responses = newResponses;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port() + "/");
    }

    /** The heads of the requests, their first line first. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Whether it has closed every connection so far. */
    public boolean isIdle() {
        return connections.isEmpty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String head = readRequest(in);
            requests.add(head);
            responses.apply(head).write(connection.getOutputStream(), in);
        } catch (IOException e) {
            // The client has closed the connection, as it should.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            connections.remove(connection);
        }
    }

    private static String readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            bytes.write(next);
        }
        String head = bytes.toString(StandardCharsets.ISO_8859_1);
        String length = head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .findFirst()
                .orElse("content-length: 0");
        in.readNBytes(Integer.parseInt(length.substring(length.indexOf(':') + 1).strip()));
        return head;
    }

    private static void head(OutputStream out, String... lines) throws IOException {
        text(out, "HTTP/1.1 200 OK\r\n" + String.join("\r\n", lines) + "\r\n\r\n");
    }

    private static void text(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void forever(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        while (true) {
            out.write(bytes);
        }
    }

    private static void deflateForever(OutputStream out) throws IOException {
        Deflater deflater = new Deflater();
        try {
            byte[] blanks = " ".repeat(8192).getBytes(StandardCharsets.ISO_8859_1);
            byte[] buffer = new byte[8192];
            while (true) {
                deflater.setInput(blanks);
                while (!deflater.needsInput()) {
                    out.write(buffer, 0, deflater.deflate(buffer));
                }
            }
        } finally {
            deflater.end();
        }
    }

    private static void trickle(OutputStream out) throws IOException {
        while (true) {
            text(out, " ");
            pause();
        }
    }

    /** Between two bytes: shorter than any time-out of a read. */
    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
