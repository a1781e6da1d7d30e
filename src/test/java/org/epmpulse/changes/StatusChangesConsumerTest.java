package org.epmpulse.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.ExceptionHandler;
import org.apache.camel.spi.Registry;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.status.Answer;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of a route that reads from {@code status-changes:}. */
class StatusChangesConsumerTest extends CamelTestSupport {

    private final StatusChanges changes = new StatusChanges();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<StatusChange> received = new CopyOnWriteArrayList<>();

    @Override
    protected void bindToRegistry(Registry registry) {
        registry.bind("statusChanges", changes);
        registry.bind("meters", meters);
    }

    /** A route that processes no change until the gate opens. */
    private void route(String uri, CountDownLatch gate) throws Exception {
        route(uri, exchange -> {
            gate.await();
            received.add(exchange.getMessage().getBody(StatusChange.class));
        });
    }

    private void route(String uri, Processor processor) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).routeId("mine").process(processor);
            }
        });
    }

    private double dropped(String listener) {
        return meters.get("epmpulse.change.dropped")
                .tag("listener", listener)
                .counter()
                .count();
    }

    private void publish(int first, int last) {
        for (int i = first; i <= last; i++) {
            changes.publish(change(i, "Planning", Status.OK));
        }
    }

    /** Runs it on a thread of its own, which may wait for the gate. */
    private Thread inBackground(StopAction stop) {
        Thread thread = new Thread(() -> {
            try {
                stop.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    private interface StopAction {
        void run() throws Exception;
    }

    private static void awaitUninterruptibly(CountDownLatch gate) {
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                // Ignored, like a step that ignores interrupts.
            }
        }
    }

    private static Thread thread(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().endsWith("status-changes://" + name))
                .findAny()
                .orElseThrow();
    }

    private static StatusChange change(long revision, String app, Status status) {
        Instant now = Instant.parse("2026-03-31T12:00:00Z");
        DomainId id = new DomainId(app, "Actual");
        ValidatedUpdate update = ValidatedUpdate.of(id, status, null, null, null);
        DomainStatus after = DomainStatus.of(update, now, null, null, revision);
        return new StatusChange(revision, id, DomainStatus.NEVER_REPORTED, after);
    }

    @Test
    void everyChangeArrivesInOrder() throws Exception {
        route("status-changes:mine", new CountDownLatch(0));

        for (int i = 1; i <= 500; i++) {
            changes.publish(change(i, "Planning", Status.OK));
        }

        await().until(() -> received.size() == 500);
        assertThat(received).extracting(StatusChange::revision).isSorted();
    }

    @Test
    void answersArriveOnlyWhereTheyAreAskedFor() throws Exception {
        StatusChange update = change(1, "Planning", Status.WARNING);
        Answer answer = new Answer(AnswerKind.ACKNOWLEDGE, null, null, "Anna");
        StatusChange acknowledged = new StatusChange(2, update.id(), update.after(), update.after(), answer);
        StatusChange last = change(3, "Planning", Status.OK);
        BlockingQueue<StatusChange> all = new LinkedBlockingQueue<>();
        route(
                "status-changes:all?answers=true",
                exchange -> all.add(exchange.getMessage().getBody(StatusChange.class)));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("status-changes:updates")
                        .process(exchange -> received.add(exchange.getMessage().getBody(StatusChange.class)));
            }
        });

        List.of(update, acknowledged, last).forEach(changes::publish);

        await().until(() -> received.size() == 2 && all.size() == 3);
        assertThat(received).containsExactly(update, last);
        assertThat(all).containsExactly(update, acknowledged, last);
    }

    @Test
    void withAnIntervalOneMessageHoldsAllChangesSinceThePreviousOne() throws Exception {
        BlockingQueue<List<StatusChange>> messages = new LinkedBlockingQueue<>();
        CountDownLatch gate = new CountDownLatch(1);
        route("status-changes:mine?interval=1", exchange -> {
            @SuppressWarnings("unchecked")
            List<StatusChange> changes = exchange.getMessage().getBody(List.class);
            messages.add(changes);
            gate.await();
        });

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
    void onlySelectedAppsAndStatusesArrive() throws Exception {
        route("status-changes:mine?apps=Planning,FCCS&statuses=Warning", new CountDownLatch(0));

        changes.publish(change(1, "Planning", Status.OK));
        changes.publish(change(2, "ARCS", Status.WARNING));
        changes.publish(change(3, "FCCS", Status.WARNING));

        await().until(() -> !received.isEmpty());
        assertThat(received).extracting(StatusChange::revision).containsExactly(3L);
    }

    @Test
    void aHangingListenerDelaysNoOtherAndItsDroppedChangesAreCounted() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        route("status-changes:slow?queueSize=10", gate);

        for (int i = 1; i <= 100; i++) {
            changes.publish(change(i, "Planning", Status.OK));
        }

        double dropped = dropped("slow");
        assertThat(dropped).isBetween(89.0, 90.0);
        gate.countDown();
        await().until(() -> received.size() == 100 - (int) dropped);
    }

    @Test
    void aFailingRouteReceivesTheNextChange() throws Exception {
        route("status-changes:failing", exchange -> {
            StatusChange change = exchange.getMessage().getBody(StatusChange.class);
            received.add(change);
            if (change.revision() == 1) {
                throw new IllegalStateException("the sink is down");
            }
        });

        changes.publish(change(1, "Planning", Status.OK));
        changes.publish(change(2, "Planning", Status.OK));

        await().until(() -> received.size() == 2);
    }

    @Test
    void anUnknownStatusFailsTheStart() {
        assertThatThrownBy(() -> route("status-changes:mine?statuses=Bad", new CountDownLatch(0)))
                .hasStackTraceContaining("statuses must be of [Blank, Loading, OK, Warning], is Bad");
    }

    @Test
    void anUnknownOptionFailsTheStart() {
        assertThatThrownBy(() -> route("status-changes:mine?queue=5", new CountDownLatch(0)))
                .hasStackTraceContaining("queue=5");
    }

    @Test
    void anIntervalIsADurationOrANumberOfMilliseconds() throws Exception {
        assertThat(context.getEndpoint("status-changes:a?interval=50", StatusChangesEndpoint.class)
                        .getInterval())
                .isEqualTo(Duration.ofMillis(50));
        assertThat(context.getEndpoint("status-changes:a?interval=1s", StatusChangesEndpoint.class)
                        .getInterval())
                .isEqualTo(Duration.ofSeconds(1));
        assertThatThrownBy(() -> context.getEndpoint("status-changes:a?interval=-1"))
                .hasStackTraceContaining("interval must be 0 or more, is -1 ms");
    }

    @Test
    void stoppingARouteDrainsItsQueue() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        route("status-changes:mine", gate);
        publish(1, 50);

        Thread stop = inBackground(() -> context.getRouteController().stopRoute("mine"));
        await().until(() -> context.getRoute("mine").getConsumer() instanceof StatusChangesConsumer consumer
                && consumer.isSuspended());
        gate.countDown();
        stop.join();
        publish(51, 51);

        assertThat(received).extracting(StatusChange::revision).isSorted().hasSize(50);
        assertThat(dropped("mine")).isZero();
    }

    @Test
    void stoppingTheContextDrainsTheQueueWithChangesDuringTheStop() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        route("status-changes:mine", gate);
        publish(1, 50);

        Thread stop = inBackground(context::stop);
        await().until(context::isStopping);
        publish(51, 51);
        gate.countDown();
        stop.join();

        assertThat(received).extracting(StatusChange::revision).isSorted().hasSize(51);
        assertThat(dropped("mine")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStopDoesNotWaitForTheInterval(boolean wholeContext) throws Exception {
        BlockingQueue<List<?>> messages = new LinkedBlockingQueue<>();
        route(
                "status-changes:mine?interval=1h",
                exchange -> messages.add(exchange.getMessage().getBody(List.class)));
        publish(1, 1);
        messages.take();
        publish(2, 3);

        if (wholeContext) {
            context.stop();
        } else {
            context.getRouteController().stopRoute("mine");
        }

        assertThat(messages).singleElement().asInstanceOf(LIST).hasSize(2);
        assertThat(dropped("mine")).isZero();
    }

    @Test
    void changesThatAForcedStopLeavesAreCounted() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        route("status-changes:mine", exchange -> {
            started.countDown();
            gate.await();
        });
        publish(1, 50);
        started.await();

        context.getRouteController().stopRoute("mine", 1, TimeUnit.SECONDS);

        assertThat(dropped("mine")).isEqualTo(49);
        gate.countDown();
    }

    @Test
    void aRestartedRouteReceivesTheChangesAfterItsStart() throws Exception {
        route("status-changes:mine", new CountDownLatch(0));
        context.getRouteController().stopRoute("mine");
        publish(1, 1);

        context.getRouteController().startRoute("mine");
        publish(2, 2);

        await().until(() -> !received.isEmpty());
        assertThat(received).extracting(StatusChange::revision).containsExactly(2L);
    }

    @Test
    void aThreadThatSurvivedAForcedStopReceivesNoChangesOfTheNextStart() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        List<Thread> threads = new CopyOnWriteArrayList<>();
        route("status-changes:mine", exchange -> {
            threads.add(Thread.currentThread());
            started.countDown();
            awaitUninterruptibly(gate);
            received.add(exchange.getMessage().getBody(StatusChange.class));
        });
        publish(1, 1);
        started.await();
        context.getRouteController().stopRoute("mine", 1, TimeUnit.SECONDS);
        awaitEndOfCancelledStop();

        context.getRouteController().startRoute("mine");
        publish(2, 2);
        await().until(() -> threads.size() == 2);
        gate.countDown();

        await().until(() -> received.size() == 2);
        threads.get(0).join();
        publish(3, 3);
        await().until(() -> received.size() == 3);
        assertThat(threads.subList(1, 3)).containsOnly(threads.get(1));
    }

    /**
     * Camel cancels a stop that takes too long, but its thread later stops the consumer again, even if it has been
     * restarted. The stops run one after the other on one thread.
     */
    private void awaitEndOfCancelledStop() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:other").routeId("other").to("mock:other");
            }
        });
        context.getRouteController().stopRoute("other");
    }

    @Test
    void aResumedRouteReceivesTheChangesOfTheSuspension() throws Exception {
        route("status-changes:mine", new CountDownLatch(0));
        context.getRouteController().suspendRoute("mine");
        NotifyBuilder sent = new NotifyBuilder(context).whenDone(1).create();

        publish(1, 3);
        assertThat(sent.matches(200, TimeUnit.MILLISECONDS)).isFalse();
        context.getRouteController().resumeRoute("mine");

        await().until(() -> received.size() == 3);
        assertThat(dropped("mine")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void changesThatTheStopOfASuspendedRouteLeavesAreCounted(boolean wholeContext) throws Exception {
        route("status-changes:mine", new CountDownLatch(0));
        context.getRouteController().suspendRoute("mine");
        publish(1, 3);

        if (wholeContext) {
            context.stop();
        } else {
            context.getRouteController().stopRoute("mine");
        }

        assertThat(received).isEmpty();
        assertThat(dropped("mine")).isEqualTo(3);
    }

    @Test
    void anIdleOrSuspendedConsumerDoesNotWakeUp() throws Exception {
        route("status-changes:mine", new CountDownLatch(0));
        publish(1, 1);
        await().until(() -> received.size() == 1);

        await().until(() -> thread("mine").getState() == Thread.State.WAITING);
        context.getRouteController().suspendRoute("mine");
        publish(2, 2);

        await().until(() -> thread("mine").getState() == Thread.State.WAITING);
    }

    @Test
    void aFailureThatNoErrorHandlerHandledGoesToTheExceptionHandlerAndTheNextChangeArrives() throws Exception {
        BlockingQueue<String> failures = new LinkedBlockingQueue<>();
        context.getRegistry().bind("failures", new ExceptionHandler() {
            @Override
            public void handleException(Throwable failure) {
                failures.add(failure.toString());
            }

            @Override
            public void handleException(String message, Throwable failure) {
                failures.add(message + ": " + failure);
            }

            @Override
            public void handleException(String message, Exchange exchange, Throwable failure) {
                failures.add(message + ": " + failure);
            }
        });
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("status-changes:mine?exceptionHandler=#failures")
                        .errorHandler(noErrorHandler())
                        .process(exchange -> {
                            StatusChange change = exchange.getMessage().getBody(StatusChange.class);
                            if (change.revision() == 1) {
                                throw new IllegalStateException("the sink is down");
                            }
                            received.add(change);
                        });
            }
        });

        publish(1, 2);

        await().until(() -> received.size() == 1);
        assertThat(failures)
                .singleElement()
                .asString()
                .startsWith("status-changes://mine")
                .endsWith("processing of revision 1 failed: java.lang.IllegalStateException: the sink is down");
    }

    @Test
    void anErrorOrAnInterruptDoesNotEndTheThread() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        Endpoint endpoint = context.getEndpoint("status-changes:mine");
        Consumer consumer = endpoint.createConsumer(exchange -> {
            StatusChange change = exchange.getMessage().getBody(StatusChange.class);
            threads.add(Thread.currentThread());
            if (change.revision() == 1) {
                throw new StackOverflowError();
            }
            if (change.revision() == 2) {
                throw new IllegalStateException("unexpected");
            }
            Thread.currentThread().interrupt();
        });
        consumer.start();

        publish(1, 3);
        await().until(() -> threads.size() == 3);
        publish(4, 4);

        await().until(() -> threads.size() == 4);
        assertThat(threads).containsOnly(threads.get(0));
        consumer.stop();
    }

    @Test
    void itHasNoProducer() {
        assertThatThrownBy(() -> template.sendBody("status-changes:mine", "x"))
                .hasStackTraceContaining("direct:status-record");
    }
}
