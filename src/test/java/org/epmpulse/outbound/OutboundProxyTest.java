package org.epmpulse.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Variables;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls by a proxy, over the wire. */
class OutboundProxyTest {

    private static final String BASIC = "Proxy-Authorization: Basic "
            + Base64.getEncoder().encodeToString("svc:p@ss".getBytes(StandardCharsets.UTF_8));

    @TempDir
    private Path folder;

    @AutoClose
    private final HostilePeer proxy = new HostilePeer(HostilePeer.reply(200, "{\"from\":\"proxy\"}"));

    private OutboundHttp clientWith(String userInfo) {
        String url = "http://" + userInfo + "127.0.0.1:" + proxy.port();
        ProxyRules rules = Configuration.load(
                        folder,
                        Variables.of(
                                Map.of("HTTPS_PROXY", url, "HTTP_PROXY", url, "NO_PROXY", "direct.invalid"), Map.of()))
                .proxies();
        return new OutboundHttp(rules, Duration.ofSeconds(30));
    }

    /** 407 to a request without a user. */
    private void requireUser(HostilePeer.Response afterwards) {
        proxy.answerByHead(head -> head.contains("Proxy-Authorization")
                ? afterwards
                : HostilePeer.reply(407, "", "Proxy-Authenticate: Basic realm=\"p\""));
    }

    @Test
    void anUnencryptedCallIsSentToTheProxy() throws Exception {
        try (OutboundHttp http = clientWith("")) {
            assertThat(http.send(new HttpGet("http://epm.invalid/path")).body()).isEqualTo("{\"from\":\"proxy\"}");
        }

        assertThat(proxy.requests()).singleElement().asString().startsWith("GET http://epm.invalid/path HTTP/1.1");
    }

    @Test
    void userAndPasswordAreSentOnlyToTheProxyThatAsks() throws Exception {
        requireUser(HostilePeer.reply(200, "{}"));
        HttpPost post = new HttpPost("http://epm.invalid/path");
        post.setEntity(new StringEntity("body"));

        try (OutboundHttp http = clientWith("svc:p%40ss@")) {
            assertThat(http.send(post).status()).isEqualTo(200);
        }

        assertThat(proxy.requests()).hasSize(2);
        assertThat(proxy.requests().get(0)).doesNotContain("Authorization");
        assertThat(proxy.requests().get(1)).contains(BASIC).doesNotContain("\r\nAuthorization");
    }

    @Test
    void aTargetThatAsksForAUserGetsNone() throws Exception {
        proxy.answer(HostilePeer.reply(401, "{}", "WWW-Authenticate: Basic realm=\"target\""));

        try (OutboundHttp http = clientWith("svc:p%40ss@")) {
            assertThat(http.send(new HttpGet("http://epm.invalid/")).status()).isEqualTo(401);
        }

        assertThat(proxy.requests()).allMatch(request -> !request.contains("Authorization"));
    }

    @Test
    void anEncryptedCallGetsATunnelWithUserAndPassword() {
        AtomicInteger firstByte = new AtomicInteger(-1);
        requireUser((out, in) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            firstByte.set(in.read());
        });

        try (OutboundHttp http = clientWith("svc:p%40ss@")) {
            assertThatThrownBy(() -> http.send(new HttpGet("https://slack.invalid/api/?token=x")))
                    .isInstanceOf(OutboundException.class);
        }

        assertThat(proxy.requests())
                .hasSize(2)
                .allMatch(request -> request.startsWith("CONNECT slack.invalid:443 HTTP/1.1"))
                .noneMatch(request -> request.contains("token"));
        assertThat(proxy.requests().get(1)).contains(BASIC);
        // The handshake of TLS begins.
        await().untilAsserted(() -> assertThat(firstByte).hasValue(0x16));
    }

    @Test
    void aRefusalOfTheProxyIsNotTakenForAResponse() {
        try (OutboundHttp http = clientWith("svc:p%40ss@")) {
            proxy.answer(HostilePeer.reply(403, "{\"ok\":true}", "Content-Type: application/json"));
            assertThatThrownBy(() -> http.send(new HttpGet("https://slack.invalid/")))
                    .hasMessage("the proxy refuses the connection (HTTP 403)");

            proxy.answer(HostilePeer.reply(407, "", "Proxy-Authenticate: Basic realm=\"p\""));
            assertThatThrownBy(() -> http.send(new HttpGet("https://slack.invalid/")))
                    .hasMessage("the proxy rejects user and password (HTTP 407)");
            assertThatThrownBy(() -> http.send(new HttpGet("http://epm.invalid/")))
                    .hasMessage("the proxy rejects user and password (HTTP 407)");
        }
    }

    @Test
    void aProxyThatAsksForAUserIsNamed() {
        proxy.answer(HostilePeer.reply(407, "", "Proxy-Authenticate: Basic realm=\"p\""));

        try (OutboundHttp http = clientWith("")) {
            assertThatThrownBy(() -> http.send(new HttpGet("https://slack.invalid/")))
                    .hasMessage("the proxy rejects user and password (HTTP 407)");
        }
    }

    @Test
    void aProxyThatIsDownIsNamed() throws Exception {
        proxy.close();

        try (OutboundHttp http = clientWith("svc:p%40ss@")) {
            assertThatThrownBy(() -> http.send(new HttpGet("https://slack.invalid/")))
                    .hasMessage("proxy 127.0.0.1:" + proxy.port() + ": connection failed");
        }
    }

    @Test
    void thisHostAndTheHostsOfNoProxyAreCalledDirectly() throws Exception {
        try (HostilePeer target = new HostilePeer(HostilePeer.reply(200, "{}"));
                OutboundHttp http = clientWith("")) {
            assertThat(http.send(new HttpGet(target.uri())).status()).isEqualTo(200);
            assertThatThrownBy(() -> http.send(new HttpGet("http://direct.invalid/")))
                    .isInstanceOf(UnknownHostException.class);
        }

        assertThat(proxy.requests()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SLOW_HEAD", "SLOW_BODY", "SLOW_CHUNKS", "NO_RESPONSE"})
    void aMisbehavingProxyIsAFailure(HostilePeer.Misbehavior misbehavior) {
        proxy.answer(misbehavior.response());

        try (OutboundHttp http = clientWith("")) {
            assertThatThrownBy(() -> http.send(new HttpGet("http://epm.invalid/")))
                    .isInstanceOf(OutboundException.class);
            assertThatThrownBy(() -> http.send(new HttpGet("https://slack.invalid/")))
                    .isInstanceOf(OutboundException.class);
        }
    }
}
