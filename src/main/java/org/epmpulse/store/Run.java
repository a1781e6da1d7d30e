package org.epmpulse.store;

import java.time.Instant;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * A run of one domain: from Loading to OK or Warning.
 *
 * @param status {@link Status#LOADING} while it runs
 * @param started null if only its end was reported
 * @param completed null while it runs
 * @param durationSec 0 or more; null while it runs or if its start is not known
 * @param message of its last update; null if it had none
 * @param url https address of its log; null if unknown
 */
public record Run(
        DomainId id,
        @Nullable String jobId,
        Status status,
        @Nullable Instant started,
        @Nullable Instant completed,
        @Nullable Long durationSec,
        @Nullable String message,
        @Nullable String url) {

    /** The run that this entry is the last one of. */
    static Run of(Entry last) {
        return new Run(
                last.id(),
                last.jobId(),
                last.status(),
                last.started(),
                last.status().endsRun() ? last.updated() : null,
                last.durationSec(),
                last.message(),
                last.url());
    }
}
