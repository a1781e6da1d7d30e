package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Methods other than those of canvases, as in docs.slack.dev/reference/methods, with a subset of their fields. */
final class OtherSlackMethods {

    private static final int MAX_TEXT = 40_000;
    private static final int MAX_MARKDOWN_TEXT = 12_000;

    private final SlackWorkspace workspace;
    private final Supplier<String> address;

    /** @param address of the simulated workspace */
    OtherSlackMethods(SlackWorkspace workspace, Supplier<String> address) {
        this.workspace = workspace;
        this.address = address;
    }

    List<SlackMethod> all() {
        return List.of(
                new SlackMethod("auth.test", Set.of(), 600, this::authTest),
                new SlackMethod(
                        "conversations.info",
                        Set.of("channels:read", "groups:read"),
                        SlackMethod.TIER_3,
                        this::conversationsInfo),
                new SlackMethod("chat.postMessage", Set.of("chat:write"), 300, this::postMessage),
                new SlackMethod("chat.update", Set.of("chat:write"), SlackMethod.TIER_3, this::updateMessage),
                new SlackMethod("files.info", Set.of("files:read"), SlackMethod.TIER_4, this::filesInfo));
    }

    private ObjectNode authTest(SlackArguments arguments) {
        return emptyBody()
                .put("url", address.get() + "/")
                .put("team", "Sandbox")
                .put("user", "epmpulse")
                .put("team_id", SlackWorkspace.TEAM)
                .put("user_id", SlackWorkspace.BOT_USER)
                .put("bot_id", "B0SANDBOX")
                .put("is_enterprise_install", false);
    }

    private ObjectNode conversationsInfo(SlackArguments arguments) {
        SandboxChannel channel = workspace.requireChannel(arguments.required("channel"));
        ObjectNode body = emptyBody();
        ObjectNode json = body.putObject("channel")
                .put("id", channel.id())
                .put("name", channel.name())
                .put("is_channel", !channel.isPrivate())
                .put("is_group", channel.isPrivate())
                .put("is_private", channel.isPrivate())
                .put("is_archived", channel.archived())
                .put("is_member", channel.botMember());
        ObjectNode properties = json.putObject("properties");
        List<StoredCanvas> tabs = workspace.tabs(channel.id());
        if (!tabs.isEmpty()) {
            StoredCanvas first = tabs.get(0);
            properties
                    .putObject("canvas")
                    .put("file_id", first.id())
                    .put("is_empty", first.markdown().isEmpty());
            var list = properties.putArray("tabs");
            tabs.forEach(tab -> list.addObject()
                    .put("id", "Ct" + tab.id())
                    .put("type", "canvas")
                    .put("label", tab.title())
                    .putObject("data")
                    .put("file_id", tab.id()));
        }
        return body;
    }

    private ObjectNode postMessage(SlackArguments arguments) {
        SandboxChannel channel = workspace.requireOpenChannel(arguments.required("channel"));
        String text = arguments.text("text");
        String markdown = arguments.text("markdown_text");
        if (text != null && markdown != null) {
            throw new SlackRefusal("markdown_text_conflict");
        }
        SandboxMessage message;
        if (markdown != null) {
            message = post(arguments, channel, markdown, MAX_MARKDOWN_TEXT, LiveMarkup.inCanvas(markdown));
        } else if (text != null) {
            message = post(arguments, channel, text, MAX_TEXT, live(arguments, text));
        } else {
            throw new SlackRefusal("no_text");
        }
        ObjectNode body = emptyBody().put("channel", channel.id()).put("ts", message.ts());
        body.putObject("message")
                .put("type", "message")
                .put("user", SlackWorkspace.BOT_USER)
                .put("bot_id", "B0SANDBOX")
                .put("text", message.text())
                .put("ts", message.ts());
        return body;
    }

