package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.epmpulse.http.Reply;
import org.epmpulse.http.TestingApi;
import org.epmpulse.security.TestingClock;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.TestingStatusStore;
import org.junit.jupiter.api.Test;

/** How often the whole board is rendered. */
class BoardRepliesTest {

    private final TestingClock clock = new TestingClock();
    private final TestingStatusStore store = new TestingStatusStore(clock);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final BoardReplies replies =
            new BoardReplies(TestingApi.CATALOG, store, this::notes, Duration.ofHours(2), clock, work::add);

    private Runnable whileRendering = () -> {};

    private DomainNotes notes() {
        Runnable once = whileRendering;
        whileRendering = () -> {};
        once.run();
        return DomainNotes.NONE;
    }

    @Test
    void allRequestsForTheSameBoardGetTheSameReply() {
        CompletableFuture<Reply> first = request();
        CompletableFuture<Reply> second = request();

        assertThat(first).isNotDone();
        assertThat(work).hasSize(1);
        work.remove().run();

        assertThat(first.join()).isSameAs(second.join()).isSameAs(request().join());
        assertThat(work).isEmpty();
    }

    @Test
    void aRequestDuringTheRenderingOfTheSameBoardGetsItsReply() {
        CompletableFuture<Reply> first = request();
        CompletableFuture<Reply> during = new CompletableFuture<>();
        whileRendering = () -> request().thenAccept(during::complete);
        work.remove().run();

        work.remove().run();

        assertThat(during.join()).isSameAs(first.join()).isSameAs(request().join());
        assertThat(work).isEmpty();
    }

    @Test
    void aRequestAfterAChangeShowsIt() {
        request();
        work.remove().run();

        record(Status.WARNING);
        CompletableFuture<Reply> after = request();
        work.remove().run();

        assertThat(text(after.join())).contains("\"status\":\"Warning\"");
    }

    @Test
    void aRequestDuringTheRenderingOfAnOlderBoardShowsTheChange() {
        request();
        Runnable rendering = work.remove();
        CompletableFuture<Reply> during = new CompletableFuture<>();
        whileRendering = () -> {
            record(Status.WARNING);
            request().thenAccept(during::complete);
        };

        rendering.run();
        assertThat(during).isNotDone();
        work.remove().run();

        assertThat(text(during.join())).contains("\"status\":\"Warning\"");
        assertThat(work).isEmpty();
    }

    @Test
    void aFailedRenderingFailsOnlyItsRequests() {
        CompletableFuture<Reply> failed = request();
        whileRendering = () -> {
            throw new IllegalStateException("no board");
        };

        work.remove().run();

        assertThat(failed).isCompletedExceptionally();
        CompletableFuture<Reply> next = request();
        work.remove().run();
        assertThat(next).isCompletedWithValueMatching(reply -> reply.status() == 200);
    }

    @Test
    void allClientsShareTheBoardWhileTheDatabaseIsAway() {
        request();
        work.remove().run();
        Reply before = request().join();

        store.setAsOf(Instant.parse("2026-02-16T14:29:58Z"));
        Reply first = request().join();

        assertThat(first.headers()).containsEntry("EPMPulse-As-Of", "2026-02-16T14:29:58Z");
        assertThat(first.shared()).isTrue();
        assertThat(request().join()).isSameAs(first);

        store.setAsOf(Instant.parse("2026-02-16T14:30:03Z"));
        assertThat(request().join().headers()).containsEntry("EPMPulse-As-Of", "2026-02-16T14:30:03Z");

        store.setAsOf(null);
        assertThat(request().join()).isSameAs(before);
    }

    private CompletableFuture<Reply> request() {
        return replies.all(Map.of()).toCompletableFuture();
    }

    private void record(Status status) {
        DomainId id = new DomainId("Planning", "Actual");
        store.record(List.of(ValidatedUpdate.of(id, status, null, null, null)), false, null)
                .join();
    }

    private static String text(Reply reply) {
        return StandardCharsets.UTF_8.decode(reply.body()).toString();
    }
}
