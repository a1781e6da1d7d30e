package org.epmpulse.epm;

import static org.epmpulse.epm.EpmJson.hasValue;
import static org.epmpulse.epm.EpmJson.message;
import static org.epmpulse.epm.EpmJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Reads the result of a job of Enterprise Data Management (op-v1-jobruns-jobrunid-result-get.html). The response is an
 * envelope with the fields of the job itself; its field {@code result} is the result, and only there {@code success}
 * says whether a completed job succeeded. A result may list {@code tasks}, each with a status and messages. It may also be
 * JSON in a text, or a list of results; then each of them must be a success.
 */
final class EdmResult {

    /** A text that should be JSON: an object, or a list of objects. */
    private static final Pattern JSON_TEXT = Pattern.compile("\\s*\\[*\\s*\\{[\\s\\S]*");

    private static final String WITH_PROBLEMS = "Completed with errors or warnings";

    private final JsonNode envelope;

    /** The result, or each result of a list. */
    private final List<JsonNode> results = new ArrayList<>();

    private boolean unreadable;

    private EdmResult(JsonNode envelope) {
        this.envelope = envelope;
        add(envelope.path("result"));
    }

    private void add(JsonNode result) {
        if (result.isArray()) {
            result.forEach(this::add);
        } else if (result.isTextual() && JSON_TEXT.matcher(result.asText()).matches()) {
            JsonNode json = EpmJson.value(result.asText());
            if (json == null) {
                unreadable = true;
            } else {
                add(json);
            }
        } else {
            results.add(result);
        }
    }

    /** The state of the job. A result without {@code success} and without an error is one: not every kind has it. */
    static JobState state(JsonNode envelope) {
        return new EdmResult(envelope).state();
    }

    /** Why the job failed, for an envelope or a job; null if it gives no reason. */
    static @Nullable String reason(JsonNode envelope) {
        return new EdmResult(envelope).reason();
    }

    /** Whether {@code success} of an envelope or a job, or of its result, is false. */
    static boolean isUnsuccessful(JsonNode envelope) {
        return new EdmResult(envelope).isUnsuccessful();
    }

    private boolean isUnsuccessful() {
        return any(object -> isFalse(object.path("success")));
    }

    private boolean any(Predicate<JsonNode> test) {
        return test.test(envelope) || results.stream().anyMatch(test);
    }

    private JobState state() {
        if (isUnsuccessful()
                || hasStatus(StatusWord.FAILED)
                || hasTask(StatusWord.FAILED)
                || any(object -> hasValue(object, "error"))) {
            return warning("Failed");
        }
        if (StatusWord.of(text(envelope, "status")) == StatusWord.RUNNING) {
            return new JobState.Running(null);
        }
        if (unreadable || any(EdmResult::isUnclear)) {
            return new JobState.Unknown("result", "HTTP 200 with a result whose success is neither true nor false");
        }
        if (hasStatus(StatusWord.SUCCEEDED_WITH_PROBLEMS)
                || hasTask(StatusWord.SUCCEEDED_WITH_PROBLEMS)
                || any(EdmResult::hasErrors)) {
            return warning(WITH_PROBLEMS);
        }
        if (hasStatus(StatusWord.RESULT_UNKNOWN)) {
            return warning("Completed, result unknown");
        }
        return new JobState.Ended(Status.OK, null);
    }

    private JobState warning(String withoutReason) {
        return new JobState.Ended(Status.WARNING, Objects.requireNonNullElse(reason(), withoutReason));
    }

    private static boolean isUnclear(JsonNode object) {
        JsonNode success = object.path("success");
        return !success.isMissingNode() && !success.isNull() && !isTrue(success) && !isFalse(success);
    }

    /** Whether {@code errors} lists an error, or counts some. */
    private static boolean hasErrors(JsonNode object) {
        return hasValue(object, "errors") && !"0".equals(text(object, "errors"));
    }

    private static boolean isFalse(JsonNode value) {
        return value.isBoolean() && !value.asBoolean() || word(value).equals("false");
    }

    private static boolean isTrue(JsonNode value) {
        return value.isBoolean() && value.asBoolean() || word(value).equals("true");
    }

    private static String word(JsonNode value) {
        return value.isTextual() ? value.asText().strip().toLowerCase(Locale.ROOT) : "";
    }

    private boolean hasStatus(StatusWord status) {
        return any(object -> StatusWord.ofStatus(text(object, "status")) == status);
    }

    private boolean hasTask(StatusWord status) {
        return tasks().anyMatch(task -> StatusWord.ofStatus(text(task, "status")) == status);
    }

    private Stream<JsonNode> tasks() {
        return results.stream()
                .flatMap(result -> StreamSupport.stream(result.path("tasks").spliterator(), false));
    }

    /** Of a task, else of the first result that failed, else of the first that has one, else of the envelope. */
    private @Nullable String reason() {
        String reason = taskReason();
        return reason != null
                ? reason
                : Stream.concat(
                                results.stream()
                                        .sorted(Comparator.comparing(result -> !isFalse(result.path("success")))),
                                Stream.of(envelope))
                        .map(object -> object.isTextual() ? message(object) : firstMessage(object))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    /** The first message of the first task that failed, else of the first that has one. */
    private @Nullable String taskReason() {
        String other = null;
        for (JsonNode task : tasks().toList()) {
            String message = firstMessage(task);
            if (message == null) {
                continue;
            }
            String name = text(task, "taskName");
            String reason = name == null ? message : SingleLine.of(name + ": " + message);
            StatusWord status = StatusWord.ofStatus(text(task, "status"));
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
