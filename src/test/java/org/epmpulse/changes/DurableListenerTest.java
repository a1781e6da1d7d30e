package org.epmpulse.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.Registry;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.DocumentPositions;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.cluster.NodeRequests;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.Receipts;
import org.epmpulse.cluster.SharedViews;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.Documents;
import org.epmpulse.store.StoreUnavailableException;
import org.epmpulse.store.TestingStatusStore;
import org.junit.jupiter.api.Test;

/** Listeners that miss no change. */
class DurableListenerTest extends CamelTestSupport {

    private final StatusChanges changes = new StatusChanges();
    private final TestingStatusStore store = new TestingStatusStore(InstantSource.system(), changes::publish);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestingActivity activity = new TestingActivity(1);
    private final MemoryDocuments documents = new MemoryDocuments();
    private final ListenerPositions positions = new FencedPositions();
    private final List<Long> received = new CopyOnWriteArrayList<>();
    private final List<Long> begun = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile long failing;

    private static final class MemoryDocuments implements Documents {

        private final Map<String, byte[]> content = new ConcurrentHashMap<>();
        private final List<String> setAside = new CopyOnWriteArrayList<>();

        @Override
        public Optional<byte[]> read(String name) {
            return Optional.ofNullable(content.get(name));
        }

        @Override
        public void write(String name, byte[] newContent) {
            content.put(name, newContent);
        }

        @Override
        public void setAside(String name, String reason) {
            setAside.add(name);
            content.remove(name);
        }
    }

    /** Reads the document each time, as another node has written it; only the active node may write. */
    private final class FencedPositions implements ListenerPositions {

        private DocumentPositions stored() {
            return new DocumentPositions(documents, () -> store.board().revision());
        }

        @Override
        public OptionalLong read(String listener) throws IOException {
            return stored().read(listener);
        }

        @Override
        public OptionalLong readDurable(String listener) throws IOException {
            return stored().readDurable(listener);
        }

        @Override
        public void write(String listener, long revision) throws IOException {
            if (!activity.active()) {
                throw new NotActiveException();
            }
            stored().write(listener, revision);
        }
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        registry.bind("statusChanges", changes);
        registry.bind("statusStore", store);
        registry.bind("meters", meters);
        registry.bind(
                "cluster",
                new Cluster(activity, Receipts.NONE, positions, SharedViews.NONE, NodeRequests.NONE, Nodes.NONE));
    }

