package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.http.TestingApi.ADMIN_KEY;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.http.RawConnection.RawReply;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients make the server keep in memory, over real connections: unread replies, unfinished bodies, scans. */
class HeldMemoryTest {

    /** More than the operating system takes for a client that does not read. */
    private static final int LARGE_BYTES = 16 << 20;

    private static final String ROUTE = """
            - route:
                id: %1$s
                from:
                  uri: platform-http:/site/%1$s
                  steps:
                    - bean:
                        ref: %1$s
                        method: reply()
            """;

    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";

    @AutoClose
    private final TestingApi api = new TestingApi(0, true, limits());

    @TempDir
    private Path folder;

    private final List<RawConnection> connections = new ArrayList<>();

    /** Room for one large reply of a key and not for two. */
    private static MemoryLimits limits() {
        ByteBudget.Limits replies = new ByteBudget.Limits(64 << 20, 20 << 20, 4 << 20, 2 << 20);
        ByteBudget.Limits bodies = new ByteBudget.Limits(1 << 20, 300_000, 1, 1);
        ByteBudget.Limits small = new ByteBudget.Limits(64 * 1024, 20 * 1024, 1, 1);
        return new MemoryLimits(replies, bodies, small, Duration.ofSeconds(30), Duration.ofSeconds(5));
    }

    /** Returns large bodies of several types. */
    public static final class Large {
        private final String text = "x".repeat(LARGE_BYTES);

        public Object reply() {
            return text;
        }
    }

    private void addRoute(TestingApi to, String name, Object bean) throws Exception {
        to.bind(name, bean);
        Files.writeString(folder.resolve(name + ".camel.yaml"), ROUTE.formatted(name));
        to.addRoutes(folder.resolve(name + ".camel.yaml"));
    }

    private RawConnection connect() throws Exception {
        return connect(api);
    }

    private RawConnection connect(TestingApi to) throws Exception {
        RawConnection connection = new RawConnection(to);
        connections.add(connection);
        return connection;
    }

    private void disconnectAll() throws Exception {
        for (RawConnection connection : connections) {
            connection.close();
        }
        connections.clear();
    }

