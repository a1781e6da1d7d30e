package org.epmpulse.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.LeaseTable;
import org.epmpulse.cluster.NodeRequests;
import org.epmpulse.cluster.Nodes;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.TestingActivity;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes share beside the journal: the lease, and what only its holder may write. */
class SqlClusterTest {

    @AutoClose
    private TestingNode active;

    @AutoClose
    private TestingNode passive;

    /** Of the active node, also when a slow machine does not renew the lease in time. */
    private ActiveWrites writes;

    @BeforeEach
    void open() throws Exception {
        DatabaseSettings settings = TestingPostgres.newSchema();
        active = new TestingNode(TestingPostgres.named(settings, "a"));
        passive = new TestingNode(TestingPostgres.named(settings, "b"));
        active.lease.poll();
        passive.lease.poll();
        writes = new ActiveWrites(active.id, new TestingActivity(active.lease.epoch()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void oneNodeIsActiveAndAReleasedLeaseIsTakenAtOnce() {
        assertThat(active.lease.active()).isTrue();
        assertThat(passive.lease.active()).isFalse();
        long epoch = active.lease.epoch();

        active.lease.release();
        passive.lease.poll();

        assertThat(active.lease.active()).isFalse();
        assertThat(passive.lease.active()).isTrue();
        assertThat(passive.lease.epoch()).isEqualTo(epoch + 1);
    }

    /** Without a statement of its own. */
    @Test
    void aPassiveNodeKnowsTheLeaseFromItsLooksAtTheJournal() throws Exception {
        LeaseTable.Row row = active.leaseTable.read();
        assertThat(row.holder()).isEqualTo(active.id);

        await().until(() -> row.equals(passive.store.recentLease()));
        active.lease.release();

        await().until(() -> {
            LeaseTable.Row recent = passive.store.recentLease();
            return recent != null && recent.holder() == null;
        });
    }

    @Test
    void aNodeIsToldWhenAViewOrARequestIsNew() throws Exception {
        Semaphore told = new Semaphore(0);
        await().until(() -> passive.store.signals() != null);
        passive.store.onSignals(told::release);

        new SqlSharedViews(active.database, writes, active.store).publish("health", "{}");
        assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        new SqlNodeRequests(active.database, writes, active.store).add(NodeRequests.Kind.SYNC, null);
        assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void onlyTheActiveNodeWritesDocumentsAndAllReadThem() throws Exception {
        SqlDocuments written = new SqlDocuments(active.database, writes);
        SqlDocuments others = new SqlDocuments(passive.database, passive.writes);
        assertThat(others.read("slack/alerts.json")).isEmpty();

        written.write("slack/alerts.json", bytes("first"));
        written.write("slack/alerts.json", bytes("second"));

        assertThat(others.read("slack/alerts.json").map(String::new)).contains("second");
        assertThatThrownBy(() -> others.write("slack/alerts.json", bytes("third")))
                .isInstanceOf(NotActiveException.class);
        written.setAside("slack/alerts.json", "not JSON");
        assertThat(others.read("slack/alerts.json")).isEmpty();
    }

    @Test
    void aNodeThatDoesNotKnowThatItHasLostTheLeaseCannotWrite() throws Exception {
        long epoch = active.lease.epoch();
        Activity paused = new Activity() {
            @Override
            public boolean active() {
                return true;
            }

            @Override
            public long epoch() {
                return epoch;
            }

            @Override
            public void onChange(Runnable listener) {
                // It never changes.
            }
        };
        SqlDocuments documents = new SqlDocuments(active.database, new ActiveWrites(active.id, paused));
        documents.write("slack/alerts.json", bytes("before"));
        active.lease.release();
        passive.lease.poll();

        assertThatThrownBy(() -> documents.write("slack/alerts.json", bytes("after")))
                .isInstanceOf(NotActiveException.class);

        assertThat(documents.read("slack/alerts.json").map(String::new)).contains("before");
    }

    @Test
    void aReceiptOfAnyNodeIsSeenByAll() throws Exception {
        UUID claim = UUID.randomUUID();
        SqlReceipts receipts = new SqlReceipts(active.database);
        assertThat(receipts.contains(claim)).isFalse();

        new SqlReceipts(passive.database).add(claim);
        new SqlReceipts(passive.database).add(claim);

        assertThat(receipts.contains(claim)).isTrue();
    }

    @Test
    void aPositionIsOnlyKnownInItsGeneration() throws Exception {
        SqlListenerPositions written = new SqlListenerPositions(active.database, writes, () -> 1);
        assertThat(written.read("sink")).isEmpty();

        written.write("sink", 40);
        written.write("sink", 41);

        assertThat(new SqlListenerPositions(passive.database, passive.writes, () -> 1).read("sink"))
                .hasValue(41);
        assertThat(new SqlListenerPositions(passive.database, passive.writes, () -> 2).read("sink"))
                .isEmpty();
        assertThatThrownBy(() -> new SqlListenerPositions(passive.database, passive.writes, () -> 1).write("sink", 1))
                .isInstanceOf(NotActiveException.class);
    }

    @Test
    void aRequestIsOpenUntilTheActiveNodeReplies() throws Exception {
        SqlNodeRequests asking = new SqlNodeRequests(passive.database, passive.writes, passive.store);
        SqlNodeRequests replying = new SqlNodeRequests(active.database, writes, active.store);

        UUID all = asking.add(NodeRequests.Kind.SYNC, null);
        UUID one = asking.add(NodeRequests.Kind.LATE_EDIT, "C1");

        await().untilAsserted(() -> assertThat(replying.open())
                .containsExactly(
                        new NodeRequests.Request(all, NodeRequests.Kind.SYNC, null),
                        new NodeRequests.Request(one, NodeRequests.Kind.LATE_EDIT, "C1")));
        assertThat(asking.reply(all)).isNull();
        replying.reply(all, "done");
        assertThat(asking.reply(all)).isEqualTo("done");
        assertThat(replying.open()).extracting(NodeRequests.Request::id).containsExactly(one);
        replying.reply(one, "");
        await().untilAsserted(() ->
                assertThat(active.store.signals()).extracting(Signals::requests).isEqualTo(false));
        assertThat(replying.open()).isEmpty();
    }

    @Test
    void viewsOfTheActiveNodeAreReadByAll() throws Exception {
        SqlSharedViews views = new SqlSharedViews(active.database, writes, active.store);
        SqlSharedViews others = new SqlSharedViews(passive.database, passive.writes, passive.store);

        for (String health : List.of("{}", "{\"slack\":\"connected\"}")) {
            views.publish("health", health);

            await().untilAsserted(() -> assertThat(others.read()).containsOnly(Map.entry("health", health)));
        }
        assertThatThrownBy(() -> others.publish("health", "")).isInstanceOf(NotActiveException.class);
    }

    @Test
    void eachNodeSeesAllNodesAndWhichOneIsActive() {
        SqlNodes first = nodes(active, "a");
        SqlNodes second = nodes(passive, "b");

        first.become(Nodes.State.RUNNING);
        second.become(Nodes.State.RUNNING);

        assertThat(second.list())
                .containsExactly(
                        new Nodes.Node("a", Nodes.State.ACTIVE, "1.0", "hash"),
                        new Nodes.Node("b", Nodes.State.RUNNING, "1.0", "hash"));
        second.remove();
        first.beat();
        assertThat(first.list()).extracting(Nodes.Node::name).containsExactly("a");
    }

    private static SqlNodes nodes(TestingNode node, String name) {
        return new SqlNodes(
                node.database, node.id, new SqlNodes.Self(name, "1.0", "hash"), () -> node.store.sequence());
    }
}
