package org.epmpulse.work;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.StartupListener;
import org.apache.camel.Suspendable;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of a {@link WorkSource} through a route. The source is polled when it says so, when it has news, and
 * when an item ends; never on a fixed period, so an idle service does not wake up. An item starts only when a worker is
 * free, so nothing waits between {@link WorkSource#poll} and {@link WorkSource#begin}.
 *
 * <p>How an item ended is reported by a synchronization of its exchange's unit of work, whatever the route does with the
 * exchange. An exception that a route handles counts as success: routes that begin here leave failures to the source.
 *
 * @param <T> an item of the source
 */
final class WorkConsumer<T> extends DefaultConsumer implements StartupListener, Suspendable {

    /** However long the source has nothing due: clocks of sources may be set. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** After a poll that failed. */
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** An idle worker thread ends after so many seconds. */
    private static final long KEEP_ALIVE_SECONDS = 60;

    private final WorkSource<T> source;
    private final int maxInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();

    private @Nullable ScheduledExecutorService scheduler;
    private @Nullable ExecutorService workers;
    private @Nullable ScheduledFuture<?> nextPoll;
    private volatile boolean contextStarted;

    WorkConsumer(WorkEndpoint endpoint, Processor processor, WorkSource<T> source, int maxInFlight) {
        super(endpoint, processor);
        this.source = source;
        this.maxInFlight = maxInFlight;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ExecutorServiceManager threads = getEndpoint().getCamelContext().getExecutorServiceManager();
        String name = getEndpoint().getEndpointBaseUri();
        workers = threads.newThreadPool(
                this,
                name,
                new ThreadPoolProfileBuilder(name)
                        .poolSize(maxInFlight)
                        .maxPoolSize(maxInFlight)
                        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                        .allowCoreThreadTimeOut(true)
                        .build());
        synchronized (this) {
            scheduler = threads.newSingleThreadScheduledExecutor(this, name + " scheduler");
        }
        if (contextStarted) {
            begin();
        }
    }

    /** Not before: until then the routes that this one calls may not run yet. */
    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        contextStarted = true;
        begin();
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
    protected void doStop() throws Exception {
        source.onPending(() -> {});
        ExecutorServiceManager threads = getEndpoint().getCamelContext().getExecutorServiceManager();
        synchronized (this) {
            if (scheduler != null) {
                threads.shutdownNow(scheduler);
            }
            scheduler = null;
            nextPoll = null;
        }
        if (workers != null) {
            for (Runnable notBegun : threads.shutdownNow(workers)) {
                if (notBegun instanceof WorkConsumer<?>.Item item) {
                    item.failed(new RejectedExecutionException("the consumer is stopped"));
                }
            }
        }
        workers = null;
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
        nextPoll = scheduler.schedule(this::poll, nanos, TimeUnit.NANOSECONDS);
    }

    private void poll() {
        // What has news from here on must be able to schedule the next poll.
        synchronized (this) {
            nextPoll = null;
        }
        if (isSuspendingOrSuspended() || !isRunAllowed()) {
            return;
        }
        int free = maxInFlight - inFlight.get();
        if (free < 1) {
            // The end of an item polls again.
            return;
        }
        try {
            for (T item : source.poll(free)) {
                start(item);
            }
            Duration wait = source.untilNextPoll();
            pollIn(wait == null || wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
        } catch (RuntimeException e) {
            getExceptionHandler().handleException("Finding due work failed; retrying in 1 s", e);
            pollIn(RETRY_DELAY);
        }
    }

    private void start(T item) {
        inFlight.incrementAndGet();
        Item started = new Item(item);
        ExecutorService executor = workers;
        try {
            if (executor == null) {
                throw new RejectedExecutionException("the consumer is stopped");
            }
            executor.execute(started);
        } catch (RejectedExecutionException e) {
            started.failed(e);
        }
    }

    private void process(Item item) {
        Work work;
        try {
            work = source.begin(item.value);
        } catch (RuntimeException | Error e) {
            item.failed(e);
            return;
        }
        if (work == null) {
            item.ended();
            return;
        }
        Exchange exchange = createExchange(false);
        exchange.getExchangeExtension().setFromEndpoint(getEndpoint());
        exchange.getIn().setBody(work.body());
        work.variables().forEach(exchange::setVariable);
        try {
            // Made here and not by the route: so it ends even if the route rejects the exchange, as at a stop.
            createUoW(exchange);
        } catch (Exception e) {
            item.failed(e);
            releaseExchange(exchange, false);
            return;
        }
        exchange.getExchangeExtension().addOnCompletion(item);
        getAsyncProcessor().process(exchange, done -> {
            doneUoW(exchange);
            releaseExchange(exchange, false);
        });
    }

    /** An item in flight. */
    private final class Item extends SynchronizationAdapter implements Runnable {

        private final T value;

        Item(T value) {
            this.value = value;
        }

        @Override
        public void run() {
            process(this);
        }

        @Override
        public void onComplete(Exchange exchange) {
            report(() -> source.succeeded(value));
        }

        @Override
        public void onFailure(Exchange exchange) {
            Exception failure = exchange.getException();
            failed(failure != null ? failure : new IllegalStateException("the route did not complete the message"));
        }

        void failed(Throwable failure) {
            report(() -> source.failed(value, failure));
        }

        private void report(Runnable end) {
            try {
                end.run();
            } catch (RuntimeException e) {
                getExceptionHandler().handleException("Reporting the end of " + value + " failed", e);
            } finally {
                ended();
            }
        }

        void ended() {
            inFlight.decrementAndGet();
            pollIn(Duration.ZERO);
        }
    }
}
