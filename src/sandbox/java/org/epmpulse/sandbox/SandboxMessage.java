package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message posted to a channel of the simulated workspace. Immutable.
 *
 * @param text as it is now
 * @param posted the text when it was posted
 * @param liveMarkup links, mentions and emoji in the text and in the blocks
 * @param thread the {@code ts} of the message that it answers; null if it answers none
 * @param broadcast whether an answer is shown in the channel, too
 * @param edited whether Slack shows "(edited)": it was changed without blocks
 * @param changes how often it was changed
 * @param buttons as they are now
 */
public record SandboxMessage(
        String channel,
        String ts,
        Instant time,
        String text,
        String posted,
        List<LiveMarkup> liveMarkup,
        @Nullable String thread,
        boolean broadcast,
        boolean edited,
        int changes,
        List<JsonNode> buttons) {}
