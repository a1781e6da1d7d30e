package org.epmpulse.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.http.TestingApi.READ_KEY;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.epmpulse.config.AddressRange;
import org.epmpulse.http.RawConnection.RawReply;
import org.epmpulse.security.TrustedProxies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What connections that send slowly, read nothing or are too many cost the others: nothing. */
class ConnectionsTest {

    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final TrustedProxies NO_PROXY = new TrustedProxies(List.of());
    private static final Duration SHORT = Duration.ofMillis(200);

    private static double closed(TestingApi api, String reason) {
        return api.registry
                .get("epmpulse.http.connections.closed")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static long replies(TestingApi api, String path) {
        return api.registry.find("epmpulse.http.requests").tag("path", path).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    @ParameterizedTest
    @CsvSource({"GET /api/v1/openapi.json, /api/v1/openapi.json", "GET /large, /large", "GET /worker, /worker"})
    void noFurtherRequestOfAClientThatReadsNothingIsHandled(String line, String path) throws Exception {
        int requests = 1_000;
        try (TestingApi api = new TestingApi();
                RawConnection connection = new RawConnection(api)) {
            String large = "x".repeat(150_000);
            api.server.mount(
                    "/large", EndpointPolicies.PUBLIC, ctx -> ctx.response().end(large));
            api.server.mount("/worker", EndpointPolicies.PUBLIC, ctx -> api.server
                    .workers()
                    .execute(() -> ctx.response().end(large)));
            connection.send((line + " HTTP/1.1\r\nHost: x\r\n\r\n").repeat(requests) + HEALTH);

            await().until(() -> replies(api, path) > 0);
            for (int i = 0; i < 100; i++) {
                assertThat(api.get("/health").statusCode()).isEqualTo(200);
            }
            // What the buffers of the system hold.
            assertThat(replies(api, path)).isLessThan(200);

            for (int i = 0; i < requests; i++) {
                RawReply reply = connection.readReply();
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.body()).hasSizeGreaterThan(50_000);
            }
            assertThat(connection.readReply().body()).contains("\"status\":\"healthy\"");
        }
    }

    @Test
    void aRequestThatComesAfterAnUnreadReplyWaits() throws Exception {
        try (TestingApi api = new TestingApi();
                RawConnection connection = new RawConnection(api)) {
            String large = "x".repeat(8_000_000);
            api.server.mount(
                    "/large", EndpointPolicies.PUBLIC, ctx -> ctx.response().end(large));
            connection.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> replies(api, "/large") > 0);

            connection.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");

            for (int i = 0; i < 100; i++) {
                assertThat(api.get("/health").statusCode()).isEqualTo(200);
            }
            assertThat(replies(api, "other")).isEqualTo(0);
            assertThat(connection.readReply().body()).hasSize(large.length());
            assertThat(connection.readReply().status()).isEqualTo(401);
        }
    }

    @Test
    void anotherClientHasItsTurnDuringALongPipeline() throws Exception {
        String rejected = "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n";
        try (TestingApi api = new TestingApi();
                RawConnection pipelining = new RawConnection(api)) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(pipelining, rejected.repeat(20_000)));
            CompletableFuture<Void> read = CompletableFuture.runAsync(() -> readReplies(pipelining, 20_000));

            long before = replies(api, "other");
            assertThat(api.get("/health").statusCode()).isEqualTo(200);
            assertThat(replies(api, "other") - before).isLessThan(20_000);

