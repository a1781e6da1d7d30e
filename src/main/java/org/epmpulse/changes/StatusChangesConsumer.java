package org.epmpulse.changes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands changes to a route on a thread of its own, which sleeps while there is none. A listener that is slow or fails
 * delays nobody: what does not fit into its queue is dropped and counted.
 *
 * <p>An orderly stop waits until the queue is empty. While the whole context stops the route goes on meanwhile, as it does
 * with Camel's SEDA, because other routes may still change the board. A route that stops alone gets only what waits: on
 * a busy board its queue might never be empty. What a forced stop, or the stop of a suspended route, leaves in the queue
 * is dropped and counted.
 */
final class StatusChangesConsumer extends DefaultConsumer implements ShutdownAware, Suspendable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChangesConsumer.class);

    private final StatusChangesEndpoint endpoint;
    private final StatusChanges changes;
    private final Counter dropped;
    private final Consumer<StatusChange> listener = this::offer;

    private final ReentrantLock lock = new ReentrantLock();
    /** Of the queue or of how it is to be worked off. */
    private final Condition changed = lock.newCondition();

    private final Queue<StatusChange> queue = new ArrayDeque<>();
    private Stop stop = Stop.NONE;
    /** Of the thread of the last start. One of a start before may still be held by its route after a forced stop. */
    private CountDownLatch ended = new CountDownLatch(0);

    private boolean overflowing;

    /** Whether the stop found the route suspended: then its queue is not worked off. */
    private volatile boolean stoppedSuspended;

    private @Nullable ExecutorService executor;

    /** How far a stop has come. */
    private enum Stop {
        NONE,
        /** No message waits for the interval any more. */
        NO_INTERVAL,
        /** What waits is handed over, then the thread ends. */
        DRAIN,
        /** The thread ends at once. */
        NOW
    }

    StatusChangesConsumer(
            StatusChangesEndpoint endpoint, Processor processor, StatusChanges changes, MeterRegistry meters) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.changes = changes;
        this.dropped = Counter.builder("epmpulse.change.dropped")
                .description(
                        "Changes of the board that a listener did not get: it was too slow, or did not stop in time")
                .tag("listener", endpoint.getName())
                .register(meters);
        setExceptionHandler(new OneLineHandler());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        stoppedSuspended = false;
        CountDownLatch latch = new CountDownLatch(1);
        lock.lock();
        try {
            stop = Stop.NONE;
            ended = latch;
        } finally {
            lock.unlock();
        }
        executor = endpoint.getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, endpoint.getEndpointBaseUri());
        executor.execute(() -> run(latch));
        changes.add(listener);
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        wakeUp();
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
        stoppedSuspended = isSuspendingOrSuspended();
        if (stoppedSuspended || !endpoint.getCamelContext().isStopping()) {
            // Camel suspends it first; prepareShutdown then hands over what waits.
            return false;
        }
        advanceTo(Stop.NO_INTERVAL);
        return true;
    }

    @Override
    public int getPendingExchangesSize() {
        lock.lock();
        try {
            return isSuspendingOrSuspended() ? 0 : queue.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        if (suspendOnly || stoppedSuspended) {
            return;
        }
        changes.remove(listener);
        if (forced) {
            advanceTo(Stop.NOW);
            return;
        }
        advanceTo(Stop.DRAIN);
        try {
            currentEnd().await();
        } catch (InterruptedException e) {
            // The time for an orderly stop is over.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void doStop() throws Exception {
        changes.remove(listener);
        advanceTo(Stop.NOW);
        if (executor != null) {
            endpoint.getCamelContext().getExecutorServiceManager().shutdownNow(executor);
            executor = null;
        }
        discard();
        super.doStop();
    }

    /** A stop that has come further does not go back. */
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

    private CountDownLatch currentEnd() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void wakeUp() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void discard() {
        int left;
        lock.lock();
        try {
            left = queue.size();
            queue.clear();
        } finally {
            lock.unlock();
        }
        if (left > 0) {
            dropped.increment(left);
            LOG.warn(
                    "Listener {}: stopped before its queue was empty; {} changes are dropped",
                    endpoint.getName(),
                    left);
        }
    }

    /** Called on the store's thread. */
    private void offer(StatusChange change) {
        if (!endpoint.wants(change)) {
            return;
        }
        boolean first;
        lock.lock();
        try {
            if (stop == Stop.NOW) {
                // It came while the stop took the listener away.
                return;
            }
            if (queue.size() < endpoint.getQueueSize()) {
                queue.add(change);
                overflowing = overflowing && queue.size() > endpoint.getQueueSize() / 2;
                if (queue.size() == 1) {
                    // With more in the queue the thread is busy, or waits for the interval or until it is resumed.
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
                    "The listener {} is too slow: changes from revision {} on are dropped",
                    endpoint.getEndpointUri(),
                    change.revision());
        }
    }

    private void run(CountDownLatch latch) {
        try {
            long earliest = System.nanoTime();
            List<StatusChange> next = take(latch, earliest);
            while (!next.isEmpty()) {
                process(next);
                earliest = System.nanoTime() + endpoint.getInterval().toNanos();
                next = take(latch, earliest);
            }
        } finally {
            latch.countDown();
        }
    }

    /**
     * Waits for the changes of the next message.
     *
     * @param earliest when it may be sent, of {@link System#nanoTime}
     * @return empty if the thread has to end
     */
    private List<StatusChange> take(CountDownLatch latch, long earliest) {
        lock.lock();
        try {
            while (true) {
                boolean draining = stop == Stop.DRAIN;
                if (latch != ended || stop == Stop.NOW || (draining && queue.isEmpty())) {
                    return List.of();
                }
                long wait = stop == Stop.NONE ? earliest - System.nanoTime() : 0;
                boolean mayDeliver = draining || !isSuspendingOrSuspended();
                if (mayDeliver && !queue.isEmpty() && wait <= 0) {
                    return pollAll();
                }
                await(mayDeliver && !queue.isEmpty() ? wait : Long.MAX_VALUE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Without an interval a message holds one change, with one all that wait. */
    private List<StatusChange> pollAll() {
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
            // By a step of the route that left the thread interrupted, or by a stop, which the caller sees.
            LOG.debug("The listener {} was interrupted", endpoint.getName());
        }
    }

    /** Whatever the route throws, the next change is handed over. */
    private void process(List<StatusChange> all) {
        long revision = all.get(0).revision();
        try {
            process(endpoint.getInterval().isZero() ? all.get(0) : all, revision);
        } catch (RuntimeException | Error e) {
            LOG.error("The listener {} failed at revision {}", endpoint.getName(), revision, e);
        }
    }

    /** @param revision of the first change that the body holds */
    private void process(Object body, long revision) {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(body);
            getProcessor().process(exchange);
        } catch (Exception | Error e) {
            exchange.setException(e);
        } finally {
            handleUnseen(exchange, revision);
            releaseExchange(exchange, false);
        }
    }

    /** A failure that came when the route's end was reported already, as camel-slack's refusals do until 4.18.3. */
    private void handleUnseen(Exchange exchange, long revision) {
        Exception failure = exchange.getException();
        if (failure != null && exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) != failure) {
            getExceptionHandler()
                    .handleException(
                            endpoint.getEndpointUri() + " did not handle revision " + revision, exchange, failure);
        }
    }

    /** Camel's default writes a stack trace, which for a refusal of a sink says nothing. */
    private static final class OneLineHandler implements ExceptionHandler {

        @Override
        public void handleException(Throwable failure) {
            LOG.error("A listener failed: {}", failure.toString());
        }

        @Override
        public void handleException(String message, Throwable failure) {
            LOG.error("{}: {}", message, failure.toString());
        }

        @Override
        public void handleException(String message, Exchange exchange, Throwable failure) {
            handleException(message, failure);
        }
    }
}
