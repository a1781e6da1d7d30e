package org.epmpulse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of an accepted update. Thread-safe.
 *
 * <p>Clients' clocks are wrong, so two updates of a domain are ordered by timestamp only where both carry one and come
 * from the same key; otherwise by arrival.
 *
 * @param duplicateWindow for how long a repeated update without a timestamp counts as the same one
 */
public record StatusRules(Duration duplicateWindow) {

    /** A timestamp further ahead of the receipt than this says nothing: the time of receipt is taken. */
    public static final Duration MAX_AHEAD = Duration.ofMinutes(5);

    /**
     * For how long after the end of a run another end is told of the same run, as when the pod and the client both
     * report it. A later one is of a run whose start nobody told: a job that only posts its ends would else seem to run
     * for days.
     */
    static final Duration SAME_END = Duration.ofMinutes(10);

    /**
     * The journal entry for an update that arrives now.
     *
     * @param received not before any earlier one
     * @param idempotency of the request; null if it had none
     * @param place in the batch; null if it came alone
     */
    public Entry decide(
            Board board,
            ValidatedUpdate sent,
            Instant received,
            @Nullable Idempotency idempotency,
            Entry.@Nullable Place place) {
        boolean ahead = sent.timestamp() != null && sent.timestamp().isAfter(received.plus(MAX_AHEAD));
        ValidatedUpdate update = ahead ? sent.withoutTimestamp() : sent;
        DomainStatus current = board.of(update.id());
        Outcome outcome = outcome(current, update, received);
        Long revision =
                switch (outcome) {
                    case RECORDED -> (Long) (board.revision() + 1);
                    case DUPLICATE -> (Long) board.revision();
                    case SUPERSEDED -> null;
                };
        Job.Part lastWord = board.lastWord(current, update.id(), update.jobId());
        Instant updated = update.updated(received);
        Instant started = outcome == Outcome.DUPLICATE ? null : Board.startOf(update.status(), updated, lastWord);
        boolean hidden = outcome == Outcome.SUPERSEDED && !isNews(lastWord, update);
        Long durationSec = outcome == Outcome.DUPLICATE
                ? current.durationSec()
                : hidden ? null : durationSec(update.status(), started, updated);
        return new Entry(update, received, outcome, revision, started, durationSec, idempotency, place);
    }

    private Outcome outcome(DomainStatus current, ValidatedUpdate update, Instant received) {
        if (update.source() == Source.EPM && !isRunOf(current, update.epmJobId())) {
            // Between the question and its answer somebody told the end, or a new run began: nothing is news any more.
            return Outcome.DUPLICATE;
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

    private static boolean isRunOf(DomainStatus current, @Nullable String epmJobId) {
        return current.status() == Status.LOADING && epmJobId != null && epmJobId.equals(current.epmJobId());
    }

    /** A repeated update that names another EPM job is news: without it that job would never be polled. */
    private boolean isDuplicate(DomainStatus current, ValidatedUpdate update, Instant received) {
        if (current.status() != update.status()
                || !Objects.equals(current.jobId(), update.jobId())
                || !Objects.equals(current.message(), update.message())
                || (update.epmJobId() != null && !update.epmJobId().equals(current.epmJobId()))) {
            return false;
        }
        if (update.timestamp() != null) {
            return update.timestamp().equals(current.timestamp());
        }
        Instant since = Objects.requireNonNull(current.received(), "something was heard of the domain");
        return !received.isAfter(since.plus(duplicateWindow));
    }

    /** Whether an update lies before what is there. Of equal stamps the later arrival wins, but no start beats its end. */
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
                && current.status().ends();
    }

    private static @Nullable Long durationSec(Status status, @Nullable Instant started, Instant updated) {
        return status.ends() && started != null ? (Long) Board.seconds(started, updated) : null;
    }

    /** Whether an end at this time is of the run that had ended so. */
    static boolean isSameEnd(Job.Part ended, Instant updated) {
        return ended.status().ends() && !updated.isAfter(ended.updated().plus(SAME_END));
    }

    /**
     * Whether a superseded update still counts for its own job: what hides it is another job's word, and it is not older
     * than the last this job said of the domain.
     */
    static boolean isNews(Job.@Nullable Part lastWord, ValidatedUpdate update) {
        return lastWord == null || !isOlder(update, true, lastWord);
    }
}
