package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An update that passed every check: its domain is configured and its texts are within their bounds.
 *
 * @param timestamp when the sender says it happened; null if the sender did not say
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

    /** The timestamp, else the time of receipt. */
    Instant updated(Instant received) {
        return timestamp != null ? timestamp : received;
    }

    /** The same of a sender that did not say when. */
    ValidatedUpdate withoutTimestamp() {
        return new ValidatedUpdate(id, status, jobId, message, null, epmJobId, source, key);
    }

    /** The same of another job. */
    ValidatedUpdate ofJob(@Nullable String newJobId, @Nullable String newEpmJobId) {
        return new ValidatedUpdate(id, status, newJobId, message, timestamp, newEpmJobId, source, key);
    }
}
