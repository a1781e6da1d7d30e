package org.epmpulse.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/** Records single updates in stores of this process, without HTTP: each caller waits for its reply before the next. */
final class StoreLoad {

    private static final int DIGITS = 3;

    /** Much longer than a store lets a request wait. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);

    /** All runs record different updates, as no duplicate is written. */
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final int domains;
    private final long end;
    private final CountDownLatch callers;
    private final Histogram micros = new ConcurrentHistogram(DIGITS);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private StoreLoad(int domains, int callers, Duration time) {
        this.domains = domains;
        this.callers = new CountDownLatch(callers);
        this.end = System.nanoTime() + time.toNanos();
    }

    /**
     * Loads the stores equally.
     *
     * @param callers of all stores together
     * @return with the CPU of this process, which the callers share
     */
    static Wrk.Result run(List<? extends StatusStore> stores, int callers, int domains, Duration time)
            throws InterruptedException {
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpuBefore = process.getProcessCpuTime();
        StoreLoad load = new StoreLoad(domains, callers, time);
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            load.next(stores.get(i % stores.size()));
        }
        if (!load.callers.await(time.plus(REPLY_TIMEOUT).toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(load.callers.getCount() + " callers got no reply");
        }
        Throwable failed = load.failure.get();
        if (failed != null) {
            throw new IllegalStateException("an update was not recorded", failed);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long count = load.micros.getTotalCount();
        return new Wrk.Result(
                count / seconds,
                (process.getProcessCpuTime() - cpuBefore) / 1e3 / count,
                Double.NaN,
                load.micros.getValueAtPercentile(50) / 1e3,
                load.micros.getValueAtPercentile(99) / 1e3,
                Double.NaN);
    }

    private void next(StatusStore store) {
        long sent = System.nanoTime();
        if (sent - end >= 0) {
            callers.countDown();
            return;
        }
        store.record(List.of(GeneratedJournal.update(NEXT.getAndIncrement(), domains)), false, null)
                .whenComplete((entries, failed) -> {
                    micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sent));
                    Throwable problem = failed == null ? problem(entries) : failed;
                    if (problem == null) {
                        next(store);
                    } else {
                        failure.compareAndSet(null, problem);
                        callers.countDown();
                    }
                });
    }

    private static @Nullable Throwable problem(List<Entry> entries) {
        Outcome outcome = entries.get(0).outcome();
        return outcome == Outcome.RECORDED ? null : new IllegalStateException("the outcome is " + outcome);
    }
}
