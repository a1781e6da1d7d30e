package org.epmpulse.slack.canvas;

import java.time.Duration;

/** Limits the edits in any minute: a ninth of them may be made at once, the others at an even pace. Not thread-safe. */
final class CanvasEditBudget {

    private static final double MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final int burst;
    private final int pacePerMinute;
    private double available;

    CanvasEditBudget(int perMinute) {
        this.burst = Math.min(perMinute, Math.max(1, perMinute / 9));
        this.pacePerMinute = perMinute - burst + 1;
        this.available = burst;
    }

    void refill(Duration passed) {
        available = Math.min(burst, available + passed.toNanos() * (double) pacePerMinute / MINUTE_NANOS);
    }

    /** Time until the budget allows an edit; zero if it does now. */
    Duration untilNotEmpty() {
        return until(1);
    }

    /** Time until the budget is full; zero if it is now. */
    Duration untilFull() {
        return until(burst);
    }

    private Duration until(double required) {
        if (available >= required) {
            return Duration.ZERO;
        }
        // One nanosecond more, because rounding would leave the budget a little short.
        return Duration.ofNanos((long) Math.ceil((required - available) * MINUTE_NANOS / pacePerMinute) + 1);
    }

    boolean isEmpty() {
        return available < 1;
    }

    boolean isFull() {
        return available >= burst;
    }

    void consume() {
        available--;
    }

    void refund() {
        available = Math.min(burst, available + 1);
    }
}
