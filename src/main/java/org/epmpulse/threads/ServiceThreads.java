package org.epmpulse.threads;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the service's own threads. A task that fails with a {@link Throwable} is logged and counted; if its thread is
 * needed, it is also reported as a {@link #problem()}. Thread-safe.
 */
public final class ServiceThreads {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceThreads.class);

    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration MAX_DELAY = Duration.ofMinutes(1);

    /** After this time a restarted task counts as recovered: its problem is cleared and its delay reset. */
    private static final Duration STABLE_AFTER = Duration.ofSeconds(30);

    private final MeterRegistry meters;
    private final Duration firstDelay;
    private final LongSupplier nanoClock;

    /** By the name of the thread. */
    private final Map<String, Failure> failures = new ConcurrentSkipListMap<>();

    /** @param restarted the time of the restart, by the clock; null if not restarted */
    private record Failure(String problem, @Nullable Long restarted) {}

    public ServiceThreads(MeterRegistry meters) {
        this(meters, FIRST_DELAY, System::nanoTime);
    }

    /**
     * Creates it with other times.
     *
     * @param firstDelay before the first restart; it doubles with each further one
     */
    ServiceThreads(MeterRegistry meters, Duration firstDelay, LongSupplier nanoClock) {
        this.meters = meters;
        this.firstDelay = firstDelay;
        this.nanoClock = nanoClock;
    }

    /**
     * Starts a thread whose task cannot be restarted: its failure is a {@link #problem()} until the service is
     * restarted.
     *
     * @param name of the thread, and the value of the metric's label
     */
    public Thread start(String name, Runnable task) {
        Counter counter = counter(name);
        failures.remove(name);
        return startThread(name, false, () -> {
            try {
                task.run();
            } catch (Throwable e) {
                failures.put(name, new Failure(name + " ended unexpectedly, see the log", null));
                counter.increment();
                LOG.error("Thread {}: ended unexpectedly: {}; restart EPMPulse", name, e.toString(), e);
            }
        });
    }

    /**
     * Starts a daemon thread that restarts its task after a failure, with a growing delay. The failure is a {@link
     * #problem()} until the restarted task has run for some time. A task that returns is not restarted.
     *
     * @param stop once counted down, ends a delay and the thread; so does an interrupt
     */
    public Thread startRestarting(String name, CountDownLatch stop, Runnable task) {
        Counter counter = counter(name);
        failures.remove(name);
        return startThread(name, true, () -> {
            Duration delay = firstDelay;
            boolean restart = true;
            while (restart) {
                long started = nanoClock.getAsLong();
                try {
                    task.run();
                    failures.remove(name);
                    restart = false;
                } catch (Throwable e) {
                    failures.put(name, new Failure(name + " failed, see the log", null));
                    counter.increment();
                    delay = isStable(started) ? firstDelay : delay;
                    logRestart(name, delay, e);
                    restart = !isStopped(stop, delay);
                    failures.computeIfPresent(
                            name, (same, failure) -> new Failure(failure.problem(), nanoClock.getAsLong()));
                    delay = delay.multipliedBy(2).compareTo(MAX_DELAY) < 0 ? delay.multipliedBy(2) : MAX_DELAY;
                }
            }
        });
    }

    /** A failure of the log must not prevent the restart. */
    private static void logRestart(String name, Duration delay, Throwable failure) {
        try {
            LOG.error(
                    "Thread {}: failed: {}; restarting it in {} ms",
                    name,
                    failure.toString(),
                    delay.toMillis(),
                    failure);
        } catch (RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    private boolean isStable(long started) {
        return nanoClock.getAsLong() - started >= STABLE_AFTER.toNanos();
    }

    private static boolean isStopped(CountDownLatch stop, Duration delay) {
        try {
            return stop.await(delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Runs a task once on its own daemon thread. A failure is logged and counted. */
    public void runOnce(String name, Runnable task) {
        Thread thread = factory(name).newThread(task);
        thread.setDaemon(true);
        thread.start();
    }

    /** A pool that grows as needed. A failed task is logged and counted; the pool keeps working. */
    public ExecutorService cachedPool(String name) {
        return Executors.newCachedThreadPool(factory(name));
    }

    private ThreadFactory factory(String name) {
        Counter counter = counter(name);
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setUncaughtExceptionHandler((failed, e) -> {
                LOG.error("Thread {}: a task failed: {}", name, e.toString(), e);
                counter.increment();
            });
            return thread;
        };
    }

    private static Thread startThread(String name, boolean daemon, Runnable run) {
        Thread thread = new Thread(run, name);
        thread.setDaemon(daemon);
        thread.start();
        return thread;
    }

    private Counter counter(String name) {
        return Counter.builder("epmpulse.thread.failures")
                .description("Unexpected ends of tasks on the service's own threads")
                .tag("thread", name)
                .register(meters);
    }

    /**
     * The thread that failed and has not recovered; null if there is none. It does not name the exception, because
     * health is public.
     */
    public @Nullable String problem() {
        for (Failure failure : failures.values()) {
            if (failure.restarted() == null || !isStable(failure.restarted())) {
                return failure.problem();
            }
        }
        return null;
    }
}
