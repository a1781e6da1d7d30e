package org.epmpulse.http;

/** The codes of error replies, for programs. */
public enum ErrorCode {
    MISSING_AUTH(401),
    INVALID_KEY(403),
    INVALID_REQUEST(400),
    INVALID_APP(400),
    INVALID_DOMAIN(400),
    INVALID_STATUS(400),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    PAYLOAD_TOO_LARGE(413),
    UNSUPPORTED_MEDIA_TYPE(415),
    IDEMPOTENCY_CONFLICT(409),
    NO_PROBLEM(409),
    RATE_LIMITED(429),
    STATE_ERROR(503),
    STATE_UNKNOWN(504),
    UNAVAILABLE(503),
    SLACK_ERROR(502),
    INTERNAL_ERROR(500);

    private final int status;

    ErrorCode(int status) {
        this.status = status;
    }

    /** The HTTP status of its replies, unless the error has a more specific one. */
    public int status() {
        return status;
    }
}