    private SandboxMessage post(
            SlackArguments arguments, SandboxChannel channel, String text, int max, List<LiveMarkup> live) {
        if (text.length() > max) {
            throw new SlackRefusal("msg_too_long");
        }
        String thread = arguments.text("thread_ts");
        if (thread != null && workspace.message(channel.id(), thread) == null) {
            throw new SlackRefusal("thread_not_found");
        }
        return workspace.post(channel.id(), text, live, thread, arguments.flag("reply_broadcast"), buttons(arguments));
    }

    private ObjectNode updateMessage(SlackArguments arguments) {
        SandboxChannel channel = workspace.requireOpenChannel(arguments.required("channel"));
        SandboxMessage message = workspace.message(channel.id(), arguments.required("ts"));
        String text = arguments.required("text");
        if (message == null) {
            throw new SlackRefusal("message_not_found");
        }
        if (text.length() > MAX_TEXT) {
            throw new SlackRefusal("msg_too_long");
        }
        workspace.change(
                message, text, live(arguments, text), !blocks(arguments).isEmpty(), buttons(arguments));
        return emptyBody().put("channel", channel.id()).put("ts", message.ts()).put("text", text);
    }

    /** The live markup of the text and of the blocks, each once. */
    private static List<LiveMarkup> live(SlackArguments arguments, String text) {
        Set<LiveMarkup> live = new LinkedHashSet<>(LiveMarkup.inMessage(text, parsesNames(arguments)));
        for (String block : blocks(arguments)) {
            live.addAll(LiveMarkup.inMessage(block, parsesNames(arguments)));
        }
        return List.copyOf(live);
    }

    /** The texts of the blocks, each of at most 3,000 characters. */
    private static List<String> blocks(SlackArguments arguments) {
        List<String> texts = new ArrayList<>();
        JsonNode blocks = arguments.structure("blocks");
        for (JsonNode block : blocks == null ? List.<JsonNode>of() : blocks) {
            if (block.path("type").asText().equals("actions")) {
                continue;
            }
            String text = block.at("/text/text").asText();
            boolean valid = block.path("type").asText().equals("section") && !text.isEmpty() && text.length() <= 3_000;
            if (!valid) {
                throw new SlackRefusal("invalid_blocks");
            }
            texts.add(text);
        }
        return texts;
    }

    /** The buttons of the blocks, within the limits of Slack's reference of blocks. */
    private static List<JsonNode> buttons(SlackArguments arguments) {
        List<JsonNode> buttons = new ArrayList<>();
        JsonNode blocks = arguments.structure("blocks");
        for (JsonNode block : blocks == null ? List.<JsonNode>of() : blocks) {
            if (block.path("type").asText().equals("actions")) {
                block.path("elements").forEach(buttons::add);
            }
        }
        for (JsonNode button : buttons) {
            String text = button.at("/text/text").asText();
            boolean valid = button.path("type").asText().equals("button")
                    && !text.isEmpty()
                    && text.length() <= 75
                    && button.path("action_id").asText().length() <= 255
                    && button.path("value").asText().length() <= 2_000;
            if (!valid) {
                throw new SlackRefusal("invalid_blocks");
            }
        }
        return buttons;
    }

    private static boolean parsesNames(SlackArguments arguments) {
        return arguments.flag("link_names") || "full".equals(arguments.text("parse"));
    }

    private ObjectNode filesInfo(SlackArguments arguments) {
        StoredCanvas canvas = workspace.canvas(arguments.required("file"));
        if (canvas == null || workspace.access(canvas).equals("none")) {
            throw new SlackRefusal("file_not_found");
        }
        ObjectNode body = emptyBody();
        body.putObject("file")
                .put("id", canvas.id())
                .put("title", canvas.title())
                .put("filetype", "canvas")
                .put("permalink", address.get() + "/docs/" + SlackWorkspace.TEAM + "/" + canvas.id());
        return body;
    }

    private static ObjectNode emptyBody() {
        return JsonNodeFactory.instance.objectNode();
    }
}
