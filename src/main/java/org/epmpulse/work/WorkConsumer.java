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
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of a {@link WorkSource} through a route. The source is polled when it says so, when it has news, and
 * when an item ends; never on a fixed period, so an idle service does not wake up. An item starts only when a worker is
 * free, so nothing waits between {@link WorkSource#poll} and {@link WorkSource#begin}.
 *
 * <p>How an item ended is reported by a synchronization of its exchange's unit of work, whatever the route does with the
 * exchange. An exception that a route handles counts as success: routes that begin here leave failures to the source.
 *
 * <p>A stop waits for the items in flight, until the context's time-out, and for what the source does at their ends.
 *
 * @param <T> an item of the source
 */
final class WorkConsumer<T> extends DefaultConsumer implements StartupListener, Suspendable, ShutdownAware {

    /** However long the source has nothing due: clocks of sources may be set. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** After a poll that named nothing: a source whose time is not quite up does not keep a core busy. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);

    /** After a poll that failed, and while all workers are busy. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** An idle worker thread ends after so many seconds. */
    private static final long KEEP_ALIVE_SECONDS = 60;

    /** How long a stop waits for a poll, and then for workers that were interrupted. */
    private static final long STOP_MILLIS = 2_000;

    private final WorkEndpoint endpoint;
    private final WorkSource<T> source;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();

    private @Nullable ScheduledExecutorService scheduler;
    private @Nullable ScheduledFuture<?> nextPoll;
    private volatile @Nullable ExecutorService workers;
    private volatile boolean polling;
    private volatile boolean contextStarted;
    private @Nullable String pollFailure;

    WorkConsumer(WorkEndpoint endpoint, Processor processor, WorkSource<T> source, int maxInFlight) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.source = source;
        this.maxInFlight = maxInFlight;
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
                                // The default discards what comes after a stop without an exception.
                                .rejectedPolicy(ThreadPoolRejectedPolicy.Abort)
                                .build());
        synchronized (this) {
            scheduler = threads().newSingleThreadScheduledExecutor(this, name + " scheduler");
        }
        if (contextStarted) {
            begin();
        }
    }

    /** Not before: until then the routes that this one calls may not run yet. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        contextStarted = true;
        if (workers != null) {
            begin();
        }
    }

    private void begin() {
        source.onPending(() -> pollIn(Duration.ZERO));
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
        // Suspended by then: nothing is polled any more.
    }

    @Override
    protected void doStop() throws Exception {
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
            List<Runnable> notBegun = threads().shutdownNow(stoppedWorkers);
            for (Runnable task : notBegun == null ? List.<Runnable>of() : notBegun) {
                if (task instanceof WorkConsumer<?>.Item item) {
                    item.released();
                }
            }
            threads().awaitTermination(stoppedWorkers, STOP_MILLIS);
        }
        super.doStop();
    }

    /** The earliest poll wins. Returns at once. */
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
        // What has news from here on must be able to schedule the next poll.
        synchronized (this) {
            nextPoll = null;
        }
        polling = true;
        try {
            if (!isSuspendingOrSuspended() && isRunAllowed()) {
                pollIn(poll());
                pollFailure = null;
            }
        } catch (Throwable e) {
            if (!e.toString().equals(pollFailure)) {
                getExceptionHandler().handleException("Finding due work failed; retrying every second", e);
            }
            pollFailure = e.toString();
            pollIn(RETRY_DELAY);
        } finally {
            polling = false;
        }
    }

    /** Starts what may start; returns when to do so again. */
    private Duration poll() {
        int free = Math.max(0, maxInFlight - inFlight.get());
        List<T> items = source.poll(free);
        items.forEach(this::start);
        Duration wait = source.untilNextPoll();
        if (wait == null || wait.compareTo(LONGEST_WAIT) > 0) {
            return LONGEST_WAIT;
        }
        // The end of an item polls at once.
        Duration shortest = free == items.size() ? RETRY_DELAY : items.isEmpty() ? SHORTEST_WAIT : Duration.ZERO;
        return wait.compareTo(shortest) < 0 ? shortest : wait;
    }

    private void start(T value) {
        inFlight.incrementAndGet();
        Item item = new Item(value);
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
            // No more threads, perhaps: the item must not stay in flight.
            item.failed(e);
        }
    }

    private void process(Item item) {
        try {
            Work work = source.begin(item.value);
            if (work == null) {
                item.end(() -> {});
                return;
            }
            Exchange exchange = createExchange(false);
            exchange.getIn().setBody(work.body());
            work.variables().forEach(exchange::setVariable);
            // Made here and not by the route: so it ends even if the route rejects the exchange, as at a stop.
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

    /** An item in flight. Its end is reported once. */
    private final class Item extends SynchronizationAdapter implements Runnable {

        private final T value;
        private final AtomicBoolean ended = new AtomicBoolean();

        Item(T value) {
            this.value = value;
        }

        @Override
        public void run() {
            process(this);
        }

        @Override
        public void onComplete(Exchange exchange) {
            end(() -> source.succeeded(value));
        }

        @Override
        public void onFailure(Exchange exchange) {
            Exception failure = exchange.getException();
            failed(failure != null ? failure : new IllegalStateException("the route did not complete the message"));
        }

        void failed(Throwable failure) {
            end(() -> source.failed(value, failure));
        }

        void released() {
            end(() -> source.released(value));
        }

        void end(Runnable report) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            try {
                report.run();
            } catch (Throwable e) {
                getExceptionHandler().handleException("Reporting the end of " + value + " failed", e);
            } finally {
                inFlight.decrementAndGet();
                pollIn(Duration.ZERO);
            }
        }
    }
}
