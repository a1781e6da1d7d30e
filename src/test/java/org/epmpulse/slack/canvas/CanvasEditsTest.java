package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxChannel;
import org.epmpulse.sandbox.ScriptedFault;
import org.epmpulse.sandbox.SlackSandbox;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code canvas-edits:publish} and {@code canvas-edits:create} in routes, and the effect of their results. */
class CanvasEditsTest extends CamelTestSupport {

    private static final DomainId ACTUAL = new DomainId("Planning", "Actual");

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(InstantSource.system());

    @AutoClose
    private final SlackClient client = new SlackClient(slack.botToken(), slack.apiUrl());

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CanvasRegistry registry = CanvasRegistry.inMemory();
    private final CanvasCreator creator = new CanvasCreator(client, registry, InstantSource.system());
    private final CanvasPublisher publisher = publisher();
    private volatile Board board = Board.EMPTY;
    private volatile DomainNotes notes = DomainNotes.NONE;
    private volatile Processor beforeSlack = exchange -> {};
    private volatile Processor create = exchange -> creator.createInChannel(channel(exchange));

    private CanvasPublisher publisher() {
        Catalog catalog = new Catalog(Map.of(
                "Planning", new Catalog.App("Planning", "Planning", Set.of("Actual"), List.of("CMAIN"), false),
                "ARCS", new Catalog.App("ARCS", "ARCS", Set.of("Match"), List.of("CARCS"), false)));
        return new CanvasPublisher(
                List.of(new CanvasChannel("CMAIN", "epm-main", "FMAIN"), new CanvasChannel("CARCS", "arcs", null)),
                registry::canvasId,
                catalog,
                new CanvasRenderer(catalog, ZoneOffset.UTC, Duration.ofHours(2)),
                new CanvasLimits(Duration.ofMillis(10), 100_000, Duration.ZERO, new Random(1)),
                () -> board,
                () -> notes == null ? DomainNotes.NONE : notes,
                TimeSource.system(),
                meters,
                true);
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        slack.put(SandboxChannel.of("CMAIN", "epm-main"));
        slack.put(SandboxChannel.of("CARCS", "arcs"));
        slack.addCanvas("FMAIN", "Main");
        CamelContext context = super.createCamelContext();
        context.getRegistry().bind("slackClient", client);
        context.getRegistry().bind("canvas-edits:publish", publisher.edits());
        context.getRegistry().bind("canvas-edits:create", publisher.creations());
        return context;
    }

