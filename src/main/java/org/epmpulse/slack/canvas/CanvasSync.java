package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A request that waits until canvases are sent. Who does not wait any longer closes it; the canvases are sent all the
 * same. Thread-safe.
 */
public final class CanvasSync implements AutoCloseable {

    private final List<CompletableFuture<Void>> canvases;
    private final Consumer<List<CompletableFuture<Void>>> remove;

    /** @param remove what is kept of these */
    CanvasSync(List<CompletableFuture<Void>> canvases, Consumer<List<CompletableFuture<Void>>> remove) {
        this.canvases = List.copyOf(canvases);
        this.remove = remove;
    }

    /** Whether Slack has taken or refused each canvas in time. */
    public boolean await(Duration timeout) throws InterruptedException {
        try {
            CompletableFuture.allOf(canvases.toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a sync ends well or not at all", e);
        }
    }

    @Override
    public void close() {
        remove.accept(canvases);
    }
}
