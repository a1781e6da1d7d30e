package org.epmpulse.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowReason;
import org.epmpulse.window.WindowView;
import org.jspecify.annotations.Nullable;

/**
 * A domain of the window in the JSON of the API. See {@link WindowDomain}; names of domains are {@code APP/DOMAIN}.
 *
 * @param status of the last update, also if that was before the window
 * @param lastOk when a run last ended OK; null if it is not known
 * @param tooShort whether it is done after less than half of the typical duration
 * @param overdue whether its run takes longer than 95 % of the last runs
 * @param reason why it is in this state, as a text for people; null if there is nothing to explain
 * @param durationsSec of the last runs that ended OK and have a known start, the oldest first; null if not requested
 */
record WindowEntry(
        String app,
        String domain,
        String state,
        @Nullable Instant deadline,
        String deadlineState,
        @Nullable Instant expectedEnd,
        @Nullable Instant pessimisticEnd,
        @Nullable Instant usualEnd,
        List<String> waitingFor,
        @Nullable String cause,
        String status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant updated,
        @Nullable Instant started,
        @Nullable Long durationSec,
        @Nullable Long usualSec,
        @Nullable Instant lastOk,
        boolean tooShort,
        boolean overdue,
        @Nullable String url,
        @Nullable String owner,
        @Nullable String runbook,
        @Nullable String reason,
        @JsonInclude(JsonInclude.Include.NON_NULL) int @Nullable [] durationsSec) {

    static WindowEntry of(WindowDomain domain, WindowView view, DomainNotes notes) {
        return of(domain, view, notes, false);
    }

    /** @param trends whether the entry has the durations of the last runs */
    static WindowEntry of(WindowDomain domain, WindowView view, DomainNotes notes, boolean trends) {
        DomainStatus status = domain.status();
        DomainId cause = domain.cause();
        return new WindowEntry(
                domain.id().app(),
                domain.id().domain(),
                domain.state().label(),
                domain.deadline(),
                domain.deadlineState().label(),
                domain.expectedEnd(),
                domain.pessimisticEnd(),
                domain.usualEnd(),
                domain.waitingFor().stream().map(DomainId::toString).toList(),
                cause == null ? null : cause.toString(),
                status.status().label(),
                status.jobId(),
                status.message(),
                status.updated(),
                status.started(),
                status.durationSec(),
                domain.statistics().typicalSec(),
                domain.statistics().lastEnd(),
                domain.isTooShort(),
                domain.isOverdue(view.asOf()),
                status.url(),
                domain.rule().owner(),
                domain.rule().runbook(),
                WindowReason.of(domain, view, notes.reason(domain.id(), status.status())),
                trends ? domain.statistics().seconds() : null);
    }
}