    @Override
    protected RouteBuilder createRouteBuilder() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("canvas-edits:publish?concurrentConsumers=2")
                        .routeId("publish")
                        .process(exchange -> beforeSlack.process(exchange))
                        .toD("slack-canvas:${variable.canvasId}");
                from("canvas-edits:create?concurrentConsumers=1")
                        .routeId("create")
                        .process(exchange -> create.process(exchange));
            }
        };
    }

    private static String channel(Exchange exchange) {
        assertThat(exchange.getVariable("channel"))
                .isEqualTo(exchange.getMessage().getBody());
        return exchange.getMessage().getBody(String.class);
    }

    private void post(String message) {
        post(Status.OK, message);
    }

    private void post(Status status, String message) {
        long revision = board.revision() + 1;
        Instant now = Instant.now();
        DomainStatus before = board.of(ACTUAL);
        ValidatedUpdate update = ValidatedUpdate.of(ACTUAL, status, "J1", message, "k");
        DomainStatus after = DomainStatus.of(update, now, null, null, revision);
        board = new Board(revision, revision, now, board.domains().put(ACTUAL, after), board.durations(), board.jobs());
        publisher.markPending(List.of(new StatusChange(revision, ACTUAL, before, after)));
    }

    private void awaitOnMain(String text) {
        await().untilAsserted(() -> assertThat(slack.canvas("FMAIN").markdown()).contains(text));
    }

    private CanvasState state(String channelId) {
        return publisher.states().stream()
                .filter(state -> state.channel().id().equals(channelId))
                .findFirst()
                .orElseThrow();
    }

    private void awaitResult(String channelId, String result) {
        await().until(() -> state(channelId).lastResult().equals(result));
    }

    private double publishes(String result) {
        return meters.get("epmpulse.canvas.publishes")
                .tags("channel", "CMAIN", "result", result)
                .counter()
                .count();
    }

    private void awaitUpToDate() {
        await().until(() -> publishes("published") == 1 && state("CARCS").publishedRevision() != null);
    }

    @Test
    void aChangeIsPublishedToTheCanvasOfItsChannel() {
        awaitUpToDate();

        post("loaded");

        awaitOnMain("loaded");
        await().until(() -> Long.valueOf(1).equals(state("CMAIN").publishedRevision()));
        assertThat(state("CMAIN").pending()).isFalse();
        assertThat(slack.violations()).isEmpty();
    }

    @Test
    void aCanvasThatIsUpToDateIsNotPublished() {
        awaitUpToDate();

        publisher.markPending(List.of(new StatusChange(1, ACTUAL, board.of(ACTUAL), board.of(ACTUAL))));

        await().until(() -> publishes("unchanged") == 1);
        assertThat(slack.canvas("FMAIN").edits()).hasSize(1);
        assertThat(state("CMAIN").pending()).isFalse();
    }

    @Test
    void changedNotesArePublishedAtOnce() {
        awaitUpToDate();

        post(Status.LOADING, "running");
        awaitOnMain("running");
        notes = new DomainNotes(Map.of(ACTUAL, "no response"), Map.of());
        publisher.notesChanged();

        awaitOnMain("no response");
    }

    @Test
    void aFailedEditIsScheduledAgain() {
        awaitUpToDate();
        slack.fail(CallMatcher.method("canvases.edit"), Fault.status(503), 1);
        post("one");
        awaitOnMain("one");
        assertThat(publishes("unavailable")).isEqualTo(1);

        slack.fail(CallMatcher.method("canvases.edit"), Fault.rateLimited(Duration.ofSeconds(1)), 1);
        post("two");
        awaitOnMain("two");
        assertThat(publishes("rate_limited")).isEqualTo(1);

        slack.fail(CallMatcher.method("canvases.edit"), Fault.error("restricted_action"), 1);
        post("three");
        awaitResult("CMAIN", "refused");
        publisher.sync("CMAIN").close();
        awaitOnMain("three");
        assertThat(publishes("refused")).isEqualTo(1);
    }

    @Test
    void aFailingRouteDoesNotBlockTheCanvas() {
        awaitUpToDate();
        beforeSlack = exchange -> {
            throw new IllegalArgumentException("the route is broken");
        };

        post("loaded");

        await().until(() ->
                "unexpected error, see the log".equals(state("CMAIN").lastError()));
        beforeSlack = exchange -> {};
        awaitOnMain("loaded");
    }

    @Test
    void aSlackExceptionWrappedByCamelIsFound() {
        awaitUpToDate();
        beforeSlack = exchange -> {
            beforeSlack = next -> {};
            throw new CamelExecutionException(
                    "it failed", exchange, new SlackRateLimitedException(Duration.ofSeconds(1)));
        };

        post("loaded");

        awaitOnMain("loaded");
        assertThat(publishes("rate_limited")).isEqualTo(1);
    }

    @Test
    void stoppingTheRouteLosesNothing() throws Exception {
        awaitUpToDate();
        ScriptedFault hang = slack.fail(CallMatcher.method("canvases.edit"), Fault.hang());
        post("in flight");
        await().until(() -> hang.hits() == 1);
        Thread stopping = new Thread(this::stopPublish);
        stopping.start();
        hang.clear();
        hang.release();
        stopping.join();
        post("while it is stopped");

        context.getRouteController().startRoute("publish");

        awaitOnMain("while it is stopped");
        assertThat(slack.maxConcurrentEdits("FMAIN")).isEqualTo(1);
    }

    private void stopPublish() {
        try {
            context.getRouteController().stopRoute("publish");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aChannelWithoutACanvasGetsAPublishedOne() {
        await().until(() -> state("CARCS").publishedRevision() != null);

        assertThat(slack.canvas(String.valueOf(registry.canvasId("CARCS"))).markdown())
                .contains("ARCS");
    }

    @Test
    void aRouteThatCreatesNoCanvasHasFailed() {
        await().until(() -> registry.canvasId("CARCS") != null);
        create = exchange -> {};
        slack.deleteCanvas(String.valueOf(registry.canvasId("CARCS")));
        registry.saveAfterCall("CARCS", null);
        publisher.sync("CARCS").close();
        await().until(() ->
                "unexpected error, see the log".equals(state("CARCS").lastError()));

        create = exchange -> creator.createInChannel(channel(exchange));
        publisher.sync("CARCS").close();

        await().until(() -> state("CARCS").lastError() == null);
        assertThat(slack.canvas(String.valueOf(registry.canvasId("CARCS"))).markdown())
                .contains("ARCS");
    }
}
