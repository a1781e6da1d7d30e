package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.epmpulse.status.DomainStatus;
import org.jspecify.annotations.Nullable;

/**
 * A problem from a domain's first Warning until it is OK or Blank. Immutable; also kept in a file.
 *
 * @param since when the domain turned Warning
 * @param revision of the latest Warning
 * @param started when the run of the latest Warning began; null if that is not known
 */
record Incident(Instant since, long revision, @Nullable Instant started) {

    Incident {
        Objects.requireNonNull(since, "an incident has a beginning");
    }

    static Incident beginning(DomainStatus warning, Instant now) {
        Instant since = warning.updated() == null ? now : warning.updated();
        return new Incident(since, warning.revision(), warning.started());
    }

    Incident goingOn(DomainStatus warning) {
        return new Incident(since, warning.revision(), warning.started());
    }

    /** Whether a Warning, of which only the result was seen, is of another run than the latest that was. */
    boolean isOtherRun(DomainStatus warning) {
        return warning.revision() != revision
                && warning.started() != null
                && !warning.started().equals(started);
    }

    /** Until this time, in seconds, 0 or more: the times come from clients, whose clocks differ. */
    long secondsUntil(Instant end) {
        return Math.max(0, Duration.between(since, end).toSeconds());
    }
}
