package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes bursts: more than {@value #MAX_SINGLE_MESSAGES} problems, or recoveries, within ten seconds. Times are of
 * the steady clock. Not thread-safe.
 */
final class Bursts {

    static final int MAX_SINGLE_MESSAGES = 5;
    static final Duration WINDOW = Duration.ofSeconds(10);

    private final Deque<Instant> latestProblems = new ArrayDeque<>();
    private final Deque<Instant> latestOthers = new ArrayDeque<>();
    private @Nullable Instant combineAt;

    /** @param oldest when the oldest pending event was queued; null if none is pending */
    void add(DomainEvent event, Instant queuedAt, @Nullable Instant oldest) {
        Deque<Instant> latest = event.kind().isProblem() ? latestProblems : latestOthers;
        latest.addLast(queuedAt);
        if (latest.size() > MAX_SINGLE_MESSAGES + 1) {
            latest.removeFirst();
        }
        boolean burst = latest.size() > MAX_SINGLE_MESSAGES
                && latest.getFirst().plus(WINDOW).isAfter(queuedAt);
        if (burst && combineAt == null && oldest != null) {
            combineAt = oldest.plus(WINDOW);
        }
    }

    /** When all pending events become one message; null if there is no burst. */
    @Nullable
    Instant combineAt() {
        return combineAt;
    }

    /** The message of the burst was made. */
    void reset() {
        combineAt = null;
    }
}
