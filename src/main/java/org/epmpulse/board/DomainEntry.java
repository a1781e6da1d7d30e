package org.epmpulse.board;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.jspecify.annotations.Nullable;

/**
 * A domain as the API shows it.
 *
 * @param started when the run that is shown began; null if that is not known
 * @param stale whether it has been Loading for too long
 * @param reason more about why it is as it is; null if nothing is known
 * @param usualSec how long a run usually takes; null if too few are known
 * @param eta when the run should end; null unless one runs and enough are known
 * @param overdue whether the run takes longer than 95 of 100 do
 */
public record DomainEntry(
        String status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant updated,
        @Nullable Instant started,
        @Nullable Long durationSec,
        boolean stale,
        @Nullable String reason,
        String source,
        @Nullable Long usualSec,
        @Nullable Instant eta,
        boolean overdue) {

    // What of it changes with time alone also belongs into BoardRenderer.changes.
    static DomainEntry of(
            DomainStatus domain, @Nullable String reason, DurationStatistics usual, Instant now, Duration staleAfter) {
        return new DomainEntry(
                domain.status().label(),
                domain.jobId(),
                domain.message(),
                domain.updated(),
                domain.started(),
                domain.durationSec(),
                domain.stale(now, staleAfter),
                reason,
                domain.source().label(),
                usual.typicalSec(),
                usual.eta(domain),
                usual.overdue(domain, now));
    }
}
