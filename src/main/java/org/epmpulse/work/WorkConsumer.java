package org.epmpulse.work;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.StartupListener;
import org.apache.camel.Suspendable;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Fence;
import org.epmpulse.cluster.NotActiveException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of a {@link WorkSource} through a route. The source is polled at the time it sets, when it calls the
 * listener, and when an item finishes; never at a fixed interval, so an idle service does not wake up. An item starts
 * only when a worker is free, so nothing waits between {@link WorkSource#poll} and {@link WorkSource#begin}.
 *
 * <p>The result of an item is reported by a synchronization of its exchange's unit of work, in every route. An
 * exception that a route handles counts as success, so these routes must leave failures to the source.
 *
 * <p>Only the active one of several nodes polls the source. An item that was begun before this node has become passive
 * does not leave it any more, see {@link Fence}; it is released then.
 *
 * <p>A stop waits until the items in flight are finished and reported, at most until the context's timeout.
 *
 * @param <T> an item of the source
 */
final class WorkConsumer<T> extends DefaultConsumer implements StartupListener, Suspendable, ShutdownAware {

    /** Polls at least this often, because a source's clock may be set. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    /** After a poll without items; prevents a busy loop just before the next item is due. */
    private static final Duration MIN_WAIT = Duration.ofMillis(10);

    /** After a failed poll, and while all workers are busy. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** An idle worker thread ends after this time. */
    private static final long KEEP_ALIVE_SECONDS = 60;

    /** How long a stop waits for a poll, and then for the interrupted workers. */
    private static final long STOP_MILLIS = 2_000;

    private final WorkEndpoint endpoint;
    private final WorkSource<T> source;
    private final int maxInFlight;
    private final Activity activity;
    private final Runnable activityListener = () -> pollIn(Duration.ZERO);
    private final AtomicInteger inFlight = new AtomicInteger();

    private @Nullable ScheduledExecutorService scheduler;
    private @Nullable ScheduledFuture<?> nextPoll;
    private volatile @Nullable ExecutorService workers;
    private volatile boolean polling;
    private volatile boolean contextStarted;
    private @Nullable String pollFailure;

    /** The period of activity for which the source is prepared; 0 for none. */
    private long preparedEpoch;

    WorkConsumer(WorkEndpoint endpoint, Processor processor, WorkSource<T> source, int maxInFlight, Activity activity) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.source = source;
        this.maxInFlight = maxInFlight;
        this.activity = activity;
    }

    private ExecutorServiceManager threads() {
        return endpoint.getCamelContext().getExecutorServiceManager();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        endpoint.claimSource(this);
        String name = endpoint.getEndpointBaseUri();
        workers = threads()
                .newThreadPool(
                        this,
                        name,
                        new ThreadPoolProfileBuilder(name)
                                .poolSize(maxInFlight)
                                .maxPoolSize(maxInFlight)
                                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                                .allowCoreThreadTimeOut(true)
                                // The default policy silently discards tasks after a stop.
                                .rejectedPolicy(ThreadPoolRejectedPolicy.Abort)
                                .build());
        synchronized (this) {
            scheduler = threads().newSingleThreadScheduledExecutor(this, name + " scheduler");
        }
        if (contextStarted) {
            startPolling();
        }
    }

    /** Polling starts here: before, the routes that this one calls may not be started. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        contextStarted = true;
        if (workers != null) {
            startPolling();
        }
    }

    private void startPolling() {
        source.onPending(() -> pollIn(Duration.ZERO));
        activity.onChange(activityListener);
        pollIn(Duration.ZERO);
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        pollIn(Duration.ZERO);
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask shutdownRunningTask) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return inFlight.get() + (polling ? 1 : 0);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // The consumer is suspended by then and no longer polls.
    }

    @Override
    protected void doStop() throws Exception {
        activity.remove(activityListener);
        if (endpoint.releaseSource(this)) {
            source.onPending(() -> {});
        }
        ScheduledExecutorService stoppedScheduler;
        synchronized (this) {
            stoppedScheduler = scheduler;
            scheduler = null;
            if (nextPoll != null) {
                nextPoll.cancel(false);
            }
            nextPoll = null;
        }
        if (stoppedScheduler != null) {
            threads().shutdownGraceful(stoppedScheduler, STOP_MILLIS);
        }
        ExecutorService stoppedWorkers = workers;
        workers = null;
        if (stoppedWorkers != null) {
            List<Runnable> notStarted = threads().shutdownNow(stoppedWorkers);
            for (Runnable task : notStarted == null ? List.<Runnable>of() : notStarted) {
                if (task instanceof WorkConsumer<?>.Item item) {
                    item.released();
                }
            }
            threads().awaitTermination(stoppedWorkers, STOP_MILLIS);
        }
        super.doStop();
    }

    /** Schedules a poll unless an earlier one is scheduled. Returns at once. */
    private synchronized void pollIn(Duration delay) {
        if (scheduler == null) {
            return;
        }
        long nanos = Math.max(0, delay.toNanos());
        if (nextPoll != null && !nextPoll.isDone()) {
            if (nextPoll.getDelay(TimeUnit.NANOSECONDS) <= nanos) {
                return;
            }
            nextPoll.cancel(false);
        }
        nextPoll = scheduler.schedule(this::pollNow, nanos, TimeUnit.NANOSECONDS);
    }

    private void pollNow() {
        // A listener call from here on must be able to schedule the next poll.
        synchronized (this) {
            nextPoll = null;
        }
        polling = true;
        try {
            if (!isSuspendingOrSuspended() && isRunAllowed()) {
                pollIn(pollIfActive());
                pollFailure = null;
            }
        } catch (Throwable e) {
            if (!e.toString().equals(pollFailure)) {
                getExceptionHandler()
                        .handleException(
                                endpoint.getEndpointBaseUri() + ": poll for due work failed; retrying every second", e);
            }
            pollFailure = e.toString();
            pollIn(RETRY_DELAY);
        } finally {
            polling = false;
        }
    }

    private Duration pollIfActive() {
        long epoch = activity.epoch();
        if (epoch == 0) {
            return MAX_WAIT;
        }
        if (epoch != preparedEpoch) {
            if (!activity.single()) {
                source.takeOver();
            }
            preparedEpoch = epoch;
        }
        return poll(epoch);
    }

    /** Starts the due items; returns the time until the next poll. */
    private Duration poll(long epoch) {
        int free = Math.max(0, maxInFlight - inFlight.get());
        List<T> items = source.poll(free);
        items.forEach(item -> start(item, epoch));
        Duration wait = source.untilNextPoll();
        if (wait == null || wait.compareTo(MAX_WAIT) > 0) {
            return MAX_WAIT;
        }
        // If all workers are busy, the next finished item triggers a poll.
        Duration shortest = free == items.size() ? RETRY_DELAY : items.isEmpty() ? MIN_WAIT : Duration.ZERO;
        return wait.compareTo(shortest) < 0 ? shortest : wait;
    }

    private void start(T value, long epoch) {
        inFlight.incrementAndGet();
        Item item = new Item(value, epoch);
        try {
            ExecutorService executor = workers;
            if (executor == null) {
                item.released();
            } else {
                executor.execute(item);
            }
        } catch (RejectedExecutionException e) {
            item.released();
        } catch (Throwable e) {
            // For example, no thread could be created: the item must not stay in flight.
            item.failed(e);
        }
    }

    private void process(Item item) {
        try {
            Work work = source.begin(item.value);
            if (work == null) {
                item.finish(() -> {});
                return;
            }
            Exchange exchange = createExchange(false);
            exchange.getIn().setBody(work.body());
            work.variables().forEach(exchange::setVariable);
            // Created here, so that it is completed even if the route rejects the exchange, such as during a stop.
            createUoW(exchange);
            exchange.getExchangeExtension().addOnCompletion(item);
            getAsyncProcessor().process(exchange, done -> {
                doneUoW(exchange);
                releaseExchange(exchange, false);
            });
        } catch (Throwable e) {
            item.failed(e);
        }
    }

    /** An item in flight. Its result is reported once. */
    private final class Item extends SynchronizationAdapter implements Runnable {

        private final T value;
        private final long epoch;
        private final AtomicBoolean finished = new AtomicBoolean();

        Item(T value, long epoch) {
            this.value = value;
            this.epoch = epoch;
        }

        @Override
        public void run() {
            if (activity.epoch() == epoch) {
                Fence.run(activity, epoch, () -> process(this));
            } else {
                released();
            }
        }

        @Override
        public void onComplete(Exchange exchange) {
            finish(() -> {
                source.succeeded(value);
                checkEndedLate();
            });
        }

        @Override
        public void onFailure(Exchange exchange) {
            Exception failure = exchange.getException();
            failed(failure != null ? failure : new IllegalStateException("the route did not complete the exchange"));
        }

        void failed(Throwable failure) {
            if (NotActiveException.isCauseOf(failure)) {
                released();
            } else {
                finish(() -> {
                    source.failed(value, failure);
                    checkEndedLate();
                });
            }
        }

        private void checkEndedLate() {
            if (activity.epoch() != epoch) {
                source.endedLate(value);
            }
        }

        void released() {
            finish(() -> source.released(value));
        }

        void finish(Runnable report) {
            if (!finished.compareAndSet(false, true)) {
                return;
            }
            try {
                report.run();
            } catch (Throwable e) {
                getExceptionHandler().handleException("Reporting the result of " + value + " failed", e);
            } finally {
                inFlight.decrementAndGet();
                pollIn(Duration.ZERO);
            }
        }
    }
}
