package org.epmpulse.store;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.epmpulse.threads.ServiceThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes the replies to requests on other threads, so that slow callers do not delay the writer. Thread-safe. */
final class ReplyThreads {

    private static final Logger LOG = LoggerFactory.getLogger(ReplyThreads.class);

    /** How long {@link #close} waits for the last replies. */
    private static final int CLOSE_SECONDS = 10;

    /** One thread per group: with a single thread, a route that waits for another update would block itself. */
    private final ExecutorService threads;

    /** No thread could be started for the last replies. Only for logging it once. */
    private volatile boolean inline;

    ReplyThreads(ServiceThreads threads) {
        this.threads = threads.cachedPool("epmpulse-replies");
    }

    /** Runs on another thread; on this one if no thread can be started, because every request must get a reply. */
    void run(Runnable task) {
        try {
            threads.execute(task);
            inline = false;
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            if (!inline) {
                LOG.warn(
                        "Journal: starting a reply thread failed: {}; the journal writer sends the replies",
                        e.toString());
            }
            inline = true;
            task.run();
        }
    }

    void failAll(Collection<Request> requests, RuntimeException failure) {
        if (!requests.isEmpty()) {
            List<Request> failed = List.copyOf(requests);
            run(() -> failed.forEach(request -> request.fail(failure)));
        }
    }

    /** Completes the last replies. */
    void close() throws InterruptedException {
        threads.shutdown();
        threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
