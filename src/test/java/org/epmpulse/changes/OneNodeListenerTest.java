package org.epmpulse.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.spi.Registry;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.junit.jupiter.api.Test;

/** Listeners on one of several nodes, or on all. */
class OneNodeListenerTest extends CamelTestSupport {

    private static final int KEPT = 100;

    private final StatusChanges changes = new StatusChanges(KEPT);
    private final TestingListener listener = new TestingListener(0, this::process);
    private final Positions positions = new Positions();
    private final CountDownLatch gate = new CountDownLatch(1);

    /** The positions of all nodes. */
    private static final class Positions implements ListenerPositions {

        private final Map<String, Long> revisions = new ConcurrentHashMap<>();
        private volatile boolean available = true;

        @Override
        public OptionalLong read(String listener) throws IOException {
            if (!available) {
                throw new IOException("the database does not answer");
            }
            Long revision = revisions.get(listener);
            return revision == null ? OptionalLong.empty() : OptionalLong.of(revision);
        }

        @Override
        public OptionalLong readDurable(String listener) throws IOException {
            return read(listener);
        }

        @Override
        public void write(String listener, long revision) {
            revisions.put(listener, revision);
        }
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        listener.bind(registry, changes, () -> positions);
    }

    private void route(String uri) throws Exception {
        listener.addRoute(context, uri);
    }

    private void process(StatusChange change) throws InterruptedException {
        listener.received.add(change.revision());
        if (change.after().jobId() != null) {
            gate.await();
        }
    }

    private void publish(long first, long last) {
        for (long revision = first; revision <= last; revision++) {
            changes.publish(change(revision, "Planning", null));
        }
    }

    private static StatusChange change(long revision, String app, String job) {
        DomainId id = new DomainId(app, "Actual");
        ValidatedUpdate update = ValidatedUpdate.of(id, Status.OK, job, null, null);
        DomainStatus after = DomainStatus.of(update, Instant.parse("2026-03-31T12:00:00Z"), null, null, revision);
        return new StatusChange(revision, id, DomainStatus.NEVER_REPORTED, after);
    }

    private void awaitPosition(long revision) {
        await().untilAsserted(() -> assertThat(positions.revisions).containsEntry("mine", revision));
    }

    @Test
    void aPassiveNodeProcessesNothing() throws Exception {
        route("status-changes:mine");
        publish(1, 3);

        await().during(Duration.ofMillis(300)).until(listener.received::isEmpty);
        assertThat(positions.revisions).isEmpty();
        assertThat(listener.dropped()).isZero();
    }

    @Test
    void aListenerOnAllNodesNeedsNoActiveNode() throws Exception {
        route("status-changes:mine?nodes=all");
        publish(1, 2);

        listener.awaitReceived(1L, 2L);
    }

    @Test
    void theFirstActiveNodeBeginsWithTheNextChange() throws Exception {
        changes.begin(10);
        publish(11, 12);
        route("status-changes:mine?nodes=one");

        listener.activity.set(1);
        awaitPosition(12);
        publish(13, 14);

        listener.awaitReceived(13L, 14L);
        awaitPosition(14);
    }

    @Test
    void aNodeThatTakesOverContinuesAfterThePosition() throws Exception {
        route("status-changes:mine");
        publish(1, 5);
        positions.revisions.put("mine", 3L);

        listener.activity.set(2);
        listener.awaitReceived(4L, 5L);
        publish(6, 6);

        listener.awaitReceived(4L, 5L, 6L);
        awaitPosition(6);
    }

    @Test
    void changesThatAreNotForTheListenerCountAsProcessed() throws Exception {
        route("status-changes:mine?apps=Planning");
        positions.revisions.put("mine", 0L);
        listener.activity.set(2);

        changes.publish(change(1, "Planning", null));
        changes.publish(change(2, "ARCS", null));

        listener.awaitReceived(1L);
        awaitPosition(2);
    }

    @Test
    void thePositionIsBeforeAChangeThatIsBeingProcessed() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 0L);
        listener.activity.set(2);
        publish(1, 1);
        awaitPosition(1);

        changes.publish(change(2, "Planning", "waits for the gate"));
        publish(3, 3);
        listener.awaitReceived(1L, 2L);
        await().during(Duration.ofMillis(1_200)).until(() -> positions.revisions.get("mine") == 1);
        gate.countDown();

        listener.awaitReceived(1L, 2L, 3L);
        awaitPosition(3);
    }

    @Test
    void whatIsInTheQueueWhenTheNodeBecomesPassiveIsLeftToTheOther() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 0L);
        listener.activity.set(2);
        changes.publish(change(1, "Planning", "waits for the gate"));
        publish(2, 3);
        listener.awaitReceived(1L);

        listener.activity.set(0);
        gate.countDown();
        await().during(Duration.ofMillis(300)).until(() -> listener.received.size() == 1);
        assertThat(listener.dropped()).isZero();

        // The other node has processed the first two.
        positions.revisions.put("mine", 2L);
        listener.activity.set(4);
        listener.awaitReceived(1L, 3L);
    }

    @Test
    void changesThatAreNotKeptAnyMoreAreDroppedAndCounted() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 10L);
        changes.begin(20);
        publish(21, 21 + KEPT);

        listener.activity.set(2);

        await().untilAsserted(() -> assertThat(listener.received).hasSize(KEPT).startsWith(22L));
        await().untilAsserted(() -> assertThat(listener.dropped()).isEqualTo(11));
    }

    @Test
    void aPositionAheadOfThisNodeIsWaitedFor() throws Exception {
        route("status-changes:mine");
        publish(1, 2);
        positions.revisions.put("mine", 4L);
        listener.activity.set(2);

        publish(3, 5);

        listener.awaitReceived(5L);
        awaitPosition(5);
    }

    @Test
    void revisionsThatRestartAreProcessed() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 0L);
        listener.activity.set(2);
        publish(1, 5);
        listener.awaitReceived(1L, 2L, 3L, 4L, 5L);
        awaitPosition(5);

        publish(2, 2);

        listener.awaitReceived(1L, 2L, 3L, 4L, 5L, 2L);
        awaitPosition(2);
    }

    @Test
    void aPositionThatCannotBeReadIsReadAgain() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 1L);
        publish(1, 2);
        positions.available = false;
        listener.activity.set(2);
        await().during(Duration.ofMillis(300)).until(listener.received::isEmpty);

        positions.available = true;

        listener.awaitReceived(2L);
    }

    @Test
    void anOrderlyStopDrainsTheQueueAndSavesThePosition() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 0L);
        listener.activity.set(2);
        publish(1, 1);
        listener.awaitReceived(1L);
        publish(2, 50);

        context.getRouteController().stopRoute("mine");

        assertThat(listener.received).hasSize(50);
        assertThat(positions.revisions).containsEntry("mine", 50L);
        assertThat(listener.dropped()).isZero();
    }

    @Test
    void aRouteThatIsStartedAgainContinues() throws Exception {
        route("status-changes:mine");
        positions.revisions.put("mine", 0L);
        listener.activity.set(2);
        publish(1, 1);
        listener.awaitReceived(1L);
        context.getRouteController().stopRoute("mine");
        publish(2, 2);

        context.getRouteController().startRoute("mine");

        listener.awaitReceived(1L, 2L);
    }

    @Test
    void anUnknownValueIsRejected() {
        assertThatThrownBy(() -> context.getEndpoint("status-changes:mine?nodes=two"))
                .isInstanceOf(ResolveEndpointFailedException.class)
                .rootCause()
                .hasMessage("nodes must be one or all, is two");
    }
}