    private static String get(String path, String key) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + key + "\r\n\r\n";
    }

    private static String postHead(String path, String key, String framing) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + key + "\r\nContent-Type: application/json\r\n"
                + framing + "\r\n\r\n";
    }

    private double held(String kind) {
        return api.registry.get("epmpulse.http.held").tag("kind", kind).gauge().value();
    }

    private double refused(String reason) {
        return api.registry
                .get("epmpulse.http.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static void assertUnavailable(HttpResponse<String> reply) {
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(503);
        assertThat(reply.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        assertThat(reply.body()).contains("UNAVAILABLE");
    }

    private HttpResponse<String> getAs(String path, String key) {
        return api.send(HttpRequest.newBuilder(api.uri(path)), key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void anUnreadReplyCountsUntilItsClientDisconnects(String method) throws Exception {
        addRoute(api, "large", new Large());
        String request = method.equals("GET")
                ? get("/site/large", WRITE_KEY)
                : postHead("/site/large", WRITE_KEY, "Content-Length: 2") + "{}";
        connect().send(request);
        await().until(() -> held("replies") > LARGE_BYTES);

        assertUnavailable(getAs("/site/large", WRITE_KEY));
        assertThat(refused("replies")).isEqualTo(1);
        assertThat(getAs("/site/large", READ_KEY).body()).hasSize(LARGE_BYTES);
        assertThat(api.post(UPDATE).statusCode()).isEqualTo(200);

        disconnectAll();
        await().until(() -> held("replies") == 0);
        assertThat(getAs("/site/large", WRITE_KEY).body()).hasSize(LARGE_BYTES);
        await().until(() -> held("replies") == 0);
    }

    @Test
    void aBatchIsNotRecordedWhileItsKeyReadsNoReplies() throws Exception {
        addRoute(api, "large", new Large());
        for (int i = 0; i < 2; i++) {
            connect().send(get("/site/large", WRITE_KEY));
        }
        await().until(() -> refused("replies") == 1);
        connect().send(get("/api/v1/openapi.json", WRITE_KEY));
        ByteBudget budget = api.server.unsentBytes();
        Holder writer = new Holder("key writer", false);
        ByteBudget.Lease rest = budget.acquireAlways(writer, 8 << 20);

        HttpResponse<String> batch = api.postTo("/api/v1/status/batch", "{\"updates\":[" + UPDATE + "]}");

        assertUnavailable(batch);
        assertThat(api.store.entries()).isEmpty();
        rest.close();
        assertThat(api.postTo("/api/v1/status/batch", "{\"updates\":[" + UPDATE + "]}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aClientThatDoesNotReadIsDisconnected() throws Exception {
        try (TestingApi shortTimeout = new TestingApi(0, true, limits().withBodyTimeout(Duration.ofMillis(50)))) {
            addRoute(shortTimeout, "large", new Large());
            RawConnection connection = connect(shortTimeout).send(get("/site/large", READ_KEY));

            assertThat(connection.countSlowly()).isLessThan(LARGE_BYTES);
            await().until(() -> shortTimeout
                            .registry
                            .get("epmpulse.http.held")
                            .tag("kind", "replies")
                            .gauge()
                            .value()
                    == 0);
        }
    }

    @Test
    void clientsWithoutAKeyHaveABudgetOfTheirOwn() throws Exception {
        Holder anonymous = new Holder("address 127.0.0.1", true);
        ByteBudget.Lease unread = api.server.unsentBytes().acquireAlways(anonymous, 2 << 20);

        assertUnavailable(getAs("/api/v1/openapi.json", ""));
        assertUnavailable(getAs("/api/v1/metrics", ""));
        assertThat(getAs("/api/v1/status", READ_KEY).statusCode()).isEqualTo(200);
        assertThat(getAs("/health", "").statusCode()).isEqualTo(200);

        unread.close();
        assertThat(getAs("/api/v1/openapi.json", "").statusCode()).isEqualTo(200);
    }

    @Test
    void unfinishedBodiesOfAKeyAffectOnlyLargeOnesOfTheSameKey() throws Exception {
        for (int i = 0; i < 20; i++) {
            connect().send(postHead("/api/v1/status/batch", WRITE_KEY, "Content-Length: 100000") + "{");
        }
        for (int i = 0; i < 20; i++) {
            connect().send(postHead("/api/v1/status", WRITE_KEY, "Content-Length: 16000") + "{");
        }
        await().until(() -> refused("bodies") == 36);
        assertThat(held("bodies")).isEqualTo(3 * 100_000 + 16_000);
        String batch = batch(500);

        assertUnavailable(api.postTo("/api/v1/status/batch", batch));
        assertThat(api.post(UPDATE).statusCode()).isEqualTo(200);
        assertThat(api.send(
                                HttpRequest.newBuilder(api.uri("/api/v1/status/batch"))
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(batch)),
                                ADMIN_KEY)
                        .statusCode())
                .isEqualTo(200);

        disconnectAll();
        await().until(() -> held("bodies") == 0);
        assertThat(api.postTo("/api/v1/status/batch", batch).statusCode()).isEqualTo(200);
        await().until(() -> held("bodies") == 0);
    }

    private static String batch(int size) {
        return IntStream.range(0, size)
                .mapToObj(
                        i -> "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"job_id\":\"" + i + "\"}")
                .collect(Collectors.joining(",", "{\"updates\":[", "]}"));
    }

    @Test
    void chunksCountWhenTheyArrive() throws Exception {
        String chunk = "186a0\r\n" + " ".repeat(100_000) + "\r\n";
        List<RawConnection> chunked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            chunked.add(connect().send(postHead("/api/v1/status/batch", WRITE_KEY, "Transfer-Encoding: chunked")));
            if (i < 3) {
                chunked.get(i).send(chunk);
            }
        }
        await().until(() -> held("bodies") == 300_000);

        RawReply refused = chunked.get(3).send(chunk).readReply();

        assertThat(refused.status()).isEqualTo(503);
        String batch = batch(5);
        RawReply accepted = chunked.get(0)
                .send(Integer.toHexString(batch.length()) + "\r\n" + batch + "\r\n0\r\n\r\n")
                .readReply();
        assertThat(accepted.status()).as(accepted.body()).isIn(200, 503);
        disconnectAll();
        await().until(() -> held("bodies") == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000", "Transfer-Encoding: chunked"})
    void aBodyThatTricklesIsRejectedInTimeAndReleased(String framing) throws Exception {
        try (TestingApi shortTimeout = new TestingApi(0, true, limits().withBodyTimeout(Duration.ofMillis(200)))) {
            RawConnection connection = connect(shortTimeout).send(postHead("/api/v1/status/batch", WRITE_KEY, framing));
            CountDownLatch replied = new CountDownLatch(1);
            CompletableFuture<Void> trickle = CompletableFuture.runAsync(() -> {
                try {
                    do {
                        connection.send(framing.startsWith("T") ? "1\r\n \r\n" : " ");
                    } while (!replied.await(20, TimeUnit.MILLISECONDS));
                } catch (Exception e) {
                    // The server has closed the connection.
                }
            });

            assertThat(connection.readReply().status()).isEqualTo(408);
            replied.countDown();
            trickle.get(10, TimeUnit.SECONDS);
            assertThat(connection.isClosed()).isTrue();
            await().until(() -> shortTimeout
                            .registry
                            .get("epmpulse.http.held")
                            .tag("kind", "bodies")
                            .gauge()
                            .value()
                    == 0);
        }
    }

    @Test
    void noByteOfABodyWithoutAValidKeyIsKept() throws Exception {
        for (int i = 0; i < 20; i++) {
            RawConnection connection =
                    connect().send(postHead("/api/v1/status/batch", "wrong", "Content-Length: 100000") + "{");
            assertThat(connection.readReply().status()).isIn(403, 429);
        }

        assertThat(held("bodies")).isZero();
        assertThat(refused("bodies")).isZero();
    }

    @Test
    void aBodyCountsUntilItsUpdatesAreOnDiskAlsoIfTheClientDisconnects() throws Exception {
        CompletableFuture<Void> disk = api.store.hold();
        String batch = batch(1_000);
        RawConnection connection = connect()
                .send(postHead("/api/v1/status/batch", WRITE_KEY, "Content-Length: " + batch.length()) + batch);
        await().until(() -> api.store.entries().size() == 1_000);

        connection.close();
        assertThat(api.get("/health").statusCode()).isEqualTo(200);
        await().until(() -> closedConnections() > 0);
        assertThat(held("bodies")).isEqualTo(batch.length());

        disk.complete(null);
        await().until(() -> held("bodies") == 0);
    }

    private double closedConnections() {
        return api.registry.find("epmpulse.http.requests").tag("status", "499").timers().stream()
                .mapToDouble(timer -> timer.count())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/history",
                "/api/v1/history/days",
                "/api/v1/status?at=2020-01-01T00:00:00Z",
                "/api/v1/status/Planning?at=2020-01-01T00:00:00Z"
            })
    void furtherScansOfAKeyWaitAndOthersRun(String path) throws Exception {
        api.post(UPDATE);
        CountDownLatch release = api.store.holdReads();
        List<RawConnection> scans = new ArrayList<>();
        for (int i = 0; i < ScanLimits.PER_KEY + 2; i++) {
            scans.add(connect().send(get(path, READ_KEY)));
        }
        await().until(() -> api.store.heldReads() == ScanLimits.PER_KEY);

        // A waiting scan takes no thread and no place of another key.
        connect().send(get(path, ADMIN_KEY));
        await().until(() -> api.store.heldReads() == ScanLimits.PER_KEY + 1);
        assertThat(api.get("/api/v1/status").statusCode()).isEqualTo(200);
        assertThat(api.post(UPDATE).statusCode()).isEqualTo(200);
        scans.get(ScanLimits.PER_KEY + 1).close();
        release.countDown();

        for (int i = 0; i < ScanLimits.PER_KEY + 1; i++) {
            assertThat(scans.get(i).readReply().status()).isEqualTo(200);
        }
        assertThat(api.store.mostHeldReads()).isEqualTo(ScanLimits.PER_KEY + 1);
    }

    @Test
    void aScanThatWaitsTooLongIsRejected() throws Exception {
        try (TestingApi impatient = new TestingApi(0, true, limits().withScanWait(Duration.ofMillis(50)))) {
            CountDownLatch release = impatient.store.holdReads();
            List<RawConnection> running = new ArrayList<>();
            for (int i = 0; i < ScanLimits.PER_KEY; i++) {
                running.add(connect(impatient).send(get("/api/v1/history", READ_KEY)));
            }
            await().until(() -> impatient.store.heldReads() == ScanLimits.PER_KEY);

            assertUnavailable(impatient.get("/api/v1/history"));

            release.countDown();
            for (RawConnection connection : running) {
                assertThat(connection.readReply().status()).isEqualTo(200);
            }
            assertThat(impatient.get("/api/v1/history").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aScanWhoseClientHasDisconnectedKeepsItsPlaceUntilItEnds() throws Exception {
        CountDownLatch release = api.store.holdReads();
        for (int i = 0; i < ScanLimits.PER_KEY; i++) {
            connect().send(get("/api/v1/history", READ_KEY));
        }
        await().until(() -> api.store.heldReads() == ScanLimits.PER_KEY);
        disconnectAll();
        await().until(() -> closedConnections() == ScanLimits.PER_KEY);

        RawConnection next = connect().send(get("/api/v1/history", READ_KEY));
        assertThat(api.get("/health").statusCode()).isEqualTo(200);
        assertThat(api.store.heldReads()).isEqualTo(ScanLimits.PER_KEY);
        release.countDown();

        assertThat(next.readReply().status()).isEqualTo(200);
        assertThat(api.store.mostHeldReads()).isEqualTo(ScanLimits.PER_KEY);
    }

    @Test
    void onlySomeScansWait() throws Exception {
        CountDownLatch release = api.store.holdReads();
        for (int i = 0; i < ScanLimits.PER_KEY + ScanLimits.MAX_WAITING_PER_KEY; i++) {
            connect().send(get("/api/v1/history", READ_KEY));
        }
        await().until(() -> api.store.heldReads() == ScanLimits.PER_KEY);

        await().untilAsserted(() -> assertUnavailable(api.get("/api/v1/history")));

        release.countDown();
        for (RawConnection connection : connections) {
            assertThat(connection.readReply().status()).isIn(200, 503);
        }
    }

    @Test
    void theSameMetricsAreSentToAllThatAskAtOnce() {
        List<CompletableFuture<HttpResponse<String>>> replies = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.get("/api/v1/metrics")))
                .toList();

        assertThat(replies).allMatch(reply -> reply.join().body().contains("epmpulse_http_held_bytes"));
    }
}
