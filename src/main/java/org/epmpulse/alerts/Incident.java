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
 * @param unreported whether the recipient does not know of it: the sink gets no problems, and no reminder or digest was
 *     sent of it; {@code told} is then when it began
 */
record Incident(
        Instant since,
        long revision,
        @Nullable Instant started,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant told,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean silent,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean unreported) {

    Incident {
        Objects.requireNonNull(since, "since");
    }

    /** An incident of which nothing was sent so far. */
    Incident(Instant since, long revision, @Nullable Instant started) {
        this(since, revision, started, null, false, false);
    }

    static Incident startedBy(DomainStatus warning, Instant now) {
        Instant since = warning.updated() == null ? now : warning.updated();
        return new Incident(since, warning.revision(), warning.started());
    }

    Incident updatedBy(DomainStatus warning) {
        return new Incident(since, warning.revision(), warning.started(), told, silent, unreported);
    }

    /** @param known whether the recipient knows of it; if not, only the time of the next reminder depends on {@code now} */
    Incident told(Instant now, boolean known) {
        return new Incident(since, revision, started, now, false, !known);
    }

    /** A message of it will be sent. */
    Incident queued() {
        return new Incident(since, revision, started, told, false, false);
    }

    Incident silent(boolean muted) {
        return new Incident(since, revision, started, told, muted, unreported);
    }

    /** The same problem for a recipient that knows an earlier beginning. */
    Incident startedAt(Instant earlier) {
        return new Incident(earlier, revision, started, told, silent, unreported);
    }

    /** Whether the Warning is of another run than the latest known one, for a change that was missed. */
    boolean isOtherRun(DomainStatus warning) {
        return warning.revision() != revision
                && warning.started() != null
                && !warning.started().equals(started);
    }

    /** Whether the interval since the latest message has passed. A message of a time far ahead is of a clock that was wrong. */
    boolean isReminderDue(Instant now, Duration interval) {
        return told != null && Duration.between(told, now).abs().compareTo(interval) >= 0;
    }

    /** Seconds until this time, 0 or more: clients set the times, and their clocks differ. */
    long secondsUntil(Instant end) {
        return Math.max(0, Duration.between(since, end).toSeconds());
    }
}