            sent.get(60, SECONDS);
            read.get(60, SECONDS);
        }
    }

    private static void send(RawConnection connection, String text) {
        try {
            connection.send(text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void readReplies(RawConnection connection, int count) {
        try {
            for (int i = 0; i < count; i++) {
                assertThat(connection.readReply().status()).isEqualTo(401);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aHeadThatArrivesTooSlowlyGets408AlthoughEachByteIsInTime() throws Exception {
        try (TestingApi api = new TestingApi(SHORT, TrustedProxies.LOOPBACK, 10);
                RawConnection connection = new RawConnection(api)) {
            CompletableFuture<RawReply> reply = CompletableFuture.supplyAsync(() -> read(connection));
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\nX: ");
            while (!reply.isDone()) {
                await().pollDelay(Duration.ofMillis(50)).until(() -> true);
                connection.send("x");
            }

            assertThat(reply.get(10, SECONDS).status()).isEqualTo(408);
            assertThat(reply.get().body()).contains("INVALID_REQUEST");
            assertThat(connection.isClosed()).isTrue();
            assertThat(closed(api, "head_timeout")).isEqualTo(1);
        }
    }

    private static RawReply read(RawConnection connection) {
        try {
            return connection.readReply();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theNextRequestOfAConnectionHasTheSameTimeForItsHead() throws Exception {
        try (TestingApi api = new TestingApi(SHORT, TrustedProxies.LOOPBACK, 10);
                RawConnection connection = new RawConnection(api)) {
            assertThat(connection.send(HEALTH).readReply().status()).isEqualTo(200);

            connection.send("\r\nG");

            assertThat(connection.readReply().status()).isEqualTo(408);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void anEmptyLineAfterABodyIsNoBeginOfARequest() throws Exception {
        String post = "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}\r\n";
        try (TestingApi api = new TestingApi(SHORT, TrustedProxies.LOOPBACK, 10);
                RawConnection connection = new RawConnection(api)) {
            assertThat(connection.send(post).readReply().status()).isEqualTo(401);

            try (RawConnection silent = new RawConnection(api);
                    RawConnection emptyLine = new RawConnection(api)) {
                emptyLine.send("\r\n");
                assertThat(silent.isClosed()).isTrue();
                assertThat(emptyLine.isClosed()).isTrue();
            }

            assertThat(connection.send(HEALTH).readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void aConnectionWithoutARequestIsClosedAndAnIdleOneIsKept() throws Exception {
        try (TestingApi api = new TestingApi(SHORT, TrustedProxies.LOOPBACK, 10);
                RawConnection idle = new RawConnection(api);
                RawConnection silent = new RawConnection(api)) {
            assertThat(idle.send(HEALTH).readReply().status()).isEqualTo(200);

            assertThat(silent.isClosed()).isTrue();
            assertThat(idle.send(HEALTH).readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void aConnectionAboveTheLimitIsClosedAndLaterOnesDisplaceThoseWithoutARequest() throws Exception {
        List<RawConnection> silent = new ArrayList<>();
        try (TestingApi api = new TestingApi(Duration.ofMinutes(5), TrustedProxies.LOOPBACK, 4)) {
            for (int i = 0; i < 4; i++) {
                silent.add(new RawConnection(api));
            }
            try (RawConnection refused = new RawConnection(api)) {
                assertThat(refused.isClosed()).isTrue();
            }
            assertThat(closed(api, "limit")).isEqualTo(1);

            await().ignoreExceptionsInstanceOf(IOException.class).until(() -> health(api) == 200);

            assertThat(closed(api, "displaced")).isGreaterThan(0);
            assertThat(silent.get(0).isClosed()).isTrue();
            assertThat(silent.get(3).send(HEALTH).readReply().status()).isEqualTo(200);
            assertThat(api.registry.get("epmpulse.http.connections").gauge().value())
                    .isBetween(1.0, 4.0);
        } finally {
            for (RawConnection connection : silent) {
                connection.close();
            }
        }
    }

    private static int health(TestingApi api) throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            return connection.send(HEALTH).readReply().status();
        }
    }

    @Test
    void aConnectionThatReadsNoLargeRepliesIsDisplacedBeforeIdleOnes() throws Exception {
        List<RawConnection> idle = new ArrayList<>();
        try (TestingApi api = new TestingApi(Duration.ofMinutes(5), TrustedProxies.LOOPBACK, 4);
                RawConnection stuck = RawConnection.withSmallBuffer(api)) {
            String large = "x".repeat(8_000_000);
            api.server.mount(
                    "/large", EndpointPolicies.PUBLIC, ctx -> ctx.response().end(large));
            stuck.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3));
            await().until(() -> replies(api, "/large") > 0);
            for (int i = 0; i < 3; i++) {
                idle.add(new RawConnection(api));
                assertThat(idle.get(i).send(HEALTH).readReply().status()).isEqualTo(200);
            }

            await().ignoreExceptionsInstanceOf(IOException.class).until(() -> health(api) == 200);

            assertThat(closed(api, "displaced")).isEqualTo(1);
            for (RawConnection connection : idle) {
                assertThat(connection.send(HEALTH).readReply().status()).isEqualTo(200);
            }
        } finally {
            for (RawConnection connection : idle) {
                connection.close();
            }
        }
    }

    @Test
    void connectionsThatReadNoSmallRepliesAreDisplaced() throws Exception {
        List<RawConnection> stuck = new ArrayList<>();
        try (TestingApi api = new TestingApi(Duration.ofMinutes(5), TrustedProxies.LOOPBACK, 4)) {
            for (int i = 0; i < 4; i++) {
                stuck.add(pipelining(api));
            }

            await().ignoreExceptionsInstanceOf(IOException.class).until(() -> health(api) == 200);

            assertThat(closed(api, "displaced")).isEqualTo(1);
        } finally {
            for (RawConnection connection : stuck) {
                connection.close();
            }
        }
    }

    @Test
    void aConnectionThatReadsNoSmallRepliesIsClosedAfterTheTimeOut() throws Exception {
        MemoryLimits limits = MemoryLimits.ofThisProcess().withBodyTimeout(SHORT);
        try (TestingApi api = new TestingApi(0, true, limits);
                RawConnection stuck = pipelining(api)) {
            await().until(() -> closed(api, "reply_timeout") == 1);
            await().until(() ->
                    api.registry.get("epmpulse.http.connections").gauge().value() == 0);
        }
    }

    /** A connection that sends requests until the server reads no more of them, and reads no reply. */
    private static RawConnection pipelining(TestingApi api) throws IOException {
        RawConnection connection = RawConnection.withSmallBuffer(api);
        String requests = HEALTH.repeat(50_000);
        CompletableFuture.runAsync(() -> send(connection, requests));
        return connection;
    }

    @Test
    void aRequestInProgressIsNeverDisplaced() throws Exception {
        try (TestingApi api = new TestingApi(Duration.ofMinutes(5), TrustedProxies.LOOPBACK, 2);
                RawConnection stream = new RawConnection(api);
                RawConnection silent = new RawConnection(api)) {
            stream.send("GET /api/v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: " + READ_KEY + "\r\n\r\n");
            assertThat(stream.readReply().status()).isEqualTo(200);

            await().ignoreExceptionsInstanceOf(IOException.class).until(() -> health(api) == 200);

            assertThat(silent.isClosed()).isTrue();
            assertThat(stream.isClosed()).isFalse();
        }
    }

    @Test
    void oneClientHasHalfOfAllConnectionsUnlessItIsATrustedProxy() throws Exception {
        try (TestingApi api = new TestingApi(Duration.ofMinutes(5), NO_PROXY, 4);
                RawConnection first = new RawConnection(api);
                RawConnection second = new RawConnection(api);
                RawConnection third = new RawConnection(api);
                RawConnection other = new RawConnection(api, "127.0.0.2")) {
            assertThat(third.isClosed()).isTrue();
            assertThat(closed(api, "client_limit")).isEqualTo(1);
            for (RawConnection open : List.of(first, second, other)) {
                assertThat(open.send(HEALTH).readReply().status()).isEqualTo(200);
            }
            first.close();
            await().ignoreExceptionsInstanceOf(IOException.class).until(() -> health(api) == 200);
        }
        TrustedProxies proxy = new TrustedProxies(List.of(AddressRange.parse("127.0.0.1")));
        try (TestingApi api = new TestingApi(Duration.ofMinutes(5), proxy, 4);
                RawConnection first = new RawConnection(api);
                RawConnection second = new RawConnection(api);
                RawConnection third = new RawConnection(api)) {
            assertThat(third.send(HEALTH).readReply().status()).isEqualTo(200);
            assertThat(first.send(HEALTH).readReply().status()).isEqualTo(200);
            assertThat(second.send(HEALTH).readReply().status()).isEqualTo(200);
        }
    }
}
