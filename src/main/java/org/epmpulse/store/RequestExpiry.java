package org.epmpulse.store;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.epmpulse.threads.ServiceThreads;

/**
 * Replies to requests that have waited too long for a log that is away, on a thread that sleeps while no request waits.
 * Thread-safe.
 */
final class RequestExpiry {

    /** Interval between two looks at the requests that wait. */
    private static final long INTERVAL_MILLIS = 250;

    private final Queue<Request> queue;
    private final Duration patience;
    private final ReplyThreads replies;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Semaphore wakeUp = new Semaphore(0);
    private volatile boolean asleep;

    /** The requests that the writer holds. */
    private volatile List<Request> inFlight = List.of();

    /**
     * @param queue requests that the writer has not taken yet
     * @param patience how long a request may wait, from its receipt; zero for ever
     */
    RequestExpiry(Queue<Request> queue, Duration patience, ReplyThreads replies) {
        this.queue = queue;
        this.patience = patience;
        this.replies = replies;
    }

    /** Starts the thread, unless requests wait for ever. */
    void start(ServiceThreads threads) {
        if (!patience.isZero()) {
            threads.startRestarting("epmpulse-journal-expiry", closing, this::run);
        }
    }

    /** To be called after a request was added to the queue. */
    void added() {
        if (asleep) {
            wakeUp.release();
        }
    }

    /** Replaces the requests that the writer holds. */
    void holds(List<Request> requests) {
        if (!patience.isZero()) {
            inFlight = List.copyOf(requests);
            added();
        }
    }

    private void run() {
        try {
            awaitRequests();
            while (!closing.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                inFlight.forEach(request -> expire(request, now));
                queue.forEach(request -> expire(request, now));
                awaitRequests();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitRequests() throws InterruptedException {
        wakeUp.drainPermits();
        asleep = true;
        // A request that the writer is just taking is in neither; it calls holds().
        while (queue.isEmpty() && inFlight.isEmpty() && closing.getCount() > 0) {
            wakeUp.acquire();
        }
        asleep = false;
    }

    /** A request that the writer has claimed may have been written. */
    private void expire(Request request, long now) {
        if (request != GroupWriter.STOP
                && request.isOlderThan(patience.toNanos(), now)
                && !request.reply().isDone()) {
            RuntimeException failure = request.expire() ? WriteFailures.unavailable(null) : WriteFailures.unknown();
            replies.run(() -> request.fail(failure));
        }
    }

    /** Ends the thread. */
    void close() {
        closing.countDown();
        wakeUp.release();
    }
}
