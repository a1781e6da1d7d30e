package org.epmpulse.slack;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.epmpulse.config.SlackIds;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Reads Slack's answers (https://docs.slack.dev/apis/web-api). Only an object with {@code "ok": true} is a success, and
 * only a short text of lower-case letters, digits and underscores is an error code. Anything else is an unexpected
 * answer, of which no text is passed on. Thread-safe.
 */
final class SlackAnswers {

    private static final int TOO_MANY_REQUESTS = 429;

    /** Used if the response has no Retry-After; Slack's limits are per minute. */
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(30);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final SlackText text;

    SlackAnswers(SlackText text) {
        this.text = text;
    }

    /**
     * The JSON of a successful answer.
     *
     * @param retryAfter the header; null if the response has none
     * @throws SlackRateLimitedException if the answer is 429
     * @throws SlackRefusedException if Slack refused the call
     * @throws SlackUnavailableException if the call may work later, or the answer is not one of Slack's
     */
    ObjectNode require(int status, @Nullable String retryAfter, byte[] body) {
        if (status == TOO_MANY_REQUESTS) {
            throw new SlackRateLimitedException(
                    Objects.requireNonNullElse(RetryAfter.of(retryAfter), DEFAULT_RETRY_AFTER));
        }
        String problem = null;
        try {
            if (JSON.readTree(body) instanceof ObjectNode answer) {
                if (answer.path("ok").isBoolean()) {
                    return requireOk(status, answer);
                }
                problem = answer.has("ok") ? "ok is not true or false" : "ok is missing";
            } else {
                problem = body.length == 0 ? "empty" : "not a JSON object";
            }
        } catch (IOException e) {
            problem = "not JSON";
        }
        throw status == 200 ? unexpected(problem) : new SlackUnavailableException("HTTP " + status, null);
    }

    private ObjectNode requireOk(int status, ObjectNode answer) {
        boolean ok = answer.path("ok").booleanValue();
        if (ok && status == 200) {
            return answer;
        }
        String code = answer.path("error").textValue();
        if (ok || code == null || !text.isCode(code)) {
            throw status == 200
                    ? unexpected("no valid error code")
                    : new SlackUnavailableException("HTTP " + status, null);
        }
        throw SlackErrors.exception(code, detail(answer));
    }

    /** An answer that Slack does not document; nothing of it is shown. */
    static SlackUnavailableException unexpected(String problem) {
        return new SlackUnavailableException("an unexpected answer: " + problem, null);
    }

    /** Further explanation of an error; null if there is none. */
    private @Nullable String detail(ObjectNode answer) {
        String needed = text.scopes(texts(answer.path("needed")));
        if (!needed.isEmpty()) {
            String provided = text.scopes(texts(answer.path("provided")));
            return "needed " + needed + (provided.isEmpty() ? "" : ", provided " + provided);
        }
        String detail = answer.path("detail").textValue();
        if (detail == null) {
            detail = String.join("; ", texts(answer.path("response_metadata").path("messages")));
        }
        String clean = text.clean(detail);
        return clean.isEmpty() ? null : clean;
    }

    /** The texts of a list; a single text is a list separated by commas. */
    private static List<String> texts(JsonNode json) {
        if (json.isTextual()) {
            return Stream.of(json.textValue().split(",")).map(String::strip).toList();
        }
        List<String> texts = new ArrayList<>();
        json.forEach(item -> {
            if (item.isTextual()) {
                texts.add(item.textValue());
            }
        });
        return texts;
    }

    /** The id of a canvas; null if the value is none. Slack sends an empty text or list where there is none. */
    static @Nullable String canvasId(JsonNode json) {
        String id = json.textValue();
        return SlackIds.isCanvas(id) ? id : null;
    }

    /** The id of a created canvas. */
    static String requireCanvasId(ObjectNode answer) {
        String id = canvasId(answer.path("canvas_id"));
        if (id == null) {
            throw unexpected("no valid canvas_id");
        }
        return id;
    }

    /** The exception for a call without a usable answer, in our own words: the text of the cause may contain anything. */
    static SlackUnavailableException noResponse(IOException e) {
        String message = (OutboundFailure.isUnusableResponse(e) ? "no usable response: " : "no response: ")
                + OutboundFailure.reason(e);
        boolean notSent = e instanceof UnknownHostException
                || e instanceof ConnectException
                || e instanceof NoRouteToHostException;
        return notSent ? SlackUnavailableException.notSent(message, null) : new SlackUnavailableException(message, e);
    }
}
