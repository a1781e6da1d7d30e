package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.hasValue;
import static org.epmpulse.epm.EpmJson.message;
import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Reads the result of a job of Enterprise Data Management (op-v1-jobruns-jobrunid-result-get.html). The response is an
 * envelope with the fields of the job itself; its field {@code result} is the result, and only there {@code success}
 * says whether a completed job succeeded. A result may list {@code tasks}, each with a status and messages.
 */
final class EdmResult {

    private final JsonNode envelope;
    private final JsonNode result;

    private EdmResult(JsonNode envelope) {
        this.envelope = envelope;
        this.result = envelope.path("result");
    }

    /** The state of the job. A result without {@code success} and without an error is one: not every kind has it. */
    static JobState state(JsonNode envelope) {
        return new EdmResult(envelope).state();
    }

    /** Why the job failed, for an envelope or a job; null if it gives no reason. */
    static @Nullable String reason(JsonNode envelope) {
        return new EdmResult(envelope).reason();
    }

    private JobState state() {
        JsonNode success = result.hasNonNull("success") ? result.path("success") : envelope.path("success");
        boolean failed = isFalse(success)
                || hasFailed(envelope)
                || hasFailed(result)
                || tasks(StatusWord.FAILED)
                || hasValue(envelope, "error")
                || hasValue(result, "error");
        if (failed) {
            return new JobState.Ended(Status.WARNING, Objects.requireNonNullElse(reason(), "Failed"));
        }
        if (StatusWord.of(text(envelope, "status")) == StatusWord.RUNNING) {
            return new JobState.Running(null);
        }
        if (!success.isMissingNode() && !success.isNull() && !isTrue(success)) {
            return new JobState.Unknown("result", "HTTP 200 with a result whose success is neither true nor false");
        }
        if (tasks(StatusWord.SUCCEEDED_WITH_PROBLEMS)) {
            return new JobState.Ended(Status.WARNING, Objects.requireNonNullElse(reason(), "Completed with warnings"));
        }
        return new JobState.Ended(Status.OK, null);
    }

    static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.asBoolean() || word(value).equals("false");
    }

    private static boolean isTrue(JsonNode value) {
        return value.isBoolean() && value.asBoolean() || word(value).equals("true");
    }

    private static String word(JsonNode value) {
        return value.isTextual() ? value.asText().strip().toLowerCase(Locale.ROOT) : "";
    }

    private static boolean hasFailed(JsonNode object) {
        return StatusWord.of(text(object, "status")) == StatusWord.FAILED;
    }

    private boolean tasks(StatusWord status) {
        for (JsonNode task : result.path("tasks")) {
            if (StatusWord.of(text(task, "status")) == status) {
                return true;
            }
        }
        return false;
    }

    private @Nullable String reason() {
        String reason = taskReason();
        if (reason == null) {
            reason = firstMessage(result);
        }
        if (reason == null && (result.isTextual() || result.isArray())) {
            reason = message(result);
        }
        return reason == null ? firstMessage(envelope) : reason;
    }

    /** The first message of the first task that failed, else of the first that has one. */
    private @Nullable String taskReason() {
        String other = null;
        for (JsonNode task : result.path("tasks")) {
            String message = firstMessage(task);
            if (message == null) {
                continue;
            }
            String name = text(task, "taskName");
            String reason = name == null ? message : SingleLine.of(name + ": " + message);
            StatusWord status = StatusWord.of(text(task, "status"));
            if (status == StatusWord.FAILED || status == StatusWord.SUCCEEDED_WITH_PROBLEMS) {
                return reason;
            }
            if (other == null && status != StatusWord.SUCCEEDED) {
                other = reason;
            }
        }
        return other;
    }

    private static @Nullable String firstMessage(JsonNode object) {
        for (String field : List.of("error", "errors", "messages", "message")) {
            String message = message(object.path(field));
            if (message != null) {
                return message;
            }
        }
        return null;
    }
}
