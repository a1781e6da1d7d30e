package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An accepted update together with what became of it: one line of the journal.
 *
 * @param revision the one it took; for a duplicate the current one; null for a superseded update
 * @param timestamp what the sender said, for the order; null if it did not say, or said more than five minutes ahead
 * @param started when the run began that this belongs to; null if that is not known, and for a duplicate
 * @param durationSec from the start of the run to this end of it, in seconds; null unless this ends a run whose start is
 *     known
 * @param idempotency of the request that brought it; null if the request had none
 * @param batch id of the batch it came in, with {@code part} from 1 to {@code of}; null and 0 if it came alone
 */
public record Entry(
        @Nullable Long revision,
        Instant received,
        DomainId id,
        Status status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant timestamp,
        @Nullable String epmJobId,
        Source source,
        @Nullable String key,
        Outcome outcome,
        @Nullable Instant started,
        @Nullable Long durationSec,
        @Nullable Idempotency idempotency,
        @Nullable String batch,
        int part,
        int of) {

    /** The sender's timestamp, else the time of receipt. */
    public Instant updated() {
        return timestamp != null ? timestamp : received;
    }

    /** The same entry at its place in its batch, counted from 1. */
    public Entry at(int newPart, int newOf) {
        return new Entry(
                revision,
                received,
                id,
                status,
                jobId,
                message,
                timestamp,
                epmJobId,
                source,
                key,
                outcome,
                started,
                durationSec,
                idempotency,
                batch,
                newPart,
                newOf);
    }
}
