package org.epmpulse.alerts;

import java.time.Duration;

/**
 * Why a message was not sent, and so what happens next. Immutable.
 *
 * @param problem for people
 * @param retryAfter how long the sink takes no messages; 0 unless it is {@link Kind#RATE_LIMITED}
 */
public record AlertFailure(Kind kind, String problem, Duration retryAfter) {

    /** What failed. */
    public enum Kind {
        /** The sink takes no messages for a while. */
        RATE_LIMITED,
        /** The sink refused the channel: other channels may work. */
        CHANNEL_REFUSED,
        /** The sink refused how the message is written: a plain one may work. */
        CONTENT_REFUSED,
        /** The sink refused the credential: nothing works until somebody corrects it. */
        CREDENTIAL_REFUSED,
        /** The sink did not answer as it should: the same message may work later. */
        UNAVAILABLE,
        /** Not a failure of the sink: of the route or of this program. The same message may work later. */
        UNEXPECTED
    }

    /** @param retryAfter more than 0 */
    public static AlertFailure rateLimited(Duration retryAfter) {
        return new AlertFailure(Kind.RATE_LIMITED, "rate limited", retryAfter);
    }

    /** A failure without a time to wait. */
    public static AlertFailure of(Kind kind, String problem) {
        return new AlertFailure(kind, problem, Duration.ZERO);
    }
}
