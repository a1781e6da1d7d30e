package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code "ok": false}, in the middle of a method. */
final class SlackRefusal extends RuntimeException {

    private final transient ObjectNode body = JsonNodeFactory.instance.objectNode();
    private final String code;

    SlackRefusal(String code) {
        super(code, null, false, false);
        this.code = code;
        body.put("ok", false).put("error", code);
    }

    /** Arguments that do not fit the method; Slack says which in {@code response_metadata}. */
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
