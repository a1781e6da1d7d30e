package org.epmpulse.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.methods.Methods;
import com.slack.api.methods.RequestFormBuilder;
import com.slack.api.methods.request.chat.ChatPostMessageRequest;
import com.slack.api.methods.request.chat.ChatUpdateRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are kept up to date. Their text is in blocks, because Slack marks a message that was changed without
 * them as edited (https://docs.slack.dev/reference/methods/chat.update). Throws as {@link SlackClient}. Thread-safe.
 */
final class SlackMessages {

    /** Of the text of a block (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
    private static final int MAX_BLOCK = 3_000;

    private static final Pattern TS = Pattern.compile("\\d{1,20}\\.\\d{1,10}");

    private final SlackClient client;

    SlackMessages(SlackClient client) {
        this.client = client;
    }

    /**
     * Posts a message (https://docs.slack.dev/reference/methods/chat.postMessage).
     *
     * @param blocks whether the text is in blocks, too; a text that Slack has refused is better sent without
     * @param buttons a block that follows the text; null for none
     * @param thread the message that it answers; null for none
     * @param broadcast whether an answer is shown in the channel, too
     * @return its id in the channel; null if Slack sends none
     */
    @Nullable
    String post(
            String channelId,
            String mrkdwn,
            boolean blocks,
            @Nullable ObjectNode buttons,
            @Nullable String thread,
            boolean broadcast) {
        ChatPostMessageRequest request = ChatPostMessageRequest.builder()
                .channel(channelId)
                .text(mrkdwn)
                .blocksAsString(blocks ? blocks(mrkdwn, buttons) : null)
                .threadTs(thread)
                .replyBroadcast(broadcast)
                .mrkdwn(true)
                .parse("none")
                .linkNames(false)
                .unfurlLinks(false)
                .unfurlMedia(false)
                .build();
        String ts = client.call(Methods.CHAT_POST_MESSAGE, RequestFormBuilder.toForm(request))
                .json()
                .path("ts")
                .asText();
        return TS.matcher(ts).matches() ? ts : null;
    }

    /**
     * Replaces the text and the buttons of a message (https://docs.slack.dev/reference/methods/chat.update).
     *
     * @param blocks as in {@link #post}
     * @param buttons a block that follows the text; null for none
     */
    void update(String channelId, String ts, String mrkdwn, boolean blocks, @Nullable ObjectNode buttons) {
        ChatUpdateRequest request = ChatUpdateRequest.builder()
                .channel(channelId)
                .ts(ts)
                .text(mrkdwn)
                .blocksAsString(blocks ? blocks(mrkdwn, buttons) : null)
                .parse("none")
                .linkNames(false)
                .build();
        client.call(Methods.CHAT_UPDATE, RequestFormBuilder.toForm(request));
    }

    /** As many lines in a block as it may hold. */
    private static String blocks(String mrkdwn, @Nullable ObjectNode buttons) {
        ArrayNode blocks = JsonNodeFactory.instance.arrayNode();
        StringBuilder block = new StringBuilder();
        for (String line : mrkdwn.split("\n")) {
            if (block.length() + line.length() + 1 > MAX_BLOCK) {
                add(blocks, block);
            }
            block.append(block.isEmpty() ? "" : "\n").append(line);
        }
        add(blocks, block);
        if (buttons != null) {
            blocks.add(buttons);
        }
        return blocks.toString();
    }

    private static void add(ArrayNode blocks, StringBuilder text) {
        if (!text.isEmpty()) {
            blocks.addObject()
                    .put("type", "section")
                    .putObject("text")
                    .put("type", "mrkdwn")
                    .put("text", text.toString())
                    .put("verbatim", true);
        }
        text.setLength(0);
    }
}
