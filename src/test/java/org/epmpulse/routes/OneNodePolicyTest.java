package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.ServiceStatus;
import org.apache.camel.impl.DefaultCamelContext;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.TestingActivity;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Routes of a site with {@code routePolicy: oneNode}. */
class OneNodePolicyTest {

    private static final String ROUTE = """
            - route:
                id: inbox-read
                description: Read the inbox
                routePolicy: oneNode
                autoStartup: %s
                from:
                  uri: timer:inbox-read
                  parameters:
                    period: "10"
                  steps:
                    - process:
                        ref: inbox
            """;

    @AutoClose
    private final CamelContext context = new DefaultCamelContext();

    private final TestingActivity activity = new TestingActivity(0);
    private final AtomicInteger read = new AtomicInteger();

    private void start(Activity ofNode, boolean autoStartup) {
        context.getRegistry().bind(OneNodePolicy.NAME, new OneNodePolicy(ofNode));
        Processor count = exchange -> read.incrementAndGet();
        context.getRegistry().bind("inbox", count);
        RouteFile.add(
                List.of(new RouteFile(
                        Path.of("routes/site/inbox-read.camel.yaml"), ROUTE.formatted(autoStartup), true)),
                context);
        context.start();
    }

    private ServiceStatus status() {
        return context.getRouteController().getRouteStatus("inbox-read");
    }

    @Test
    void itRunsOnlyWhileTheNodeIsActive() {
        start(activity, true);
        await().during(Duration.ofMillis(300)).until(() -> read.get() == 0);

        activity.set(3);
        await().until(() -> read.get() > 2);

        activity.set(0);
        await().until(() -> status() == ServiceStatus.Stopped);
        int before = read.get();
        await().during(Duration.ofMillis(300)).until(() -> read.get() == before);

        activity.set(5);
        await().until(() -> read.get() > before);
    }

    @Test
    void itRunsFromTheStartOnTheActiveNode() {
        activity.set(3);
        start(activity, true);

        await().until(() -> read.get() > 2);
    }

    @Test
    void aNodeThatBecomesPassiveWhileItStartsStopsIt() {
        activity.set(3);
        start(activity, true);
        activity.set(0);

        await().until(() -> status() == ServiceStatus.Stopped);
    }

    @Test
    void itAlwaysRunsOnASingleNode() {
        start(Activity.ALWAYS, true);

        await().until(() -> read.get() > 2);
    }

    @Test
    void aRouteThatDoesNotStartByItselfIsLeftAlone() {
        start(activity, false);

        activity.set(3);

        await().during(Duration.ofMillis(500)).until(() -> read.get() == 0);
        assertThat(status()).isEqualTo(ServiceStatus.Stopped);
    }
}
