package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped configuration of nginx for several nodes, before two servers that count what arrives. */
class NginxClusterIT {

    private static final String REFUSAL = "{\"success\":false,\"error\":{\"code\":\"STATE_ERROR\"}}";

    @TempDir
    static Path certificate;

    @TempDir
    private Path folder;

    @AutoClose
    private final Node a = new Node("a");

    @AutoClose
    private final Node b = new Node("b");

    @AutoClose
    private TestingNginx nginx;

    private HttpClient client;

    NginxClusterIT() throws IOException {}

    /** What a node does with a request that it has read. */
    private enum Behaviour {
        REPLY,
        REFUSE,
        CLOSE_WITHOUT_A_REPLY,
        HANG
    }

    /** A server in the place of a node. */
    private static final class Node implements AutoCloseable {

        final Queue<String> requests = new ConcurrentLinkedQueue<>();
        volatile Behaviour behaviour = Behaviour.REPLY;
        private final String name;
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final CountDownLatch closed = new CountDownLatch(1);

        Node(String name) throws IOException {
            this.name = name;
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find()), 0);
            server.setExecutor(threads);
            server.createContext("/", this::handle);
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        private void handle(HttpExchange exchange) throws IOException {
            exchange.getRequestBody().readAllBytes();
            requests.add(exchange.getRequestMethod());
            switch (behaviour) {
                case REPLY -> reply(exchange, 200, name);
                case REFUSE -> reply(exchange, 503, REFUSAL);
                case CLOSE_WITHOUT_A_REPLY -> exchange.close();
                case HANG -> {
                    try {
                        closed.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                default -> throw new IllegalStateException(behaviour.toString());
            }
        }

        private static void reply(HttpExchange exchange, int status, String text) throws IOException {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        /** Closes the port and all connections. */
        @Override
        public void close() {
            closed.countDown();
            server.stop(0);
            threads.shutdownNow();
        }
    }

    @BeforeAll
    static void createCertificate() throws Exception {
        TestingNginx.requireInstalled();
        TestingNginx.certificate(certificate);
    }

    @BeforeEach
    void start() throws Exception {
        nginx = TestingNginx.start(
                Files.readString(Path.of("deploy/nginx/epmpulse-cluster.conf"))
                        .replace("10.0.0.11:18800", "127.0.0.1:" + a.port())
                        .replace("10.0.0.12:18800", "127.0.0.1:" + b.port())
                        .replace("proxy_read_timeout 60s", "proxy_read_timeout 3s"),
                certificate,
                folder);
        client = HttpClient.newBuilder()
                .sslContext(TestingNginx.trusting(certificate))
                .build();
    }

    private HttpResponse<String> send(String method) throws Exception {
        return send(method, "");
    }

    private HttpResponse<String> send(String method, String key) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(nginx.uri("/api/v1/status"))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .method(
                        method,
                        method.equals("GET")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString("{\"app\":\"Planning\",\"status\":\"OK\"}"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private void both(Behaviour behaviour) {
        a.behaviour = behaviour;
        b.behaviour = behaviour;
    }

    private List<String> all() {
        return List.of(String.join(" ", a.requests), String.join(" ", b.requests));
    }

    @Test
    void bothNodesGetRequests() throws Exception {
        await().untilAsserted(() -> {
            assertThat(send("POST").statusCode()).isEqualTo(200);
            assertThat(a.requests).isNotEmpty();
            assertThat(b.requests).isNotEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aClosedPortIsTriedOnTheNextNode(String method) throws Exception {
        a.close();

        for (int i = 0; i < 10; i++) {
            HttpResponse<String> reply = send(method);
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("b");
        }
        assertThat(a.requests).isEmpty();
        assertThat(b.requests).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLOSE_WITHOUT_A_REPLY", "HANG"})
    void anUpdateThatWasSentIsNotSentAgainAndItsEndIsUnknown(Behaviour behaviour) throws Exception {
        both(behaviour);

        HttpResponse<String> reply = send("POST", "a-key");

        assertThat(reply.statusCode()).isEqualTo(504);
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(reply.headers().firstValue("Retry-After")).contains("2");
        assertThat(reply.body())
                .contains("\"STATE_UNKNOWN\"", "with the same Idempotency-Key", "\"retry_with_key\":true");
        assertThat(all()).containsExactlyInAnyOrder("POST", "");
    }

    @Test
    void anUpdateWithoutAKeyIsNotToBeSentAgain() throws Exception {
        both(Behaviour.CLOSE_WITHOUT_A_REPLY);

        HttpResponse<String> reply = send("POST");

        assertThat(reply.statusCode()).isEqualTo(504);
        assertThat(reply.body())
                .contains("\"STATE_UNKNOWN\"", "had no Idempotency-Key: look at the board", "\"retry_with_key\":false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLOSE_WITHOUT_A_REPLY", "HANG"})
    void aReadThatGotNoReplyIsSentToTheOtherNode(Behaviour behaviour) throws Exception {
        a.behaviour = behaviour;

        for (int i = 0; i < 4; i++) {
            HttpResponse<String> reply = send("GET");
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("b");
        }
        assertThat(a.requests).isNotEmpty();
    }

    @Test
    void aNodeThatRefusesUpdatesIsNotTakenForABrokenOne() throws Exception {
        both(Behaviour.REFUSE);

        for (int i = 0; i < 10; i++) {
            HttpResponse<String> reply = send("POST");
            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(reply.body()).isEqualTo(REFUSAL);
        }
        assertThat(a.requests.size() + b.requests.size()).isEqualTo(10);
        assertThat(a.requests).isNotEmpty();
        assertThat(b.requests).isNotEmpty();

        both(Behaviour.REPLY);
        assertThat(send("GET").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void withoutAnyNodeNothingIsUnknown(String method) throws Exception {
        a.close();
        b.close();

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> reply = send(method);
            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(reply.body()).contains("\"UNAVAILABLE\"");
            assertThat(reply.headers().firstValue("Retry-After")).contains("5");
        }
    }

    @Test
    void readsWithoutAReplyAreUnavailableAndNotUnknown() throws Exception {
        both(Behaviour.CLOSE_WITHOUT_A_REPLY);

        HttpResponse<String> reply = send("GET");

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.body()).contains("\"UNAVAILABLE\"");
    }

    @Test
    void aNodeIsUsedAgainAfterItsRestart() throws Exception {
        int port = a.port();
        a.close();
        IntStream.range(0, 4).forEach(i -> assertThat(status()).isEqualTo(200));
        HttpServer again = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        again.createContext("/", exchange -> Node.reply(exchange, 200, "a again"));
        again.start();
        try {
            await().untilAsserted(() -> assertThat(send("GET").body()).isEqualTo("a again"));
        } finally {
            again.stop(0);
        }
    }

    private int status() {
        try {
            return send("POST").statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theProxyOfComposeIsAValidConfiguration() throws Exception {
        Path configuration = folder.resolve("compose.conf");
        Files.writeString(
                configuration,
                Files.readString(Path.of("deploy/docker/nginx.cluster.conf")).replace(" /tmp/", " " + folder + "/"));
        Path output = folder.resolve("nginx-t");

        Process process = new ProcessBuilder(
                        "nginx", "-t", "-e", "stderr", "-p", folder + "/", "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
    }
}
