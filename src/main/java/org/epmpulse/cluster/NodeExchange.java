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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges the shared views and the requests between this node and the others: the active node publishes its views and
 * handles requests, a passive one reads the views. {@link #poll} must be called every half second by one thread.
 */
public final class NodeExchange {

    private static final Logger LOG = LoggerFactory.getLogger(NodeExchange.class);

    private static final Duration VIEW_INTERVAL = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final TimeSource clock;
    private final Supplier<Map<String, String>> own;
    private final Consumer<Map<String, String>> others;
    private final RequestHandler handler;

    private final Map<String, String> published = new HashMap<>();
    private final Set<UUID> handled = new HashSet<>();
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

    /** Publishes what has changed and handles new requests, or reads what the active node has published. */
    public void poll() {
        try {
            long current = cluster.activity().epoch();
            if (current != epoch) {
                epoch = current;
                published.clear();
                handled.clear();
                nextViewAt = Instant.MIN;
            }
            if (current == 0) {
                readViews();
            } else {
                publishViews();
                handleRequests();
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
    }

    private boolean isViewDue() {
        Instant now = clock.steady();
        if (now.isBefore(nextViewAt)) {
            return false;
        }
        nextViewAt = now.plus(VIEW_INTERVAL);
        return true;
    }

    private void readViews() throws IOException {
        if (isViewDue()) {
            others.accept(cluster.views().read());
        }
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

    private void handleRequests() throws IOException {
        List<NodeRequests.Request> open = cluster.requests().open();
        handled.retainAll(open.stream().map(NodeRequests.Request::id).toList());
        for (NodeRequests.Request request : open) {
            if (handled.add(request.id())) {
                handler.handle(request, text -> reply(request, text));
            }
        }
    }

    private void reply(NodeRequests.Request request, String text) {
        try {
            cluster.requests().reply(request.id(), text);
        } catch (IOException e) {
            LOG.warn("Cluster: the reply to a request of another node was not written: {}", e.getMessage());
        }
    }
}
