package org.epmpulse.epm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads JSON of limited length and depth. */
final class EpmJson {

    /** In characters; Oracle's responses have hundreds, a stack trace has thousands. */
    private static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_DEPTH = 50;

    private static final String BYTE_ORDER_MARK = "\ufeff";

    /** The fields that hold the text of a message that is an object. */
    private static final List<String> TEXT_FIELDS = List.of("msgText", "text", "message", "description");

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private EpmJson() {}

    /** Whether a Content-Type is JSON. */
    static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }

    /** The JSON object in a body, which may begin with a byte order mark; null if it is not one, too long or too deep. */
    static @Nullable JsonNode object(@Nullable String body) {
        JsonNode json = body == null ? null : value(body);
        return json != null && json.isObject() ? json : null;
    }

    /** The JSON in a text, which may begin with a byte order mark; null if it is not JSON, too long or too deep. */
    static @Nullable JsonNode value(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            return JSON.readTree(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** A field's text or number in one line; null if it is absent, blank or the text "null". */
    static @Nullable String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isTextual() || value.isNumber() ? SingleLine.of(value.asText()) : null;
    }

    /** Whether a field is anything but absent, null, blank, the text "null" or empty. */
    static boolean hasValue(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isContainerNode() ? !value.isEmpty() : text(object, field) != null;
    }

    /** A message in one line: a text, an object with a text, or the first of several; null if there is none. */
    static @Nullable String message(JsonNode value) {
        if (value.isTextual()) {
            return SingleLine.of(value.asText());
        }
        if (value.isObject()) {
            return TEXT_FIELDS.stream()
                    .map(field -> text(value, field))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        if (value.isArray()) {
            for (JsonNode item : value) {
                String message = item.isArray() ? null : message(item);
                if (message != null) {
                    return message;
                }
            }
        }
        return null;
    }
}
