package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.cluster.NodeExchange;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.cluster.TestingCluster;
import org.epmpulse.http.Reply;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.epmpulse.slack.canvas.CanvasChannel;
import org.epmpulse.slack.canvas.CanvasLimits;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.slack.canvas.CanvasRenderer;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.threads.TestingTime;
import org.junit.jupiter.api.Test;

/** {@code POST /api/v1/canvas/sync} on a node that is not the active one. */
class RemoteSyncTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-31T22:00:00Z"));
    private final TestingCluster database = new TestingCluster();
    private final Node active = new Node(new TestingActivity(1));
    private final Node passive = new Node(new TestingActivity(0));

    private final class Node {

        private final CanvasPublisher publisher;
        private final CanvasReplies replies;
        private final NodeExchange exchange;

        Node(Activity activity) {
            Catalog catalog = new Catalog(Map.of(
                    "Planning", new Catalog.App("Planning", "Planning", Set.of("Actual"), List.of("CMAIN"), false)));
            TestingTime clock = new TestingTime(now::get, () -> Duration.ZERO);
            publisher = new CanvasPublisher(
                    List.of(new CanvasChannel("CMAIN", "epm-main", "FMAIN")),
                    channel -> null,
                    catalog,
                    new CanvasRenderer(catalog, ZoneOffset.UTC, Duration.ofHours(2)),
                    new CanvasLimits(Duration.ZERO, 1_000, Duration.ZERO, new Random(1)),
                    () -> Board.EMPTY,
                    () -> DomainNotes.NONE,
                    clock,
                    new SimpleMeterRegistry(),
                    true);
            Cluster cluster = database.node(activity);
            NodeViews views = new NodeViews(
                    activity,
                    new NodeViews.Own(
                            () -> DomainNotes.NONE, publisher::health, () -> "ok", publisher::states, () -> null));
            replies = new CanvasReplies(publisher, cluster, views, clock);
            exchange = new NodeExchange(
                    cluster,
                    clock,
                    views::own,
                    views::share,
                    (request, reply) -> CompletableFuture.runAsync(() -> {
                        try {
                            reply.accept(replies.syncFor(request.channel()));
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }));
        }

        CompletableFuture<Reply> sync(Map<String, Object> headers) {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return replies.sync(headers);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    private static JsonNode json(Reply reply) throws IOException {
        return JSON.readTree(StandardCharsets.UTF_8.decode(reply.body()).toString());
    }

    /** Lets the active node handle the request, and ends its edit in this way. */
    private Reply publishBy(CompletableFuture<Reply> sync, Runnable end) {
        Awaitility.await().until(() -> {
            active.exchange.poll();
            active.publisher.edits().poll(1).forEach(channel -> {
                active.publisher.edits().begin(channel);
                end.run();
            });
            return sync.isDone();
        });
        return sync.join();
    }

    @Test
    void theActiveNodePublishesAndReplies() throws IOException {
        Reply reply =
                publishBy(passive.sync(Map.of()), () -> active.publisher.edits().succeeded("CMAIN"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(json(reply).at("/data/canvases/0/result").asText()).isEqualTo("published");
        assertThat(passive.publisher.states().get(0).publishedAt()).isNull();
    }

    @Test
    void aRefusalOfSlackIsReplied() throws IOException {
        Reply reply = publishBy(passive.sync(Map.of("channel", "CMAIN")), () -> active.publisher
                .edits()
                .failed("CMAIN", new SlackRefusedException(Blame.TARGET, "canvas_not_found", null)));

        assertThat(reply.status()).isEqualTo(502);
        assertThat(json(reply).at("/error/details/canvases/0/last_error").asText())
                .isEqualTo("canvas_not_found");
    }

    @Test
    void withoutAnActiveNodeTheReplySaysAfterAWhileThatNothingWasPublished() throws IOException {
        CompletableFuture<Reply> sync = passive.sync(Map.of());
        Awaitility.await().until(() -> !database.requests.isEmpty());

        now.set(now.get().plusSeconds(60));

        Reply reply = sync.join();
        assertThat(reply.status()).isEqualTo(502);
        assertThat(json(reply).at("/error/message").asText())
                .isEqualTo("Not every canvas was published within 30 s. EPMPulse retries the others.");
    }

    @Test
    void anOutageOfTheDatabaseIsReplied() throws IOException {
        database.available(false);

        Reply reply = passive.sync(Map.of()).join();

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.headers()).containsEntry("Retry-After", "2");
        assertThat(json(reply).at("/error/code").asText()).isEqualTo("UNAVAILABLE");
    }

    @Test
    void theListOfCanvasesIsThatOfTheActiveNode() throws IOException {
        publishBy(active.sync(Map.of()), () -> active.publisher.edits().succeeded("CMAIN"));
        now.set(now.get().plusSeconds(2));
        active.exchange.poll();
        passive.exchange.poll();

        assertThat(json(passive.replies.list())).isEqualTo(json(active.replies.list()));
        assertThat(json(passive.replies.list())
                        .at("/data/canvases/0/published_at")
                        .asText())
                .isNotEmpty();
    }
}
