package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.http.TestingApi.WRITE_KEY;

import java.io.IOException;
import org.epmpulse.http.RawConnection.RawReply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two programs could read in different ways get an error, and nothing after them is answered. */
class MalformedRequestsTest {

    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";
    private static final String NEXT = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String CHUNKED = "5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";

    private static TestingApi api;

    @BeforeAll
    static void start() {
        api = new TestingApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static String post(String framing, String body) {
        return "POST /api/v1/status HTTP/1.1\r\nHost: x\r\nX-API-Key: " + WRITE_KEY
                + "\r\nContent-Type: application/json\r\n" + framing + "\r\n\r\n" + body;
    }

    private static void assertIsRejected(String request, int status) throws IOException {
        long revision = api.store.board().revision();
        try (RawConnection connection = new RawConnection(api)) {
            RawReply reply = connection.send(request + NEXT).readReply();

            assertThat(reply.status()).as(reply.body()).isEqualTo(status);
            assertThat(reply.body()).startsWith("{\"success\":false,\"error\":{\"code\":\"INVALID_REQUEST\"");
            assertThat(connection.isClosed()).isTrue();
        }
        assertThat(api.store.board().revision()).isEqualTo(revision);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: 0\r\ntransfer-encoding: CHUNKED",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: chunked,",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: gzip",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding:",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding\t: chunked",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding: chunked\u0000",
                "X: y\rTransfer-Encoding: chunked",
                "X: y\nTransfer-Encoding: chunked",
                "Transfer-Encoding:\r\n chunked"
            })
    void anAmbiguousTransferEncodingIsRejected(String framing) throws IOException {
        assertIsRejected(post(framing, CHUNKED), 400);
    }

    @Test
    void aTransferCodingBeforeChunkedIsNotImplemented() throws IOException {
        assertIsRejected(post("Transfer-Encoding: gzip, chunked", CHUNKED), 501);
    }

