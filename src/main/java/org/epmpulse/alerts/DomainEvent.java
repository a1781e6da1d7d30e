package org.epmpulse.alerts;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A problem or a recovery of a domain, as sent to a channel. Immutable; also stored in the alert file.
 *
 * @param noted when EPMPulse received it
 * @param jobId null if the update had none
 * @param message null if the update had none
 * @param runs number of failed runs that it reports, 1 or more: several if earlier failures were not sent yet
 * @param downSec seconds from the first Warning to this OK; 0 for a problem
 */
public record DomainEvent(
        Kind kind,
        Instant noted,
        @Nullable String jobId,
        @Nullable String message,
        int runs,
        long downSec) {

    /** What happened. */
    public enum Kind {
        /** The domain turned Warning. */
        WARNING,
        /** Another run failed before the domain was OK again. */
        WARNING_AGAIN,
        /** The domain is OK after a problem. */
        OK;

        /** False for a recovery. */
        public boolean isProblem() {
            return this != OK;
        }
    }

    public DomainEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(noted, "noted");
    }

    /** Combines this problem with an earlier one that was not sent. */
    DomainEvent mergedWith(DomainEvent earlier) {
        return new DomainEvent(earlier.kind, earlier.noted, jobId, message, earlier.runs + runs, 0);
    }
}
