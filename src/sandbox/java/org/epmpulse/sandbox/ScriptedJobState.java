package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state of a job that an EPM environment reports. Each product uses other fields and numbers. Immutable. */
public final class ScriptedJobState {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final State state;
    private final @Nullable String details;
    private final Map<String, JsonNode> fields;
    private final Map<String, String> childErrors;

    private ScriptedJobState(
            State state, @Nullable String details, Map<String, JsonNode> fields, Map<String, String> childErrors) {
        this.state = state;
        this.details = details;
        this.fields = fields;
        this.childErrors = childErrors;
    }

    /** The states that Planning distinguishes; other products have fewer. */
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

    public static ScriptedJobState of(State state) {
        return new ScriptedJobState(state, null, Map.of(), Map.of());
    }

    public static ScriptedJobState running() {
        return of(State.RUNNING);
    }

    public static ScriptedJobState succeeded() {
        return of(State.SUCCEEDED);
    }

    /** @param details may have several lines */
    public static ScriptedJobState failed(String details) {
        return of(State.FAILED).withDetails(details);
    }

    /** The same with these details instead of the product's default. */
    public ScriptedJobState withDetails(String newDetails) {
        return new ScriptedJobState(state, newDetails, fields, childErrors);
    }

    /** The same with another value in a field: a string, number or boolean, or null for JSON's null. */
    public ScriptedJobState with(String field, @Nullable Object value) {
        return withNode(field, JSON.valueToTree(value));
    }

    /** The same without a field. */
    public ScriptedJobState without(String field) {
        return withNode(field, MissingNode.getInstance());
    }

    /** The same with an error of the child job of a dimension, which only the details of a Planning job show. */
    public ScriptedJobState withChildError(String dimension, String message) {
        Map<String, String> all = new LinkedHashMap<>(childErrors);
        all.put(dimension, message);
        return new ScriptedJobState(state, details, fields, all);
    }

    private ScriptedJobState withNode(String field, JsonNode value) {
        Map<String, JsonNode> all = new LinkedHashMap<>(fields);
        all.put(field, value);
        return new ScriptedJobState(state, details, all, childErrors);
    }

    State state() {
        return state;
    }

    /** Null for the product's default. */
    @Nullable
    String details() {
        return details;
    }

    /** Messages by dimension. */
    Map<String, String> childErrors() {
        return childErrors;
    }

    /** Overwrites fields of the product's response with the scripted values. */
    ObjectNode overwriteFields(ObjectNode response) {
        fields.forEach((field, value) -> {
            if (value.isMissingNode()) {
                response.remove(field);
            } else {
                response.set(field, value);
            }
        });
        return response;
    }
}
