package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Orders the updates of a domain and decides the outcome of each: recorded, superseded or duplicate. Thread-safe.
 *
 * <p>Clocks of clients differ, so two updates of a domain are ordered by timestamp only if both have one and come from
 * the same key; otherwise by arrival.
 *
 * @param duplicateWindow how long a repeated update without a timestamp counts as a duplicate
 */
public record StatusRules(Duration duplicateWindow) {

    /** A timestamp further ahead of the receipt than this is ignored; the time of receipt is used instead. */
    public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    /**
     * How long after the end of a run another end belongs to the same run, as when the environment and the client both
     * report it. A later end belongs to a run without a reported start. Otherwise a job that posts only its ends would
     * seem to run for days.
     */
    static final Duration REPEATED_END_WINDOW = Duration.ofMinutes(10);

    /** An end that is earlier by more than this belongs to another run: a clock was far ahead at the first one. */
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofDays(1);

    /**
     * Decides the outcome of an update that arrives now, and returns its journal entry.
     *
     * @param received may be before the previous entry's if the clock was set back
     * @param idempotency of the request; null if it had none
     * @param place in the batch; null for a single update
     */
    public Entry decide(
            Board board,
            ValidatedUpdate sent,
            Instant received,
            @Nullable Idempotency idempotency,
            Entry.@Nullable Place place) {
        boolean ahead = sent.timestamp() != null && sent.timestamp().isAfter(received.plus(MAX_AHEAD));
        DomainStatus current = board.of(sent.id());
        ValidatedUpdate update = withUrlOfRun(ahead ? sent.withoutTimestamp() : sent, current);
        Outcome outcome = outcome(current, update, received);
        Long revision =
                switch (outcome) {
                    case RECORDED -> (Long) (board.revision() + 1);
                    case DUPLICATE -> (Long) board.revision();
                    case SUPERSEDED -> null;
                };
        Job.Part lastOfJob = board.lastUpdateOfRun(current, update);
        Instant updated = update.updated(received);
        Instant started = outcome == Outcome.DUPLICATE ? null : Board.startOf(update.status(), updated, lastOfJob);
        boolean outdated = outcome == Outcome.SUPERSEDED && !countsForJob(lastOfJob, update);
        Long durationSec = outcome == Outcome.DUPLICATE
                ? current.durationSec()
                : outdated ? null : durationSec(update.status(), started, updated);
        return new Entry(update, received, outcome, revision, started, durationSec, idempotency, place);
    }

    /** A later update of a run need not repeat the address of its log. */
    private static ValidatedUpdate withUrlOfRun(ValidatedUpdate update, DomainStatus current) {
        boolean sameRun = current.status() == Status.LOADING
                && update.status() != Status.BLANK
                && Objects.equals(current.jobId(), update.jobId());
        return update.url() == null && current.url() != null && sameRun ? update.withUrl(current.url()) : update;
    }

    private Outcome outcome(DomainStatus current, ValidatedUpdate update, Instant received) {
        if (update.source() == Source.EPM && update.epmJobId() != null) {
            return outcomeOfEpm(current, update);
        }
        if (current.received() == null) {
            return Outcome.RECORDED;
        }
        if (isDuplicate(current, update, received)) {
            return Outcome.DUPLICATE;
        }
        boolean sameJob = current.jobId() != null && current.jobId().equals(update.jobId());
        return isOlder(update, sameJob, current) ? Outcome.SUPERSEDED : Outcome.RECORDED;
    }

    /**
     * EPM reports a run only once. The end of a run that the domain does not show is for the board only if the domain
     * shows an earlier end from EPM: the two have run at the same time. Else it belongs, with a time, into the history
     * of its job.
     */
    private static Outcome outcomeOfEpm(DomainStatus current, ValidatedUpdate update) {
        boolean sameRun = update.epmJobId() != null && update.epmJobId().equals(current.epmJobId());
        if (update.status() == Status.LOADING) {
            if (sameRun) {
                return Outcome.DUPLICATE;
            }
            Instant shown = current.source() == Source.EPM ? current.updated() : current.received();
            boolean older = update.timestamp() != null
                    && shown != null
                    && update.timestamp().isBefore(shown);
            return older ? Outcome.SUPERSEDED : Outcome.RECORDED;
        }
        if (isRunning(current, update.epmJobId()) || !sameRun && isLatestEnd(current, update)) {
            return Outcome.RECORDED;
        }
        // The end was posted, or a new run began, while the poll was in flight.
        return sameRun || update.timestamp() == null ? Outcome.DUPLICATE : Outcome.SUPERSEDED;
    }

