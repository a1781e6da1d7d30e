package org.epmpulse;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.function.Consumer;
import org.epmpulse.api.CanvasReplies;
import org.epmpulse.api.NodeViews;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.NodeExchange;
import org.epmpulse.cluster.NodeRequests;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the nodes do for each other beside the journal. Does nothing with a single node. */
final class ClusterWork {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterWork.class);

    private final Cluster cluster;
    private final CanvasPublisher canvases;
    private final CanvasReplies canvasReplies;
    private final ServiceThreads threads;
    private final NodeExchange exchange;

    ClusterWork(
            Cluster cluster,
            CanvasPublisher canvases,
            CanvasReplies canvasReplies,
            NodeViews views,
            TimeSource clock,
            ServiceThreads threads) {
        this.cluster = cluster;
        this.canvases = canvases;
        this.canvasReplies = canvasReplies;
        this.threads = threads;
        this.exchange = new NodeExchange(cluster, clock, views::own, views::share, this::handle);
    }

    /** To be called before the routes start. */
    void start(MeterRegistry meters) {
        Activity activity = cluster.activity();
        if (!activity.single()) {
            canvases.share(activity, this::requestLateEdit);
            Gauge.builder("epmpulse.active", activity, current -> current.active() ? 1 : 0)
                    .description("1 on the active node, else 0")
                    .register(meters);
        }
    }

    /** To be started if there are several nodes. */
    NodeExchange exchange() {
        return exchange;
    }

    private void requestLateEdit(String channelId) {
        try {
            cluster.requests().add(NodeRequests.Kind.LATE_EDIT, channelId);
        } catch (IOException e) {
            LOG.warn(
                    "Canvas of {}: it may show an old board until its next change: this node is not active any more, and"
                            + " the active one cannot be asked to publish it: {}",
                    channelId,
                    e.getMessage());
        }
    }

    private void handle(NodeRequests.Request request, Consumer<String> reply) {
        switch (request.kind()) {
            case LATE_EDIT -> {
                if (request.channel() != null) {
                    canvases.publishAgain(request.channel());
                }
                reply.accept("");
            }
            case SYNC -> threads.runOnce("epmpulse-sync", () -> sync(request, reply));
        }
    }

    private void sync(NodeRequests.Request request, Consumer<String> reply) {
        try {
            reply.accept(canvasReplies.syncFor(request.channel()));
        } catch (InterruptedException e) {
            LOG.debug("Canvas sync: interrupted");
        }
    }
}
