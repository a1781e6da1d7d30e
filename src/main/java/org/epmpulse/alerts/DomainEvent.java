package org.epmpulse.alerts;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A problem or a recovery of a domain, as it is sent to a channel. Immutable; also kept in a file.
 *
 * @param noted when EPMPulse learnt of it
 * @param jobId null if the update named none
 * @param message null if the update had none
 * @param runs how many failed runs it stands for, 1 or more: those that were not sent before the next one count together
 * @param downSec from the first Warning to this OK, in seconds; 0 for a problem
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
        /** It turned Warning. */
        WARNING,
        /** Another run of it failed before it was OK. */
        WARNING_AGAIN,
        /** It is OK after a problem. */
        OK;

        /** Whether it is not a recovery. */
        public boolean isProblem() {
            return this != OK;
        }
    }

    public DomainEvent {
        Objects.requireNonNull(kind, "an event has a kind");
        Objects.requireNonNull(noted, "an event has a time");
    }

    /** This problem in the place of an earlier one that was not sent. */
    DomainEvent after(DomainEvent earlier) {
        return new DomainEvent(earlier.kind, earlier.noted, jobId, message, earlier.runs + runs, 0);
    }
}
