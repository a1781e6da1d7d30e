package org.epmpulse.alerts.http;

import java.util.Map;
import org.epmpulse.alerts.AlertFailure;
import org.jspecify.annotations.Nullable;

/**
 * A POST of an alert. Immutable; its text holds no secret.
 *
 * @param url a secret
 * @param headers by their names
 * @param body in JSON
 * @param answers what the service's answers mean
 */
public record AlertRequest(String url, Map<String, String> headers, String body, AnswerRule answers) {

    /** What an answer means. */
    @FunctionalInterface
    public interface AnswerRule {

        /** Those of HTTP alone. */
        AnswerRule OF_HTTP = (status, body) -> null;

        /**
         * Why an answer of 400 to 499 is a failure; null if its status says enough.
         *
         * @param body may be anything
         */
        @Nullable
        AlertFailure failure(int status, String body);
    }

    public AlertRequest {
        headers = Map.copyOf(headers);
    }

    @Override
    public String toString() {
        return "AlertRequest[" + body.length() + " characters]";
    }
}
