package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.InstantSource;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.SlackSandbox;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code slack-canvas:} and {@code slack-message:} send, and how they handle Slack's responses. */
class SlackEndpointsTest extends CamelTestSupport {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final SlackClient client = new SlackClient(slack.botToken(), slack.apiUrl());

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        context.getRegistry().bind("slackClient", client);
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.addCanvas("FMAIN", "Main");
        return context;
    }

    private Exception failure(String uri, Object body) {
        return template.send(uri, exchange -> exchange.getMessage().setBody(body))
                .getException();
    }

    @Test
    void theBodyReplacesTheCanvas() {
        assertThat(failure("slack-canvas:FMAIN", "# EPM status\n")).isNull();

        assertThat(slack.canvas("FMAIN").markdown()).contains("# EPM status");
    }

    @Test
    void theBodyIsPostedToTheChannel() {
        assertThat(failure("slack-message:CMAIN", "*Planning* failed")).isNull();

        assertThat(slack.messages()).singleElement().satisfies(message -> {
            assertThat(message.channel()).isEqualTo("CMAIN");
            assertThat(message.text()).isEqualTo("*Planning* failed");
        });
    }

    @ParameterizedTest
    @CsvSource({"slack-canvas:FMAIN,canvases.edit", "slack-message:CMAIN,chat.postMessage"})
    void errorResponsesBecomeExceptions(String uri, String method) {
        slack.fail(CallMatcher.method(method), Fault.status(503), 1);
        assertThat(failure(uri, "text"))
                .isInstanceOf(SlackUnavailableException.class)
                .hasMessage("HTTP 503");

        slack.fail(CallMatcher.method(method), Fault.error("restricted_action"), 1);
        assertThat(failure(uri, "text"))
                .isInstanceOfSatisfying(SlackRefusedException.class, refused -> assertThat(refused.code())
                        .isEqualTo("restricted_action"));

        // Last, because the method is limited from now on.
        slack.fail(CallMatcher.method(method), Fault.rateLimited(Duration.ofSeconds(7)), 1);
        assertThat(failure(uri, "text"))
                .isInstanceOfSatisfying(SlackRateLimitedException.class, limited -> assertThat(limited.retryAfter())
                        .isEqualTo(Duration.ofSeconds(7)));
    }

    @Test
    void withoutATokenNothingIsSent() {
        context.getRegistry().unbind("slackClient");

        assertThat(failure("slack-canvas:FMAIN", "text")).hasMessage("SLACK_BOT_TOKEN is not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slack-canvas:",
                "slack-canvas:F/../x",
                "slack-canvas:CMAIN",
                "slack-message:epm",
                "slack-message:%23epm",
                "slack-message:C1?x=y"
            })
    void anInvalidIdIsRejected(String uri) {
        assertThatThrownBy(() -> context.getEndpoint(uri)).hasMessageContaining("Failed to resolve endpoint");
    }

    @Test
    void consumersAreNotSupported() {
        Endpoint endpoint = context.getEndpoint("slack-canvas:FMAIN");

        assertThatThrownBy(() -> endpoint.createConsumer(exchange -> {}))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
