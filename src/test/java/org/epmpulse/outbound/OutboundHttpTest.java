package org.epmpulse.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.epmpulse.config.ProxyRules;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls to peers that misbehave, over the wire. */
class OutboundHttpTest {

    @AutoClose
    private final HostilePeer peer = new HostilePeer(HostilePeer.reply(200, "{}"));

    @AutoClose
    private final OutboundHttp http = new OutboundHttp(ProxyRules.DIRECT, Duration.ofSeconds(30));

    /** For peers that only a limit of time stops. */
    @AutoClose
    private final OutboundHttp impatient = new OutboundHttp(ProxyRules.DIRECT, Duration.ofMillis(500));

    private OutboundHttp.Response get() throws IOException {
        return http.send(new HttpGet(peer.uri()));
    }

    private String reason(URI target) {
        return OutboundFailure.reason(catchThrowable(() -> http.send(new HttpGet(target))));
    }

    @ParameterizedTest
    @EnumSource
    void aMisbehavingPeerIsAFailureWithAPlainReason(HostilePeer.Misbehavior misbehavior) throws Exception {
        peer.answer(misbehavior.response());
        OutboundHttp client = misbehavior.isSlow() ? impatient : http;

        assertThatThrownBy(() -> client.send(new HttpGet(peer.uri())))
                .isInstanceOf(OutboundException.class)
                .message()
                .isIn(
                        "the response is longer than 1048576 bytes",
                        "the head of the response is too long",
                        "the response has too many interim responses",
                        "the response has a Content-Encoding other than gzip and deflate",
                        "the response is not valid HTTP",
                        "connection lost",
                        "timed out");

        peer.answer(HostilePeer.reply(200, "{\"next\":true}"));
        assertThat(get().body()).isEqualTo("{\"next\":true}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ENDLESS_BODY              | the response is longer than 1048576 bytes
            HUGE_CONTENT_LENGTH       | the response is longer than 1048576 bytes
            ENDLESS_CHUNKS            | the response is longer than 1048576 bytes
            TINY_CHUNKS               | the response is longer than 1048576 bytes
            GZIP_BOMB                 | the response is longer than 1048576 bytes
            DEFLATE_BOMB              | the response is longer than 1048576 bytes
            NESTED_ENCODINGS          | the response has a Content-Encoding other than gzip and deflate
            UNKNOWN_ENCODING          | the response has a Content-Encoding other than gzip and deflate
            ENDLESS_HEADERS           | the head of the response is too long
            ENDLESS_HEADER_LINE       | the head of the response is too long
            ENDLESS_FOLDED_HEADER     | the head of the response is too long
            ENDLESS_STATUS_LINE       | the head of the response is too long
            ENDLESS_TRAILERS          | the head of the response is too long
            ENDLESS_CHUNK_EXTENSION   | the head of the response is too long
            ENDLESS_INTERIM_RESPONSES | the response has too many interim responses
            ENDLESS_CONTINUE          | the response has too many interim responses
            SHORT_BODY                | connection lost
            TWO_LENGTHS               | the response is not valid HTTP
            ENDLESS_EMPTY_LINES       | the head of the response is too long
            ENDLESS_GARBAGE_LINES     | the head of the response is too long""")
    void theReasonSaysWhatIsWrong(HostilePeer.Misbehavior misbehavior, String reason) {
        peer.answer(misbehavior.response());

        assertThatThrownBy(this::get).hasMessage(reason);
    }

    @ParameterizedTest
    @CsvSource({"301", "302", "303", "307", "308"})
    void aRedirectIsNotFollowed(int status) throws Exception {
        peer.answer(HostilePeer.reply(status, "", "Location: " + peer.uri() + "elsewhere"));
        HttpPost post = new HttpPost(peer.uri());
        post.setEntity(new StringEntity("secret"));

        assertThat(http.send(post).status()).isEqualTo(status);
        assertThat(get().status()).isEqualTo(status);
        assertThat(peer.requests()).hasSize(2).noneMatch(request -> request.contains("elsewhere"));
    }

    @Test
    void aCookieIsNotKept() throws Exception {
        peer.answer(HostilePeer.reply(200, "{}", "Set-Cookie: session=1; Path=/"));

        get();
        get();

        assertThat(peer.requests()).hasSize(2).noneMatch(request -> request.contains("session"));
    }

    @Test
    void theLongestAllowedBodyIsRead() throws Exception {
        peer.answer(HostilePeer.reply(200, "x".repeat(1 << 20)));
        assertThat(get().content()).hasSize(1 << 20);

        peer.answer(HostilePeer.reply(200, "x".repeat((1 << 20) + 1)));
        assertThatThrownBy(this::get).hasMessage("the response is longer than 1048576 bytes");
    }

    @Test
    void aConnectionThatThePeerClosedIsNotUsedAgain() throws Exception {
        peer.answer(HostilePeer.replyAndClose("{}"));
        get();
        // At once, as the next poll: a default interval would hide that a young connection is not checked.
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> peer.requests().size() == 1 && peer.isIdle());

        assertThat(get().body()).isEqualTo("{}");
    }

    @Test
    void aTlsHandshakeThatNeverEndsTimesOut() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            URI target = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/");

            assertThatThrownBy(() -> impatient.send(new HttpGet(target))).hasMessage("timed out");
        }
    }

    @Test
    void aPeerThatDoesNotSpeakTlsIsNamed() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            CompletableFuture.runAsync(() -> {
                try (var connection = plain.accept()) {
                    connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes("US-ASCII"));
                    connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client has closed the connection.
                }
            });
            URI target = URI.create("https://127.0.0.1:" + plain.getLocalPort() + "/");

            assertThat(reason(target)).isEqualTo("TLS failed: the peer does not speak TLS");
        }
    }

    @Test
    void closingAbortsCallsInFlightAndLaterOnes() throws Exception {
        peer.answer(HostilePeer.Misbehavior.NO_RESPONSE.response());
        CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> {
            try {
                get();
                return new AssertionError("a response");
            } catch (IOException e) {
                return e;
            }
        });
        await().until(() -> !peer.requests().isEmpty());

        http.close();

        assertThat(failure.get()).isInstanceOf(OutboundException.class).hasMessage("stopped");
        assertThatThrownBy(this::get).hasMessage("stopped");
    }

    @Test
    void anUnknownHostAndARefusedConnectionAreNamed() throws Exception {
        assertThat(reason(URI.create("http://no-such-host.invalid/"))).isEqualTo("host not found");
        // A port that nobody listens on, and that nobody else can get meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(reason(URI.create("http://127.0.0.1:" + bound.getLocalPort())))
                    .isEqualTo("connection failed");
        }
    }
}
