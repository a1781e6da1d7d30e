package org.epmpulse;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.epmpulse.http.ApiServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first step of a stop where other nodes take over: every request is still accepted, but a balancer is told to use
 * another node, and every connection ends with its next reply. Then the port is closed. Thread-safe.
 */
final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private final ApiServer server;
    private final Duration delay;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** @param delay how long requests are still accepted */
    Drain(ApiServer server, Duration delay) {
        this.server = server;
        this.delay = delay;
    }

    /** Runs the whole step; returns when the port is closed. */
    void run() throws InterruptedException {
        server.drain();
        LOG.info(
                "Stop: /health/ready is 503, and each reply closes its connection; the port is closed in {} s, or after"
                        + " another SIGTERM",
                delay.toSeconds());
        if (ended.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.info("Stop: another SIGTERM ended the delay");
        }
        server.closePort();
    }

    /** Ends the delay. */
    void end() {
        ended.countDown();
    }
}
