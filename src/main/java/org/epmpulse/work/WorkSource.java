package org.epmpulse.work;

import java.time.Duration;
import java.util.List;
import org.epmpulse.cluster.Activity;
import org.jspecify.annotations.Nullable;

/**
 * Decides which items may start now, and receives the result of each. A {@link WorkConsumer} calls it, so a source
 * needs no threads or timers. Implementations are thread-safe.
 *
 * <p>An item that {@link #poll} returned is in flight until {@link #begin} returns null, or {@link #succeeded}, {@link
 * #failed} or {@link #released} is called. The consumer guarantees that exactly one of these happens.
 *
 * @param <T> an item, such as the id of a channel
 */
public interface WorkSource<T> {

    /**
     * This node has become the active one, and another may have been active before: what this node knows of the work is
     * out of date. Called before the first poll of each period of activity, never while {@link Activity#single}. If it
     * fails, it is called again.
     */
    default void takeOver() {}

    /**
     * The items that may start now; they are in flight from now on.
     *
     * @param max the number of free workers, 0 or more; with 0 the source only does its other work of a poll
     * @return at most {@code max} items, empty if none may start
     */
    List<T> poll(int max);

    /**
     * How long until the next item is due; zero or less if one is due already. Null if only an event can make an item
     * due; the source then calls the listener of {@link #onPending}.
     */
    @Nullable
    Duration untilNextPoll();

    /**
     * The message of an item. Called on the worker just before the message is sent, so that it contains the latest
     * state.
     *
     * @return null if there is nothing left to send; the item is then finished
     */
    @Nullable
    Work begin(T item);

    /** The route processed the message without an exception. */
    void succeeded(T item);

    /**
     * Processing of the message failed.
     *
     * @param failure thrown by the route or by {@link #begin}
     */
    void failed(T item, Throwable failure);

    /**
     * Nothing was sent for the item, because the route stopped or this node has become passive. It is due again as if
     * it had not been polled; this is not a failure.
     */
    void released(T item);

    /**
     * Called after {@link #succeeded} or {@link #failed} of an item that began in a period of activity that has ended:
     * its call may have overtaken one of the node that is active now.
     */
    default void endedLate(T item) {}

    /**
     * Sets the listener that is called when an event may have made an item due; it replaces the previous one. The
     * listener must return at once; it may be called from any thread, under any lock.
     */
    void onPending(Runnable listener);
}
