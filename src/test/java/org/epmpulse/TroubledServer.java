package org.epmpulse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on 127.0.0.1 that gives each request the next of its answers, and the last one to all that follow. One request
 * a connection.
 */
final class TroubledServer implements AutoCloseable {

    /** What becomes of a request. The connection is closed afterwards. */
    interface Answer {
        void give(Request request, Socket connection) throws Exception;
    }

    /** @param headers names in any case */
    record Request(String path, Map<String, String> headers, String body) {}

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ServerSocket listener;
    private final List<Answer> answers;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    TroubledServer(Answer... answers) throws IOException {
        this.answers = List.of(answers);
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        threads.execute(this::accept);
    }

    /** Nothing, until the client goes. */
    static Answer hang() {
        return (request, connection) -> {
            if (connection.getInputStream().read() >= 0) {
                throw new IllegalStateException("the client sent more than its request");
            }
        };
    }

    /** A head that never ends, one byte at a time, so that no time-out between two bytes is reached. */
    static Answer drip() {
        return (request, connection) -> {
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nX-Endless: ".getBytes(StandardCharsets.US_ASCII));
            connection.setSoTimeout(100);
            boolean there = true;
            while (there) {
                try {
                    there = connection.getInputStream().read() >= 0;
                } catch (SocketTimeoutException e) {
                    connection.getOutputStream().write('x');
                }
            }
        };
    }

    static Answer reset() {
        return (request, connection) -> connection.setSoLinger(true, 0);
    }

    static Answer garbage() {
        return (request, connection) -> connection.getOutputStream().write(new byte[] {0, 1, 27, '[', -1, -2, '\n', 0});
    }

    static Answer reply(int status, Map<String, String> headers, String body) {
        return (request, connection) -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " As told\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            head.append("Connection: close\r\nContent-Length: ").append(bytes.length);
            head.append("\r\n\r\n");
            connection.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
            connection.getOutputStream().write(bytes);
        };
    }

    /** What the program answers. */
    static Answer pass(URI program) {
        return (request, connection) -> {
            HttpResponse<String> response = forward(program, request);
            reply(response.statusCode(), Map.of("Content-Type", "application/json"), response.body())
                    .give(request, connection);
        };
    }

    /** The program gets the request, and the client another answer than the program's. */
    static Answer loseTheReply(URI program, Answer instead) {
        return (request, connection) -> {
            forward(program, request);
            instead.give(request, connection);
        };
    }

    private static HttpResponse<String> forward(URI program, Request request) throws Exception {
        HttpRequest.Builder forwarded = HttpRequest.newBuilder(program.resolve(request.path()))
                .POST(HttpRequest.BodyPublishers.ofString(request.body()));
        for (String name : List.of("X-API-Key", "Content-Type", "Idempotency-Key")) {
            if (request.headers().containsKey(name)) {
                forwarded.header(name, request.headers().get(name));
            }
        }
        return HTTP.send(forwarded.build(), HttpResponse.BodyHandlers.ofString());
    }

    String address() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        int count = 0;
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                Answer answer = answers.get(Math.min(count, answers.size() - 1));
                count++;
                threads.execute(() -> serve(connection, answer));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection, Answer answer) {
        try (connection) {
            Request request = read(connection.getInputStream());
            requests.add(request);
            answer.give(request, connection);
        } catch (IOException e) {
            // The client has gone, as it may.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Request read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            bytes.write(next);
        }
        String[] head = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < head.length; i++) {
            int colon = head[i].indexOf(':');
            headers.put(
                    head[i].substring(0, colon), head[i].substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Request(head[0].split(" ")[1], headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
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
