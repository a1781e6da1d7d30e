package org.epmpulse.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineQueueTest {

    private static final Duration LIMIT = Duration.ofMillis(20);

    private final Vertx vertx = Vertx.vertx();
    private final ContextInternal loop = (ContextInternal) vertx.getOrCreateContext();

    /** Stands still, unless a test advances it. */
    private final AtomicLong nanos = new AtomicLong();

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final DeadlineQueue<String> queue = queue(events::add);

    @AfterEach
    void close() {
        vertx.close();
    }

    private DeadlineQueue<String> queue(Consumer<String> late) {
        return new DeadlineQueue<>(LIMIT, late, nanos::get);
    }

    private void onLoop(Runnable action) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.runOnContext(turn -> {
            action.run();
            done.complete(null);
        });
        done.get(10, SECONDS);
    }

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Waits for several runs of the queue's timer. */
    private void awaitTimer() throws Exception {
        vertx.setTimer(3 * LIMIT.toMillis(), ended -> events.add("timer"));
        assertNext("timer");
    }

    private void assertNext(String... expected) throws Exception {
        for (String event : expected) {
            assertThat(events.poll(10, SECONDS)).isEqualTo(event);
        }
    }

    @Test
    void aValueThatIsNotRemovedIsLateAtItsDeadline() throws Exception {
        onLoop(() -> queue.add("a", loop));
        advance(LIMIT.minusNanos(1));
        awaitTimer();

        advance(Duration.ofNanos(1));

        assertNext("a");
    }

    @Test
    void theTimerIsStartedAgainAfterAllValuesHaveLeft() throws Exception {
        onLoop(() -> queue.add("a", loop));
        advance(LIMIT);
        assertNext("a");

        onLoop(() -> queue.add("b", loop));
        advance(LIMIT);

        assertNext("b");
    }

    @Test
    void theTimerOfARemovedValueDoesNotEndTheTimeOfTheNext() throws Exception {
        Duration half = LIMIT.dividedBy(2);
        onLoop(() -> {
            WaitingList.Entry<String> first = queue.add("a", loop);
            advance(half);
            first.remove();
            first.remove();
            queue.add("b", loop);
        });
        advance(half);
        awaitTimer();

        advance(half);

        assertNext("b");
        assertThat(events).isEmpty();
    }

    @Test
    void allThatAreNotRemovedAreLateInTheirOrder() throws Exception {
        onLoop(() -> {
            List<WaitingList.Entry<String>> entries = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                entries.add(queue.add(Integer.toString(i), loop));
            }
            for (int i = 0; i < 1000; i++) {
                if (i % 3 != 0) {
                    entries.get(i).remove();
                }
            }
        });

        advance(LIMIT);

        for (int i = 0; i < 1000; i += 3) {
            assertNext(Integer.toString(i));
        }
        assertThat(events).isEmpty();
    }

    @Test
    void aFailedActionDoesNotSpareTheOthers() throws Exception {
        DeadlineQueue<String> failing = queue(value -> {
            events.add(value);
            throw new IllegalStateException("expected by the test");
        });
        loop.exceptionHandler(expected -> {});
        onLoop(() -> {
            failing.add("a", loop);
            failing.add("b", loop);
        });

        advance(LIMIT);

        assertNext("a", "b");
    }

    @Test
    void anotherThreadReachesAllThatWait() throws Exception {
        List<WaitingList.Entry<String>> entries = new ArrayList<>();
        queue.forEach(events::add);
        onLoop(() -> List.of("a", "b", "c", "d").forEach(value -> entries.add(queue.add(value, loop))));
        onLoop(() -> entries.get(1).remove());

        queue.forEach(value -> {
            events.add(value);
            entries.get(0).remove();
            entries.get(2).remove();
        });

        assertNext("a", "d");
        assertThat(events).isEmpty();
    }
}
