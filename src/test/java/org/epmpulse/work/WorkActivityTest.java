package org.epmpulse.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.cluster.TestingActivity;
import org.junit.jupiter.api.Test;

/** Work of the active one of several nodes. */
class WorkActivityTest extends CamelTestSupport {

    private final TestingActivity activity = new TestingActivity(0);
    private final TestingWorkSource source = new TestingWorkSource();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        context.getRegistry().bind("activity", activity);
        source.addTo(context);
        return context;
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("jobs:one").routeId("one").process(exchange -> {
                    String item = exchange.getMessage().getBody(String.class);
                    if (item.startsWith("slow")) {
                        begun.countDown();
                        release.await();
                    }
                    if (item.endsWith("fenced")) {
                        throw new IllegalStateException("not sent", new NotActiveException());
                    }
                    if (item.endsWith("bad")) {
                        throw new IllegalArgumentException("it is bad");
                    }
                });
            }
        };
    }

    private void awaitResults(String... results) {
        await().untilAsserted(() -> assertThat(source.results).containsExactly(results));
    }

    @Test
    void aPassiveNodeStartsNothing() {
        source.add("a");
        activity.set(0);

        await().during(Duration.ofMillis(300)).until(() -> source.polls.get() == 0);
        assertThat(source.results).isEmpty();
    }

    @Test
    void whatIsDueStartsWhenTheNodeBecomesActiveAfterItHasTakenOver() {
        source.add("a");

        activity.set(7);

        awaitResults("taken over", "a succeeded");
    }

    /** A poll that has begun may still take what is added. */
    private void awaitNoPoll() {
        AtomicInteger polls = new AtomicInteger(-1);
        await().during(Duration.ofMillis(300)).until(() -> source.polls.get() == polls.getAndSet(source.polls.get()));
    }

    @Test
    void aNodeTakesOverOnceInEachPeriod() {
        activity.set(7);
        source.add("a");
        awaitResults("taken over", "a succeeded");
        source.add("b");
        awaitResults("taken over", "a succeeded", "b succeeded");
        awaitNoPoll();

        activity.set(0);
        source.add("c");
        activity.set(9);

        awaitResults("taken over", "a succeeded", "b succeeded", "taken over", "c succeeded");
    }

    @Test
    void aFailedTakeoverIsRetriedBeforeAnythingStarts() {
        source.takeOverFailure = new IllegalStateException("the database does not answer");
        source.add("a");

        activity.set(7);

        awaitResults("taken over", "a succeeded");
    }

    @Test
    void workThatWasNotSentBecauseTheNodeIsPassiveIsNoFailure() {
        activity.set(7);
        source.add("fenced");

        awaitResults("taken over", "fenced released");
    }

    @Test
    void aResultOfAnEarlierPeriodIsReportedAsLate() throws Exception {
        activity.set(7);
        source.add("slow");
        begun.await();

        activity.set(0);
        release.countDown();

        awaitResults("taken over", "slow succeeded", "slow ended late");
    }

    @Test
    void aFailureOfAnEarlierPeriodIsReportedAsLate() throws Exception {
        activity.set(7);
        source.add("slow bad");
        begun.await();

        activity.set(8);
        release.countDown();

        await().untilAsserted(
                        () -> assertThat(source.results).contains("slow bad failed: it is bad", "slow bad ended late"));
    }
}
