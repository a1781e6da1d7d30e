package org.epmpulse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Jobs;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.ServiceThreads;
import org.junit.jupiter.api.Test;

/** Every request gets a reply, also when the group writer stops unexpectedly or its log hangs. */
class GroupWriterTest {

    private final CountDownLatch queued = new CountDownLatch(1);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ServiceThreads threads = new ServiceThreads(meters);

    /** A log whose board throws an error when it is read. */
    private final class BrokenLog implements GroupLog<Integer> {

        @Override
        public Transaction begin() {
            try {
                queued.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Transaction() {
                @Override
                public Board board() {
                    return new Board(0, 0, null, throwingMap(), HashMap.empty(), Jobs.NONE);
                }

                @Override
                public Instant received() {
                    return Instant.parse("2026-03-31T22:00:00Z");
                }

                @Override
                public void commit(List<Entry> lines, Board after, List<StatusChange> changes) {
                    throw new IllegalStateException("nothing was decided");
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public End settle(Duration patience) {
            throw new IllegalStateException("nothing was committed");
        }

        @Override
        public void probe() {}

        @Override
        public List<Entry> entries(Integer first, int count) {
            return List.of();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<DomainId, DomainStatus> throwingMap() {
        return (Map<DomainId, DomainStatus>) Proxy.newProxyInstance(
                GroupWriterTest.class.getClassLoader(), new Class<?>[] {Map.class}, (proxy, method, arguments) -> {
                    throw new StackOverflowError("simulated");
                });
    }

    private GroupWriter<Integer> writer(Duration patience) {
        return new GroupWriter<>(
                new BrokenLog(),
                new StatusRules(Duration.ofMinutes(10)),
                new IdempotencyIndex<>(InstantSource.system()),
                new UpdateCounters(meters),
                change -> {},
                threads,
                patience);
    }

    private static CompletableFuture<List<Entry>> post(GroupWriter<Integer> writer, String domain) {
        ValidatedUpdate update = ValidatedUpdate.of(new DomainId("Planning", domain), Status.OK, null, null, "tester");
        return writer.record(List.of(update), false, null);
    }

    @Test
    void everyRequestOfAGroupGetsAReplyWhenARuleThrowsAnError() throws Exception {
        GroupWriter<Integer> writer = writer(Duration.ZERO);
        writer.start();
        List<CompletableFuture<List<Entry>>> replies = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            replies.add(post(writer, "D" + i));
        }

        queued.countDown();

        for (CompletableFuture<List<Entry>> reply : replies) {
            assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        }
        await().until(() -> threads.problem() != null);
        assertThat(writer.problem()).isEqualTo("the journal writer stopped, see the log");
        writer.close();
    }

    @Test
    void aRequestThatTheWriterHoldsAndOneInTheQueueExpireWhileTheLogHangs() throws Exception {
        GroupWriter<Integer> writer = writer(Duration.ofMillis(300));
        writer.start();

        CompletableFuture<List<Entry>> held = post(writer, "D0");
        assertThatThrownBy(() -> held.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreUnavailableException.class);
        CompletableFuture<List<Entry>> waiting = post(writer, "D1");
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StoreUnavailableException.class);

        queued.countDown();
        writer.close();
    }
}
