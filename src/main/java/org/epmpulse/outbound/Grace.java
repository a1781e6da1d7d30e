package org.epmpulse.outbound;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The short time that calls in flight get to end when the service stops. */
public final class Grace {

    private Grace() {}

    /**
     * Waits until no call is in flight.
     *
     * @param running whether one is
     * @param grace how long at most, 0 or more
     */
    public static void await(BooleanSupplier running, Duration grace) throws InterruptedException {
        long start = System.nanoTime();
        while (running.getAsBoolean() && System.nanoTime() - start < grace.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
