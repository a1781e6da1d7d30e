package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped configuration of nginx, with other ports and a certificate made here, in front of the packaged program. */
class NginxIT {

    private static final String UPDATE =
            "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"message\":\"%s\"}";

    @TempDir
    static Path folder;

    private static PackagedProgram program;
    private static TestingNginx proxy;
    private static HttpClient client;

    private static TestingNginx before(int upstream, Path folder) throws Exception {
        return TestingNginx.start(
                Files.readString(Path.of("deploy/nginx/epmpulse.conf"))
                        .replace("127.0.0.1:18800", "127.0.0.1:" + upstream)
                        .replace("client_header_timeout 10s", "client_header_timeout 2s"),
                NginxIT.folder,
                folder);
    }

    @BeforeAll
    static void start() throws Exception {
        TestingNginx.requireInstalled();
        TestingNginx.certificate(folder);
        program = PackagedProgram.run(folder.resolve("program"), PackagedProgram.settings(folder.resolve("program")));
        proxy = before(program.uri("").getPort(), folder.resolve("nginx"));
        client = HttpClient.newBuilder().sslContext(trustingItsCertificate()).build();
    }

    @AfterAll
    static void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        if (program != null) {
            program.close();
        }
    }

    private static SSLContext trustingItsCertificate() throws Exception {
        return TestingNginx.trusting(folder);
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(proxy.uri(path))
                .header("X-API-Key", PackagedProgram.KEY)
                .timeout(Duration.ofSeconds(30));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder post(String path, String body) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
    }

    @Test
    void anUpdateIsRecordedAndReadThroughIt() throws Exception {
        HttpResponse<String> posted = send(post("/api/v1/status", UPDATE.formatted("through nginx")));

        assertThat(posted.statusCode()).as(posted.body()).isEqualTo(200);
        assertThat(send(request("/api/v1/status")).body()).contains("through nginx");
        assertThat(posted.headers().allValues("Strict-Transport-Security")).containsExactly("max-age=31536000");
        assertThat(posted.headers().firstValue("Server")).contains("nginx");
    }

    @Test
    void theBoardComesWithEachSecurityHeaderOnce() throws Exception {
        HttpResponse<String> board = send(request("/"));

        assertThat(board.body()).contains("<title>");
        for (String header : List.of(
                "Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")) {
            assertThat(board.headers().allValues(header)).as(header).hasSize(1);
        }
    }

    @Test
    void plainHttpIsSentToHttpsWithItsMethod() throws Exception {
        HttpResponse<String> reply = client.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + proxy.http() + "/api/v1/status?a=b"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(reply.statusCode()).isEqualTo(308);
        assertThat(reply.headers().firstValue("Location"))
                .contains("https://" + TestingNginx.NAME + "/api/v1/status?a=b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void currentTlsIsSpoken(String protocol) throws Exception {
        HttpClient other = HttpClient.newBuilder()
                .sslContext(trustingItsCertificate())
                .sslParameters(new SSLParameters(null, new String[] {protocol}))
                .build();

        HttpResponse<String> reply = other.send(request("/health").build(), HttpResponse.BodyHandlers.ofString());

        assertThat(reply.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
    }

    @Test
    void formerTlsIsNot() throws Exception {
        String address = "127.0.0.1:" + proxy.https();
        List<String> openssl = List.of("openssl", "s_client", "-connect", address, "-cipher", "DEFAULT@SECLEVEL=0");

        assertThat(handshake(openssl, "-tls1_2")).isTrue();
        assertThat(handshake(openssl, "-tls1_1")).isFalse();
    }

    private static boolean handshake(List<String> openssl, String version) throws Exception {
        Process process = new ProcessBuilder(java.util.stream.Stream.concat(openssl.stream(), Stream.of(version))
                        .toList())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    @Test
    void aClientCannotWriteItsOwnAddress() throws Exception {
        int refused = 0;
        for (int i = 0; i < 21; i++) {
            HttpResponse<String> reply = send(HttpRequest.newBuilder(proxy.uri("/api/v1/jobs"))
                    .header("X-API-Key", "a-wrong-key-" + i)
                    .header("X-Forwarded-For", "192.0.2." + i));
            refused += reply.statusCode() == 429 ? 1 : 0;
        }

        assertThat(refused).isEqualTo(1);
    }

    @Test
    void tooLargeABodyIsToldInTheShapeOfTheApi() throws Exception {
        // In HTTP/2 this client waits for leave to send the rest of the body, and never looks at the answer.
        HttpResponse<String> ofNginx =
                send(post("/api/v1/status/batch", " ".repeat((1 << 20) + 1)).version(HttpClient.Version.HTTP_1_1));
        HttpResponse<String> ofEpmPulse = send(post("/api/v1/status", " ".repeat(20_000)));

        assertThat(ofNginx.statusCode()).isEqualTo(413);
        assertThat(ofNginx.body()).contains("\"PAYLOAD_TOO_LARGE\"");
        assertThat(ofNginx.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(ofEpmPulse.statusCode()).isEqualTo(413);
        assertThat(ofEpmPulse.body()).contains("\"PAYLOAD_TOO_LARGE\"", "16384");
    }

    @Test
    void theLargestBatchPasses() throws Exception {
        String batch = "{\"updates\":[" + UPDATE.formatted("in a batch") + "]}";

        assertThat(send(post("/api/v1/status/batch", batch + " ".repeat((1 << 20) - batch.length())))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/metrics",
                "/api/v1//metrics",
                "/api/v1/%6Detrics",
                "/api/v1/./metrics",
                "/x/../api/v1/metrics"
            })
    void metricsStayInside(String path) throws Exception {
        HttpResponse<String> reply = send(request(path));

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(reply.body()).contains("\"NOT_FOUND\"");
    }

    @Test
    void healthIsAnsweredAndNotLogged() throws Exception {
        assertThat(send(request("/health")).body()).contains("\"status\":\"healthy\"");
        assertThat(send(request("/api/v1/health")).statusCode()).isEqualTo(200);
        send(request("/api/v1/jobs?limit=7"));

        await().until(() -> proxy.accessLog().contains("/api/v1/jobs?limit=7"));
        assertThat(proxy.accessLog()).doesNotContain("health");
    }

    @Test
    void anEventArrivesAtOnce() throws Exception {
        InputStream stream = client.send(request("/api/v1/events").build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
        try (BufferedReader events = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String message : List.of("the first event", "the second event")) {
                assertThat(send(post("/api/v1/status", UPDATE.formatted(message)))
                                .statusCode())
                        .isEqualTo(200);

                // A proxy that gathers events would keep them for hours: each must be here before the next one is made.
                assertThat(awaitLine(events, message)).startsWith("data:");
            }
        }
        assertThat(proxy.accessLog()).doesNotContain("/api/v1/events");
    }

    private static String awaitLine(BufferedReader lines, String text) throws Exception {
        return CompletableFuture.supplyAsync(() -> lines.lines()
                        .filter(line -> line.contains(text))
                        .findFirst()
                        .orElse("the stream ended"))
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void theProgramLogsWhereAClientIsAndNotWhatItClaims() throws Exception {
        SSLSocketFactory tls = trustingItsCertificate().getSocketFactory();
        InetAddress client = InetAddress.getByName("127.0.0.5");
        try (Socket socket = tls.createSocket(InetAddress.getLoopbackAddress(), proxy.https(), client, 0)) {
            socket.getOutputStream().write("""
                    GET /api/v1/jobs HTTP/1.1\r
                    Host: localhost\r
                    X-API-Key: a-wrong-key\r
                    X-Forwarded-For: 203.0.113.66\r
                    Forwarded: for=203.0.113.66\r
                    X-Real-IP: 203.0.113.66\r
                    Connection: close\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).asString().startsWith("HTTP/1.1 403");
        }

        await().untilAsserted(() ->
                assertThat(program.output()).contains("WARN  access ", " 127.0.0.5 - \"GET /api/v1/jobs\" 403 "));
        assertThat(program.output()).doesNotContain("203.0.113.66");
    }

    @Test
    void clientsAreToldToComeAgainWhileEpmPulseIsAway() throws Exception {
        try (TestingNginx other = before(FreePort.find(), folder.resolve("away"))) {
            HttpResponse<String> reply = send(HttpRequest.newBuilder(other.uri("/api/v1/status")));

            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(reply.body()).contains("\"UNAVAILABLE\"");
            assertThat(reply.headers().firstValue("Retry-After")).contains("5");
        }
    }

    /** TLS connections from another address than the client's, which send and do not read. */
    private static List<Socket> hostile(int count, String text) throws Exception {
        SSLSocketFactory tls = trustingItsCertificate().getSocketFactory();
        InetAddress from = InetAddress.getByName("127.0.0.9");
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = tls.createSocket(InetAddress.getLoopbackAddress(), proxy.https(), from, 0);
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
        }
        return sockets;
    }

    private static void assertWorksBeside(List<Socket> sockets) throws Exception {
        try {
            for (int i = 0; i < 10; i++) {
                HttpResponse<String> posted = send(post("/api/v1/status", UPDATE.formatted("beside others " + i)));

                assertThat(posted.statusCode()).as(posted.body()).isEqualTo(200);
                assertThat(send(request("/health")).statusCode()).isEqualTo(200);
            }
            assertThat(program.alive()).isTrue();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static String rawGet(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + PackagedProgram.KEY + "\r\n\r\n";
    }

    @Test
    void aClientIsServedWhileOthersPipelineAndReadNothing() throws Exception {
        assertWorksBeside(hostile(50, rawGet("/api/v1/openapi.json").repeat(100)));
    }

    @Test
    void aClientIsServedWhileOthersReadNoReply() throws Exception {
        String items = String.join(",", Collections.nCopies(1_000, UPDATE.formatted("m".repeat(200))));
        assertThat(send(post("/api/v1/status/batch", "{\"updates\":[" + items + "]}"))
                        .statusCode())
                .isEqualTo(200);

        assertWorksBeside(hostile(100, rawGet("/api/v1/history?limit=1000")));
    }

    @Test
    void aClientIsServedWhileOthersDoNotFinishTheirBodies() throws Exception {
        String head = "POST /api/v1/status/batch HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + PackagedProgram.KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";

        assertWorksBeside(hostile(100, head + " ".repeat(500_000)));
    }

    @Test
    void aClientIsServedWhileOthersDoNotFinishTheirHeads() throws Exception {
        List<Socket> sockets = hostile(150, "GET / HTTP/1.1\r\nHost: localhost\r\nX: y");
        try (Socket first = sockets.remove(0)) {
            assertWorksBeside(sockets);

            assertThat(first.getInputStream().readAllBytes()).asString().doesNotContain(" 200 ");
        }
    }

    @Test
    void anAddressHasALimitOfRequestsAtATime() throws Exception {
        List<Socket> sockets = hostile(200, rawGet("/api/v1/events"));
        for (Socket socket : sockets) {
            assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
        }
        List<Socket> more = hostile(1, rawGet("/health").replace("Host:", "Connection: close\r\nHost:"));
        assertThat(more.get(0).getInputStream().readAllBytes())
                .asString()
                .startsWith("HTTP/1.1 429")
                .contains("Retry-After: 5", "\"RATE_LIMITED\"");
        sockets.addAll(more);

        assertWorksBeside(sockets);
    }
}
