package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackQuirk;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls to Slack over HTTP. */
class SlackClientTest {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final SlackClient client = new SlackClient(slack.botToken(), slack.apiUrl());

    @BeforeEach
    void setUp() {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
    }

    @Test
    void aChangeIsNeverSentTwiceIfTheResponseIsLost() {
        slack.quirk(SlackQuirk.CREATE_ADDS_ANOTHER_TAB, true);
        // HTTP clients retry on a connection that worked before.
        client.postMessage("CMAIN", "first");
        slack.fail(CallMatcher.method("chat.postMessage"), Fault.afterApplying(Fault.reset()), 1);
        slack.fail(CallMatcher.method("conversations.canvases.create"), Fault.afterApplying(Fault.reset()), 1);

        assertThatThrownBy(() -> client.postMessage("CMAIN", "second")).isInstanceOf(SlackUnavailableException.class);
        client.identity();
        assertThatThrownBy(() -> client.createChannelCanvas("CMAIN", "EPM status"))
                .isInstanceOf(SlackUnavailableException.class);

        assertThat(slack.messages()).hasSize(2);
        assertThat(slack.canvases()).hasSize(1);
    }

    @Test
    void theScopesAreThoseOfTheToken() {
        slack.addToken("xoxb-few", "canvases:write", "chat:write");

        try (SlackClient few = new SlackClient("xoxb-few", slack.apiUrl())) {
            assertThat(few.identity().scopes()).containsExactlyInAnyOrder("canvases:write", "chat:write");
            assertThat(few.identity().isBot()).isTrue();
        }
    }
}
