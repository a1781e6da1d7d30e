package org.epmpulse.http;

import io.vertx.core.Context;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /** A value in the queue. */
    static final class Entry<T> {

        private final @Nullable T value;
        private final long deadline;
        private Entry<T> previous = this;
        private Entry<T> next = this;

        private Entry(@Nullable T value, long deadline) {
            this.value = value;
            this.deadline = deadline;
        }

        private boolean isQueued() {
            return next != this;
        }
    }

    private final long limitNanos;
    private final Consumer<T> late;
    private final LongSupplier nanoClock;

    /** The first entry follows it, the last one precedes it. */
    private final Entry<T> end = new Entry<>(null, 0);

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
    Entry<T> add(T value, ContextInternal context) {
        if (loop == null) {
            loop = context;
        }
        Entry<T> entry = new Entry<>(value, nanoClock.getAsLong() + limitNanos);
        entry.previous = end.previous;
        entry.next = end;
        end.previous.next = entry;
        end.previous = entry;
        if (!timerRuns) {
            startTimer(context, limitNanos);
        }
        return entry;
    }

    /** Does nothing if the entry was removed before. */
    void remove(Entry<T> entry) {
        entry.previous.next = entry.next;
        entry.next.previous = entry.previous;
        entry.previous = entry;
        entry.next = entry;
    }

    private void startTimer(ContextInternal context, long nanos) {
        timerRuns = true;
        // Rounded up, so that the first value is late when the timer ends.
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
        context.setTimer(Math.max(1, millis), ended -> timerEnded(context));
    }

    private void timerEnded(ContextInternal context) {
        try {
            for (Entry<T> first = end.next; first != end && nanosLeft(first) <= 0; first = end.next) {
                remove(first);
                accept(late, first);
            }
        } finally {
            timerRuns = false;
            if (end.next != end) {
                startTimer(context, nanosLeft(end.next));
            }
        }
    }

    private long nanosLeft(Entry<T> entry) {
        return entry.deadline - nanoClock.getAsLong();
    }

    private static <T> void accept(Consumer<T> action, Entry<T> entry) {
        T value = entry.value;
        if (value != null) {
            action.accept(value);
        }
    }

    /** Runs an action on the event loop with each value that is in the queue then. May be called by any thread. */
    void forEach(Consumer<T> action) {
        Context context = loop;
        if (context != null) {
            context.runOnContext(turn -> queued().forEach(entry -> {
                // An action may remove other values.
                if (entry.isQueued()) {
                    accept(action, entry);
                }
            }));
        }
    }

    private List<Entry<T>> queued() {
        List<Entry<T>> queued = new ArrayList<>();
        for (Entry<T> entry = end.next; entry != end; entry = entry.next) {
            queued.add(entry);
        }
        return queued;
    }
}
