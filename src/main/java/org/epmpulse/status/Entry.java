package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An accepted update together with what became of it: one line of the journal.
 *
 * @param update as it counts: without its timestamp if that is more than five minutes ahead of the receipt
 * @param revision the one it took; for a duplicate the current one; null for a superseded update
 * @param started when the run began that this belongs to; null if that is not known, and for a duplicate
 * @param durationSec from the start of the run to this end of it, in seconds; null unless this ends a run whose start is
 *     known
 * @param idempotency of the request that brought it; null if the request had none
 * @param place in the batch it came in; null if it came alone
 */
public record Entry(
        ValidatedUpdate update,
        Instant received,
        Outcome outcome,
        @Nullable Long revision,
        @Nullable Instant started,
        @Nullable Long durationSec,
        @Nullable Idempotency idempotency,
        @Nullable Place place) {

    /**
     * Where an entry stands among those of its batch.
     *
     * @param batch id of the batch
     * @param part from 1 to {@code of}; both are 0 before the entries are counted
     */
    public record Place(String batch, int part, int of) {}

    public DomainId id() {
        return update.id();
    }

    public Status status() {
        return update.status();
    }

    public @Nullable String jobId() {
        return update.jobId();
    }

    public @Nullable String message() {
        return update.message();
    }

    /** What the sender said, for the order; null if it did not say, or said more than five minutes ahead. */
    public @Nullable Instant timestamp() {
        return update.timestamp();
    }

    public @Nullable String epmJobId() {
        return update.epmJobId();
    }

    public Source source() {
        return update.source();
    }

    public @Nullable String key() {
        return update.key();
    }

    /** The sender's timestamp, else the time of receipt. */
    public Instant updated() {
        return update.updated(received);
    }

    /** Id of the batch it came in; null if it came alone. */
    public @Nullable String batch() {
        return place == null ? null : place.batch();
    }

    /** The same entry at this place in its batch. */
    public Entry at(Place newPlace) {
        return new Entry(update, received, outcome, revision, started, durationSec, idempotency, newPlace);
    }
}
