package org.epmpulse.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.Registry;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.cluster.NodeRequests;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.Receipts;
import org.epmpulse.cluster.SharedViews;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.status.StatusChange;

/** The listener {@code mine} on a node that a test makes active, and what it has received. */
final class TestingListener {

    /** What the route does with a change. */
    interface Step {
        void process(StatusChange change) throws Exception;
    }

    final TestingActivity activity;
    final List<Long> received = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Step step;

    /** @param epoch of the node; 0 for a passive one */
    TestingListener(long epoch, Step step) {
        this.activity = new TestingActivity(epoch);
        this.step = step;
    }

    /** @param positions as they are stored now; only the active node may write them */
    void bind(Registry registry, StatusChanges changes, Supplier<ListenerPositions> positions) {
        registry.bind("statusChanges", changes);
        registry.bind("meters", meters);
        registry.bind(
                "cluster",
                new Cluster(
                        activity,
                        Receipts.NONE,
                        new FencedPositions(positions),
                        SharedViews.NONE,
                        NodeRequests.NONE,
                        Nodes.NONE));
    }

    void addRoute(CamelContext context, String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri)
                        .routeId("mine")
                        .process(exchange -> step.process(exchange.getMessage().getBody(StatusChange.class)));
            }
        });
    }

    void awaitReceived(Long... revisions) {
        await().untilAsserted(() -> assertThat(received).containsExactly(revisions));
    }

    double dropped() {
        return meters.get("epmpulse.change.dropped").counter().count();
    }

    private final class FencedPositions implements ListenerPositions {

        private final Supplier<ListenerPositions> positions;

        private FencedPositions(Supplier<ListenerPositions> positions) {
            this.positions = positions;
        }

        @Override
        public OptionalLong read(String listener) throws IOException {
            return positions.get().read(listener);
        }

        @Override
        public OptionalLong readDurable(String listener) throws IOException {
            return positions.get().readDurable(listener);
        }

        @Override
        public void write(String listener, long revision) throws IOException {
            if (!activity.active()) {
                throw new NotActiveException();
            }
            positions.get().write(listener, revision);
        }
    }
}
