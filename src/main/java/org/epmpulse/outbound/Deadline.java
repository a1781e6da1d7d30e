package org.epmpulse.outbound;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.util.Timeout;

/** The end of the time of a call. Unlike a time-out of a socket, no received byte postpones it. Thread-safe. */
final class Deadline implements AutoCloseable {

    private final CompletableFuture<Void> call = new CompletableFuture<>();
    private volatile boolean passed;

    /** @param abort ends the call; must not block */
    Deadline(Timeout total, Runnable abort) {
        call.orTimeout(total.toNanoseconds(), TimeUnit.NANOSECONDS).whenComplete((nothing, failure) -> {
            if (failure != null) {
                passed = true;
                abort.run();
            }
        });
    }

    /** Whether the call was aborted because its time was over. */
    boolean passed() {
        return passed;
    }

    /** Ends the call in time. */
    @Override
    public void close() {
        call.complete(null);
    }
}
