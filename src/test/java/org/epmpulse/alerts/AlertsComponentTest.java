package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.alerts.TestingAlerts.CHANNEL;
import static org.epmpulse.alerts.TestingAlerts.D0;
import static org.epmpulse.alerts.TestingAlerts.D1;
import static org.epmpulse.alerts.TestingAlerts.DOMAINS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.alerts.TestingSink.Failed;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alerts through routes: a channel gets its next message whether the route succeeds, fails or is removed. */
class AlertsComponentTest extends CamelTestSupport {

    private static final String ROUTE = "send";

    private final TestingAlerts board = new TestingAlerts();
    private final TestingSink sink = new TestingSink();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private AlertSinks sinks;

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        TimeSource clock = TimeSource.system();
        board.now = clock.instant();
        sink.add(CHANNEL, DOMAINS);
        AlertParts parts = new AlertParts(
                new AlertRenderer(board.catalog(), AlertCauses.NONE, null),
                () -> Board.EMPTY,
                AlertDeadlines.NONE,
                clock,
                new Random(1),
                meters,
                AlertTakeover.NONE);
        sinks = new AlertSinks(
                Map.of("test", sink), board.catalog(), name -> new TestingAlertStore(), AlertRules.SIMPLE, parts);
        context.getRegistry().bind("alertSinks", sinks);
        context.getShutdownStrategy().setTimeout(1);
        return context;
    }

    private void route(Processor step) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("alerts:test?concurrentConsumers=2&group=true&kinds=problem,recovered")
                        .routeId(ROUTE)
                        .process(exchange -> attempts.incrementAndGet())
                        .process(step)
                        .to("mock:out");
            }
        });
    }

    private void removeRoute() throws Exception {
        context.getRouteController().stopRoute(ROUTE, 1, TimeUnit.SECONDS);
        context.removeRoute(ROUTE);
    }

    private void warn(DomainId id, String jobId) {
        sinks.enqueue(List.of(board.record(id, Status.WARNING, jobId)));
    }

    private double counted(String result) {
        return meters.get("epmpulse.alerts")
                .tags("channel", CHANNEL, "result", result)
                .counter()
                .count();
    }

    @Test
    void aMessageContainsItsAlertsAndItsChannel() throws Exception {
        MockEndpoint out = getMockEndpoint("mock:out");
        out.expectedMessageCount(1);
        out.expectedVariableReceived("channel", CHANNEL);
        route(exchange -> {});

        warn(D0, "L1");

        out.assertIsSatisfied();
        AlertMessage message = out.getExchanges().get(0).getIn().getBody(AlertMessage.class);
        assertThat(message.channel()).isEqualTo(CHANNEL);
        assertThat(message.plain()).isFalse();
        assertThat(message.alerts()).singleElement().satisfies(alert -> assertThat(alert.job())
                .isEqualTo("L1"));
        await().untilAsserted(() -> assertThat(counted("sent")).isEqualTo(1));
        assertThat(sink.prepared).hasPositiveValue();
    }

    @Test
    void aFailureOfTheSinkIsClassifiedAndRetried() throws Exception {
        getMockEndpoint("mock:out").expectedMessageCount(1);
        route(exchange -> {
            if (attempts.get() == 1) {
                throw new Failed(AlertFailure.rateLimited(Duration.ofSeconds(1)));
            }
        });

        warn(D0, "L1");

        MockEndpoint.assertIsSatisfied(context);
        await().untilAsserted(() -> assertThat(counted("sent")).isEqualTo(1));
        assertThat(counted("rate_limited")).isEqualTo(1);
    }

    @Test
    void aRefusedTextIsSentAgainAsPlainText() throws Exception {
        MockEndpoint out = getMockEndpoint("mock:out");
        out.expectedMessageCount(1);
        route(exchange -> {
            if (!exchange.getIn().getBody(AlertMessage.class).plain()) {
                throw Failed.of(Kind.CONTENT_REFUSED);
            }
        });

        warn(D0, "L1");

        out.assertIsSatisfied();
        assertThat(counted("refused")).isEqualTo(1);
    }

    @Test
    void aRouteThatFailsLosesNoMessage() throws Exception {
        getMockEndpoint("mock:out").expectedMessageCount(2);
        AtomicBoolean broken = new AtomicBoolean(true);
        route(exchange -> {
            if (broken.get()) {
                throw new IllegalArgumentException("error in the route");
            }
        });

        warn(D0, "L1");
        await().until(() -> "error in the route".equals(sinks.problem("test")));
        broken.set(false);
        warn(D1, "L2");

        MockEndpoint.assertIsSatisfied(context);
        await().untilAsserted(() -> assertThat(sinks.problem("test")).isNull());
    }

    @Test
    void aRouteThatSendsNothingDoesNotBlockTheChannel() throws Exception {
        route(exchange -> exchange.setRouteStop(true));

        warn(D0, "L1");
        await().untilAsserted(() -> assertThat(attempts).hasValue(1));
        warn(D1, "L2");

        await().untilAsserted(() -> assertThat(attempts).hasValue(2));
    }

    @Test
    void aRouteThatIsRemovedWhileItSendsLosesNoMessage() throws Exception {
        route(exchange -> release.await(60, TimeUnit.SECONDS));
        warn(D0, "L1");
        await().untilAsserted(() -> assertThat(attempts).hasValue(1));
        removeRoute();
        getMockEndpoint("mock:out").expectedMessageCount(1);

        route(exchange -> {});

        MockEndpoint.assertIsSatisfied(context);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void alertsThatArriveWithoutARouteAreSentByTheNextRoute() throws Exception {
        route(exchange -> {});
        removeRoute();
        warn(D0, "L1");
        NotifyBuilder sent =
                new NotifyBuilder(context).from("alerts:*").whenDone(1).create();

        route(exchange -> {});

        assertThat(sent.matchesWaitTime()).isTrue();
        await().untilAsserted(() -> assertThat(counted("sent")).isEqualTo(1));
    }

    @Test
    void aSinkOfASiteGetsEachAlertAsAMessageOfItsOwn() throws Exception {
        MockEndpoint out = getMockEndpoint("mock:site");
        out.expectedMessageCount(2);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("alerts:pager?apps=Close&kinds=problem").to("mock:site");
            }
        });

        warn(D0, "L1");
        warn(D1, "L2");

        out.assertIsSatisfied();
        assertThat(out.getExchanges())
                .extracting(exchange -> exchange.getIn().getBody(Alert.class))
                .extracting(Alert::kind, Alert::app, Alert::domain, Alert::job)
                .containsExactly(
                        tuple(AlertKind.PROBLEM, "Close", D0.domain(), "L1"),
                        tuple(AlertKind.PROBLEM, "Close", D1.domain(), "L2"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            alerts:pager?kinds=problems   | kinds must be of
            alerts:pager?reminder=-1000   | reminder must be 0 or more
            alerts:pager?apps=Clos        | unknown app "Clos". Did you mean "Close"?
            alerts:../pager               | the name of a sink must be""")
    void anInvalidEndpointFailsTheStart(String uri, String problem) {
        assertThatThrownBy(() -> context.getEndpoint(uri).createConsumer(exchange -> {}))
                .hasStackTraceContaining(problem);
    }

    @Test
    void nothingCanBeSentToAnEndpoint() {
        Endpoint endpoint = context.getEndpoint("alerts:pager");

        assertThatThrownBy(endpoint::createProducer).hasMessageContaining("can only be read from");
    }
}
