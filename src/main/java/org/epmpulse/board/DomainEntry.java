package org.epmpulse.board;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.jspecify.annotations.Nullable;

/**
 * A domain in the JSON of the API.
 *
 * @param started when the run began; null if unknown
 * @param stale whether it has been Loading for longer than allowed
 * @param reason why it has this status; null if unknown
 * @param usualSec the typical duration of a run; null if too few runs are known
 * @param eta when the run is expected to end; null if none runs or too few runs are known
 * @param overdue whether the run takes longer than 95 % of the last runs
 * @param url https address of the run's log; null if unknown
 * @param acknowledged by whom its problem was acknowledged, and why; null, and absent in JSON, if it was not
 * @param muted who has muted its alerts, until when, and why; null, and absent in JSON, if nobody has
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
        boolean overdue,
        @Nullable String url,
        @JsonInclude(JsonInclude.Include.NON_NULL) DomainAnswers.@Nullable Active acknowledged,
        @JsonInclude(JsonInclude.Include.NON_NULL) DomainAnswers.@Nullable Active muted) {

    // A value that changes with time alone must also be in BoardRenderer.timeChanges.
    static DomainEntry of(
            DomainStatus domain,
            @Nullable String reason,
            DurationStatistics statistics,
            DomainAnswers answers,
            Instant now,
            Duration staleAfter) {
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
                statistics.typicalSec(),
                statistics.eta(domain),
                statistics.overdue(domain, now),
                domain.url(),
                answers.acknowledgement(now),
                answers.mute(now));
    }
}
