package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Channels, plans and access: docs.slack.dev/reference/methods, the pages canvases.create,
 * conversations.canvases.create, canvases.access.set, canvases.delete, conversations.info, files.info and
 * chat.postMessage.
 */
class SlackWorkspaceTest {

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(new SteppingClock());

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    @BeforeEach
    void addChannels() {
        slack.put(SandboxChannel.of("C1", "close"));
        slack.put(SandboxChannel.of("C2", "elsewhere").withoutBot());
        slack.put(SandboxChannel.of("C3", "secret").withoutBot().asPrivate());
        slack.put(SandboxChannel.of("C4", "old").asArchived());
    }

    @Test
    void aChannelCanvasIsFoundThroughItsChannel() {
        String canvas = createInChannel("C1").path("canvas_id").asText();

        JsonNode channel =
                client.call("conversations.info", "{\"channel\":\"C1\"}").path("channel");

        assertThat(channel.path("properties").path("canvas").path("file_id").asText())
                .isEqualTo(canvas);
        assertThat(slack.canvas(canvas).channel()).isEqualTo("C1");
    }

    @Test
    void aSecondChannelCanvasIsRefusedAsDocumentedOrAddedAsReported() {
        createInChannel("C1");

        assertThat(error(createInChannel("C1"))).isEqualTo("channel_canvas_already_exists");
        slack.quirk(SlackQuirk.CREATE_ADDS_ANOTHER_TAB, true);
        assertThat(createInChannel("C1").path("ok").asBoolean()).isTrue();
        assertThat(slack.canvases()).hasSize(2);
    }

    @Test
    void aFreePlanHasOneTabPerChannelAndNoStandaloneCanvas() {
        slack.addCanvas("F1", "Standalone");
        slack.plan(SlackPlan.FREE);

        assertThat(error(client.call("canvases.create", "{}")))
                .isEqualTo("free_teams_cannot_create_non_tabbed_canvases");
        assertThat(error(client.replace("F1", "x"))).isEqualTo("free_teams_cannot_edit_standalone_canvases");
        JsonNode tab = client.call("canvases.create", "{\"channel_id\":\"C1\"}");
        assertThat(client.replace(tab.path("canvas_id").asText(), "x")
                        .path("ok")
                        .asBoolean())
                .isTrue();
        assertThat(error(client.call("canvases.create", "{\"channel_id\":\"C1\"}")))
                .isEqualTo("free_team_canvas_tab_already_exists");
        assertThat(error(createInChannel("C1"))).isEqualTo("free_team_canvas_tab_already_exists");
    }

    @Test
    void aWorkspaceCanRestrictOrDisableCanvases() {
        slack.quirk(SlackQuirk.CHANNEL_CANVASES_NOT_IN_TIER, true);
        assertThat(error(createInChannel("C1"))).isEqualTo("team_tier_cannot_create_channel_canvases");

        slack.quirk(SlackQuirk.CANVASES_RESTRICTED, true);
        assertThat(error(createInChannel("C1"))).isEqualTo("restricted_action");

        slack.quirk(SlackQuirk.CANVASES_DISABLED, true);
        assertThat(error(createInChannel("C1"))).isEqualTo("canvas_disabled_user_team");
    }

    @Test
    void aStandaloneCanvasBelongsToTheBotUntilItIsShared() {
        String canvas = client.call("canvases.create", "{\"title\":\"Close\"}")
                .path("canvas_id")
                .asText();

        JsonNode response = client.call(
                "canvases.access.set",
                "{\"canvas_id\":\"" + canvas + "\",\"access_level\":\"read\",\"channel_ids\":[\"C1\"]}");

        assertThat(response.path("ok").asBoolean()).isTrue();
        assertThat(slack.canvas(canvas).title()).isEqualTo("Close");
        assertThat(slack.canvas(canvas).shares()).containsOnly(Map.entry("C1", "read"));
    }

