package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.READ_KEY;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.epmpulse.http.RawConnection.RawReply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The replies to malformed and unusual requests. */
class RawRequestsTest {

    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";

    private static TestingApi api;

    @BeforeAll
    static void start() {
        api = new TestingApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String head(String line, String... headers) {
        return line + " HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n")
                + "\r\n";
    }

    private static RawReply send(String request) throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            return connection.send(request).readReply();
        }
    }

    private static void assertIsError(RawReply reply, int status, String code) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body()).startsWith("{\"success\":false,\"error\":{\"code\":\"" + code + "\",\"message\":\"");
        assertThat(reply.headers()).containsEntry("content-type", "application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nbad\u0001name: y\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"
            })
    void aMalformedRequestGets400(String request) throws IOException {
        assertIsError(send(request), 400, "INVALID_REQUEST");
    }

    @Test
    void aLongRequestLineIsRejected() throws IOException {
        assertIsError(send(head("GET /" + "x".repeat(9_000))), 414, "INVALID_REQUEST");
    }

    @Test
    void longHeadersAreRejected() throws IOException {
        assertIsError(send(head("GET /health", "X: " + "x".repeat(20_000))), 431, "INVALID_REQUEST");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /api/v1/status/%zz, 400",
        "GET /api/v1/status/%, 400",
        "GET /api/v1/%c0%af, 404",
        "GET /api/v1/status/%00, 404",
        "GET /api/v1/history?app=%zz, 400",
        "GET /api/v1/history?%, 400",
        "GET //api//v1//status, 200",
        "GET /api/v1/../../etc/passwd, 404",
        "GET http://elsewhere/api/v1/status, 200",
        "GET /api/v1/status?, 200",
        "OPTIONS *, 404",
        "TRACE /api/v1/status, 405",
        "FOO /api/v1/status, 405"
    })
    void anUnusualTargetGetsAReplyOfTheApi(String line, int status) throws IOException {
        RawReply reply = send(head(line, "X-API-Key: " + READ_KEY));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body()).startsWith(status == 200 ? "{\"success\":true" : "{\"success\":false");
    }

    @Test
    void aTargetInUtf8NeedsNoPercentEncoding() throws IOException {
        String update = UPDATE.replace("}", ",\"job_id\":\"" + inBytes("Läufe €") + "\"}");
        String framing = "Content-Length: " + update.length();
        send(head("POST /api/v1/status", "X-API-Key: " + WRITE_KEY, "Content-Type: application/json", framing)
                + update);
        String job = inBytes("Läufe%20€");

        RawReply path = send(head("GET /api/v1/jobs/" + job, "X-API-Key: " + READ_KEY));
        RawReply query = send(head("GET /api/v1/history?job_id=" + job, "X-API-Key: " + READ_KEY));

        assertThat(path.status()).isEqualTo(200);
        assertThat(path.body()).contains("\"job_id\":\"Läufe €\"");
        assertThat(query.body()).contains("\"job_id\":\"Läufe €\"");
    }

    /** As a connection sends it: a character for each byte in UTF-8. */
    private static String inBytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void http10WithoutAHostIsAccepted() throws IOException {
        RawReply reply = send("GET /api/v1/status HTTP/1.0\r\nX-API-Key: " + READ_KEY + "\r\n\r\n");

        assertThat(reply.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000000", "Transfer-Encoding: chunked", "Content-Length: 5"})
    void aRequestWithoutAKeyIsRejectedBeforeItsBodyIsSent(String framing) throws IOException {
        RawReply reply = send(head("POST /api/v1/status", framing, "Content-Type: application/json"));

        assertIsError(reply, 401, "MISSING_AUTH");
    }

    @Test
    void aRejectedClientThatKeepsSendingIsDisconnected() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head("POST /api/v1/status", "Transfer-Encoding: chunked"));

            RawReply reply = connection.readReply();
            connection.send("5\r\nhello\r\n");

            assertThat(reply.headers()).containsEntry("connection", "close");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aRejectedSmallBodyKeepsTheConnectionOpen() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head("POST /api/v1/status", "Content-Length: 5") + "hello");
            assertIsError(connection.readReply(), 401, "MISSING_AUTH");

            connection.send(head("GET /api/v1/health"));

            assertThat(connection.readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void theReplyToATooLargeBodyArrivesWhileTheClientIsSending() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head(
                    "POST /api/v1/status",
                    "X-API-Key: " + WRITE_KEY,
                    "Content-Type: application/json",
                    "Content-Length: 900000"));
            connection.send("x".repeat(900_000));

            assertIsError(connection.readReply(), 413, "PAYLOAD_TOO_LARGE");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aChunkedBodyIsLimitedToo() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head(
                    "POST /api/v1/status",
                    "X-API-Key: " + WRITE_KEY,
                    "Content-Type: application/json",
                    "Transfer-Encoding: chunked"));
            String chunk = "1000\r\n" + " ".repeat(0x1000) + "\r\n";
            connection.send(chunk.repeat(5));

            assertIsError(connection.readReply(), 413, "PAYLOAD_TOO_LARGE");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aChunkedBodyIsRead() throws IOException {
        String chunk = Integer.toHexString(UPDATE.length()) + "\r\n" + UPDATE + "\r\n0\r\n\r\n";

        RawReply reply = send(head(
                        "POST /api/v1/status",
                        "X-API-Key: " + WRITE_KEY,
                        "Content-Type: application/json",
                        "Transfer-Encoding: chunked")
                + chunk);

        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void aMalformedChunkGets400AndTheConnectionIsClosed() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head(
                            "POST /api/v1/status",
                            "X-API-Key: " + WRITE_KEY,
                            "Content-Type: application/json",
                            "Transfer-Encoding: chunked")
                    + "zz\r\n");

            assertIsError(connection.readReply(), 400, "INVALID_REQUEST");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void expect100ContinueIsConfirmedOnlyAfterTheChecks() throws IOException {
        String[] headers = {
            "Content-Type: application/json", "Content-Length: " + UPDATE.length(), "Expect: 100-continue"
        };
        try (RawConnection withoutKey = new RawConnection(api);
                RawConnection withKey = new RawConnection(api)) {
            withoutKey.send(head("POST /api/v1/status", headers));
            withKey.send(head("POST /api/v1/status", headers[0], headers[1], headers[2], "X-API-Key: " + WRITE_KEY));

            assertIsError(withoutKey.readReply(), 401, "MISSING_AUTH");
            assertThat(withKey.readReply().status()).isEqualTo(100);
            withKey.send(UPDATE);
            assertThat(withKey.readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void anotherExpectationIsRejected() throws IOException {
        RawReply reply = send(head(
                "POST /api/v1/status",
                "Content-Type: application/json",
                "Content-Length: 2",
                "Expect: miracles",
                "X-API-Key: " + WRITE_KEY));

        assertIsError(reply, 417, "INVALID_REQUEST");
        assertThat(reply.body()).contains("The only supported Expect is 100-continue.");
    }

    @Test
    void aPublicPathRejectsABodyOfUnknownSize() throws IOException {
        assertIsError(send(head("GET /health", "Transfer-Encoding: chunked")), 413, "PAYLOAD_TOO_LARGE");
    }

    @Test
    void aBodyOfAGetIsIgnored() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head("GET /health", "Content-Length: 2") + "{}" + head("GET /api/v1/health"));

            assertThat(connection.readReply().status()).isEqualTo(200);
            assertThat(connection.readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void pipelinedRequestsGetTheirRepliesInOrder() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head("GET /health") + head("GET /nowhere") + head("GET /api/v1/health"));

            assertThat(connection.readReply().status()).isEqualTo(200);
            assertThat(connection.readReply().status()).isEqualTo(401);
            assertThat(connection.readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatDisconnectsDuringItsBodyDoesNotAffectOthers() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send(head(
                            "POST /api/v1/status",
                            "X-API-Key: " + WRITE_KEY,
                            "Content-Type: application/json",
                            "Content-Length: 100")
                    + "{");
        }

        assertThat(send(head("GET /health")).status()).isEqualTo(200);
    }
}
