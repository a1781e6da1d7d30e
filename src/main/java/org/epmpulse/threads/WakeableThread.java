package org.epmpulse.threads;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the service that works when it is woken. Several wakes before the work begins count as one; one during the work
 * repeats it. Thread-safe.
 */
public final class WakeableThread implements AutoCloseable {

    private final Semaphore woken = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /** The work of the thread. */
    public interface Work {

        /** Works, and returns the shortest time until it may work again, in milliseconds; zero for none. */
        long run();
    }

    /**
     * Starts the thread. Work that failed with an exception is repeated after the {@linkplain
     * ServiceThreads#startRestarting restart}.
     *
     * @param delay until it works for the first time
     * @param last run on the thread when it is closed
     */
    public void start(ServiceThreads threads, String name, Duration delay, Work work, Runnable last) {
        thread = threads.startRestarting(name, closing, () -> run(delay, work, last));
    }

    /** Has the work done soon. Returns at once; may be called before {@link #start}. */
    public void wake() {
        if (woken.availablePermits() == 0) {
            woken.release();
        }
    }

    private void run(Duration delay, Work work, Runnable last) {
        try {
            boolean isClosed = closing.await(delay.toMillis(), TimeUnit.MILLISECONDS);
            while (!isClosed) {
                woken.acquire();
                woken.drainPermits();
                isClosed = closing.getCount() == 0 || closing.await(workOnce(work), TimeUnit.MILLISECONDS);
            }
            last.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long workOnce(Work work) {
        try {
            return work.run();
        } catch (RuntimeException | Error e) {
            wake();
            throw e;
        }
    }

    /** Returns when the work has ended. It is not interrupted, because that would close the file that it writes. */
    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        wake();
        Thread started = thread;
        if (started != null) {
            started.join();
        }
    }
}
