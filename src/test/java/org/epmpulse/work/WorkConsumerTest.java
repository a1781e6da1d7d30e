package org.epmpulse.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;

/** Sending the items of a source through a route and reporting their results. */
class WorkConsumerTest extends CamelTestSupport {

    private final TestingWorkSource source = new TestingWorkSource();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger maxInFlight = new AtomicInteger();

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        source.addTo(context);
        return context;
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true);
                from("jobs:one?concurrentConsumers=2")
                        .routeId("one")
                        .choice()
                        .when(body().isEqualTo("bad"))
                        .throwException(new IllegalArgumentException("it is bad"))
                        .when(body().isEqualTo("handled"))
                        .throwException(new IllegalStateException("it is handled"))
                        .when(body().startsWith("slow"))
                        .process(exchange -> {
                            maxInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                            release.await(30, TimeUnit.SECONDS);
                            inFlight.decrementAndGet();
                        })
                        .when(body().isEqualTo("handed over"))
                        .to("seda:later?waitForTaskToComplete=Never")
                        .end()
                        .to("mock:out");
                // A stop waits for the end of a poll.
                from("seda:later?pollTimeout=10")
                        .routeId("later")
                        .throwException(new IllegalArgumentException("it failed later"));
            }
        };
    }

    private void awaitResults(String... results) {
        await().untilAsserted(() -> assertThat(source.results).containsExactlyInAnyOrder(results));
    }

    @Test
    void anItemIsSentWithItsVariablesAndSucceeds() throws Exception {
        source.begin = item -> new Work("body of " + item, Map.of("canvasId", "F1"));
        MockEndpoint out = getMockEndpoint("mock:out");
        out.expectedBodiesReceived("body of a");
        out.expectedVariableReceived("canvasId", "F1");

        source.add("a");

        out.assertIsSatisfied();
        awaitResults("a succeeded");
    }

    @Test
    void aFailureBelongsToTheSource() {
        source.add("bad");

        awaitResults("bad failed: it is bad");
    }

    @Test
    void aFailureThatTheRouteHandlesCountsAsSuccess() {
        source.add("handled");

        awaitResults("handled succeeded");
    }

    @Test
    void theResultOfAnItemThatIsHandedOverIsThatOfTheOtherRoute() {
        source.add("handed over");

        awaitResults("handed over failed: it failed later");
    }

    @Test
    void nothingIsSentForAnItemThatNeedsNoMessage() {
        source.begin = item -> null;
        NotifyBuilder sent = new NotifyBuilder(context).whenDone(1).create();

        source.add("a", "b", "c");

        awaitResults("a unchanged", "b unchanged", "c unchanged");
        assertThat(sent.matches()).isFalse();
    }

    @Test
    void anItemWhoseMessageCannotBeCreatedFails() {
        source.begin = item -> {
            throw new IllegalArgumentException("no message");
        };

        source.add("a");

        awaitResults("a failed: no message");
    }

    @Test
    void anErrorIsReportedAsAFailure() {
        source.begin = item -> {
            throw new AssertionError("simulated");
        };
        source.add("a");
        awaitResults("a failed: simulated");

        source.begin = Work::of;
        source.add("b");

        awaitResults("a failed: simulated", "b succeeded");
    }

    @Test
    void aPollIsRetriedAfterAnError() {
        source.pollFailure = new AssertionError("simulated");

        source.add("a");

        awaitResults("a succeeded");
    }

    @Test
    void aStopWaitsForAPoll() throws Exception {
        CountDownLatch polls = new CountDownLatch(1);
        source.onPoll = () -> {
            polls.countDown();
            awaitRelease();
        };
        source.add("a");
        polls.await();
        Thread stopping = new Thread(this::stopRoute);
        stopping.start();

        release.countDown();
        stopping.join();

        assertThat(source.results).isSubsetOf("a succeeded", "a released").hasSize(1);
    }

    private void awaitRelease() {
        try {
            release.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void onlyOneRouteGetsTheItemsOfASource() {
        RouteBuilder second = new RouteBuilder() {
            @Override
            public void configure() {
                from("jobs:one?concurrentConsumers=5").routeId("second").to("mock:second");
            }
        };

        assertThatThrownBy(() -> context.addRoutes(second))
                .hasMessage("another route already reads from jobs:one; only one may");

        source.add("a");
        awaitResults("a succeeded");
    }

    @Test
    void noMoreItemsAreInFlightThanTheEndpointAllows() {
        source.add("slow 1", "slow 2", "slow 3", "slow 4", "slow 5");
        await().until(() -> inFlight.get() == 2);
        release.countDown();

        awaitResults(
                "slow 1 succeeded", "slow 2 succeeded", "slow 3 succeeded", "slow 4 succeeded", "slow 5 succeeded");
        assertThat(maxInFlight).hasValue(2);
    }

    @Test
    void aPollThatFailsIsRetried() {
        source.pollFailure = new IllegalArgumentException("no poll");

        source.add("a");

        awaitResults("a succeeded");
    }

    @Test
    void theSourceSetsTheTimeOfTheNextPoll() {
        source.untilNextPoll = Duration.ofMillis(50);
        source.add("a");
        awaitResults("a succeeded");

        source.addSilently("b");

        awaitResults("a succeeded", "b succeeded");
    }

    @Test
    void aSourceWithNothingDueIsNotPolled() throws Exception {
        NotifyBuilder sent = new NotifyBuilder(context).whenDone(2).create();
        source.add("a");
        awaitResults("a succeeded");
        int polls = source.polls.get();

        boolean more = sent.matches(300, TimeUnit.MILLISECONDS);

        assertThat(more).isFalse();
        assertThat(source.polls.get()).isLessThanOrEqualTo(polls + 1);
    }

    @Test
    void aSuspendedRouteStartsNothing() throws Exception {
        context.getRouteController().suspendRoute("one");
        source.add("a");
        assertThat(new NotifyBuilder(context).whenDone(1).create().matches(200, TimeUnit.MILLISECONDS))
                .isFalse();

        context.getRouteController().resumeRoute("one");

        awaitResults("a succeeded");
    }

    @Test
    void aStopWaitsForItemsInFlight() throws Exception {
        source.add("slow 1");
        await().until(() -> inFlight.get() == 1);
        Thread stopping = new Thread(this::stopRoute);
        stopping.start();
        release.countDown();
        stopping.join();

        assertThat(source.results).containsExactly("slow 1 succeeded");
    }

    private void stopRoute() {
        try {
            context.getRouteController().stopRoute("one");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRestartedRouteContinues() throws Exception {
        context.getRouteController().stopRoute("one");
        source.add("a");

        context.getRouteController().startRoute("one");

        awaitResults("a succeeded");
    }

    @Test
    void anUnknownSourceFailsTheStart() {
        Endpoint endpoint = context.getEndpoint("jobs:two");

        assertThatThrownBy(() -> endpoint.createConsumer(exchange -> {}))
                .hasMessageContaining("unknown source jobs:two");
        assertThatThrownBy(endpoint::createProducer).hasMessageContaining("can only be read from");
        assertThatThrownBy(() -> context.getEndpoint("jobs:one?concurrentConsumers=0"))
                .hasRootCauseMessage("concurrentConsumers must be 1 or more, is 0");
    }
}
