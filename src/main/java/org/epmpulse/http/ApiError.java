package org.epmpulse.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error reply of the API. Contains no internal data and none of the request's headers.
 *
 * @param status HTTP status, usually that of the code
 * @param message for people
 * @param details for programs; may be empty
 * @param headers of the reply
 */
public record ApiError(
        ErrorCode code, int status, String message, Map<String, Object> details, Map<String, String> headers) {

    public ApiError {
        details = Map.copyOf(details);
        headers = Map.copyOf(headers);
    }

    public ApiError(ErrorCode code, String message) {
        this(code, code.status(), message, Map.of(), Map.of());
    }

    /** The same error with another HTTP status. */
    ApiError withStatus(int status) {
        return new ApiError(code, status, message, details, headers);
    }

    /** The same error with one more header. */
    public ApiError withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ApiError(code, status, message, details, more);
    }

    /** The same error with these details. */
    public ApiError withDetails(Map<String, Object> details) {
        return new ApiError(code, status, message, details, headers);
    }

    /** The error as an HTTP reply. */
    public Reply reply() {
        return Reply.of(status, new Envelope.Failure(new Envelope.Error(code.name(), message, details)))
                .withHeaders(headers);
    }
}
