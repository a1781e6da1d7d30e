package org.epmpulse.config;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files twice a second, on a thread of its own, until it is closed. Not a {@code WatchService}: that is silent
 * on network file systems and where a link in the path is turned to another folder.
 */
public final class Watch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** A change counts after two looks, and within 2 s. */
    private static final Duration INTERVAL = Duration.ofMillis(500);

    /** A look may be waiting for messages in flight. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final ScheduledExecutorService thread;
    private final Runnable look;
    private boolean failing;

    /** @param look returns quickly where nothing has changed */
    public Watch(String name, Runnable look) {
        this.look = look;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
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
        thread.shutdown();
        if (!thread.awaitTermination(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            thread.shutdownNow();
        }
    }
}
