package org.epmpulse.window;

import java.time.Instant;
import java.util.List;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.jspecify.annotations.Nullable;

/**
 * A domain in a window, at one time. Immutable.
 *
 * @param status its last update
 * @param statistics of its last runs
 * @param deadline null if it has none in this window
 * @param expectedEnd its end if it is done; otherwise when it is expected to be done, which for a failed domain is if it
 *     runs again now; null if it cannot be estimated
 * @param endMoves whether {@code expectedEnd} becomes later with time as long as nothing is reported
 * @param pessimisticEnd as {@code expectedEnd}, if every run takes as long as the 80th percentile
 * @param usualEnd when it is usually done in a window like this; null if it is not known
 * @param waitingFor the domains of its rule that are not done; empty unless it has not started or has failed
 * @param cause a failed, stale or late domain because of which it waits, directly or by others; null if there is none
 */
public record WindowDomain(
        DomainId id,
        DomainState state,
        DomainStatus status,
        DurationStatistics statistics,
        DomainRule rule,
        @Nullable Instant deadline,
        DeadlineState deadlineState,
        @Nullable Instant expectedEnd,
        boolean endMoves,
        @Nullable Instant pessimisticEnd,
        @Nullable Instant usualEnd,
        List<DomainId> waitingFor,
        @Nullable DomainId cause) {

    /** Whether it is done after less than half of the typical duration, so that it may have loaded too little. */
    public boolean isTooShort() {
        Long typical = statistics.typicalSec();
        Long took = status.durationSec();
        return state == DomainState.DONE && typical != null && took != null && 2 * took < typical;
    }

    /** Whether its run takes longer than 95 % of the last runs. */
    public boolean isOverdue(Instant now) {
        return statistics.overdue(status, now);
    }

    /** Whether its deadline has passed and it is still not done. */
    public boolean isLateNow() {
        return deadlineState == DeadlineState.LATE && state != DomainState.DONE;
    }
}
