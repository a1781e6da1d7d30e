package org.epmpulse.slack.canvas;

import java.time.Duration;

/** At most so many edits in any minute: a ninth of them at once, the others at an even pace. Not thread-safe. */
final class EditBudget {

    private static final double MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private final int burst;
    private final int pacePerMinute;
    private double left;

    EditBudget(int perMinute) {
        this.burst = Math.min(perMinute, Math.max(1, perMinute / 9));
        this.pacePerMinute = perMinute - burst + 1;
        this.left = burst;
    }

    void refill(Duration passed) {
        left = Math.min(burst, left + passed.toNanos() * (double) pacePerMinute / MINUTE_NANOS);
    }

    /** From now until it is not empty; zero if it is not. */
    Duration untilNotEmpty() {
        return until(1);
    }

    /** From now until it is full; zero if it is. */
    Duration untilFull() {
        return until(burst);
    }

    private Duration until(double wanted) {
        if (left >= wanted) {
            return Duration.ZERO;
        }
        // One more: what is rounded would leave the budget a little short.
        return Duration.ofNanos((long) Math.ceil((wanted - left) * MINUTE_NANOS / pacePerMinute) + 1);
    }

    boolean isEmpty() {
        return left < 1;
    }

    boolean isFull() {
        return left >= burst;
    }

    void take() {
        left--;
    }

    void giveBack() {
        left = Math.min(burst, left + 1);
    }
}
