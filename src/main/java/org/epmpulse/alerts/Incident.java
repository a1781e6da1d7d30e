package org.epmpulse.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param told when the latest message of it was sent; null if none was, or if that is not known
 * @param silent whether no message was made of it, because the domain was muted
 */
record Incident(
        Instant since,
        long revision,
        @Nullable Instant started,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant told,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean silent) {

    Incident {
        Objects.requireNonNull(since, "since");
    }

    /** An incident of which nothing was sent so far. */
    Incident(Instant since, long revision, @Nullable Instant started) {
        this(since, revision, started, null, false);
    }

    static Incident startedBy(DomainStatus warning, Instant now) {
        Instant since = warning.updated() == null ? now : warning.updated();
        return new Incident(since, warning.revision(), warning.started());
    }

    Incident updatedBy(DomainStatus warning) {
        return new Incident(since, warning.revision(), warning.started(), told, silent);
    }

    Incident told(Instant now) {
        return new Incident(since, revision, started, now, false);
    }

    Incident silent(boolean muted) {
        return new Incident(since, revision, started, told, muted);
    }

    /** The same problem for a recipient that knows an earlier beginning. */
    Incident startedAt(Instant earlier) {
        return new Incident(earlier, revision, started, told, silent);
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
