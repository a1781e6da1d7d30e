package org.epmpulse.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.TestingStatusStore;
import org.junit.jupiter.api.Test;

/** How often the whole board is drawn for those who ask for it. */
class BoardRepliesTest {

    private final TestingClock clock = new TestingClock();
    private final TestingStatusStore store = new TestingStatusStore(clock);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final BoardReplies replies =
            new BoardReplies(TestingApi.CATALOG, store, this::remarks, Duration.ofHours(2), clock, work::add);

    private Runnable whileDrawing = () -> {};

    private DomainNotes remarks() {
        Runnable once = whileDrawing;
        whileDrawing = () -> {};
        once.run();
        return DomainNotes.NONE;
    }

    @Test
    void allWhoAskForTheSameBoardGetTheSameReply() {
        CompletableFuture<Reply> first = ask();
        CompletableFuture<Reply> second = ask();

        assertThat(first).isNotDone();
        assertThat(work).hasSize(1);
        work.remove().run();

        assertThat(first.join()).isSameAs(second.join()).isSameAs(ask().join());
        assertThat(work).isEmpty();
    }

    @Test
    void whoAsksWhileTheSameBoardIsDrawnGetsThatPicture() {
        CompletableFuture<Reply> first = ask();
        CompletableFuture<Reply> during = new CompletableFuture<>();
        whileDrawing = () -> ask().thenAccept(during::complete);
        work.remove().run();

        work.remove().run();

        assertThat(during.join()).isSameAs(first.join()).isSameAs(ask().join());
        assertThat(work).isEmpty();
    }

    @Test
    void whoAsksAfterAChangeSeesIt() {
        ask();
        work.remove().run();

        record(Status.WARNING);
        CompletableFuture<Reply> after = ask();
        work.remove().run();

        assertThat(text(after.join())).contains("\"status\":\"Warning\"");
    }

    @Test
    void whoAsksWhileAnotherBoardIsDrawnSeesTheChangeBefore() {
        ask();
        Runnable drawing = work.remove();
        CompletableFuture<Reply> during = new CompletableFuture<>();
        whileDrawing = () -> {
            record(Status.WARNING);
            ask().thenAccept(during::complete);
        };

        drawing.run();
        assertThat(during).isNotDone();
        work.remove().run();

        assertThat(text(during.join())).contains("\"status\":\"Warning\"");
        assertThat(work).isEmpty();
    }

    @Test
    void aBoardThatCannotBeDrawnFailsForThoseWhoAskedOnly() {
        CompletableFuture<Reply> failed = ask();
        whileDrawing = () -> {
            throw new IllegalStateException("no board");
        };

        work.remove().run();

        assertThat(failed).isCompletedExceptionally();
        CompletableFuture<Reply> next = ask();
        work.remove().run();
        assertThat(next).isCompletedWithValueMatching(reply -> reply.status() == 200);
    }

    private CompletableFuture<Reply> ask() {
        return replies.all(Map.of()).toCompletableFuture();
    }

    private void record(Status status) {
        DomainId id = new DomainId("Planning", "Actual");
        store.record(List.of(new ValidatedUpdate(id, status, null, null, null, null, Source.API, null)), false, null)
                .join();
    }

    private static String text(Reply reply) {
        return StandardCharsets.UTF_8.decode(reply.body()).toString();
    }
}
