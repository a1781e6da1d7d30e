package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A request that waits until canvases are published. Closing it ends the waiting; the canvases are published all the
 * same. Thread-safe.
 */
public final class CanvasSync implements AutoCloseable {

    private final List<CompletableFuture<Void>> canvases;
    private final Consumer<List<CompletableFuture<Void>>> remove;

    /** @param remove forgets these futures */
    CanvasSync(List<CompletableFuture<Void>> canvases, Consumer<List<CompletableFuture<Void>>> remove) {
        this.canvases = List.copyOf(canvases);
        this.remove = remove;
    }

    /** How the waiting ended. */
    public enum Result {
        /** Slack has accepted or refused each canvas. */
        ANSWERED,
        /** The time-out has passed. */
        TIMED_OUT,
        /** EPMPulse is stopping. */
        STOPPED
    }

    /** Waits until Slack has accepted or refused each canvas. */
    public Result await(Duration timeout) throws InterruptedException {
        try {
            CompletableFuture.allOf(canvases.toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Result.ANSWERED;
        } catch (TimeoutException e) {
            return Result.TIMED_OUT;
        } catch (ExecutionException e) {
            return Result.STOPPED;
        }
    }

    @Override
    public void close() {
        remove.accept(canvases);
    }
}
