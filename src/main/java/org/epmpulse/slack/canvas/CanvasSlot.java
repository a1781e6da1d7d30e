package org.epmpulse.slack.canvas;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The schedule state of one canvas. Guarded by {@link CanvasSchedule}. */
final class CanvasSlot {

    final String id;

    @Nullable
    PendingChange pendingChange;

    @Nullable
    PendingChange inFlightChange;

    boolean missing;

    /** Whether Slack has accepted an edit since the start, or since this node is active. */
    boolean filled;

    boolean inFlight;
    boolean usedPriorityBudget;
    boolean isProbe;
    Instant intervalUntil = Instant.MIN;
    Instant retryAt = Instant.MIN;
    Instant heartbeatAt;
    int failures;

    /** The order in which pending canvases are edited. */
    enum Priority {
        WARNING,
        RETRY,
        NORMAL
    }

    /**
     * Changes that the canvas does not show yet.
     *
     * @param since time of the oldest change
     * @param queuedAt position in the queue; the earliest is first
     */
    record PendingChange(Instant since, Instant queuedAt, Priority priority) {

        PendingChange mergedWith(@Nullable PendingChange later) {
            return later == null ? this : new PendingChange(since, queuedAt, higher(priority, later.priority));
        }

        PendingChange withoutRetryDelay() {
            return new PendingChange(since, since, priority);
        }

        private static Priority higher(Priority a, Priority b) {
            return a.compareTo(b) <= 0 ? a : b;
        }
    }

    static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    CanvasSlot(String id, Instant heartbeatAt) {
        this.id = id;
        this.heartbeatAt = heartbeatAt;
    }

    /** When the canvas may be edited, unless it is in flight. */
    Instant freeAt() {
        return intervalUntil.isAfter(retryAt) ? intervalUntil : retryAt;
    }

    boolean isFree(Instant now) {
        return !inFlight && !now.isBefore(freeAt());
    }

    boolean isReady(Instant now) {
        return pendingChange != null && isFree(now);
    }

    PendingChange pending() {
        return Objects.requireNonNull(pendingChange, "the canvas has a pending change");
    }

    Instant queuedAt() {
        return pending().queuedAt();
    }

    Priority priority() {
        return pending().priority();
    }

    void start() {
        inFlight = true;
        isProbe = false;
        inFlightChange = pendingChange;
        pendingChange = null;
    }

    void finish() {
        inFlight = false;
        inFlightChange = null;
    }

    /** The edit failed: its changes are pending again, at their old position. */
    void requeue(Instant now) {
        PendingChange change = inFlightChange != null ? inFlightChange : new PendingChange(now, now, Priority.NORMAL);
        pendingChange = change.mergedWith(pendingChange);
        finish();
    }

    /** The edit failed: its changes are pending again, at the position of the retry. */
    void requeueForRetry(Instant now, Instant retryAt, Priority priority) {
        requeue(now);
        pendingChange = new PendingChange(pending().since(), retryAt, priority);
        this.retryAt = retryAt;
    }
}
