package org.epmpulse.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.camel.spi.Registry;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.cluster.DocumentPositions;
import org.epmpulse.cluster.ListenerPositions;
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
    private final MemoryDocuments documents = new MemoryDocuments();
    private final TestingListener listener = new TestingListener(1, this::process);
    private final List<Long> begun = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    /** The revision with which the route fails, and how often it still does. */
    private volatile long failing;

    private final AtomicInteger failures = new AtomicInteger(Integer.MAX_VALUE);

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

    /** Reads the document each time, as another node has written it. */
    private ListenerPositions positions() {
        return new DocumentPositions(documents, () -> store.board().revision());
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        listener.bind(registry, changes, this::positions);
        registry.bind("statusStore", store);
    }

    private void route(String uri) throws Exception {
        listener.addRoute(context, uri);
    }

    private void process(StatusChange change) throws InterruptedException {
        begun.add(change.revision());
        gate.await();
        listener.received.add(change.revision());
        if (change.revision() == failing && failures.getAndDecrement() > 0) {
            throw new IllegalStateException("the target is away");
        }
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
        await().untilAsserted(() -> assertThat(positions().readDurable("mine")).isEqualTo(OptionalLong.of(revision)));
    }

    @Test
    void theFirstStartBeginsWithTheNextChangeAndStoresThePosition() throws Exception {
        post(2);

        route("status-changes:mine?durable=true");
        awaitPosition(2);
        post(2);

        listener.awaitReceived(3L, 4L);
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
        listener.awaitReceived(4L, 5L);
        post(1);

        listener.awaitReceived(4L, 5L, 6L);
        awaitPosition(6);
    }

    @Test
    void aFloodBehindASlowRouteArrivesCompletelyAndInOrder() throws Exception {
        position(0);
        gate = new CountDownLatch(1);
        route("status-changes:mine?durable=true&queueSize=100");
        post(1_500);

        gate.countDown();

        await().until(() -> listener.received.size() == 1_500);
        assertThat(listener.received)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 1_500).boxed().toList());
        assertThat(listener.dropped()).isZero();
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

        listener.awaitReceived(1L, 3L);
        awaitPosition(4);
    }

    @Test
    void aChangeComesAgainWhileTheRouteFails() throws Exception {
        failing = 1;
        failures.set(2);
        route("status-changes:mine?durable=true");
        awaitPosition(0);
        post(2);

        listener.awaitReceived(1L, 1L, 1L, 2L);
        awaitPosition(2);
    }

    @Test
    void aStopDoesNotWaitForARouteThatFails() throws Exception {
        failing = 1;
        route("status-changes:mine?durable=true");
        awaitPosition(0);
        post(3);
        await().until(() -> !listener.received.isEmpty());

        context.getRouteController().stopRoute("mine", 30, TimeUnit.SECONDS);

        assertThat(positions().readDurable("mine")).isEqualTo(OptionalLong.of(0));
        assertThat(listener.dropped()).isZero();
        listener.received.clear();
        failing = 0;
        context.getRouteController().startRoute("mine");
        listener.awaitReceived(1L, 2L, 3L);
    }

    @Test
    void theLastChangeComesAgainAfterAStopWhileTheRouteFails() throws Exception {
        failing = 1;
        route("status-changes:mine?durable=true");
        awaitPosition(0);
        post(1);
        await().until(() -> !begun.isEmpty());

        context.getRouteController().stopRoute("mine", 30, TimeUnit.SECONDS);

        assertThat(positions().readDurable("mine")).isEqualTo(OptionalLong.of(0));
        failing = 0;
        context.getRouteController().startRoute("mine");
        await().until(() -> begun.size() > 1);
        awaitPosition(1);
    }

    @Test
    void aNodeThatTakesOverContinuesAfterThePositionOfTheOther() throws Exception {
        listener.activity.set(0);
        post(5);
        position(2);
        route("status-changes:mine?durable=true");
        await().during(Duration.ofMillis(300)).until(listener.received::isEmpty);

        listener.activity.set(2);

        listener.awaitReceived(3L, 4L, 5L);
        awaitPosition(5);
    }

    @Test
    void whatWaitsWhenTheNodeBecomesPassiveIsLeftToTheOther() throws Exception {
        position(0);
        gate = new CountDownLatch(1);
        route("status-changes:mine?durable=true");
        post(3);
        await().until(() -> begun.size() == 1);

        listener.activity.set(0);
        gate.countDown();
        listener.awaitReceived(1L);
        position(2);
        post(1);
        listener.activity.set(4);

        listener.awaitReceived(1L, 3L, 4L);
        assertThat(listener.dropped()).isZero();
    }

    @Test
    void aJournalThatCannotBeReadIsReadAgain() throws Exception {
        post(2);
        position(0);
        store.failWith(new StoreUnavailableException("the disk does not answer", null));
        route("status-changes:mine?durable=true");
        await().during(Duration.ofMillis(300)).until(listener.received::isEmpty);

        store.failWith(null);

        listener.awaitReceived(1L, 2L);
    }

    @Test
    void aPositionAheadOfARestoredJournalIsThatOfTheJournal() throws Exception {
        post(2);
        position(10);
        route("status-changes:mine?durable=true");

        awaitPosition(2);
        post(1);

        listener.awaitReceived(3L);
    }

    @Test
    void aPositionAheadOfARestoredJournalDoesNotCountWhenTheJournalHasReachedIt() throws Exception {
        post(2);
        position(10);
        failing = 3;
        route("status-changes:mine?durable=true");
        await().until(() -> documents
                .read(DocumentPositions.NAME)
                .map(content -> new String(content, StandardCharsets.UTF_8))
                .equals(Optional.of("{\"mine\":2}")));
        post(1);
        await().until(() -> !begun.isEmpty());
        context.getRouteController().stopRoute("mine", 30, TimeUnit.SECONDS);
        post(12);
        listener.received.clear();
        failing = 0;

        context.getRouteController().startRoute("mine");

        listener.awaitReceived(LongStream.rangeClosed(3, 15).boxed().toArray(Long[]::new));
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
