package org.epmpulse.config;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.epmpulse.threads.ServiceThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls files twice a second, on its own thread, until it is closed. Not a {@code WatchService}: that reports no
 * changes on network file systems, nor when a symbolic link in the path is changed.
 */
public final class FileWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileWatcher.class);

    /** A change takes effect after two polls, and within 2 s. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** A poll may be waiting for messages in flight. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private final String name;
    private final Runnable poll;
    private boolean failing;

    /** @param poll returns quickly if nothing has changed */
    public FileWatcher(ServiceThreads threads, String name, Runnable poll) {
        this.name = name;
        this.poll = poll;
        this.thread = threads.startRestarting(name, closing, this::run);
    }

    private void run() {
        try {
            while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                poll();
            }
        } catch (InterruptedException e) {
            LOG.debug("File watcher {}: interrupted; stopping", name);
        }
    }

    private void poll() {
        try {
            poll.run();
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                LOG.error("File watcher {}: poll failed: {}; retrying", name, e.toString(), e);
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
