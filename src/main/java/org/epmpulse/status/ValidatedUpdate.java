package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An update that {@link UpdateValidator} accepted: its domain is configured and its texts are within their bounds.
 *
 * @param timestamp of the event by the sender's clock; null if the sender gave none
 */
public record ValidatedUpdate(
        DomainId id,
        Status status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant timestamp,
        @Nullable String epmJobId,
        Source source,
        @Nullable String key)
        implements OrderedUpdate {

    /** The timestamp, or the time of receipt without one. */
    Instant updated(Instant received) {
        return timestamp != null ? timestamp : received;
    }

    /** A copy without the timestamp. */
    ValidatedUpdate withoutTimestamp() {
        return withTimestamp(null);
    }

    /** A copy with this timestamp. */
    public ValidatedUpdate withTimestamp(@Nullable Instant newTimestamp) {
        return new ValidatedUpdate(id, status, jobId, message, newTimestamp, epmJobId, source, key);
    }

    /** A copy with other job ids. */
    ValidatedUpdate withJob(@Nullable String newJobId, @Nullable String newEpmJobId) {
        return new ValidatedUpdate(id, status, newJobId, message, timestamp, newEpmJobId, source, key);
    }
}
