package org.epmpulse.changes;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands changes to a route on a thread of its own. A listener that is slow or fails holds up nobody: what does not fit
 * into its queue is dropped and counted.
 */
final class StatusChangesConsumer extends DefaultConsumer implements Suspendable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChangesConsumer.class);
    private static final long POLL_MILLIS = 100;

    private final StatusChangesEndpoint endpoint;
    private final StatusChanges changes;
    private final BlockingQueue<StatusChange> queue;
    private final Counter dropped;
    private final Consumer<StatusChange> listener = this::offer;
    private @Nullable Thread thread;
    private volatile boolean overflowing;

    StatusChangesConsumer(
            StatusChangesEndpoint endpoint, Processor processor, StatusChanges changes, MeterRegistry meters) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.changes = changes;
        this.queue = new ArrayBlockingQueue<>(endpoint.queueSize());
        this.dropped = Counter.builder("epmpulse.change.dropped")
                .description("Changes of the board that a listener was too slow for")
                .tag("listener", endpoint.name())
                .register(meters);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        changes.add(listener);
        Thread started = new Thread(this::run, "status-changes-" + endpoint.name());
        thread = started;
        started.start();
    }

    @Override
    protected void doStop() throws Exception {
        changes.remove(listener);
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            running.interrupt();
        }
        thread = null;
        queue.clear();
        super.doStop();
    }

    /** Called on the store's thread. */
    private void offer(StatusChange change) {
        if (!endpoint.wants(change)) {
            return;
        }
        if (queue.offer(change)) {
            overflowing = overflowing && queue.size() > endpoint.queueSize() / 2;
            return;
        }
        dropped.increment();
        if (!overflowing) {
            overflowing = true;
            LOG.warn(
                    "The listener {} is too slow: changes from revision {} on are dropped",
                    endpoint.getEndpointUri(),
                    change.revision());
        }
    }

    private void run() {
        while (isRunAllowed() && thread == Thread.currentThread()) {
            try {
                StatusChange change = isSuspendingOrSuspended() ? null : queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (change != null && endpoint.interval() > 0) {
                    List<StatusChange> all = new ArrayList<>();
                    all.add(change);
                    queue.drainTo(all);
                    process(all, change.revision());
                    TimeUnit.MILLISECONDS.sleep(endpoint.interval());
                } else if (change != null) {
                    process(change, change.revision());
                } else if (isSuspendingOrSuspended()) {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                }
            } catch (InterruptedException e) {
                LOG.debug("The listener {} was told to end", endpoint.name());
            }
        }
    }

    /** @param revision of the first change that the body holds */
    private void process(Object body, long revision) {
        Exchange exchange = createExchange(false);
        try {
            exchange.getIn().setBody(body);
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        } finally {
            tellOfUnseen(exchange, revision);
            releaseExchange(exchange, false);
        }
    }

    /** A failure that came when the route's end was told already, as camel-slack's refusals do until 4.18.3. */
    private void tellOfUnseen(Exchange exchange, long revision) {
        Exception failure = exchange.getException();
        if (failure != null && exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT) != failure) {
            LOG.error("{} did not handle revision {}: {}", endpoint.getEndpointUri(), revision, failure.toString());
        }
    }
}
