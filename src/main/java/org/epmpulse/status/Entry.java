package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An accepted update or answer with its outcome: one line of the journal.
 *
 * @param update without its timestamp if that is more than five minutes ahead of the receipt
 * @param revision its own if it was recorded; the current one for a duplicate; null for a superseded update
 * @param started start of the run; null if it is not known, and for a duplicate
 * @param durationSec of the run that this update ends, in seconds; null unless it ends a run with a known start
 * @param idempotency of the request; null if the request had none
 * @param place in its batch; null for a single update
 * @param answer null if it is an update; with an answer, {@code update} and the times of the run repeat the status that
 *     it is about, and {@code key} is that of the answer
 */
public record Entry(
        ValidatedUpdate update,
        Instant received,
        Outcome outcome,
        @Nullable Long revision,
        @Nullable Instant started,
        @Nullable Long durationSec,
        @Nullable Idempotency idempotency,
        @Nullable Place place,
        @Nullable Answer answer) {

    /** An update. */
    public Entry(
            ValidatedUpdate update,
            Instant received,
            Outcome outcome,
            @Nullable Long revision,
            @Nullable Instant started,
            @Nullable Long durationSec,
            @Nullable Idempotency idempotency,
            @Nullable Place place) {
        this(update, received, outcome, revision, started, durationSec, idempotency, place, null);
    }

    /**
     * The position of an entry in its batch.
     *
     * @param batch id of the batch
     * @param part from 1 to {@code of}; both are 0 before the entries are numbered
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

    /** The sender's timestamp; null if there was none, or if it was more than five minutes ahead of the receipt. */
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

    /** Address of the run's log, also if only an earlier update of the run had it; null if unknown. */
    public @Nullable String url() {
        return update.url();
    }

    /** Id of the site's route that recorded it; null if none did. */
    public @Nullable String route() {
        return update.route();
    }

    /** The sender's timestamp, or the time of receipt without one. */
    public Instant updated() {
        return update.updated(received);
    }

    /** Id of its batch; null for a single update. */
    public @Nullable String batch() {
        return place == null ? null : place.batch();
    }

    /** A copy of the entry with this place in its batch. */
    public Entry withPlace(Place newPlace) {
        return new Entry(update, received, outcome, revision, started, durationSec, idempotency, newPlace, answer);
    }
}
