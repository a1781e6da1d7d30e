package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the board shows for a domain.
 *
 * @param started start of the run; null if it is not known
 * @param durationSec of the run, in seconds, 0 or more; null while it runs or if its start is not known
 * @param timestamp given by the sender, orders the updates; null if the sender gave none
 * @param received time of receipt; null if the domain was never reported
 * @param epmJobId id of the run's job in the EPM environment, also if only an earlier update of the run named it; null
 *     if unknown
 * @param revision of the update, 0 if the domain was never reported
 * @param url https address of the run's log; null if unknown
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
        long revision,
        @Nullable String url)
        implements OrderedUpdate {

    /** A status without the address of a log. */
    public DomainStatus(
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
            long revision) {
        this(status, jobId, message, started, durationSec, timestamp, received, epmJobId, source, key, revision, null);
    }

    /** The status of a domain without an update. */
    public static final DomainStatus NEVER_REPORTED =
            new DomainStatus(Status.BLANK, null, null, null, null, null, null, null, Source.API, null, 0);

    /**
     * The status after an update. It holds nothing of the request or the batch, to save memory.
     *
     * @param update with the id of its run's EPM job, also if only an earlier update of the run named it
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
                revision,
                update.url());
    }

    /** The sender's timestamp, or the time of receipt without one; null if the domain was never reported. */
    public @Nullable Instant updated() {
        return timestamp != null ? timestamp : received;
    }

    /** Whether it has been Loading for longer than {@code staleAfter}; the status stays Loading. */
    public boolean stale(Instant now, Duration staleAfter) {
        Instant at = staleAt(staleAfter);
        return at != null && at.isBefore(now);
    }

    /** When it becomes stale without another update; null unless it is Loading. */
    public @Nullable Instant staleAt(Duration staleAfter) {
        Instant since = started != null ? started : updated();
        return status == Status.LOADING && since != null ? since.plus(staleAfter) : null;
    }
}
