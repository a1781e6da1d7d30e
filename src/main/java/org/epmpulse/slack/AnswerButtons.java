package org.epmpulse.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * The buttons below the alert of a problem: what they are in a message, and what a click on one means
 * (https://docs.slack.dev/reference/block-kit/block-elements/button-element).
 */
public final class AnswerButtons {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String ACKNOWLEDGE = "epmpulse-acknowledge";
    private static final String MUTE = "epmpulse-mute";
    private static final Duration MUTED_FOR = Duration.ofHours(1);

    /** In characters; Slack allows 2,000. */
    private static final int MAX_VALUE = 2_000;

    private AnswerButtons() {}

    /**
     * A button that was clicked.
     *
     * @param duration of a mute; null for an acknowledgement
     */
    public record Button(
            AnswerKind kind,
            String app,
            String domain,
            @Nullable Duration duration) {}

    /** The block with the buttons for a problem; null if its names are too long for Slack. */
    public static @Nullable ObjectNode of(DomainId domain) {
        String value = JSON.createObjectNode()
                .put("app", domain.app())
                .put("domain", domain.domain())
                .toString();
        if (value.length() > MAX_VALUE) {
            return null;
        }
        ObjectNode block = JSON.createObjectNode().put("type", "actions");
        block.putArray("elements")
                .add(button("Acknowledge", ACKNOWLEDGE, value))
                .add(button("Mute 1 h", MUTE, value));
        return block;
    }

    private static ObjectNode button(String text, String action, String value) {
        ObjectNode button = JSON.createObjectNode()
                .put("type", "button")
                .put("action_id", action)
                .put("value", value);
        button.putObject("text").put("type", "plain_text").put("text", text);
        return button;
    }

    /** The button that was clicked; null if it is none of these. */
    public static @Nullable Button parse(String action, String value) {
        AnswerKind kind =
                action.equals(ACKNOWLEDGE) ? AnswerKind.ACKNOWLEDGE : action.equals(MUTE) ? AnswerKind.MUTE : null;
        try {
            JsonNode domain = JSON.readTree(value);
            boolean valid =
                    domain.path("app").isTextual() && domain.path("domain").isTextual();
            return kind == null || !valid
                    ? null
                    : new Button(
                            kind,
                            domain.path("app").asText(),
                            domain.path("domain").asText(),
                            kind == AnswerKind.MUTE ? MUTED_FOR : null);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
