package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.slack.canvas.CanvasRegistry.Entry;
import org.epmpulse.slack.canvas.CanvasRegistry.Progress;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.store.Documents;
import org.epmpulse.threads.TestingTime;
import org.epmpulse.work.WorkSource;
import org.junit.jupiter.api.Test;

/** Canvases of a node that becomes the active one. */
class CanvasTakeoverTest {

    private final Map<String, byte[]> documents = new HashMap<>();
    private final CanvasRegistry registry = new CanvasRegistry(new Shared(), List.of("CARCS"), () -> this.now);
    private final TestingActivity activity = new TestingActivity(0);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> late = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-31T22:00:00Z");
    private final CanvasPublisher publisher = publisher();
    private final WorkSource<String> edits = publisher.edits();

    /** The documents of all nodes. */
    private final class Shared implements Documents {

        @Override
        public Optional<byte[]> read(String name) {
            return Optional.ofNullable(documents.get(name));
        }

        @Override
        public void write(String name, byte[] content) {
            documents.put(name, content);
        }

        @Override
        public void setAside(String name, String reason) {
            documents.remove(name);
        }
    }

    private CanvasPublisher publisher() {
        Catalog catalog = new Catalog(Map.of(
                "Planning", new Catalog.App("Planning", "Planning", Set.of("Actual"), List.of("CMAIN"), false),
                "ARCS", new Catalog.App("ARCS", "ARCS", Set.of("Match"), List.of("CARCS"), false)));
        CanvasPublisher canvases = new CanvasPublisher(
                List.of(new CanvasChannel("CMAIN", "epm-main", "FMAIN"), new CanvasChannel("CARCS", "arcs", null)),
                registry,
                catalog,
                new CanvasRenderer(catalog, ZoneOffset.UTC, Duration.ofHours(2)),
                new CanvasLimits(Duration.ofSeconds(1), 100, Duration.ZERO, new Random(1)),
                () -> Board.EMPTY,
                () -> DomainNotes.NONE,
                new TestingTime(() -> now, () -> Duration.ZERO),
                meters,
                true);
        canvases.share(activity, late::add);
        return canvases;
    }

    private void becomeActive(long epoch) {
        activity.set(epoch);
        publisher.creations().takeOver();
        edits.takeOver();
    }

    /** Begins the edits that are due; returns their channels. */
    private List<String> begin() {
        List<String> begun = new ArrayList<>();
        for (String channel : edits.poll(10)) {
            if (edits.begin(channel) != null) {
                begun.add(channel);
            }
        }
        return begun;
    }

    /** Publishes what is due within this time, by the times that the source names; returns the channels. */
    private List<String> publish(Duration time) {
        List<String> published = new ArrayList<>();
        Instant end = now.plus(time);
        while (true) {
            List<String> due = begin();
            due.forEach(edits::succeeded);
            published.addAll(due);
            Instant next = now.plus(edits.untilNextPoll());
            if (next.isAfter(end)) {
                now = end;
                return published;
            }
            now = next.isAfter(now) ? next : now.plusMillis(10);
        }
    }

    @Test
    void everyCanvasIsPublishedOnceAndOnceMoreAfterTheCallsOfTheOtherNodeHaveEnded() {
        becomeActive(3);

        List<String> atOnce = publish(Duration.ofSeconds(11));
        List<String> again = publish(Duration.ofSeconds(5));
        List<String> later = publish(Duration.ofMinutes(10));

        assertThat(atOnce).containsExactly("CMAIN");
        assertThat(again).containsExactly("CMAIN");
        assertThat(later).isEmpty();
    }

    @Test
    void aSecondTakeoverPublishesUnchangedCanvasesToo() {
        becomeActive(3);
        publish(Duration.ofMinutes(1));
        activity.set(0);

        becomeActive(5);

        assertThat(publish(Duration.ofSeconds(5))).containsExactly("CMAIN");
    }

    @Test
    void aTakeoverEndsTheBackoffOfAnEarlierFailure() {
        becomeActive(3);
        begin().forEach(channel ->
                edits.failed(channel, new SlackUnavailableException("no response: timed out", null)));
        activity.set(0);

        becomeActive(5);

        now = now.plusSeconds(1);
        assertThat(begin()).containsExactly("CMAIN");
    }

    @Test
    void aCanvasThatTheOtherNodeHasCreatedIsUsed() throws IOException {
        CanvasRegistry other = new CanvasRegistry(new Shared(), List.of("CARCS"), () -> now);
        other.saveAfterCall("CARCS", new Entry(Progress.CREATED, "F0ARCS", now));

        becomeActive(3);

        assertThat(publisher.creations().poll(1)).isEmpty();
        assertThat(begin()).containsExactlyInAnyOrder("CMAIN", "CARCS");
        assertThat(publisher.canvasId("CARCS")).isEqualTo("F0ARCS");
    }

    @Test
    void anEditThatEndsAfterThisNodeHasBecomePassiveIsReported() {
        becomeActive(3);
        begin();
        activity.set(0);

        edits.succeeded("CMAIN");
        edits.endedLate("CMAIN");

        assertThat(late).containsExactly("CMAIN");
    }

    @Test
    void anEditThatWasReportedAsLateIsSentAgainByTheActiveNode() {
        becomeActive(3);
        publish(Duration.ofMinutes(1));

        publisher.publishAgain("CMAIN");
        publisher.publishAgain("CUNKNOWN");

        assertThat(publish(Duration.ofSeconds(5))).containsExactly("CMAIN");
    }

    @Test
    void aSyncWaitsForTheNextEditIfTheOneInFlightWasNotSent() throws InterruptedException {
        becomeActive(3);
        publish(Duration.ofMinutes(1));
        try (CanvasSync sync = publisher.sync("CMAIN")) {
            begin().forEach(edits::released);
            assertThat(sync.await(Duration.ZERO)).isEqualTo(CanvasSync.Result.TIMED_OUT);

            assertThat(publish(Duration.ofSeconds(5))).containsExactly("CMAIN");
            assertThat(sync.await(Duration.ofSeconds(30))).isEqualTo(CanvasSync.Result.ANSWERED);
        }
    }

    @Test
    void aPassiveNodeHasNoLag() {
        now = now.plusSeconds(600);
        assertThat(lag()).isZero();

        becomeActive(3);
        now = now.plusSeconds(2);

        assertThat(lag()).isEqualTo(2);
    }

    private double lag() {
        return meters.get("epmpulse.canvas.lag").tag("channel", "CMAIN").gauge().value();
    }
}
