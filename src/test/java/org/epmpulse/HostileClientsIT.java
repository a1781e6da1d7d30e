package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program with a small heap, whose clients do not read replies and do not finish bodies. */
class HostileClientsIT {

    private static final String HOSTILE_KEY = "another-key-of-the-tests-0123456789-abcdefg";
    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();

    private PackagedProgram start() throws Exception {
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_API_KEY", PackagedProgram.KEY + "," + HOSTILE_KEY);
        return PackagedProgram.run(folder, settings);
    }

    @AfterEach
    void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    /** Sends this on a connection of its own and reads nothing. */
    private void send(PackagedProgram program, String head, byte[] body) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", program.uri("/").getPort()));
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        try {
            socket.getOutputStream().write(body);
        } catch (IOException e) {
            // The server has refused the request and closed the connection before the end of the body.
        }
    }

    private static String head(String method, String path, String headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nX-API-Key: " + HOSTILE_KEY
                + "\r\nContent-Type: application/json\r\n" + headers + "\r\n";
    }

    private static String batch(int size, String message) {
        return IntStream.range(0, size)
                .mapToObj(i ->
                        "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"job_id\":\"J%d\",\"message\":\"%s\"}"
                                .formatted(i, message))
                .collect(Collectors.joining(",", "{\"updates\":[", "]}"));
    }

    private static HttpResponse<String> asHostile(PackagedProgram program, String path, String body) throws Exception {
        return PackagedProgram.send(HttpRequest.newBuilder(program.uri(path))
                .timeout(Duration.ofSeconds(60))
                .header("X-API-Key", HOSTILE_KEY)
                .header("Content-Type", "application/json")
                .method(
                        body.isEmpty() ? "GET" : "POST",
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body)));
    }

    private static double held(PackagedProgram program, String kind) throws Exception {
        return program.get("/api/v1/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("epmpulse_http_held_bytes{kind=\"" + kind + "\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private static void assertServes(PackagedProgram program) throws Exception {
        assertThat(program.post("/api/v1/status", UPDATE).statusCode()).isEqualTo(200);
        assertThat(program.post("/api/v1/status/batch", batch(1_000, "beside")).statusCode())
                .isEqualTo(200);
        assertThat(program.get("/api/v1/history?limit=1000").statusCode()).isEqualTo(200);
        assertThat(asHostile(program, "/api/v1/status", UPDATE).statusCode()).isEqualTo(200);
        assertThat(program.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void unreadRepliesOfAKeyEndNeitherTheProcessNorTheServiceForOthers() throws Exception {
        try (PackagedProgram program = start()) {
            String fires = "\ud83d\udd25".repeat(90);
            for (int i = 0; i < 3; i++) {
                assertThat(program.post("/api/v1/status/batch", batch(1_000, fires))
                                .statusCode())
                        .isEqualTo(200);
            }
            for (int i = 0; i < 400; i++) {
                String accept = i % 2 == 0 ? "" : "Accept: text/csv\r\n";
                send(program, head("GET", "/api/v1/history?limit=1000", accept), new byte[0]);
            }
            for (int i = 0; i < 100; i++) {
                send(program, head("GET", "/api/v1/status?at=2026-01-01T00:00:00Z", ""), new byte[0]);
                send(program, head("GET", "/api/v1/events", "Last-Event-ID: 0\r\n"), new byte[0]);
            }

            for (int i = 0; i < 5; i++) {
                assertServes(program);
            }
            assertThat(held(program, "replies")).isLessThan(40 * MIB);

            closeSockets();
            await().atMost(Duration.ofSeconds(30)).until(() -> held(program, "replies") == 0);
            assertThat(asHostile(program, "/api/v1/history?limit=1000", "").statusCode())
                    .isEqualTo(200);
            assertThat(program.output()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError");
            assertThat(program.terminate()).isIn(0, 143);
        }
    }

    @Test
    void unfinishedBodiesOfAKeyEndNeitherTheProcessNorTheServiceForOthers() throws Exception {
        try (PackagedProgram program = start()) {
            byte[] unfinished = " ".repeat(MIB - 100).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 1_500; i++) {
                send(program, head("POST", "/api/v1/status", "Content-Length: 16000\r\n"), new byte[10_000]);
            }
            // The last ones, because a body that does not arrive in time is not held any more.
            for (int i = 0; i < 220; i++) {
                send(program, head("POST", "/api/v1/status/batch", "Content-Length: " + MIB + "\r\n"), unfinished);
            }

            assertThat(held(program, "bodies")).isBetween(1.0, 12.0 * MIB);
            HttpResponse<String> batch = asHostile(program, "/api/v1/status/batch", batch(1_000, "x".repeat(190)));
            assertThat(batch.statusCode()).as(batch.body()).isEqualTo(503);
            assertThat(batch.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isPositive();
            assertServes(program);

            closeSockets();
            await().atMost(Duration.ofSeconds(30)).until(() -> held(program, "bodies") == 0);
            assertThat(asHostile(program, "/api/v1/status/batch", batch(1_000, "x"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(program.output()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError");
            assertThat(program.terminate()).isIn(0, 143);
        }
    }
}
