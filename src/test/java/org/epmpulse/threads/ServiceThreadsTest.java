package org.epmpulse.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Failed tasks are logged, counted, reported and restarted. */
class ServiceThreadsTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch stop = new CountDownLatch(1);

    private ServiceThreads threads(Duration firstDelay) {
        return new ServiceThreads(meters, firstDelay, nanos::get);
    }

    private double failures(String thread) {
        return meters.get("epmpulse.thread.failures")
                .tag("thread", thread)
                .counter()
                .count();
    }

    @Test
    void aTaskThatReturnsIsNotAFailure() throws Exception {
        ServiceThreads threads = threads(DAY);

        threads.start("journal", () -> {}).join();

        assertThat(threads.problem()).isNull();
        assertThat(failures("journal")).isZero();
    }

    @Test
    void aTaskThatFailsIsCountedAndStaysAProblem() throws Exception {
        ServiceThreads threads = threads(DAY);

        threads.start("journal", () -> {
                    throw new IllegalStateException("no more lines");
                })
                .join();

        nanos.addAndGet(DAY.toNanos());
        assertThat(threads.problem()).isEqualTo("journal ended unexpectedly, see the log");
        assertThat(failures("journal")).isEqualTo(1);
    }

    @Test
    void anErrorIsAFailureToo() throws Exception {
        ServiceThreads threads = threads(DAY);

        threads.start("journal", () -> {
                    throw new OutOfMemoryError("simulated");
                })
                .join();

        assertThat(threads.problem()).isEqualTo("journal ended unexpectedly, see the log");
    }

    @Test
    void aNewThreadOfTheSameNameClearsTheProblem() throws Exception {
        ServiceThreads threads = threads(DAY);
        threads.start("route", () -> {
                    throw new IllegalStateException("broken");
                })
                .join();

        threads.start("route", () -> {}).join();

        assertThat(threads.problem()).isNull();
    }

    @Test
    void aFailedTaskIsRestartedAndItsProblemClearedAfterItHasRunForSomeTime() throws Exception {
        ServiceThreads threads = threads(Duration.ofMillis(1));
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);

        Thread thread = threads.startRestarting("watch", stop, () -> {
            if (runs.incrementAndGet() < 3) {
                throw new IllegalStateException("broken");
            }
            running.countDown();
            awaitQuietly(done);
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(threads.problem()).isEqualTo("watch failed, see the log");
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(threads.problem()).isNull();
        assertThat(failures("watch")).isEqualTo(2);
        done.countDown();
        thread.join();
        assertThat(runs).hasValue(3);
    }

    @Test
    void aTaskThatWaitsForItsRestartStaysAProblem() throws Exception {
        ServiceThreads threads = threads(DAY);
        Thread thread = threads.startRestarting("watch", stop, () -> {
            throw new IllegalStateException("broken");
        });
        await().until(() -> threads.problem() != null);

        nanos.addAndGet(DAY.toNanos());

        assertThat(threads.problem()).isEqualTo("watch failed, see the log");
        stop.countDown();
        thread.join();
    }

    @Test
    void aStoppedOrInterruptedTaskIsNotRestarted() throws Exception {
        ServiceThreads threads = threads(DAY);
        AtomicInteger runs = new AtomicInteger();
        Runnable task = () -> {
            runs.incrementAndGet();
            throw new IllegalStateException("broken");
        };
        Thread stopped = threads.startRestarting("a", stop, task);
        Thread interrupted = threads.startRestarting("b", new CountDownLatch(1), task);
        await().until(() -> failures("a") + failures("b") == 2);

        stop.countDown();
        interrupted.interrupt();

        stopped.join();
        interrupted.join();
        assertThat(runs).hasValue(2);
    }

    @Test
    void aPoolKeepsWorkingAfterAFailedTask() throws Exception {
        ServiceThreads threads = threads(DAY);
        ExecutorService pool = threads.cachedPool("replies");
        CompletableFuture<String> name = new CompletableFuture<>();

        pool.execute(() -> {
            throw new IllegalStateException("broken");
        });
        pool.execute(() -> name.complete(Thread.currentThread().getName()));

        assertThat(name.get(10, TimeUnit.SECONDS)).isEqualTo("replies");
        await().until(() -> failures("replies") == 1);
        assertThat(threads.problem()).isNull();
        pool.shutdown();
    }

    @Test
    void aFailureOfATaskThatRunsOnceIsCounted() {
        ServiceThreads threads = threads(DAY);

        threads.runOnce("workspace", () -> {
            throw new IllegalStateException("broken");
        });

        await().until(() -> failures("workspace") == 1);
        assertThat(threads.problem()).isNull();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
