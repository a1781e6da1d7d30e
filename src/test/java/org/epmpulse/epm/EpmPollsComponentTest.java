package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.Product;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.Test;

/** Polls in the shipped route and in modified routes. */
class EpmPollsComponentTest extends CamelTestSupport {

    private static final DomainId ACTUAL = new DomainId("Planning", "D0");

    private final TimeSource clock = TimeSource.system();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Board board = Board.EMPTY;
    private volatile Processor epm = exchange -> exchange.getMessage().setBody(new JobState.Running(null));
    private final PollSchedule schedule = new PollSchedule(
            apps(), () -> board, Duration.ofMillis(50), ZoneOffset.UTC, clock, new SimpleMeterRegistry());

    private static AppsConfig apps() {
        AppsConfig.Server server = new AppsConfig.Server(
                "planning",
                "Planning",
                URI.create("https://planning.example"),
                Product.PLANNING,
                null,
                new Auth.Basic("robot", "pass"));
        List<String> domains = IntStream.range(0, 6).mapToObj(i -> "D" + i).toList();
        return new AppsConfig(
                Map.of("Planning", new AppsConfig.App("Planning", "Planning", domains, List.of(), "planning")),
                Map.of("planning", server),
                Map.of(),
                null,
                new AppsConfig.Pull(true, null, Duration.ofHours(1)));
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        context.getPropertiesComponent().addInitialProperty("epmpulse.epm.polls-at-once", "4");
        context.getRegistry().bind("pollSchedule", schedule);
        context.getRegistry().bind("epm-polls:jobs", schedule);
        return context;
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:epm-call").errorHandler(noErrorHandler()).process(exchange -> {
                    calls.incrementAndGet();
                    epm.process(exchange);
                });
                from("direct:status-record").errorHandler(noErrorHandler()).to("mock:board");
                from("direct:epm-maintenance").errorHandler(noErrorHandler()).to("mock:maintenance");
            }
        };
    }

    private void shippedRoute() throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.resolveResource(context, "file:routes/epm-poll.camel.yaml"));
    }

    private void post(int domain, Status status, String epmJobId) {
        ValidatedUpdate update = ValidatedUpdate.of(new DomainId("Planning", "D" + domain), status, "JOB", null, "k")
                .withJob("JOB", epmJobId);
        StatusRules rules = new StatusRules(Duration.ofMinutes(10));
        board = board.apply(rules.decide(board, update, clock.instant(), null, null));
    }

    @Test
    void onlyTheEndOfAJobIsRecorded() throws Exception {
        post(0, Status.LOADING, "224");
        epm = exchange -> exchange.getMessage()
                .setBody(calls.get() < 3 ? new JobState.Running(null) : new JobState.Ended(Status.OK, "done"));
        MockEndpoint recorded = getMockEndpoint("mock:board");
        recorded.expectedMessageCount(1);
        recorded.whenAnyExchangeReceived(exchange -> post(0, Status.OK, "224"));

        shippedRoute();

        recorded.assertIsSatisfied();
        List<?> updates = recorded.getExchanges().get(0).getMessage().getBody(List.class);
        assertThat(updates).hasSize(1).first().isInstanceOfSatisfying(StatusUpdate.class, update -> {
            assertThat(update.domain()).isEqualTo("D0");
            assertThat(update.status()).isEqualTo("OK");
            assertThat(update.epmJobId()).isEqualTo("224");
        });
        assertThat(calls).hasValue(3);
    }

    @Test
    void theResultOfACompletedJobIsRequestedFromItsOwnUrl() throws Exception {
        post(0, Status.LOADING, "224");
        List<Object> requests = new CopyOnWriteArrayList<>();
        epm = exchange -> {
            Poll poll = exchange.getMessage().getBody(Poll.class);
            requests.add(poll);
            exchange.getMessage()
                    .setBody(poll.forResult() ? new JobState.Ended(Status.OK, null) : new JobState.ResultPending());
        };
        MockEndpoint recorded = getMockEndpoint("mock:board");
        recorded.expectedMessageCount(1);
        recorded.whenAnyExchangeReceived(exchange -> post(0, Status.OK, "224"));

        shippedRoute();

        recorded.assertIsSatisfied();
        assertThat(requests).hasSize(2).last().isEqualTo(((Poll) requests.get(0)).resultPoll());
    }

    @Test
    void aJobWhoseEndCannotBeRecordedIsPolledAgain() throws Exception {
        post(0, Status.LOADING, "224");
        epm = exchange -> exchange.getMessage().setBody(new JobState.Ended(Status.OK, null));
        MockEndpoint recorded = getMockEndpoint("mock:board");
        recorded.expectedMinimumMessageCount(3);
        recorded.whenAnyExchangeReceived(exchange -> {
            throw new IllegalStateException("the disk is full");
        });

        shippedRoute();

        recorded.assertIsSatisfied();
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void aFailureIsAnOutageOfTheEnvironmentAndThePollIsRepeated() throws Exception {
        post(0, Status.LOADING, "224");
        epm = exchange -> {
            throw new IOException("connection reset");
        };

        shippedRoute();

        await().untilAsserted(() ->
                assertThat(schedule.notes().reasons().get(ACTUAL)).startsWith("Planning EPM not reachable"));
        await().until(() -> calls.get() > 2);
        epm = exchange -> exchange.getMessage().setBody(new JobState.Running(null));
        await().untilAsserted(() -> assertThat(schedule.health()).isEqualTo("ok"));
    }

    @Test
    void aRejectedTokenIsNoFailureIfTheNextIsAccepted() throws Exception {
        post(0, Status.LOADING, "224");
        epm = exchange -> {
            if (calls.get() == 1) {
                throw new EpmUnauthorizedException("HTTP 401: EPM rejected the credentials");
            }
            exchange.getMessage().setBody(new JobState.Running(null));
        };
        List<Object> notes = new CopyOnWriteArrayList<>();
        schedule.onNotesChanged(() -> notes.add(schedule.notes()));

        shippedRoute();

        await().until(() -> calls.get() > 2);
        assertThat(notes).isEmpty();
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void aRouteThatReportsNoResponseBlocksNoJob() throws Exception {
        for (int i = 0; i < 6; i++) {
            post(i, Status.LOADING, "22" + i);
        }
        List<String> polled = new CopyOnWriteArrayList<>();

        modifiedRoute(exchange -> {
            assertThat(exchange.getVariable("poll"))
                    .isEqualTo(exchange.getMessage().getBody());
            polled.add(exchange.getMessage().getBody(Poll.class).epmJobId());
        });

        await().untilAsserted(() -> assertThat(polled)
                .contains("220", "221", "222", "223", "224", "225")
                .hasSizeGreaterThan(12));
    }

    @Test
    void aRouteThatFailsBlocksNoJob() throws Exception {
        post(0, Status.LOADING, "224");

        modifiedRoute(exchange -> {
            calls.incrementAndGet();
            throw new IllegalArgumentException("a modified step failed");
        });

        await().until(() -> calls.get() > 3);
    }

    private void modifiedRoute(Processor step) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("epm-polls:jobs?concurrentConsumers=4")
                        .errorHandler(noErrorHandler())
                        .process(step);
            }
        });
    }

    @Test
    void jobsIsTheOnlyName() {
        Endpoint jobs = context.getEndpoint("epm-polls:jobs");
        Endpoint others = context.getEndpoint("epm-polls:others");

        assertThat(jobs).isInstanceOfSatisfying(EpmPollsEndpoint.class, endpoint -> assertThat(endpoint.getName())
                .isEqualTo("jobs"));
        assertThatThrownBy(() -> others.createConsumer((Exchange exchange) -> {}))
                .hasMessageContaining("unknown source epm-polls:others");
        assertThatThrownBy(jobs::createProducer).hasMessageContaining("can only be read from");
    }
}
