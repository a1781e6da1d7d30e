package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs.slack.dev/surfaces/canvases and docs.slack.dev/messaging/formatting-message-text. */
class LiveMarkupTest {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(new SteppingClock());

    @ParameterizedTest
    @CsvSource({
        "![](@U123),                USER,      U123",
        "![](#C123),                CHANNEL,   C123",
        "![](@channel),             BROADCAST, channel",
        "<!channel>,                BROADCAST, channel",
        "<@U123>,                   USER,      U123",
        "[a](https://example.com),  LINK,      https://example.com",
        "![a](https://example.com), IMAGE,     https://example.com",
        "see https://example.com,   LINK,      https://example.com",
        "ok :red_circle:,           EMOJI,     red_circle",
        "**:red\\_circle:**,        EMOJI,     red_circle"
    })
    void aCanvasHasLiveMarkup(String markdown, LiveMarkup.Kind kind, String target) {
        assertThat(LiveMarkup.inCanvas(markdown)).containsExactly(new LiveMarkup(kind, target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!\\[\\]\\(@U123\\)",
                "‹!channel›",
                "‹@U123›",
                "\\[a\\]\\(b\\)",
                "`<!channel> :fire:`",
                "@channel",
                "07:29:30 UTC",
                "a \\| b"
            })
    void escapedTextInACanvasIsPlainText(String markdown) {
        assertThat(LiveMarkup.inCanvas(markdown)).isEmpty();
    }

    @Test
    void tableCellsCountToo() {
        slack.addCanvas("F1", "Status");
        slack.overwriteCanvas("F1", "| A |\n|---|\n| ![](@U1) :x: |\n");

        assertThat(slack.liveMarkup("F1"))
                .containsExactly(
                        new LiveMarkup(LiveMarkup.Kind.USER, "U1"), new LiveMarkup(LiveMarkup.Kind.EMOJI, "x"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            <!here>;                       BROADCAST; here
            <!subteam^S1|ops>;             BROADCAST; subteam^S1
            <@W123>;                       USER;      W123
            <#C123|close>;                 CHANNEL;   C123
            <https://example.com|name>;    LINK;      https://example.com
            see https://example.com;       LINK;      https://example.com
            :tada:;                        EMOJI;     tada""")
    void aMessageHasLiveMarkup(String text, LiveMarkup.Kind kind, String target) {
        assertThat(LiveMarkup.inMessage(text, false)).containsExactly(new LiveMarkup(kind, target));
    }

    @Test
    void escapedMessagesAndPlainNamesArePlainText() {
        assertThat(LiveMarkup.inMessage("&lt;!channel&gt; @channel ‹@U1› <!date^1^{date}|then>", false))
                .isEmpty();
    }

    @Test
    void plainNamesBecomeMentionsWithLinkNames() {
        slack.put(SandboxChannel.of("C1", "close"));
        SlackClient client = new SlackClient(slack, slack.botToken());

        client.call("chat.postMessage", "{\"channel\":\"C1\",\"text\":\"@channel\",\"link_names\":true}");

        assertThat(slack.messages().get(0).liveMarkup())
                .containsExactly(new LiveMarkup(LiveMarkup.Kind.BROADCAST, "channel"));
    }
}