    private void route(String uri) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).routeId("mine").process(exchange -> {
                    StatusChange change = exchange.getMessage().getBody(StatusChange.class);
                    begun.add(change.revision());
                    gate.await();
                    received.add(change.revision());
                    if (change.revision() == failing) {
                        throw new IllegalStateException("the target is away");
                    }
                });
            }
        });
    }

    private void post(int count) {
        for (int i = 0; i < count; i++) {
            post("Planning", "Actual");
        }
    }

    private void post(String app, String domain) {
        long next = store.board().revision() + 1;
        store.record(
                        List.of(ValidatedUpdate.of(new DomainId(app, domain), Status.OK, "J" + next, null, null)),
                        false,
                        null)
                .join();
    }

    private void position(long revision) {
        documents.write(
                DocumentPositions.NAME, "{\"mine\":%d}".formatted(revision).getBytes(StandardCharsets.UTF_8));
    }

    private void awaitPosition(long revision) {
        await().untilAsserted(() -> assertThat(positions.readDurable("mine")).isEqualTo(OptionalLong.of(revision)));
    }

    private void awaitReceived(Long... revisions) {
        await().untilAsserted(() -> assertThat(received).containsExactly(revisions));
    }

    private double dropped() {
        return meters.get("epmpulse.change.dropped").counter().count();
    }

    @Test
    void theFirstStartBeginsWithTheNextChangeAndStoresThePosition() throws Exception {
        post(2);

        route("status-changes:mine?durable=true");
        awaitPosition(2);
        post(2);

        awaitReceived(3L, 4L);
        awaitPosition(4);
    }

    @Test
    void aStoreWithoutUpdatesHasAPositionToo() throws Exception {
        route("status-changes:mine?durable=true");

        awaitPosition(0);
    }

    @Test
    void aLaterStartContinuesAfterThePosition() throws Exception {
        post(5);
        position(3);

        route("status-changes:mine?durable=true");
        awaitReceived(4L, 5L);
        post(1);

        awaitReceived(4L, 5L, 6L);
        awaitPosition(6);
    }

    @Test
    void aFloodBehindASlowRouteArrivesCompletelyAndInOrder() throws Exception {
        position(0);
        gate = new CountDownLatch(1);
        route("status-changes:mine?durable=true&queueSize=100");
        post(1_500);

        gate.countDown();

        await().until(() -> received.size() == 1_500);
        assertThat(received)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 1_500).boxed().toList());
        assertThat(dropped()).isZero();
        post(1);
        awaitPosition(1_501);
    }

    @Test
    void onlySelectedDomainsArriveAndTheOthersCountAsProcessed() throws Exception {
        route("status-changes:mine?durable=true&domains=Actual,FCCS/Close");
        awaitPosition(0);

        post("Planning", "Actual");
        post("Planning", "Budget");
        post("FCCS", "Close");
        post("Planning", "Close");

        awaitReceived(1L, 3L);
        awaitPosition(4);
    }

    @Test
    void aChangeComesAgainWhileTheRouteFails() throws Exception {
        failing = 1;
        route("status-changes:mine?durable=true");
        awaitPosition(0);
        post(2);

        await().until(() -> received.size() == 2);
        assertThat(positions.readDurable("mine")).isEqualTo(OptionalLong.of(0));
        failing = 0;

        awaitReceived(1L, 1L, 1L, 2L);
        awaitPosition(2);
    }

    @Test
    void aStopDoesNotWaitForARouteThatFails() throws Exception {
        failing = 1;
        route("status-changes:mine?durable=true");
        awaitPosition(0);
        post(3);
        await().until(() -> !received.isEmpty());

        context.getRouteController().stopRoute("mine", 30, TimeUnit.SECONDS);

        assertThat(positions.readDurable("mine")).isEqualTo(OptionalLong.of(0));
        assertThat(dropped()).isZero();
        received.clear();
        failing = 0;
        context.getRouteController().startRoute("mine");
        awaitReceived(1L, 2L, 3L);
    }

    @Test
    void aNodeThatTakesOverContinuesAfterThePositionOfTheOther() throws Exception {
        activity.set(0);
        post(5);
        position(2);
        route("status-changes:mine?durable=true");
        await().during(Duration.ofMillis(300)).until(received::isEmpty);

        activity.set(2);

        awaitReceived(3L, 4L, 5L);
        awaitPosition(5);
    }

    @Test
    void whatWaitsWhenTheNodeBecomesPassiveIsLeftToTheOther() throws Exception {
        position(0);
        gate = new CountDownLatch(1);
        route("status-changes:mine?durable=true");
        post(3);
        await().until(() -> begun.size() == 1);

        activity.set(0);
        gate.countDown();
        awaitReceived(1L);
        position(2);
        post(1);
        activity.set(4);

        awaitReceived(1L, 3L, 4L);
        assertThat(dropped()).isZero();
    }

    @Test
    void aJournalThatCannotBeReadIsReadAgain() throws Exception {
        post(2);
        position(0);
        store.failWith(new StoreUnavailableException("the disk does not answer", null));
        route("status-changes:mine?durable=true");
        await().during(Duration.ofMillis(300)).until(received::isEmpty);

        store.failWith(null);

        awaitReceived(1L, 2L);
    }

    @Test
    void aPositionAheadOfARestoredJournalIsThatOfTheJournal() throws Exception {
        post(2);
        position(10);
        route("status-changes:mine?durable=true");

        awaitPosition(2);
        post(1);

        awaitReceived(3L);
    }

    @Test
    void damagedPositionsAreSetAside() throws Exception {
        documents.write(DocumentPositions.NAME, "{\"mine\":".getBytes(StandardCharsets.UTF_8));
        post(1);

        route("status-changes:mine?durable=true");

        awaitPosition(1);
        assertThat(documents.setAside).containsExactly(DocumentPositions.NAME);
    }

    @Test
    void aDurableListenerOnAllNodesIsRejected() {
        assertThatThrownBy(() -> route("status-changes:mine?durable=true&nodes=all"))
                .hasStackTraceContaining("durable=true needs nodes=one");
    }
}
