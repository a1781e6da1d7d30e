package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonSyntaxException;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.request.canvases.sections.CanvasesSectionsLookupRequest;
import com.slack.api.methods.response.canvases.CanvasesEditResponse;
import com.slack.api.model.Conversation;
import com.slack.api.model.canvas.CanvasDocumentAccessLevel;
import com.slack.api.model.canvas.CanvasDocumentChange;
import com.slack.api.model.canvas.CanvasDocumentContent;
import com.slack.api.model.canvas.CanvasDocumentSectionType;
import com.slack.api.model.canvas.CanvasEditOperation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slack's client (slackapi/java-slack-sdk) against the simulated workspace: they must be compatible. */
class SlackSdkTest {

    private static final CallMatcher EDITS = CallMatcher.method("canvases.edit");

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(new SteppingClock());

    @AutoClose
    private final Slack sdk = Slack.getInstance(config(Duration.ofSeconds(10)));

    private final MethodsClient client = sdk.methods(slack.botToken());

    @BeforeEach
    void addCanvas() {
        slack.put(SandboxChannel.of("C1", "close"));
        slack.addCanvas("F1", "Status");
    }

    @Test
    void anEditArrivesUnchanged() throws Exception {
        CanvasesEditResponse response = edit("# Größe <&> \\| ‹x›\n\n:red_circle: Failed\n");

        assertThat(response.isOk()).isTrue();
        assertThat(slack.canvas("F1").markdown()).isEqualTo("# Größe <&> \\| ‹x›\n\n:red_circle: Failed\n");
        assertThat(slack.calls()).extracting(SandboxCall::operation).containsExactly("canvases.edit");
    }

    @Test
    void aRefusedEditHasADetail() throws Exception {
        CanvasesEditResponse response = edit("#### deep");

        assertThat(response.isOk()).isFalse();
        assertThat(response.getError()).isEqualTo("canvas_editing_failed");
        assertThat(response.getDetail()).isEqualTo("'content' error: line 1: Unsupported heading depth (4)");
    }

    @Test
    void aRateLimitIsAnExceptionWithRetryAfter() {
        slack.fail(EDITS, Fault.rateLimited(Duration.ofSeconds(30)), 1);

        assertThatExceptionOfType(SlackApiException.class)
                .isThrownBy(() -> edit("x"))
                .satisfies(e -> {
                    assertThat(e.getResponse().code()).isEqualTo(429);
                    assertThat(e.getResponse().header("Retry-After")).isEqualTo("30");
                    assertThat(e.getError().getError()).isEqualTo("ratelimited");
                });
    }

    @Test
    void aGatewayPageIsAnExceptionWithoutAnErrorCode() {
        slack.fail(EDITS, Fault.status(503), 1);

        assertThatExceptionOfType(SlackApiException.class)
                .isThrownBy(() -> edit("x"))
                .satisfies(e -> {
                    assertThat(e.getResponse().code()).isEqualTo(503);
                    assertThat(e.getError()).isNull();
                });
    }

    @Test
    void aPageInsteadOfJsonIsASyntaxError() {
        slack.fail(EDITS, Fault.loginPage(), 1);

        assertThatExceptionOfType(JsonSyntaxException.class).isThrownBy(() -> edit("x"));
    }

    @Test
    void lostConnectionsAreIoErrors() {
        slack.fail(EDITS, Fault.reset(), 1);
        slack.fail(EDITS, Fault.cutOff(), 1);

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> edit("x"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> edit("x"));
    }

    @Test
    void aMissingResponseIsATimeout() throws Exception {
        slack.fail(EDITS, Fault.hang());

        try (Slack shortTimeout = Slack.getInstance(config(Duration.ofMillis(300)))) {
            assertThatExceptionOfType(InterruptedIOException.class)
                    .isThrownBy(() -> shortTimeout.methods(slack.botToken()).canvasesEdit(r -> r.canvasId("F1")
                            .changes(List.of(replace("x")))));
        }
    }

    @Test
    void missingScopesAreNamed() throws Exception {
        slack.addToken("xoxb-chat", "chat:write");

        CanvasesEditResponse response =
                sdk.methods("xoxb-chat").canvasesEdit(r -> r.canvasId("F1").changes(List.of(replace("x"))));

        assertThat(response.getError()).isEqualTo("missing_scope");
        assertThat(response.getNeeded()).isEqualTo("canvases:write");
        assertThat(response.getProvided()).isEqualTo("chat:write");
    }

    @Test
    void aCanvasIsCreatedSharedFoundAndDeleted() throws Exception {
        String canvas = client.canvasesCreate(r -> r.title("Close").documentContent(content("# Close")))
                .getCanvasId();

        CanvasesSectionsLookupRequest.Criteria criteria = CanvasesSectionsLookupRequest.Criteria.builder()
                .sectionTypes(List.of(CanvasDocumentSectionType.H1))
                .containsText("Close")
                .build();

        assertThat(client.canvasesAccessSet(r -> r.canvasId(canvas)
                                .accessLevel(CanvasDocumentAccessLevel.WRITE)
                                .channelIds(List.of("C1")))
                        .isOk())
                .isTrue();
        assertThat(client.canvasesSectionsLookup(r -> r.canvasId(canvas).criteria(criteria))
                        .getSections())
                .hasSize(1);
        assertThat(client.filesInfo(r -> r.file(canvas)).getFile().getPermalink())
                .endsWith(canvas);
        assertThat(slack.canvas(canvas).shares()).containsEntry("C1", "write");
        assertThat(client.canvasesDelete(r -> r.canvasId(canvas)).isOk()).isTrue();
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void theChannelPropertiesContainItsCanvas() throws Exception {
        String canvas = client.conversationsCanvasesCreate(
                        r -> r.channelId("C1").title("Close"))
                .getCanvasId();

        Conversation channel = client.conversationsInfo(r -> r.channel("C1")).getChannel();

        assertThat(channel.getProperties().getCanvas().getFileId()).isEqualTo(canvas);
    }

    @Test
    void messagesAndAuthTestAreCompatible() throws Exception {
        assertThat(client.authTest(r -> r).getUserId()).isEqualTo(slack.botUser());
        assertThat(client.chatPostMessage(r -> r.channel("C1").text("Load failed"))
                        .getTs())
                .isEqualTo(slack.messages().get(0).ts());
    }

    private CanvasesEditResponse edit(String markdown) throws IOException, SlackApiException {
        return client.canvasesEdit(r -> r.canvasId("F1").changes(List.of(replace(markdown))));
    }

    private static CanvasDocumentChange replace(String markdown) {
        return CanvasDocumentChange.builder()
                .operation(CanvasEditOperation.REPLACE)
                .documentContent(content(markdown))
                .build();
    }

    private static CanvasDocumentContent content(String markdown) {
        return CanvasDocumentContent.builder().markdown(markdown).build();
    }

    private SlackConfig config(Duration timeout) {
        SlackConfig config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(slack.apiUrl().toString());
        config.setStatsEnabled(false);
        config.setHttpClientReadTimeoutMillis((int) timeout.toMillis());
        return config;
    }
}
