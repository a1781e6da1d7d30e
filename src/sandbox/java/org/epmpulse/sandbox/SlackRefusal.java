package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Ends a method with {@code "ok": false}. */
final class SlackRefusal extends RuntimeException {

    private final transient ObjectNode body = JsonNodeFactory.instance.objectNode();
    private final String code;

    SlackRefusal(String code) {
        super(code, null, false, false);
        this.code = code;
        body.put("ok", false).put("error", code);
    }

    /** Refuses invalid arguments; {@code response_metadata} names them. */
    static SlackRefusal arguments(String message) {
        SlackRefusal refusal = new SlackRefusal("invalid_arguments");
        refusal.body.putObject("response_metadata").putArray("messages").add("[ERROR] " + message);
        return refusal;
    }

    SlackRefusal with(String field, String value) {
        body.put(field, value);
        return this;
    }

    String code() {
        return code;
    }

    ObjectNode body() {
        return body;
    }
}
