package org.epmpulse.board;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads a stream of server-sent events according to their specification, on its own thread. */
public final class TestingEventReader implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int TIMEOUT_SECONDS = 30;

    /** @param id the last event id at this event */
    public record Event(String id, String name, String data) {

        public JsonNode json() {
            try {
                return JSON.readTree(data);
            } catch (IOException e) {
                throw new UncheckedIOException(data, e);
            }
        }

        public String text(String field) {
            return json().path(field).asText();
        }
    }

    private final HttpResponse<InputStream> reply;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger comments = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String lastId = "";
    private volatile int retry;

    /** @param headers names and values in turn */
    public TestingEventReader(URI uri, String key, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("X-API-Key", key);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            reply = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Thread reader = new Thread(this::read, "event-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8))) {
            String name = "message";
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (!data.isEmpty()) {
                        events.add(new Event(lastId, name, data.toString()));
                    }
                    name = "message";
                    data.setLength(0);
                    begun.countDown();
                } else if (line.startsWith(":")) {
                    comments.incrementAndGet();
                } else if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                } else if (line.startsWith("retry: ")) {
                    retry = Integer.parseInt(line.substring(7));
                } else {
                    throw new IllegalStateException("no such field: " + line);
                }
            }
        } catch (IOException e) {
            // The connection was closed.
        } finally {
            closed.countDown();
        }
    }

    public int status() {
        return reply.statusCode();
    }

    public String header(String name) {
        return reply.headers().firstValue(name).orElse("");
    }

    /** The next event; fails after a timeout. */
    public Event next() throws InterruptedException {
        Event event = events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event received");
        }
        return event;
    }

    /** The next event that was already received, or null. */
    public Event poll() {
        return events.poll();
    }

    /** After how many milliseconds the server wants it to reconnect. */
    public int retry() {
        return retry;
    }

    /** How many comments were received. */
    public int comments() {
        return comments.get();
    }

    /** The {@code Last-Event-ID} to resume with. */
    public String lastId() throws InterruptedException {
        if (!begun.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the stream did not begin");
        }
        return lastId;
    }

    /** Waits until the stream is closed; false after a timeout. */
    public boolean isClosed() throws InterruptedException {
        return closed.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            reply.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