    /**
     * Whether this end of a run comes after the one that the domain shows, both from EPM. A failure comes after each
     * success of a run that began before it: that run cannot have repaired it.
     */
    private static boolean isLatestEnd(DomainStatus current, ValidatedUpdate update) {
        if (current.source() != Source.EPM || !current.status().endsRun() || update.timestamp() == null) {
            return false;
        }
        boolean failure = current.status() == Status.OK && update.status() == Status.WARNING;
        Instant shown = failure && current.started() != null ? current.started() : current.updated();
        return shown != null && !update.timestamp().isBefore(shown);
    }

    /** Whether an update of a client is about the run that EPM has reported: they name the same EPM job. */
    static boolean isReportedRun(DomainStatus current, ValidatedUpdate update) {
        return update.source() != Source.EPM
                && current.source() == Source.EPM
                && isRunning(current, update.epmJobId())
                && !Objects.equals(current.jobId(), update.jobId());
    }

    private static boolean isRunning(DomainStatus current, @Nullable String epmJobId) {
        return current.status() == Status.LOADING && epmJobId != null && epmJobId.equals(current.epmJobId());
    }

    /** A repeated update that names another EPM job is not a duplicate: that job would never be polled. */
    private boolean isDuplicate(DomainStatus current, ValidatedUpdate update, Instant received) {
        if (current.status() != update.status()
                || !Objects.equals(current.jobId(), update.jobId())
                || !Objects.equals(current.message(), update.message())
                || (update.epmJobId() != null && !update.epmJobId().equals(current.epmJobId()))
                || (update.url() != null && !update.url().equals(current.url()))) {
            return false;
        }
        if (update.timestamp() != null) {
            return update.timestamp().equals(current.timestamp());
        }
        Instant since = Objects.requireNonNull(current.received(), "a reported domain has a time of receipt");
        // If the clock was set back since then, the time between the two is not known.
        return !received.isBefore(since) && !received.isAfter(since.plus(duplicateWindow));
    }

    /**
     * Whether an update is older. With equal timestamps the later arrival wins, but Loading never replaces its job's
     * end.
     */
    private static boolean isOlder(OrderedUpdate update, boolean sameJob, OrderedUpdate current) {
        Instant timestamp = update.timestamp();
        Instant currentTimestamp = current.timestamp();
        if (timestamp == null || currentTimestamp == null || !Objects.equals(update.key(), current.key())) {
            return false;
        }
        if (timestamp.isBefore(currentTimestamp)) {
            return true;
        }
        return timestamp.equals(currentTimestamp)
                && sameJob
                && update.status() == Status.LOADING
                && current.status().endsRun();
    }

    private static @Nullable Long durationSec(Status status, @Nullable Instant started, Instant updated) {
        return status.endsRun() && started != null ? (Long) Board.seconds(started, updated) : null;
    }

    /** Whether an end at this time belongs to the run that has already ended. */
    static boolean isRepeatedEnd(Job.Part ended, Instant updated) {
        return ended.status().endsRun() && isSameEnd(ended.updated(), updated);
    }

    /** Whether two ends of a job, the second one received later, belong to the same run if its start is not known. */
    public static boolean isSameEnd(Instant ended, Instant updated) {
        return !updated.isAfter(ended.plus(REPEATED_END_WINDOW))
                && !updated.isBefore(ended.minus(MAX_CLOCK_DIFFERENCE));
    }

    /**
     * Whether a superseded update still counts for its own job: it is older only than another job's update of the
     * domain, not than this job's last one.
     */
    static boolean countsForJob(Job.@Nullable Part lastOfJob, ValidatedUpdate update) {
        return lastOfJob == null || !isOlder(update, true, lastOfJob);
    }
}
