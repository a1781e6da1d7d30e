package org.epmpulse.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a route that begins with {@code status-changes:} gets. */
class StatusChangesConsumerTest {

    private final StatusChanges changes = new StatusChanges();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<StatusChange> heard = new CopyOnWriteArrayList<>();

    @AutoClose
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void bind() {
        camel.getRegistry().bind("statusChanges", changes);
        camel.getRegistry().bind("meters", meters);
    }

    private void route(String uri, CountDownLatch gate) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).process(exchange -> {
                    gate.await();
                    heard.add(exchange.getMessage().getBody(StatusChange.class));
                });
            }
        });
        camel.start();
    }

    private static StatusChange change(long revision, String app, Status status) {
        Instant now = Instant.parse("2026-03-31T12:00:00Z");
        DomainStatus after =
                new DomainStatus(status, null, null, now, null, null, null, now, null, Source.API, null, revision);
        return new StatusChange(revision, new DomainId(app, "Actual"), DomainStatus.UNHEARD, after);
    }

    @Test
    void everyChangeArrivesInOrder() throws Exception {
        route("status-changes:mine", new CountDownLatch(0));

        for (int i = 1; i <= 500; i++) {
            changes.publish(change(i, "Planning", Status.OK));
        }

        await().until(() -> heard.size() == 500);
        assertThat(heard).extracting(StatusChange::revision).isSorted();
    }

    @Test
    void withAnIntervalOneMessageHoldsAllChangesThatCameMeanwhile() throws Exception {
        BlockingQueue<List<StatusChange>> messages = new LinkedBlockingQueue<>();
        CountDownLatch gate = new CountDownLatch(1);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("status-changes:mine?interval=1").process(exchange -> {
                    @SuppressWarnings("unchecked")
                    List<StatusChange> changes = exchange.getMessage().getBody(List.class);
                    messages.add(changes);
                    gate.await();
                });
            }
        });
        camel.start();

        changes.publish(change(1, "Planning", Status.OK));
        List<StatusChange> first = messages.take();
        for (int i = 2; i <= 500; i++) {
            changes.publish(change(i, "Planning", Status.OK));
        }
        gate.countDown();

        assertThat(first).extracting(StatusChange::revision).containsExactly(1L);
        assertThat(messages.take())
                .hasSize(499)
                .extracting(StatusChange::revision)
                .isSorted()
                .startsWith(2L);
    }

    @Test
    void onlyWantedAppsAndStatusesArrive() throws Exception {
        route("status-changes:mine?apps=Planning,FCCS&statuses=Warning", new CountDownLatch(0));

        changes.publish(change(1, "Planning", Status.OK));
        changes.publish(change(2, "ARCS", Status.WARNING));
        changes.publish(change(3, "FCCS", Status.WARNING));

        await().until(() -> !heard.isEmpty());
        assertThat(heard).extracting(StatusChange::revision).containsExactly(3L);
    }

    @Test
    void aListenerThatHangsHoldsUpNobodyAndItsOverflowIsCounted() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        route("status-changes:slow?queueSize=10", gate);

        for (int i = 1; i <= 100; i++) {
            changes.publish(change(i, "Planning", Status.OK));
        }

        double dropped = meters.get("epmpulse.change.dropped")
                .tag("listener", "slow")
                .counter()
                .count();
        assertThat(dropped).isBetween(89.0, 90.0);
        gate.countDown();
        await().until(() -> heard.size() == 100 - (int) dropped);
    }

    @Test
    void aRouteThatFailsGetsTheNextChange() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("status-changes:failing").process(exchange -> {
                    StatusChange change = exchange.getMessage().getBody(StatusChange.class);
                    heard.add(change);
                    if (change.revision() == 1) {
                        throw new IllegalStateException("the sink is down");
                    }
                });
            }
        });
        camel.start();

        changes.publish(change(1, "Planning", Status.OK));
        changes.publish(change(2, "Planning", Status.OK));

        await().until(() -> heard.size() == 2);
    }

    @Test
    void anUnknownStatusEndsTheStart() {
        assertThatThrownBy(() -> route("status-changes:mine?statuses=Bad", new CountDownLatch(0)))
                .hasStackTraceContaining("statuses must be of [Blank, Loading, OK, Warning], is Bad");
    }

    @Test
    void anUnknownOptionEndsTheStart() {
        assertThatThrownBy(() -> route("status-changes:mine?queue=5", new CountDownLatch(0)))
                .hasStackTraceContaining("queue=5");
    }

    @Test
    void nothingCanBeSentToIt() {
        camel.start();

        assertThatThrownBy(() -> camel.createProducerTemplate().sendBody("status-changes:mine", "x"))
                .hasStackTraceContaining("direct:status-record");
    }
}
