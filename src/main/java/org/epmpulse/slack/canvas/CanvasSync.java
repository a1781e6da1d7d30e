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

    /** Whether Slack has accepted or refused each canvas within the timeout. */
    public boolean await(Duration timeout) throws InterruptedException {
        try {
            CompletableFuture.allOf(canvases.toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a sync never fails", e);
        }
    }

    @Override
    public void close() {
        remove.accept(canvases);
    }
}
