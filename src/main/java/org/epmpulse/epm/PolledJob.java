package org.epmpulse.epm;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusUpdate;
import org.jspecify.annotations.Nullable;

/** A running job and the domains that wait for its end. Guarded by {@link PollSchedule}. */
final class PolledJob {

    private static final int SLOW_FACTOR = 10;
    private static final Duration MIN_TIMEOUT = Duration.ofHours(24);

    /** Longer times need not be distinguished. */
    private static final Duration MAX_AGE = Duration.ofDays(36_500);

    private final Poll poll;
    private final Map<DomainId, DomainStatus> domains = new LinkedHashMap<>();
    private @Nullable Instant lastReported;
    private Instant lastReportedSteady = Instant.MIN;
    private Duration age = Duration.ZERO;
    private Instant nextPollAt = Instant.MIN;
    private Instant earliestPoll = Instant.MIN;
    private State state = State.IDLE;
    private boolean retried;
    private boolean answered;
    private final JobProblem problem = new JobProblem();

    private enum State {
        IDLE,
        /** Waits until its environment may be polled. */
        PENDING,
        IN_FLIGHT,
        /** In flight; EPM has responded, only the recording is left. */
        RESPONDED
    }

    PolledJob(Poll poll) {
        this.poll = poll;
    }

    Poll poll() {
        return poll;
    }

    Map<DomainId, DomainStatus> domains() {
        return domains;
    }

    /**
     * Updates the time since the job was last reported as running, at the start of a round. It comes from the journal,
     * so a restart does not reset it, and from the server's time, so a wrong clock of a client cannot stop the polling.
     * While the service runs, setting the server's clock cannot either: of the times by both clocks the shorter counts.
     *
     * @param wall for comparison with the journal
     * @param steady a clock that is never set
     * @param sinceLastRound what is new on the board is not older than this
     */
    void updateAge(Instant wall, Instant steady, Duration sinceLastRound) {
        Instant reported = domains.values().stream()
                .map(DomainStatus::received)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(wall);
        Duration wallAge = shorter(Duration.between(reported, wall), MAX_AGE);
        if (!reported.equals(lastReported)) {
            lastReported = reported;
            Duration known = shorter(wallAge, sinceLastRound);
            lastReportedSteady = steady.minus(known.isNegative() ? Duration.ZERO : known);
        }
        age = shorter(wallAge, Duration.between(lastReportedSteady, steady));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private boolean isTimedOut(Duration maxDuration) {
        return age.compareTo(maxDuration) >= 0 && age.compareTo(MIN_TIMEOUT) >= 0;
    }

    /** How many rounds later the next poll is due: more for a job that runs long, or whose state is not known. */
    private int rounds(Duration maxDuration) {
        return age.compareTo(maxDuration) >= 0 ? SLOW_FACTOR : problem.rounds();
    }

    /** Marks an idle job that is due as pending, until {@link #begin}; false if it is not due. */
    boolean markPendingIfDue(Duration maxDuration, Instant now) {
        if (state != State.IDLE || now.isBefore(nextPollAt) || isTimedOut(maxDuration)) {
            return false;
        }
        state = State.PENDING;
        return true;
    }

    /** The job is in flight until {@link #finishPoll}, {@link #release} or {@link #retryOnce}. */
    void begin() {
        state = State.IN_FLIGHT;
    }

    /** EPM has responded; the poll is still in flight. */
    void recordResponse() {
        state = State.RESPONDED;
        answered = true;
    }

    /** The poll failed. */
    void recordFailure() {
        answered = false;
    }

    /** Whether EPM responded to the latest poll, and the job is still polled. */
    boolean isAnswered(Duration maxDuration) {
        return answered && !isTimedOut(maxDuration);
    }

    boolean hasResponse() {
        return state == State.RESPONDED;
    }

    /** Marks the job as pending again in the same round; false if that was done before. */
    boolean retryOnce() {
        if (retried) {
            return false;
        }
        retried = true;
        state = State.PENDING;
        return true;
    }

    /** Nothing was sent: the job is pending again in the same round. */
    void defer() {
        state = State.PENDING;
    }

    /**
     * The next round polls the job again, or a later one; not before half an interval has passed, also if this poll
     * took so long that the next round begins at once.
     */
    void finishPoll(Duration interval, Duration maxDuration, Instant now) {
        release();
        earliestPoll = now.plus(interval.dividedBy(2));
        int rounds = rounds(maxDuration);
        // Half an interval less: the round may begin slightly early.
        nextPollAt = rounds > 1 ? now.plus(interval.multipliedBy(rounds)).minus(interval.dividedBy(2)) : now;
    }

    /** Nothing was sent: the next round polls the job. */
    void release() {
        state = State.IDLE;
        retried = false;
    }

    /** A pending job must wait until then; by the steady clock. */
    Instant earliestPoll() {
        return earliestPoll;
    }

    /** Whether a domain still waits for its end. */
    boolean isRunning(Board board) {
        return domains.keySet().stream().anyMatch(id -> poll.epmJobId().equals(runningJob(board.of(id))));
    }

    /** The updates of its domains after its end. */
    List<StatusUpdate> updates(JobState.Ended end) {
        return domains.entrySet().stream()
                .map(domain -> StatusUpdate.ofEpm(
                        domain.getKey(), end.status(), domain.getValue().jobId(), end.message(), null, poll.epmJobId()))
                .toList();
    }

    /** The EPM job whose end a domain waits for; null if there is none. */
    static @Nullable String runningJob(DomainStatus status) {
        return status.status() == Status.LOADING ? status.epmJobId() : null;
    }

    /** The reasons why the job's end may not be detected. */
    JobProblem problem() {
        return problem;
    }

    /** Why the job's end may not be detected; null if there is no problem. */
    @Nullable
    String reason(Duration maxDuration) {
        String reason = problem.reason();
        if (!isTimedOut(maxDuration)) {
            return reason;
        }
        String timedOut = "EPM job " + poll.epmJobId() + " did not finish in time; EPMPulse no longer polls it";
        return reason == null ? timedOut : SingleLine.of(timedOut + " (" + reason + ")");
    }
}
