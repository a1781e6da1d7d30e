package org.epmpulse.cluster;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges the shared views and the requests between this node and the others: the active node publishes its views and
 * handles requests, a passive one reads the views. A thread does so when {@link #poll} is due or {@link #wakeUp} is called.
 */
public final class NodeExchange implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeExchange.class);

    private static final Duration VIEW_INTERVAL = Duration.ofSeconds(1);

    /** Between two looks at requests that wait for a reply, and between two attempts. */
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);

    /** A passive node is woken up when a view has changed. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    /** A poll may be waiting for the database. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final TimeSource clock;
    private final Supplier<Map<String, String>> own;
    private final Consumer<Map<String, String>> others;
    private final RequestHandler handler;

    private final Map<String, String> published = new HashMap<>();
    private final Set<UUID> handled = new HashSet<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Semaphore wakeUp = new Semaphore(0);
    private @Nullable Thread thread;
    private Instant nextViewAt = Instant.MIN;
    private long epoch;
    private @Nullable String failure;

    /** Handles requests on the active node. */
    public interface RequestHandler {

        /**
         * Handles a request; returns at once.
         *
         * @param reply takes the reply, at any time and on any thread; required, also if it is empty
         */
        void handle(NodeRequests.Request request, Consumer<String> reply);
    }

    /**
     * Creates it; {@link #poll} does the rest.
     *
     * @param own the views of this node, by name
     * @param others takes the views of the active node while this one is passive
     */
    public NodeExchange(
            Cluster cluster,
            TimeSource clock,
            Supplier<Map<String, String>> own,
            Consumer<Map<String, String>> others,
            RequestHandler handler) {
        this.cluster = cluster;
        this.clock = clock;
        this.own = own;
        this.others = others;
        this.handler = handler;
    }

    /** Starts the thread. */
    public void start(ServiceThreads threads) {
        cluster.activity().onChange(this::wakeUp);
        thread = threads.startRestarting("node-exchange", closing, this::run);
    }

    /** A view or a request may be new. Returns at once. */
    public void wakeUp() {
        wakeUp.release();
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                wakeUp.drainPermits();
                if (wakeUp.tryAcquire(poll().toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.trace("Cluster: a view or a request may be new");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Publishes what has changed and handles new requests, or reads what the active node has published.
     *
     * @return the time until the next call, unless something is new before
     */
    public Duration poll() {
        Duration wait = RETRY_INTERVAL;
        try {
            long current = cluster.activity().epoch();
            if (current != epoch) {
                epoch = current;
                published.clear();
                handled.clear();
                nextViewAt = Instant.MIN;
            }
            if (current == 0) {
                wait = readViews() ? MAX_WAIT : untilNextView();
            } else {
                publishViews();
                wait = handleRequests() ? RETRY_INTERVAL : untilNextView();
            }
            failure = null;
        } catch (NotActiveException e) {
            LOG.debug("Cluster: this node is not active any more");
        } catch (IOException e) {
            if (failure == null) {
                LOG.warn("Cluster: nothing can be exchanged with the other nodes: {}; retrying", e.getMessage());
            }
            failure = e.getMessage();
        }
        return wait;
    }

    private Duration untilNextView() {
        Duration left = Duration.between(clock.steady(), nextViewAt);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private boolean isViewDue() {
        Instant now = clock.steady();
        if (now.isBefore(nextViewAt)) {
            return false;
        }
        nextViewAt = now.plus(VIEW_INTERVAL);
        return true;
    }

    /** Returns false if it is too early. */
    private boolean readViews() throws IOException {
        boolean due = isViewDue();
        if (due) {
            others.accept(cluster.views().read());
        }
        return due;
    }

    private void publishViews() throws IOException {
        if (!isViewDue()) {
            return;
        }
        for (Map.Entry<String, String> view : own.get().entrySet()) {
            if (!view.getValue().equals(published.get(view.getKey()))) {
                cluster.views().publish(view.getKey(), view.getValue());
                published.put(view.getKey(), view.getValue());
            }
        }
    }

    /** Returns whether there are requests that wait for a reply. */
    private boolean handleRequests() throws IOException {
        List<NodeRequests.Request> open = cluster.requests().open();
        handled.retainAll(open.stream().map(NodeRequests.Request::id).toList());
        for (NodeRequests.Request request : open) {
            if (handled.add(request.id())) {
                handler.handle(request, text -> reply(request, text));
            }
        }
        return !open.isEmpty();
    }

    private void reply(NodeRequests.Request request, String text) {
        try {
            cluster.requests().reply(request.id(), text);
        } catch (IOException e) {
            LOG.warn("Cluster: the reply to a request of another node was not written: {}", e.getMessage());
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        wakeUp.release();
        Thread running = thread;
        if (running != null) {
            running.join(STOP_TIMEOUT.toMillis());
            running.interrupt();
        }
    }
}
