package org.epmpulse.epm;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
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
    private boolean queued;
    private int missing;
    private @Nullable String reason;

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

    /** Whether it is to be asked for now; it is then under way until {@link #asked}. */
    boolean due(Duration maxDuration, Instant now) {
        if (queued || now.isBefore(askAt) || givenUp(maxDuration, now)) {
            return false;
        }
        queued = true;
        return true;
    }

    /** It was asked for; the next round does so again, or the tenth. */
    void asked(Duration interval, Duration maxDuration, Instant now) {
        queued = false;
        // Half an interval less, so that a round that comes a little early counts.
        askAt = slow(maxDuration, now) ? now.plus(interval.multipliedBy(SLOW)).minus(interval.dividedBy(2)) : now;
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
