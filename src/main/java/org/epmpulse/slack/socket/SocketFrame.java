package org.epmpulse.slack.socket;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message of the socket (https://docs.slack.dev/apis/events-api/using-socket-mode).
 *
 * @param type such as {@code hello}, {@code disconnect} or {@code slash_commands}
 * @param envelopeId to be acknowledged; null if the frame is no envelope
 * @param reason of a disconnect; empty if there is none
 * @param payload of an envelope; missing if there is none
 */
record SocketFrame(String type, @Nullable String envelopeId, String reason, JsonNode payload) {

    static final String HELLO = "hello";
    static final String DISCONNECT = "disconnect";
    static final String COMMAND = "slash_commands";
    static final String CLICK = "interactive";

    /** In characters; Slack's frames have a few thousand. */
    private static final int MAX_LENGTH = 1 << 20;

    private static final Pattern ENVELOPE_ID = Pattern.compile("[!-~]{1,100}");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The frame in a text; null if it is malformed. */
    static @Nullable SocketFrame parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            JsonNode json = JSON.readTree(text);
            JsonNode type = json.path("type");
            JsonNode id = json.path("envelope_id");
            boolean validId = id.isMissingNode()
                    || (id.isTextual() && ENVELOPE_ID.matcher(id.asText()).matches());
            if (!json.isObject() || !type.isTextual() || !validId) {
                return null;
            }
            return new SocketFrame(
                    type.asText(), id.textValue(), json.path("reason").asText(""), json.path("payload"));
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** The acknowledgement of an envelope. */
    static String acknowledgement(String envelopeId) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("envelope_id", envelopeId)
                .toString();
    }
}
