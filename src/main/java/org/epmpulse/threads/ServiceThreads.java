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
 * Starts the service's own threads, so that none of them can end unnoticed: a task that ends by a {@link Throwable} is
 * logged and counted, and remembered as a {@link #problem()} where the service misses its thread. Thread-safe.
 */
public final class ServiceThreads {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceThreads.class);

    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration MAX_DELAY = Duration.ofMinutes(1);

    /** A restarted task that has run for so long works again: its problem is over, and its next delay is the first one. */
    private static final Duration STABLE_AFTER = Duration.ofSeconds(30);

    private final MeterRegistry meters;
    private final Duration firstDelay;
    private final LongSupplier nanoClock;

    /** By the name of the thread. */
    private final Map<String, Failure> failures = new ConcurrentSkipListMap<>();

    /** @param restarted when the task was started again, by the clock; null if it was not */
    private record Failure(String problem, @Nullable Long restarted) {}

    public ServiceThreads(MeterRegistry meters) {
        this(meters, FIRST_DELAY, System::nanoTime);
    }

    /**
     * With other times.
     *
     * @param firstDelay before the first restart; it doubles with each further one
     */
    ServiceThreads(MeterRegistry meters, Duration firstDelay, LongSupplier nanoClock) {
        this.meters = meters;
        this.firstDelay = firstDelay;
        this.nanoClock = nanoClock;
    }

    /**
     * Starts a thread whose task cannot be started again: if it fails, that is a {@link #problem()} until the service is
     * restarted.
     *
     * @param name of the thread, and the value of the metric's label
     */
    public Thread start(String name, Runnable task) {
        Counter counter = counter(name);
        failures.remove(name);
        return begin(name, false, () -> {
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
     * Starts a daemon thread whose task is run again after it failed, with a growing delay. The failure is a {@link
     * #problem()} until the task has run for a while again. A task that returns is not run again.
     *
     * @param stop ends a delay, and with it the thread, once it is counted down; so does an interrupt
     */
    public Thread startRestarting(String name, CountDownLatch stop, Runnable task) {
        Counter counter = counter(name);
        failures.remove(name);
        return begin(name, true, () -> {
            Duration delay = firstDelay;
            boolean again = true;
            while (again) {
                long started = nanoClock.getAsLong();
                try {
                    task.run();
                    failures.remove(name);
                    again = false;
                } catch (Throwable e) {
                    failures.put(name, new Failure(name + " failed, see the log", null));
                    counter.increment();
                    delay = isStable(started) ? firstDelay : delay;
                    logRestart(name, delay, e);
                    again = !isStopped(stop, delay);
                    failures.computeIfPresent(
                            name, (same, failure) -> new Failure(failure.problem(), nanoClock.getAsLong()));
                    delay = delay.multipliedBy(2).compareTo(MAX_DELAY) < 0 ? delay.multipliedBy(2) : MAX_DELAY;
                }
            }
        });
    }

    /** What the log itself throws must not keep the task from being restarted. */
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

    /** Runs a task once on a daemon thread of its own. If it fails, that is logged and counted. */
    public void runOnce(String name, Runnable task) {
        Thread thread = factory(name).newThread(task);
        thread.setDaemon(true);
        thread.start();
    }

    /** A pool that grows as needed. A task that fails is logged and counted; the pool goes on. */
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

    private static Thread begin(String name, boolean daemon, Runnable run) {
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
     * Which thread failed and is not known to work again; null while all is well. It is shown without a key, so it names
     * no exception.
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
