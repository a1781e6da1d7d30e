package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.Processor;
import org.epmpulse.http.RawConnection.RawReply;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes on the event loop, large replies and pipelined requests. */
class EventLoopEngineTest {

    private static final String ROUTE = """
            - route:
                id: site-%1$s
                routePolicy: eventLoop
                from:
                  uri: platform-http:/site/%1$s
                  parameters:
                    httpMethodRestrict: GET,HEAD
                  steps:
                    - bean:
                        ref: %1$s
                        method: reply()
                    - process:
                        ref: httpReply
            """;

    private static final String THREAD_HEADER = """
                    - process:
                        ref: threadHeader
            """;

    private static final int PIPELINED = 2_000;

    /** Larger than the buffers of a connection whose client does not read. */
    private static final String LARGE =
            IntStream.range(0, 3_000_000).mapToObj(Integer::toString).collect(Collectors.joining("\n"));

    @AutoClose
    private final TestingApi api = new TestingApi();

    @TempDir
    private Path folder;

    /** Completes its reply on a worker. */
    public final class Slow {
        public CompletionStage<Reply> reply() {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            api.server.workers().execute(() -> reply.complete(Reply.ok(Map.of())));
            return reply;
        }
    }

    @Test
    void aReplyFromAWorkerIsSentOnTheEventLoop() throws Exception {
        Object thread = new Object() {
            @Override
            public String toString() {
                return Thread.currentThread().getName();
            }
        };
        Processor threadHeader = exchange -> exchange.getMessage().setHeader("X-Sent-By", thread);
        api.bind("slow", new Slow());
        api.bind("threadHeader", threadHeader);
        addRoute(api, ROUTE.formatted("slow") + THREAD_HEADER);

        HttpResponse<String> reply = api.get("/site/slow");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("X-Sent-By"))
                .hasValueSatisfying(sender -> assertThat(sender).contains("eventloop"));
    }

    /** Always the same large reply. */
    public static final class Large {
        private final Reply reply = Reply.text(Map.of(), LARGE).asShared();

        public Reply reply() {
            return reply;
        }
    }

    private void addRoute(TestingApi to, String yaml) throws Exception {
        Files.writeString(folder.resolve("site.camel.yaml"), yaml);
        to.addRoutes(folder);
    }

    private static String request(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + READ_KEY + "\r\n\r\n";
    }

    @Test
    void aLargeReplyIsCompleteAndInOrderAlsoForASlowClient() throws Exception {
        api.bind("large", new Large());
        addRoute(api, ROUTE.formatted("large"));

        try (RawConnection disconnects = new RawConnection(api);
                RawConnection connection = new RawConnection(api)) {
            disconnects.send(request("GET", "/site/large"));
            connection.send(request("GET", "/site/large").repeat(2) + request("GET", "/health"));
            // These replies are not read, but another client still gets its reply.
            assertThat(api.get("/site/large").body()).hasSameSizeAs(LARGE);
            disconnects.close();

            for (int i = 0; i < 2; i++) {
                RawReply large = connection.readReply();
                assertThat(large.headers()).containsEntry("content-length", Integer.toString(LARGE.length()));
                assertThat(large.body().equals(LARGE)).isTrue();
            }
            assertThat(connection.readReply().body()).contains("\"status\":\"healthy\"");
        }
    }

    @Test
    void aClientThatReadsALargeReplyTooSlowlyIsDisconnected() throws Exception {
        try (TestingApi shortTimeout = new TestingApi(0, true, Duration.ofMillis(50));
                RawConnection connection = new RawConnection(shortTimeout)) {
            shortTimeout.bind("large", new Large());
            addRoute(shortTimeout, ROUTE.formatted("large"));

            connection.send(request("GET", "/site/large"));

            assertThat(connection.countSlowly()).isLessThan(LARGE.length());
        }
    }

    @Test
    void headOfALargeReplyHasItsLengthAndNoBody() throws Exception {
        api.bind("large", new Large());
        addRoute(api, ROUTE.formatted("large"));

        HttpResponse<String> head = api.send(
                HttpRequest.newBuilder(api.uri("/site/large")).method("HEAD", BodyPublishers.noBody()), READ_KEY);

        assertThat(head.headers().firstValue("Content-Length")).hasValue(Integer.toString(LARGE.length()));
        assertThat(head.body()).isEmpty();
    }

    @Test
    void everyRequestOfALongPipelineGetsAReply() throws Exception {
        String update = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";
        String post = "POST /api/v1/status HTTP/1.1\r\nHost: x\r\nX-API-Key: " + WRITE_KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + update.length() + "\r\n\r\n" + update;
        String get = request("GET", "/api/v1/status");

        try (RawConnection connection = new RawConnection(api)) {
            connection.send(post + get.repeat(PIPELINED) + post);

            assertThat(connection.readReply().status()).isEqualTo(200);
            for (int i = 0; i < PIPELINED; i++) {
                // Some exceed the rate limit of the key.
                assertThat(connection.readReply().status()).isIn(200, 429);
            }
            assertThat(connection.readReply().status()).isEqualTo(200);
        }
    }
}