    @Test
    void http10HasNoTransferEncoding() throws IOException {
        String request = post("Transfer-Encoding: chunked", CHUNKED).replace("HTTP/1.1", "HTTP/1.0");

        assertIsRejected(request, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 48\r\nContent-Length: 48",
                "Content-Length: 48, 48",
                "Content-Length: 48,",
                "Content-Length: +48",
                "Content-Length: -48",
                "Content-Length: 0x30",
                "Content-Length: 48 48",
                "Content-Length: 4 8",
                "Content-Length: 48.0",
                "Content-Length: 4_8",
                "Content-Length:",
                "Content-Length : 48",
                "Content-Length: 48\u0000",
                "Content-Length: 9223372036854775808",
                "Content-Length: 48\r\n\t",
                " Content-Length: 48",
                "Content-Length: 48\r\n X: y"
            })
    void anAmbiguousContentLengthIsRejected(String framing) throws IOException {
        assertIsRejected(post(framing, UPDATE), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: x\r\nHost: x",
                "Host: x\r\nhost: y",
                "X: y",
                "Host: x y",
                "Host: x, y",
                "Host: x/y",
                "Host: y@x",
                "Host: x\r\n y",
                "Host : x",
                ": x\r\nHost: x",
                "Host: x\r\nX\r\nY: y",
                "Host: x\r\nX y: z",
                "Host: x\r\nX(y): z",
                "Host: x\r\nX: a\u0000b",
                "Host: x\r\nX: a\u0008b",
                "Host: x\r\nX: a\u007fb",
                "Host: x\r\nX: a\rb"
            })
    void anAmbiguousHeaderIsRejected(String headers) throws IOException {
        assertIsRejected("GET /health HTTP/1.1\r\n" + headers + "\r\n\r\n", 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health",
                "GET /health ",
                "GET  /health HTTP/1.1",
                "GET /health  HTTP/1.1",
                "GET\t/health\tHTTP/1.1",
                "GET /health\u000bHTTP/1.1",
                " GET /health HTTP/1.1",
                "GET /health HTTP/1.1 ",
                "GET /health HTTP/1.1 x",
                "GET /a b HTTP/1.1",
                "GET /\u0000 HTTP/1.1",
                "GET /\u007f HTTP/1.1",
                "GET /health http/1.1",
                "GET /health HTTP/11",
                "GET /health HTTP/1.10",
                "GET /health HTTPS/1.1",
                "GET /health HTTP/1.x",
                "G(T /health HTTP/1.1",
                "\u0000GET /health HTTP/1.1",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
                "GET HTTP/1.1"
            })
    void aMalformedRequestLineIsRejected(String line) throws IOException {
        assertIsRejected(line + "\r\nHost: x\r\n\r\n", 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /health HTTP/2.0", "GET /health HTTP/0.9", "PRI * HTTP/2.0", "GET /health HTTP/1.2"})
    void anotherVersionIsNotSupported(String line) throws IOException {
        assertIsRejected(line + "\r\nHost: x\r\n\r\n", 505);
    }

    @Test
    void linesMustNotEndWithALineFeedAlone() throws IOException {
        assertIsRejected("GET /health HTTP/1.1\nHost: x\n\n", 400);
        assertIsRejected("GET /health HTTP/1.1\r\nHost: x\n\r\n", 400);
        assertIsRejected("GET /health HTTP/1.1\r\nHost: x\r\n\n", 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5 \r\n{\"a\":\r\n0\r\n\r\n",
                " 5\r\n{\"a\":\r\n0\r\n\r\n",
                "0x5\r\n{\"a\":\r\n0\r\n\r\n",
                "+5\r\n{\"a\":\r\n0\r\n\r\n",
                "-5\r\n{\"a\":\r\n0\r\n\r\n",
                "5\u0000\r\n{\"a\":\r\n0\r\n\r\n",
                "5\n{\"a\":\r\n0\r\n\r\n",
                "5\r{\"a\":\r\n0\r\n\r\n",
                "5;a\n{\"a\":\r\n0\r\n\r\n",
                "5;a\rb\r\n{\"a\":\r\n0\r\n\r\n",
                "\r\n{\"a\":\r\n0\r\n\r\n",
                ";a\r\n{\"a\":\r\n0\r\n\r\n",
                "5\r\n{\"a\":1}\r\n0\r\n\r\n",
                "5\r\n{\"a\":\n0\r\n\r\n",
                "100000000\r\n{}",
                "FFFFFFFFFFFFFFFF5\r\n{}",
                "00000000000000005\r\n{}",
                "0000000100000000\r\n{}",
                "2\r\n{}\r\n0\r\nX : y\r\n\r\n",
                "2\r\n{}\r\n0\r\nX: y\n\r\n",
                "2\r\n{}\r\n0\r\n X: y\r\n\r\n",
                "2\r\n{}\r\n0\r\nGET / HTTP/1.1\r\n\r\n",
                "2\r\n{}\r\n0\r\n\n"
            })
    void aMalformedChunkIsRejected(String body) throws IOException {
        assertIsRejected(post("Transfer-Encoding: chunked", body), 400);
    }

    @Test
    void extensionsAndTrailersOfChunksAreLimited() throws IOException {
        String extension = "1;" + "x".repeat(900) + "\r\n \r\n";
        String trailer = "X: " + "x".repeat(900) + "\r\n";

        assertIsRejected(post("Transfer-Encoding: chunked", extension.repeat(5) + "0\r\n\r\n"), 400);
        assertIsRejected(post("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n" + trailer.repeat(20) + "\r\n"), 431);
        assertIsRejected(post("Transfer-Encoding: chunked", "2\r\n{}\r\n0\r\n" + "X: y\r\n".repeat(101) + "\r\n"), 431);
    }

    @Test
    void aBodyInSmallPiecesWithExtensionsAndATrailerIsRead() throws IOException {
        StringBuilder body = new StringBuilder();
        UPDATE.chars()
                .forEach(c -> body.append("0000000001;x=y\r\n").append((char) c).append("\r\n"));
        String request = post("Transfer-Encoding: chunked", body + "0000000000000000\r\nX-Checksum: 1\r\n\r\n");
        try (RawConnection connection = new RawConnection(api)) {
            for (String part : request.split("(?<=\\G.{7})", -1)) {
                connection.send(part);
            }

            assertThat(connection.readReply().status()).isEqualTo(200);
            assertThat(connection.send(NEXT).readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void emptyLinesBeforeARequestAreIgnored() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            assertThat(connection.send("\r\n" + NEXT).readReply().status()).isEqualTo(200);
            assertThat(connection.send("\r\n\r\n" + NEXT).readReply().status()).isEqualTo(200);
        }
        assertIsRejected("\r\n".repeat(3) + NEXT, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close",
                "Connection: TE, Close",
                "Connection: close, TE\r\nTE: trailers",
                "Connection: keep-alive, CLOSE",
                "Connection: TE\r\nConnection: close",
                "connection:\tx ,\tclose\t"
            })
    void aConnectionIsClosedIfAnyOptionAsksForIt(String header) throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            RawReply reply = connection
                    .send("GET /health HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n")
                    .readReply();

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers()).containsEntry("connection", "close");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void otherOptionsKeepAConnectionOpen() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: closed, x-close\r\n\r\n" + NEXT);

            assertThat(connection.readReply().status()).isEqualTo(200);
            assertThat(connection.readReply().status()).isEqualTo(200);
        }
    }

    @Test
    void moreThanAHundredHeadersAreRejected() throws IOException {
        String request = "GET /health HTTP/1.1\r\nHost: x\r\n" + "A:b\r\n".repeat(100) + "\r\n";

        assertIsRejected(request, 431);
        // Not only when the head is complete.
        assertIsRejected(request.substring(0, request.length() - 2) + "A:b", 431);
    }

    @Test
    void aReplyArrivesAlthoughMoreThanTheLimitIsSent() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(500_000) + "\r\n\r\n");

            assertThat(connection.readReply().status()).isEqualTo(431);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void whatFollowsAMalformedRequestIsDiscardedForAShortTime() throws IOException {
        try (RawConnection connection = new RawConnection(api)) {
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(100_000));
            assertThat(connection.readReply().status()).isEqualTo(431);

            // If the connection were closed, the second one would fail.
            for (int i = 0; i < 5; i++) {
                connection.send("x".repeat(1_000));
            }

            assertThat(connection.isClosed()).isTrue();
        }
    }
}
