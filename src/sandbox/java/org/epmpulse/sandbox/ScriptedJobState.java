package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pod says of a job at one moment. Each product says it with other fields and numbers. Immutable. */
public final class ScriptedJobState {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final State state;
    private final @Nullable String details;
    private final Map<String, JsonNode> fields;

    private ScriptedJobState(State state, @Nullable String details, Map<String, JsonNode> fields) {
        this.state = state;
        this.details = details;
        this.fields = fields;
    }

    /** Where a job can be, as Planning tells it apart; other products know fewer. */
    public enum State {
        RUNNING,
        SUCCEEDED,
        SUCCEEDED_WITH_WARNINGS,
        FAILED,
        CANCELLING,
        CANCELLED,
        INVALID_PARAMETER,
        UNKNOWN
    }

    /** It is in this state. */
    public static ScriptedJobState in(State state) {
        return new ScriptedJobState(state, null, Map.of());
    }

    /** It goes on. */
    public static ScriptedJobState running() {
        return in(State.RUNNING);
    }

    /** It went well. */
    public static ScriptedJobState succeeded() {
        return in(State.SUCCEEDED);
    }

    /** It failed; the details may have several lines. */
    public static ScriptedJobState failed(String details) {
        return in(State.FAILED).saying(details);
    }

    /** The same with other details than the product's own. */
    public ScriptedJobState saying(String newDetails) {
        return new ScriptedJobState(state, newDetails, fields);
    }

    /** The same with another value in a field: a text, number or truth value, or null for JSON's null. */
    public ScriptedJobState with(String field, @Nullable Object value) {
        return withNode(field, JSON.valueToTree(value));
    }

    /** The same without a field. */
    public ScriptedJobState without(String field) {
        return withNode(field, MissingNode.getInstance());
    }

    private ScriptedJobState withNode(String field, JsonNode value) {
        Map<String, JsonNode> all = new LinkedHashMap<>(fields);
        all.put(field, value);
        return new ScriptedJobState(state, details, all);
    }

    State state() {
        return state;
    }

    /** Null for what the product says by itself. */
    @Nullable
    String details() {
        return details;
    }

    /** Puts this answer's own values into what the product answers. */
    ObjectNode changed(ObjectNode answer) {
        fields.forEach((field, value) -> {
            if (value.isMissingNode()) {
                answer.remove(field);
            } else {
                answer.set(field, value);
            }
        });
        return answer;
    }
}
