package org.epmpulse.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a method, read from a form or from JSON; arrays and objects in a form are JSON strings
 * (docs.slack.dev/apis/web-api). Immutable.
 */
final class SlackArguments {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SlackArguments NONE = new SlackArguments(Map.of(), null, null);

    private final Map<String, JsonNode> values;
    private final @Nullable String token;
    private final @Nullable String warning;

    private SlackArguments(Map<String, JsonNode> values, @Nullable String token, @Nullable String warning) {
        this.values = values;
        this.token = token;
        this.warning = warning;
    }

    /** @throws SlackRefusal if the body does not match its content type */
    static SlackArguments of(Exchange exchange) {
        String bearer = bearer(exchange.header("Authorization"));
        if (exchange.method().equals("GET")) {
            Map<String, JsonNode> query = form(exchange.query());
            query.remove("token");
            return new SlackArguments(query, bearer, null);
        }
        String type = exchange.header("Content-Type");
        if (type == null) {
            if (!exchange.body().isEmpty()) {
                throw new SlackRefusal("missing_post_type");
            }
            return new SlackArguments(Map.of(), bearer, null);
        }
        String mediaType = type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        return switch (mediaType) {
            case "application/x-www-form-urlencoded" -> {
                Map<String, JsonNode> form = form(exchange.body());
                JsonNode token = form.remove("token");
                yield new SlackArguments(form, bearer == null && token != null ? token.asText() : bearer, null);
            }
            case "application/json" -> {
                boolean charset = type.toLowerCase(Locale.ROOT).contains("charset=");
                yield new SlackArguments(object(exchange.body()), bearer, charset ? null : "missing_charset");
            }
            default -> throw new SlackRefusal("invalid_post_type");
        };
    }

    static SlackArguments none() {
        return NONE;
    }

    /** The token of the header or of a form; never of JSON or of the query. */
    @Nullable
    String token() {
        return token;
    }

    /** Slack's warning code, or null. */
    @Nullable
    String warning() {
        return warning;
    }

    /** The value; null if it is absent or empty. */
    @Nullable
    String text(String name) {
        JsonNode value = values.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw SlackRefusal.arguments("must provide a string [json-pointer:/" + name + "]");
        }
        return value.asText().isEmpty() ? null : value.asText();
    }

    /** @throws SlackRefusal if it is absent */
    String required(String name) {
        String value = text(name);
        if (value == null) {
            throw SlackRefusal.arguments("missing required field: " + name);
        }
        return value;
    }

    boolean flag(String name) {
        JsonNode value = values.get(name);
        return value != null && (value.asText().equals("true") || value.asText().equals("1"));
    }

    /** The array or object; null if it is absent. */
    @Nullable
    JsonNode structure(String name) {
        JsonNode value = values.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            return value;
        }
        try {
            return JSON.readTree(value.asText());
        } catch (JsonProcessingException e) {
            throw SlackRefusal.arguments("failed to parse JSON [json-pointer:/" + name + "]");
        }
    }

    /** Ids from a JSON array or separated by commas; empty if absent. */
    List<String> ids(String name) {
        JsonNode value = values.get(name);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (value.isTextual() && !value.asText().startsWith("[")) {
            return value.asText().isEmpty() ? List.of() : List.of(value.asText().split(",", -1));
        }
        JsonNode array = structure(name);
        if (array == null || !array.isArray()) {
            throw new SlackRefusal("invalid_array_arg");
        }
        List<String> ids = new ArrayList<>();
        array.forEach(id -> ids.add(id.asText()));
        return ids;
    }

    /** The id of the canvas, or else of the channel or file; null if there is none. */
    @Nullable
    String subject() {
        for (String name : List.of("canvas_id", "channel", "channel_id", "file")) {
            JsonNode value = values.get(name);
            if (value != null && value.isTextual()) {
                return value.asText();
            }
        }
        return null;
    }

    private static @Nullable String bearer(@Nullable String authorization) {
        return authorization != null && authorization.startsWith("Bearer ")
                ? authorization.substring("Bearer ".length()).trim()
                : null;
    }

    private static Map<String, JsonNode> form(String text) {
        try {
            Map<String, JsonNode> form = new HashMap<>();
            FormBody.fields(text).forEach((name, value) -> form.put(name, TextNode.valueOf(value)));
            return form;
        } catch (IllegalArgumentException e) {
            throw new SlackRefusal("invalid_form_data");
        }
    }

    private static Map<String, JsonNode> object(String text) {
        try {
            JsonNode object = JSON.readTree(text);
            if (!object.isObject()) {
                throw new SlackRefusal("json_not_object");
            }
            Map<String, JsonNode> values = new HashMap<>();
            object.properties().forEach(field -> values.put(field.getKey(), field.getValue()));
            return values;
        } catch (JsonProcessingException e) {
            throw new SlackRefusal("invalid_json");
        }
    }
}
