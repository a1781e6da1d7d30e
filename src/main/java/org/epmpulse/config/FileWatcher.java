package org.epmpulse.config;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.epmpulse.threads.ServiceThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files twice a second, on a thread of its own, until it is closed. Not a {@code WatchService}: that is silent
 * on network file systems and where a link in the path is turned to another folder.
 */
public final class FileWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatcher.class);

    /** A change counts after two looks, and within 2 s. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** A look may be waiting for messages in flight. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final Runnable look;
    private boolean failing;

    /** @param look returns quickly where nothing has changed */
    public FileWatcher(ServiceThreads threads, String name, Runnable look) {
        this.look = look;
        this.thread = threads.startRestarting(name, closing, this::run);
    }

    private void run() {
        try {
            while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            LOG.debug("The watch was interrupted");
        }
    }

    private void look() {
        try {
            look.run();
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.error("Looking for changed files failed; it is tried again", e);
            }
            failing = true;
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        thread.join(STOP_TIMEOUT.toMillis());
        thread.interrupt();
    }
}
