package org.epmpulse.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param downSec seconds from the first Warning, or from the deadline, to this event; 0 for a failed run
 * @param since when the problem began, or the deadline; null in a file of an earlier version
 */
public record DomainEvent(
        Kind kind,
        Instant noted,
        @Nullable String jobId,
        @Nullable String message,
        int runs,
        long downSec,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant since) {

    /** What happened. */
    public enum Kind {
        /** The domain turned Warning. */
        WARNING,
        /** Another run failed before the domain was OK again. */
        WARNING_AGAIN,
        /** The domain is OK after a problem. */
        OK,
        /** The problem is still open. Not in the list of pending events of the alert file. */
        REMINDER,
        /** A deadline has passed. Not in that list, too. */
        LATE,
        /** A deadline will probably be missed. Not in that list, too. */
        AT_RISK;

        /** Whether it is about a deadline. */
        boolean isDeadline() {
            return this == LATE || this == AT_RISK;
        }

        /** Whether a run has failed. */
        public boolean isProblem() {
            return this == WARNING || this == WARNING_AGAIN;
        }

        /** What an alert of this event reports. */
        AlertKind alertKind() {
            return switch (this) {
                case WARNING, WARNING_AGAIN -> AlertKind.PROBLEM;
                case OK -> AlertKind.RECOVERED;
                case REMINDER -> AlertKind.REMINDER;
                case LATE -> AlertKind.LATE;
                case AT_RISK -> AlertKind.AT_RISK;
            };
        }
    }

    public DomainEvent {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(noted, "noted");
    }

    /** An event of a file of an earlier version. */
    public DomainEvent(
            Kind kind, Instant noted, @Nullable String jobId, @Nullable String message, int runs, long downSec) {
        this(kind, noted, jobId, message, runs, downSec, null);
    }

    /** When the problem began, also if the event is of an earlier version. */
    Instant problemSince() {
        return since == null ? noted.minusSeconds(downSec) : since;
    }

    /** Whether it is about the same problem, or the same deadline, as another event. */
    boolean isOf(DomainEvent other) {
        return problemSince().equals(other.problemSince());
    }

    /** Combines this problem with an earlier one that was not sent. */
    DomainEvent mergedWith(DomainEvent earlier) {
        // The recipient knows the problem of a run that has failed again.
        Instant began = earlier.kind == Kind.WARNING_AGAIN ? earlier.since : since;
        return new DomainEvent(earlier.kind, earlier.noted, jobId, message, earlier.runs + runs, 0, began);
    }
}
