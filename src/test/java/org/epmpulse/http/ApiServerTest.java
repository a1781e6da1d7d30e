package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.epmpulse.http.TestingApi.READ_KEY;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.epmpulse.security.ApiKeys;
import org.epmpulse.security.RateLimits;
import org.epmpulse.security.TestingClock;
import org.epmpulse.security.TrustedProxies;
import org.junit.jupiter.api.Test;

/** Start, stop and mounted handlers of the server. */
class ApiServerTest {

    private static ApiServer server(String host, int port) {
        TestingClock clock = new TestingClock();
        return new ApiServer(
                host,
                port,
                new ApiKeys(List.of()),
                TrustedProxies.LOOPBACK,
                new RateLimits(0, clock),
                new SimpleMeterRegistry(),
                clock,
                MemoryLimits.ofThisProcess(),
                Connections.HEAD_TIMEOUT,
                100,
                null);
    }

    @Test
    void aPortInUseIsNamedInTheError() throws Exception {
        try (ApiServer first = server("127.0.0.1", 0)) {
            first.start();
            try (ApiServer second = server("127.0.0.1", first.port())) {
                assertThatIOException()
                        .isThrownBy(second::start)
                        .withMessage("port " + first.port() + " on 127.0.0.1 is in use");
            }
        }
    }

    @Test
    void anAddressOfAnotherMachineIsNamedInTheError() {
        try (ApiServer server = server("192.0.2.1", 0)) {
            assertThatIOException()
                    .isThrownBy(server::start)
                    .withMessageStartingWith("cannot listen on port 0 of 192.0.2.1");
        }
    }

    @Test
    void everyPathIsUnavailableBeforeReadyAndAfterStopping() {
        try (TestingApi api = new TestingApi(0, false)) {
            assertIsUnavailable(api.get("/health"), "starting");
            assertIsUnavailable(api.post("{}"), "starting");

            api.server.ready();
            assertThat(api.get("/health").statusCode()).isEqualTo(200);

            api.server.stopping();
            HttpResponse<String> stopping = api.get("/nowhere");
            assertIsUnavailable(stopping, "stopping");
            assertThat(stopping.headers().firstValue("Connection")).hasValue("close");
        }
    }

    private static void assertIsUnavailable(HttpResponse<String> reply, String cause) {
        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.headers().firstValueAsLong("Retry-After")).isNotEmpty();
        assertThat(reply.body()).contains("UNAVAILABLE", cause);
    }

    @Test
    void closeRejectsARequestWhoseBodyHasNotArrived() throws Exception {
        TestingApi api = new TestingApi();
        try (RawConnection connection = new RawConnection(api)) {
            connection.send("POST /api/v1/status HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-API-Key: "
                    + TestingApi.WRITE_KEY + "\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n");
            assertThat(connection.readReply().status()).isEqualTo(100);

            CompletableFuture<Void> closed = CompletableFuture.runAsync(api::close);
            RawConnection.RawReply reply = connection.readReply();

            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.headers()).containsKey("retry-after").containsEntry("connection", "close");
            assertThat(reply.body()).contains("UNAVAILABLE", "stopping");
            closed.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void closeWaitsForRequestsInFlight() throws Exception {
        TestingApi api = new TestingApi();
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        api.camel.addRoutes(slowRoute(exchange -> {
            arrived.countDown();
            release.await(10, TimeUnit.SECONDS);
            exchange.getMessage().setBody("done");
        }));
        CompletableFuture<HttpResponse<String>> reply = CompletableFuture.supplyAsync(() -> api.get("/slow"));
        arrived.await(10, TimeUnit.SECONDS);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(api::close);
        assertIsUnavailable(eventuallyStopping(api), "stopping");
        release.countDown();

        assertThat(reply.get(10, TimeUnit.SECONDS).body()).isEqualTo("done");
        closed.get(20, TimeUnit.SECONDS);
    }

    private static RouteBuilder slowRoute(Processor slow) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/slow?httpMethodRestrict=GET")
                        .routeId("slow")
                        .process(slow);
            }
        };
    }

    private static HttpResponse<String> eventuallyStopping(TestingApi api) {
        return org.awaitility.Awaitility.await().until(() -> api.get("/health"), reply -> reply.statusCode() == 503);
    }

    @Test
    void anIgnoredBodyDoesNotDelayTheReply() throws Exception {
        try (ApiServer server = server("127.0.0.1", 0)) {
            server.start();
            server.mount("/x", EndpointPolicies.PUBLIC, ctx -> ctx.response().end("x"));
            server.ready();
            try (java.net.Socket socket = new java.net.Socket("127.0.0.1", server.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write("GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".getBytes());

                String all = new String(socket.getInputStream().readAllBytes());

                assertThat(all).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void aBodyThatArrivesTooSlowlyGets408AndTheConnectionIsClosed() throws Exception {
        try (TestingApi api = new TestingApi(0, true, Duration.ofMillis(100));
                RawConnection connection = new RawConnection(api)) {
            connection.send("POST /api/v1/status HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nX-API-Key: "
                    + TestingApi.WRITE_KEY + "\r\nContent-Type: application/json\r\n\r\n{");

            assertThat(connection.readReply().status()).isEqualTo(408);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void mountedHandlersAreCheckedByTheGate() {
        try (TestingApi api = new TestingApi()) {
            api.server.mount(
                    "/open", EndpointPolicies.PUBLIC, ctx -> ctx.response().end("open"));
            api.server.mount("/closed/*", EndpointPolicies.STREAM, ctx -> ctx.response()
                    .end(String.valueOf(ApiServer.key(ctx).name())));
            api.server.mount(
                    "/local", EndpointPolicies.LOCAL, ctx -> ctx.response().end("local"));
            api.server.mount("/broken", EndpointPolicies.PUBLIC, ctx -> {
                throw new IllegalStateException("secret");
            });

            assertThat(getWithoutKey(api, "/open").body()).isEqualTo("open");
            assertThat(getWithoutKey(api, "/closed/a").statusCode()).isEqualTo(401);
            assertThat(api.get("/closed/a").body()).isEqualTo("reader");
            assertThat(getWithoutKey(api, "/local").body()).isEqualTo("local");
            assertThat(getWithoutKey(api, "/local", "X-Forwarded-For", "127.0.0.1")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(api.postTo("/open", "{}").statusCode()).isEqualTo(405);
            HttpResponse<String> broken = getWithoutKey(api, "/broken");
            assertThat(broken.statusCode()).isEqualTo(500);
            assertThat(broken.body()).contains("INTERNAL_ERROR").doesNotContain("secret");
        }
    }

    private static HttpResponse<String> getWithoutKey(TestingApi api, String path, String... headers) {
        return api.send(HttpRequest.newBuilder(api.uri(path)), "", headers);
    }

    @Test
    void metricsNeedNoKeyOnTheSameMachineAndAreNeverCached() {
        try (TestingApi api = new TestingApi()) {
            HttpResponse<String> reply = getWithoutKey(api, "/api/v1/metrics");

            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(reply.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(getWithoutKey(api, "/api/v1/metrics", "Via", "x").statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void aReadKeyMayReadAStream() {
        try (TestingApi api = new TestingApi()) {
            api.server.mount(
                    "/stream", EndpointPolicies.STREAM, ctx -> ctx.response().end("x"));

            assertThat(api.send(HttpRequest.newBuilder(api.uri("/stream")), READ_KEY)
                            .statusCode())
                    .isEqualTo(200);
        }
    }
}
