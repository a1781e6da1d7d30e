package org.epmpulse.work;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which items may start now, and learns how each one ended. A {@link WorkConsumer} calls it, so a source knows
 * neither threads nor timers. Implementations are thread-safe.
 *
 * <p>An item that {@link #poll} returned is in flight until exactly one of these happened: {@link #begin} returned null,
 * {@link #succeeded}, {@link #failed} or {@link #released} was called. The consumer guarantees that one of them happens.
 *
 * @param <T> an item, such as the id of a channel
 */
public interface WorkSource<T> {

    /**
     * The items that may start now; they are in flight from now on.
     *
     * @param max the free workers, 0 or more; with 0 the source only does what it does at every poll beside
     * @return at most {@code max} items, empty if none may start
     */
    List<T> poll(int max);

    /**
     * How long from now until time alone may make another item due; zero or less if one is due already. Null if only an
     * event can, which then calls the listener of {@link #onPending}.
     */
    @Nullable
    Duration untilNextPoll();

    /**
     * The message of an item. Called on the worker just before the message is sent, so that it carries the latest state.
     *
     * @return null if there is nothing to send any more; the item has ended then
     */
    @Nullable
    Work begin(T item);

    /** The route processed the message without an exception. */
    void succeeded(T item);

    /**
     * The message was not processed.
     *
     * @param failure what the route, or {@link #begin}, threw
     */
    void failed(T item, Throwable failure);

    /**
     * The item was not begun, because the route stopped. It is due again as if it had not been polled; nothing is known
     * against it.
     */
    void released(T item);

    /**
     * Sets who is notified when an event, not time, may have made an item due. The listener returns at once and may be
     * called from any thread, under any lock; it replaces the one before.
     */
    void onPending(Runnable listener);
}
