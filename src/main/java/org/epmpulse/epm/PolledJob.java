package org.epmpulse.epm;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/** A job that runs, and the domains that wait for its end. Guarded by {@link PollSchedule}. */
final class PolledJob {

    /** A job that EPM does not know so many times in a row is asked for less often. */
    private static final int MISSING_OFTEN = 5;

    private static final int SLOW = 10;
    private static final Duration GIVE_UP = Duration.ofHours(24);

    private final Poll poll;
    private final Map<DomainId, DomainStatus> domains = new LinkedHashMap<>();
    private Instant askAt = Instant.MIN;
    private State state = State.IDLE;
    private boolean retried;
    private int missing;
    private @Nullable String reason;

    private enum State {
        IDLE,
        /** Its environment cannot be asked for it yet. */
        WAITING,
        IN_FLIGHT,
        /** In flight, but what follows is only the recording of the answer. */
        ANSWERED
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
     * When somebody last said that it runs: by our clock, so that a client's wrong one cannot end the asking, and from
     * the journal, so that a restart does not begin anew.
     */
    private Instant heardOf() {
        return domains.values().stream()
                .map(DomainStatus::received)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    private boolean givenUp(Duration maxDuration, Instant now) {
        Duration longest = maxDuration.compareTo(GIVE_UP) > 0 ? maxDuration : GIVE_UP;
        return Duration.between(heardOf(), now).compareTo(longest) >= 0;
    }

    private boolean slow(Duration maxDuration, Instant now) {
        return missing >= MISSING_OFTEN || Duration.between(heardOf(), now).compareTo(maxDuration) >= 0;
    }

    /** Whether it is to be polled now; it then waits, until {@link #begin}. */
    boolean due(Duration maxDuration, Instant now) {
        if (state != State.IDLE || now.isBefore(askAt) || givenUp(maxDuration, now)) {
            return false;
        }
        state = State.WAITING;
        return true;
    }

    /** It is in flight until {@link #ended} or {@link #retry}. */
    void begin() {
        state = State.IN_FLIGHT;
    }

    /** EPM answered; the poll has not ended yet. */
    void answered() {
        state = State.ANSWERED;
    }

    boolean isAnswered() {
        return state == State.ANSWERED;
    }

    /** Whether it waits again without a new round, which it does once. */
    boolean retry() {
        if (retried) {
            return false;
        }
        retried = true;
        state = State.WAITING;
        return true;
    }

    /** The poll ended; the next round polls it again, or the tenth. */
    void ended(Duration interval, Duration maxDuration, Instant now) {
        state = State.IDLE;
        retried = false;
        // Half an interval less, so that a round that comes a little early counts.
        askAt = slow(maxDuration, now) ? now.plus(interval.multipliedBy(SLOW)).minus(interval.dividedBy(2)) : now;
    }

    /** Whether a domain still waits for its end. */
    boolean isRunning(Board board) {
        return domains.keySet().stream().anyMatch(id -> poll.epmJobId().equals(runningJob(board.of(id))));
    }

    /** The EPM job whose end a domain waits for; null if there is none. */
    static @Nullable String runningJob(DomainStatus status) {
        return status.status() == Status.LOADING ? status.epmJobId() : null;
    }

    void runs() {
        missing = 0;
        reason = null;
    }

    void missing(String text) {
        missing++;
        reason = missing >= MISSING_OFTEN ? text : null;
    }

    void unclear(String text) {
        missing = 0;
        reason = text;
    }

    /** Why its end may not be known; null if all is as it should be. */
    @Nullable
    String reason(Duration maxDuration, Instant now) {
        return givenUp(maxDuration, now)
                ? "EPM job " + poll.epmJobId() + " did not end in time, EPM is not asked any more"
                : reason;
    }
}
