package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the board shows for a domain.
 *
 * @param started when the run that is shown began; null if that is not known
 * @param durationSec how long the run took, in seconds, 0 or more; null while it runs or if its start is not known
 * @param timestamp what the sender said, for the order; null if it did not say
 * @param received when it arrived; null if nothing was heard
 * @param epmJobId id of the run's job on the EPM pod, also if only an earlier update of the run named it; null if unknown
 * @param revision the one it took, 0 if nothing was heard
 */
public record DomainStatus(
        Status status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant started,
        @Nullable Long durationSec,
        @Nullable Instant timestamp,
        @Nullable Instant received,
        @Nullable String epmJobId,
        Source source,
        @Nullable String key,
        long revision)
        implements OrderedUpdate {

    /** Nothing was heard of the domain. */
    public static final DomainStatus NEVER_REPORTED =
            new DomainStatus(Status.BLANK, null, null, null, null, null, null, null, Source.API, null, 0);

    /**
     * What an update leaves. Nothing of the request or the batch is kept, for there are as many of these as domains.
     *
     * @param update with the id of the EPM job that its run has, also if it does not say so itself
     */
    public static DomainStatus of(
            ValidatedUpdate update,
            Instant received,
            @Nullable Instant started,
            @Nullable Long durationSec,
            long revision) {
        return new DomainStatus(
                update.status(),
                update.jobId(),
                update.message(),
                started,
                durationSec,
                update.timestamp(),
                received,
                update.epmJobId(),
                update.source(),
                update.key(),
                revision);
    }

    /** The sender's timestamp, else the time of receipt; null if nothing was heard. */
    public @Nullable Instant updated() {
        return timestamp != null ? timestamp : received;
    }

    /** Whether it has been Loading for longer than {@code staleAfter}; the status stays Loading. */
    public boolean stale(Instant now, Duration staleAfter) {
        Instant at = staleAt(staleAfter);
        return at != null && at.isBefore(now);
    }

    /** When it becomes stale if nothing more is heard; null unless it is Loading. */
    public @Nullable Instant staleAt(Duration staleAfter) {
        Instant since = started != null ? started : updated();
        return status == Status.LOADING && since != null ? since.plus(staleAfter) : null;
    }
}
