package org.epmpulse.http;

import io.vertx.core.Context;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Values that have the same time each until they must be removed, such as requests whose body is arriving. A value that is
 * not removed in time is removed and passed on.
 *
 * <p>The order in which values are added is the order of their deadlines, so that one timer for the first value is enough:
 * starting and cancelling a timer takes far longer than adding and removing an entry. The timer continues to run when its
 * value is removed, and then waits for the value that is first.
 *
 * <p>Used by one event loop only, except {@link #forEach}.
 *
 * @param <T> what waits
 */
final class DeadlineQueue<T> {

    private final long limitNanos;
    private final Consumer<T> late;
    private final LongSupplier nanoClock;

    private final WaitingList<T> waiting = new WaitingList<>();

    /** The event loop; null before the first value. */
    private volatile @Nullable ContextInternal loop;

    private boolean timerRuns;

    /**
     * @param limit the time from adding a value to its deadline
     * @param late called on the event loop with each value that was not removed before its deadline
     * @param nanoClock monotonic
     */
    DeadlineQueue(Duration limit, Consumer<T> late, LongSupplier nanoClock) {
        this.limitNanos = limit.toNanos();
        this.late = late;
        this.nanoClock = nanoClock;
    }

    /** @param context the event loop, the same for all values */
    WaitingList.Entry<T> add(T value, ContextInternal context) {
        if (loop == null) {
            loop = context;
        }
        WaitingList.Entry<T> entry = new WaitingList.Entry<>(value);
        waiting.add(entry, nanoClock.getAsLong());
        if (!timerRuns) {
            startTimer(context, limitNanos);
        }
        return entry;
    }

    private void startTimer(ContextInternal context, long nanos) {
        timerRuns = true;
        // Rounded up, so that the first value is late when the timer ends.
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
        context.setTimer(Math.max(1, millis), ended -> timerEnded(context));
    }

    private void timerEnded(ContextInternal context) {
        try {
            for (T first = pollLate(); first != null; first = pollLate()) {
                late.accept(first);
            }
        } finally {
            timerRuns = false;
            if (!waiting.isEmpty()) {
                startTimer(context, limitNanos - waiting.waited(nanoClock.getAsLong()));
            }
        }
    }

    private @Nullable T pollLate() {
        return waiting.poll(limitNanos, nanoClock.getAsLong());
    }

    /** Runs an action on the event loop with each value that is in the queue then. May be called by any thread. */
    void forEach(Consumer<T> action) {
        Context context = loop;
        if (context != null) {
            context.runOnContext(turn -> waiting.forEach(action));
        }
    }
}
