package org.epmpulse.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.epmpulse.cluster.NodeRequests.Kind;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TestingTime;
import org.junit.jupiter.api.Test;

/** What the active node and a passive one tell each other. */
class NodeExchangeTest {

    private final TestingCluster database = new TestingCluster();
    private volatile Instant now = Instant.parse("2026-03-31T22:00:00Z");
    private final Node a = new Node(1);
    private final Node b = new Node(0);

    private final class Node {

        private final TestingActivity activity;
        private final Map<String, String> own = new HashMap<>();
        private final List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
        private final List<NodeRequests.Request> handled = new ArrayList<>();
        private final List<Consumer<String>> replies = new ArrayList<>();
        private final Cluster cluster;
        private final NodeExchange exchange;

        Node(long epoch) {
            activity = new TestingActivity(epoch);
            cluster = database.node(activity);
            exchange = new NodeExchange(
                    cluster,
                    new TestingTime(() -> now, () -> Duration.ZERO),
                    () -> own,
                    seen::add,
                    (request, reply) -> {
                        handled.add(request);
                        replies.add(reply);
                    });
        }

        Map<String, String> shown() {
            return seen.get(seen.size() - 1);
        }
    }

    private void poll(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plusMillis(500)) {
            a.exchange.poll();
            b.exchange.poll();
        }
    }

    @Test
    void aPassiveNodeShowsWhatTheActiveOneShows() {
        a.own.put("health", "ok");
        b.own.put("health", "unknown");
        poll(Duration.ofSeconds(2));
        assertThat(b.shown()).isEqualTo(Map.of("health", "ok"));

        a.own.put("health", "error");
        poll(Duration.ofSeconds(2));

        assertThat(b.shown()).isEqualTo(Map.of("health", "error"));
        assertThat(a.seen).isEmpty();
    }

    @Test
    void aViewIsPublishedOnlyWhenItHasChangedAndOnceASecond() {
        a.own.put("health", "ok");
        poll(Duration.ofMinutes(1));
        assertThat(database.publications()).isEqualTo(1);

        for (int i = 0; i < 20; i++) {
            a.own.put("health", "change " + i);
            poll(Duration.ofMillis(500));
        }

        assertThat(database.publications()).isEqualTo(11);
    }

    @Test
    void theNodeThatTakesOverPublishesItsViews() {
        a.own.put("health", "ok");
        b.own.put("health", "ok");
        poll(Duration.ofSeconds(1));
        a.activity.set(0);
        a.own.put("health", "old");
        b.activity.set(2);
        b.own.put("health", "new");

        poll(Duration.ofSeconds(2));

        assertThat(a.shown()).isEqualTo(Map.of("health", "new"));
    }

    @Test
    void theActiveNodeHandlesEachRequestOnceAndReplies() throws IOException {
        var id = b.cluster.requests().add(Kind.SYNC, "CMAIN");

        poll(Duration.ofSeconds(5));

        assertThat(b.handled).isEmpty();
        assertThat(a.handled).singleElement().satisfies(request -> {
            assertThat(request.kind()).isEqualTo(Kind.SYNC);
            assertThat(request.channel()).isEqualTo("CMAIN");
        });
        a.replies.get(0).accept("done");
        poll(Duration.ofSeconds(1));
        assertThat(b.cluster.requests().reply(id)).isEqualTo("done");
        assertThat(a.handled).hasSize(1);
    }

    @Test
    void aRequestThatWasNotRepliedToIsHandledByTheNodeThatTakesOver() throws IOException {
        b.cluster.requests().add(Kind.LATE_EDIT, "CMAIN");
        poll(Duration.ofSeconds(1));
        a.activity.set(0);
        b.activity.set(2);

        poll(Duration.ofSeconds(1));

        assertThat(b.handled).hasSize(1);
        a.replies.get(0).accept("too late");
        assertThat(database.requests.values()).containsOnlyNulls();
    }

    @Test
    void afterAnOutageOfTheDatabaseTheLatestViewIsPublished() {
        database.available(false);
        a.own.put("health", "ok");
        poll(Duration.ofSeconds(5));
        assertThat(b.seen).isEmpty();

        database.available(true);
        poll(Duration.ofSeconds(2));

        assertThat(b.shown()).isEqualTo(Map.of("health", "ok"));
    }

    @Test
    void theActiveNodeLooksAtItsViewsEverySecondAndAPassiveOneWaitsUntilItIsWokenUp() {
        a.own.put("health", "ok");

        assertThat(a.exchange.poll()).isEqualTo(Duration.ofSeconds(1));
        assertThat(b.exchange.poll()).isEqualTo(Duration.ofSeconds(30));

        a.own.put("health", "error");
        now = now.plusMillis(400);
        assertThat(b.exchange.poll()).as("woken up too early").isEqualTo(Duration.ofMillis(600));
        database.available(false);
        now = now.plusSeconds(1);
        assertThat(a.exchange.poll()).isEqualTo(Duration.ofMillis(500));
        assertThat(b.exchange.poll()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void anOpenRequestIsLookedAtTwiceASecond() throws IOException {
        b.cluster.requests().add(Kind.SYNC, "CMAIN");

        assertThat(a.exchange.poll()).isEqualTo(Duration.ofMillis(500));

        a.replies.get(0).accept("done");
        assertThat(a.exchange.poll()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aPassiveNodeThatIsWokenUpShowsTheNewViews() throws Exception {
        a.own.put("health", "ok");
        b.exchange.start(new ServiceThreads(new SimpleMeterRegistry()));
        try {
            await().until(() -> !b.seen.isEmpty());
            a.exchange.poll();
            now = now.plusSeconds(1);

            b.exchange.wakeUp();

            await().until(() -> b.shown().equals(Map.of("health", "ok")));
        } finally {
            b.exchange.close();
        }
    }
}
