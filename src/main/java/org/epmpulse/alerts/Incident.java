package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.epmpulse.status.DomainStatus;
import org.jspecify.annotations.Nullable;

/**
 * A problem of a domain: from its first Warning until it is OK or Blank. Immutable; also stored in the alert file.
 *
 * @param since when the domain turned Warning
 * @param revision of the latest Warning
 * @param started when the run of the latest Warning started; null if unknown
 */
record Incident(Instant since, long revision, @Nullable Instant started) {

    Incident {
        Objects.requireNonNull(since, "since");
    }

    static Incident startedBy(DomainStatus warning, Instant now) {
        Instant since = warning.updated() == null ? now : warning.updated();
        return new Incident(since, warning.revision(), warning.started());
    }

    Incident updatedBy(DomainStatus warning) {
        return new Incident(since, warning.revision(), warning.started());
    }

    /** Whether the Warning is of another run than the latest known one, for a change that was missed. */
    boolean isOtherRun(DomainStatus warning) {
        return warning.revision() != revision
                && warning.started() != null
                && !warning.started().equals(started);
    }

    /** Seconds until this time, 0 or more: clients set the times, and their clocks differ. */
    long secondsUntil(Instant end) {
        return Math.max(0, Duration.between(since, end).toSeconds());
    }
}
