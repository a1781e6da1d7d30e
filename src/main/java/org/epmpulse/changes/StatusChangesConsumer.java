package org.epmpulse.changes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends changes to a route on a thread of its own, which sleeps while the queue is empty. A slow or failing listener
 * does not delay the store or other listeners: changes that do not fit into its queue are dropped and counted, or, with
 * a durable listener, read from the journal later. A durable listener gets changes again until its route succeeds.
 *
 * <p>An orderly stop waits until the queue is empty. If the whole context stops, the route still receives new changes,
 * as with Camel's SEDA, because other routes may still change the board. If only this route stops, it receives no new
 * changes, because on a busy board the queue might never become empty. Changes that a forced stop, or the stop of a
 * suspended route, leaves in the queue are dropped and counted. A durable listener stops after the current message.
 */
final class StatusChangesConsumer extends DefaultConsumer implements ShutdownAware, Suspendable, ChangeFeed.Queue {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChangesConsumer.class);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Between two looks whether the feed is open. */
    private static final long CLOSED_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StatusChangesEndpoint endpoint;
    private final ChangeFeed feed;
    private final Counter dropped;
    private final ChangeSender sender;

    private final ReentrantLock lock = new ReentrantLock();
    /** Signalled when the queue, the stop phase or the suspension changes. */
    private final Condition changed = lock.newCondition();

    private final Queue<StatusChange> queue = new ArrayDeque<>();
    private Stop stop = Stop.NONE;

    /**
     * Whether changes that were removed from the queue are being processed, or come again because the route failed until the
     * stop.
     */
    private boolean processing;

    /** How often the queue was cleared, and when changes were last removed from it to be processed. */
    private long clears;

    private long clearsAtRemoval;

    /**
     * Of the thread of the last start. After a forced stop a thread of an earlier start may still be blocked in its
     * route.
     */
    private CountDownLatch terminated = new CountDownLatch(0);

    private boolean overflowing;

    /** Whether the route was suspended when the stop began; its queue is then not drained. */
    private volatile boolean stoppedSuspended;

    private @Nullable ExecutorService executor;

    StatusChangesConsumer(StatusChangesEndpoint endpoint, Processor processor, ChangeFeed feed, MeterRegistry meters) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.feed = feed;
        this.dropped = Counter.builder("epmpulse.change.dropped")
                .description(
                        "Changes of the board that a listener did not receive: it was too slow or did not stop in time")
                .tag("listener", endpoint.getName())
                .register(meters);
        setExceptionHandler(new SingleLineExceptionHandler());
        this.sender = new ChangeSender(endpoint, this);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        stoppedSuspended = false;
        CountDownLatch latch = new CountDownLatch(1);
        lock.lock();
        try {
            stop = Stop.NONE;
            processing = false;
            terminated = latch;
        } finally {
            lock.unlock();
        }
        executor = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, endpoint.getEndpointBaseUri());
        executor.execute(() -> run(latch));
        feed.start(this);
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        wakeUp();
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
        stoppedSuspended = isSuspendingOrSuspended();
        if (stoppedSuspended
                || endpoint.isDurable()
                || !endpoint.getCamelContext().isStopping()) {
            // Camel suspends the consumer first; prepareShutdown then drains the queue.
            return false;
        }
        advanceTo(Stop.NO_INTERVAL);
        return true;
    }

    @Override
    public int getPendingExchangesSize() {
        return locked(() -> isSuspendingOrSuspended() || endpoint.isDurable() ? 0 : queue.size());
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        if (suspendOnly || stoppedSuspended) {
            return;
        }
        feed.stop();
        if (forced) {
            advanceTo(Stop.NOW);
            return;
        }
        // What a durable listener has not processed comes again after the next start.
        advanceTo(endpoint.isDurable() ? Stop.NOW : Stop.DRAIN);
        try {
            locked(() -> terminated).await();
        } catch (InterruptedException e) {
            // The timeout of the orderly stop has expired.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void doStop() throws Exception {
        feed.stop();
        advanceTo(Stop.NOW);
        if (executor != null) {
            endpoint.getCamelContext().getExecutorServiceManager().shutdownNow(executor);
            executor = null;
        }
        feed.close();
        discardQueue();
        super.doStop();
    }

    /** Never returns to an earlier phase. */
    private void advanceTo(Stop next) {
        lock.lock();
        try {
            if (next.compareTo(stop) > 0) {
                stop = next;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> task) {
        lock.lock();
        try {
            return task.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wakeUp() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void discardQueue() {
        int discarded;
        lock.lock();
        try {
            discarded = queue.size();
            queue.clear();
        } finally {
            lock.unlock();
        }
        if (discarded > 0) {
            dropped.increment(discarded);
            LOG.warn(
                    "Listener {} stopped before its queue was empty: {} changes are dropped",
                    endpoint.getName(),
                    discarded);
        }
    }

    @Override
    public int room() {
        return locked(() -> Math.max(0, endpoint.getQueueSize() - queue.size()));
    }

    @Override
    public boolean isIdle() {
        return locked(() -> queue.isEmpty() && !processing);
    }

    @Override
    public void clear() {
        lock.lock();
        try {
            queue.clear();
            clears++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void dropped(long count) {
        dropped.increment(count);
    }

    /** Called on the store's thread. */
    @Override
    public void offer(StatusChange change) {
        if (!endpoint.accepts(change)) {
            return;
        }
        boolean first;
        lock.lock();
        try {
            if (stop == Stop.NOW) {
                // Published while the stop removed the listener.
                return;
            }
            if (queue.size() < endpoint.getQueueSize()) {
                queue.add(change);
                overflowing = overflowing && queue.size() > endpoint.getQueueSize() / 2;
                if (queue.size() == 1) {
                    // Otherwise the thread is busy, waits for the interval or is suspended.
                    changed.signalAll();
                }
                return;
            }
            first = !overflowing;
            overflowing = true;
        } finally {
            lock.unlock();
        }
        dropped.increment();
        if (first) {
            LOG.warn(
                    "Listener {} is too slow: changes from revision {} on are dropped",
                    endpoint.getEndpointUri(),
                    change.revision());
        }
    }

    private void run(CountDownLatch latch) {
        try {
            long earliest = System.nanoTime();
            List<StatusChange> next = awaitNext(latch, earliest);
            while (!next.isEmpty()) {
                boolean done = sendOnceOrUntilDone(latch, next);
                processed(latch, done ? next.get(next.size() - 1).revision() : 0);
                earliest = System.nanoTime() + endpoint.getInterval().toNanos();
                next = awaitNext(latch, earliest);
            }
        } finally {
            latch.countDown();
        }
    }

    /**
     * Waits for the changes of the next message.
     *
     * @param earliest when the message may be sent, as {@link System#nanoTime}
     * @return empty if the thread must end
     */
    private List<StatusChange> awaitNext(CountDownLatch latch, long earliest) {
        lock.lock();
        try {
            while (true) {
                boolean draining = stop == Stop.DRAIN;
                boolean open = feed.isOpen();
                if (latch != terminated || stop == Stop.NOW || (draining && (queue.isEmpty() || !open))) {
                    return List.of();
                }
                long wait = stop == Stop.NONE ? earliest - System.nanoTime() : 0;
                boolean maySend = open && (draining || !isSuspendingOrSuspended());
                if (maySend && !queue.isEmpty() && wait <= 0) {
                    return removeNext();
                }
                // Nothing says that a closed feed is open again, if that lasted only for a moment.
                await(queue.isEmpty() ? Long.MAX_VALUE : maySend ? wait : CLOSED_PAUSE_NANOS);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Processes changes; a durable listener again after each failure.
     *
     * @return false if the changes come again: the thread must end, or another node continues
     */
    private boolean sendOnceOrUntilDone(CountDownLatch latch, List<StatusChange> next) {
        long pause = FIRST_PAUSE_NANOS;
        while (!sender.send(next) && endpoint.isDurable()) {
            if (!awaitRetry(latch, pause)) {
                return false;
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
        return true;
    }

    private boolean awaitRetry(CountDownLatch latch, long pause) {
        long end = System.nanoTime() + pause;
        lock.lock();
        try {
            while (latch == terminated && stop != Stop.NOW && clears == clearsAtRemoval) {
                long wait = end - System.nanoTime();
                boolean maySend = feed.isOpen() && !isSuspendingOrSuspended();
                if (wait <= 0 && maySend) {
                    return true;
                }
                await(maySend ? wait : CLOSED_PAUSE_NANOS);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** @param revision up to which the changes are done; 0 if those that were removed from the queue are not */
    private void processed(CountDownLatch latch, long revision) {
        lock.lock();
        try {
            if (latch == terminated) {
                // Otherwise the feed would save the position after changes that are not done.
                processing = revision == 0 && stop == Stop.NOW;
            }
        } finally {
            lock.unlock();
        }
        feed.processed(revision);
    }

    /** One change without an interval, otherwise all changes in the queue. */
    private List<StatusChange> removeNext() {
        processing = true;
        clearsAtRemoval = clears;
        List<StatusChange> all = new ArrayList<>();
        StatusChange change = queue.poll();
        while (change != null) {
            all.add(change);
            change = endpoint.getInterval().isZero() ? null : queue.poll();
        }
        return all;
    }

    private void await(long nanos) {
        try {
            if (nanos == Long.MAX_VALUE) {
                changed.await();
            } else {
                changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            // A step of the route left the thread interrupted, or the route stops, which the caller checks.
            LOG.debug("Listener {}: interrupted", endpoint.getName());
        }
    }
}
