package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.epmpulse.outbound.HostilePeer;
import org.epmpulse.outbound.HostilePeer.Misbehavior;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of Slack's SDK to a peer that misbehaves, over the wire. */
class SlackTransportTest {

    @AutoClose
    private final HostilePeer peer = new HostilePeer(HostilePeer.reply(200, "{\"ok\":true}"));

    @AutoClose
    private final SlackClient client = new SlackClient("xoxb-1", URI.create(peer.uri() + "api/"));

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SLOW_HEAD", "SLOW_BODY", "SLOW_CHUNKS", "NO_RESPONSE"})
    void aMisbehavingPeerIsUnavailable(Misbehavior misbehavior) {
        peer.answer(misbehavior.response());

        assertThatThrownBy(() -> client.postMessage("C1", "text"))
                .isInstanceOf(SlackUnavailableException.class)
                .message()
                .matches("no (usable )?response: .*")
                .doesNotContain("xception", "org.", "java");
        assertThat(peer.requests()).hasSize(1);
    }

    @Test
    void theReasonIsThatOfTheLimit() {
        peer.answer(Misbehavior.GZIP_BOMB.response());

        assertThatThrownBy(client::identity)
                .hasMessage("no usable response: the response is longer than 1048576 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "ENDLESS_HEADERS, no usable response: the head of the response is too long",
        "ENDLESS_CONTINUE, no usable response: the response has too many interim responses",
        "UNKNOWN_ENCODING, no usable response: the response has a Content-Encoding other than gzip and deflate",
        "TWO_LENGTHS, no usable response: the response is not valid HTTP",
        "SHORT_BODY, no response: connection lost"
    })
    void aResponseThatCannotBeUsedIsNotCalledMissing(Misbehavior misbehavior, String message) {
        peer.answer(misbehavior.response());

        assertThatThrownBy(client::identity).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowed(int status) {
        peer.answer(HostilePeer.reply(status, "", "Location: " + peer.uri() + "elsewhere"));

        assertThatThrownBy(() -> client.postMessage("C1", "text"))
                .isInstanceOf(SlackUnavailableException.class)
                .hasMessageContaining(Integer.toString(status));
        assertThat(peer.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "0, 1",
        "86400, 3600",
        "99999999999, 30",
        "9223372036854775807, 30",
        "-5, 30",
        "1.5, 30",
        "soon, 30",
        "'Fri, 31 Dec 9999 23:59:59 GMT', 30"
    })
    void retryAfterIsAtMostAnHour(String header, long seconds) {
        peer.answer(HostilePeer.reply(429, "{\"ok\":false,\"error\":\"ratelimited\"}", "Retry-After: " + header));

        assertThatThrownBy(client::identity)
                .asInstanceOf(InstanceOfAssertFactories.type(SlackRateLimitedException.class))
                .extracting(SlackRateLimitedException::retryAfter)
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aFormAndTheTokenAreSentAsTheSdkMadeThem() {
        client.postMessage("C1", "zwei Wörter & mehr");

        assertThat(peer.requests())
                .singleElement()
                .asString()
                .startsWith("POST /api/chat.postMessage HTTP/1.1")
                .contains("Authorization: Bearer xoxb-1", "Content-Type: application/x-www-form-urlencoded")
                .contains("slack-api-client");
    }

    @Test
    void aCreationIsSentOnAConnectionOfItsOwn() {
        peer.answer(HostilePeer.replyAndCloseAtTheNextRequest("{\"ok\":true,\"canvas_id\":\"F0123456789\"}"));
        client.postMessage("C1", "text");

        assertThat(client.createCanvas("title")).isEqualTo("F0123456789");
        assertThat(client.createCanvas("title")).isEqualTo("F0123456789");
        assertThat(client.createChannelCanvas("C1", "title")).isEqualTo("F0123456789");
        assertThat(peer.requests()).hasSize(4);
    }

    @Test
    void aCreationInFlightIsAborted() throws Exception {
        peer.answer(Misbehavior.NO_RESPONSE.response());
        CompletableFuture<Throwable> failure =
                CompletableFuture.supplyAsync(() -> catchThrowable(() -> client.createCanvas("title")));
        await().until(() -> !peer.requests().isEmpty());

        client.stop(Duration.ZERO);

        assertThat(failure.get()).hasMessage("aborted: EPMPulse is stopping");
    }

    @Test
    void aClosedClientSendsNothing() {
        client.close();

        assertThatThrownBy(client::identity).isInstanceOf(SlackUnavailableException.class);
        assertThatThrownBy(() -> client.createCanvas("title")).isInstanceOf(SlackUnavailableException.class);
        assertThat(peer.requests()).isEmpty();
    }
}