    @Test
    void accessCanBeSetForExistingChannelsOrUsersOnly() {
        slack.addCanvas("F1", "Status");
        slack.addUser("U7");

        assertThat(setAccess("read", "")).isEqualTo("invalid_parameters");
        assertThat(setAccess("read", ",\"channel_ids\":[\"C1\"],\"user_ids\":[\"U7\"]"))
                .isEqualTo("invalid_parameters");
        assertThat(setAccess("owner", ",\"channel_ids\":[\"C1\"]")).isEqualTo("invalid_parameters");
        assertThat(setAccess("read", ",\"channel_ids\":[\"C9\"]")).isEqualTo("channel_not_found");
        assertThat(setAccess("read", ",\"user_ids\":[\"U9\"]")).isEqualTo("user_not_found");
        assertThat(setAccess("write", ",\"user_ids\":[\"U7\"]")).isEmpty();
    }

    @Test
    void channelsThatCannotBeWrittenToHaveDifferentErrors() {
        for (String method : new String[] {"chat.postMessage", "conversations.canvases.create"}) {
            assertThat(errorIn("C9", method)).isEqualTo("channel_not_found");
            assertThat(errorIn("C2", method)).isEqualTo("not_in_channel");
            assertThat(errorIn("C3", method)).isEqualTo("channel_not_found");
            assertThat(errorIn("C4", method)).isEqualTo("is_archived");
        }
        assertThat(slack.messages()).isEmpty();
    }

    @Test
    void messagesKeepTheirOrderAndText() {
        client.call("chat.postMessage", "{\"channel\":\"C1\",\"text\":\"one\"}");
        JsonNode second = client.call("chat.postMessage", "{\"channel\":\"C1\",\"text\":\"two\"}");

        assertThat(slack.messages()).extracting(SandboxMessage::text).containsExactly("one", "two");
        assertThat(slack.messages().get(1).ts()).isEqualTo(second.path("ts").asText());
        assertThat(slack.messages()).extracting(SandboxMessage::ts).doesNotHaveDuplicates();
    }

    @Test
    void messagesWithoutTextOrTooLongAreRefused() {
        String tooLong = "a".repeat(12_001);

        assertThat(error(client.call("chat.postMessage", "{\"channel\":\"C1\"}")))
                .isEqualTo("no_text");
        assertThat(error(client.call("chat.postMessage", "{\"channel\":\"C1\",\"markdown_text\":\"" + tooLong + "\"}")))
                .isEqualTo("msg_too_long");
        assertThat(error(
                        client.call("chat.postMessage", "{\"channel\":\"C1\",\"markdown_text\":\"a\",\"text\":\"a\"}")))
                .isEqualTo("markdown_text_conflict");
    }

    @Test
    void aDeletedCanvasIsNotFoundByAnyMethod() {
        slack.addCanvas("F1", "Status");

        client.call("canvases.delete", "{\"canvas_id\":\"F1\"}");

        assertThat(error(client.replace("F1", "x"))).isEqualTo("canvas_not_found");
        assertThat(error(client.call("files.info", "{\"file\":\"F1\"}"))).isEqualTo("file_not_found");
        assertThat(error(client.call("canvases.delete", "{\"canvas_id\":\"F1\"}")))
                .isEqualTo("canvas_not_found");
    }

    @Test
    void filesInfoLinksToTheCanvas() {
        slack.addCanvas("F1", "Status");

        JsonNode file = client.call("files.info", "{\"file\":\"F1\"}").path("file");

        assertThat(file.path("title").asText()).isEqualTo("Status");
        assertThat(SlackClient.get(URI.create(file.path("permalink").asText()))
                        .headers()
                        .firstValue("Location"))
                .contains("/#F1");
    }

    private JsonNode createInChannel(String channel) {
        return client.call("conversations.canvases.create", "{\"channel_id\":\"" + channel + "\"}");
    }

    private String errorIn(String channel, String method) {
        String argument = method.startsWith("chat") ? "channel" : "channel_id";
        return error(client.call(method, "{\"" + argument + "\":\"" + channel + "\",\"text\":\"x\"}"));
    }

    private String setAccess(String level, String more) {
        return error(client.call(
                "canvases.access.set", "{\"canvas_id\":\"F1\",\"access_level\":\"" + level + "\"" + more + "}"));
    }

    private static String error(JsonNode response) {
        return response.path("error").asText();
    }
}
