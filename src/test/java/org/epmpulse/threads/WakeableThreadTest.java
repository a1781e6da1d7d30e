package org.epmpulse.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work is done once for all wakes before it, and again for each one during it. */
class WakeableThreadTest {

    private static final String NAME = "writer";

    private final ServiceThreads threads =
            new ServiceThreads(new SimpleMeterRegistry(), Duration.ofMillis(1), System::nanoTime);
    private final WakeableThread thread = new WakeableThread();

    /** What the thread did, in its order. */
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws InterruptedException {
        thread.close();
    }

    private void start(Duration delay, WakeableThread.Work work) {
        thread.start(threads, NAME, delay, work, () -> done.add("last"));
    }

    private String next() throws InterruptedException {
        return done.poll(1, TimeUnit.MINUTES);
    }

    @Test
    void severalWakesBeforeTheWorkAreOne() throws Exception {
        thread.wake();
        thread.wake();
        start(Duration.ZERO, () -> {
            done.add("work");
            return 0;
        });
        assertThat(next()).isEqualTo("work");

        thread.close();

        assertThat(done).containsExactly("last");
    }

    @Test
    void aWakeDuringTheWorkRepeatsIt() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        start(Duration.ZERO, () -> {
            done.add("begins");
            await(woken);
            return 0;
        });
        thread.wake();
        assertThat(next()).isEqualTo("begins");

        thread.wake();
        woken.countDown();

        assertThat(next()).isEqualTo("begins");
    }

    @Test
    void workThatFailedIsRepeatedWithoutAWake() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        start(Duration.ZERO, () -> {
            done.add("work");
            if (failed.compareAndSet(false, true)) {
                throw new IllegalStateException("simulated");
            }
            return 0;
        });

        thread.wake();

        assertThat(next()).isEqualTo("work");
        assertThat(next()).isEqualTo("work");
    }

    @Test
    void aCloseEndsTheDelayAndThePauseWithoutMoreWork() throws Exception {
        thread.wake();
        start(Duration.ofDays(1), () -> {
            done.add("work");
            return 0;
        });
        thread.close();
        assertThat(done).containsExactly("last");

        try (WakeableThread pausing = new WakeableThread()) {
            pausing.start(
                    threads,
                    NAME,
                    Duration.ZERO,
                    () -> {
                        pausing.wake();
                        done.add("work");
                        return Duration.ofDays(1).toMillis();
                    },
                    () -> done.add("last of the other"));
            pausing.wake();
            assertThat(next()).isEqualTo("last");
            assertThat(next()).isEqualTo("work");
        }
        assertThat(done).containsExactly("last of the other");
    }

    @Test
    void aCloseWaitsForTheWorkAndDoesNotInterruptIt() throws Exception {
        CountDownLatch closing = new CountDownLatch(1);
        start(Duration.ZERO, () -> {
            done.add("begins");
            await(closing);
            done.add(Thread.interrupted() ? "interrupted" : "ends");
            return 0;
        });
        thread.wake();
        assertThat(next()).isEqualTo("begins");

        Thread closer = new Thread(() -> closeUnchecked());
        closer.start();
        closing.countDown();
        closer.join();

        assertThat(done).containsExactly("ends", "last");
    }

    private void closeUnchecked() {
        try {
            thread.close();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
