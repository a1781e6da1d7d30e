package org.epmpulse.alerts;

import java.time.Duration;

/**
 * Why a message was not sent. The kind decides what happens next. Immutable.
 *
 * @param problem a short text for people
 * @param retryAfter how long the sink accepts no messages; 0 unless the kind is {@link Kind#RATE_LIMITED}
 */
public record AlertFailure(Kind kind, String problem, Duration retryAfter) {

    /** What failed. */
    public enum Kind {
        /** The sink accepts no messages for a while. */
        RATE_LIMITED,
        /** The sink refused the channel; other channels may work. */
        CHANNEL_REFUSED,
        /** The sink refused the text of the message; a plain text may work. */
        CONTENT_REFUSED,
        /** The sink refused the credential; nothing works until it is corrected. */
        CREDENTIAL_REFUSED,
        /** The sink sent no valid response; the same message may work later. */
        UNAVAILABLE,
        /** The route or this program failed, not the sink. The same message may work later. */
        UNEXPECTED
    }

    /** @param retryAfter more than 0 */
    public static AlertFailure rateLimited(Duration retryAfter) {
        return new AlertFailure(Kind.RATE_LIMITED, "rate limited", retryAfter);
    }

    /** A failure without a waiting time. */
    public static AlertFailure of(Kind kind, String problem) {
        return new AlertFailure(kind, problem, Duration.ZERO);
    }
}
