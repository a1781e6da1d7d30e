package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:create}: the channels that need a canvas, one at a time. The message is the channel's id, also in
 * the variable {@code channel}; the route stores the new canvas in {@link CanvasRegistry}. Thread-safe.
 */
final class DueCreations extends CanvasSource {

    private final Function<String, @Nullable String> createdCanvas;

    /** @param createdCanvas returns the canvas that was created for a channel, by the channel's id; null if none */
    DueCreations(Canvases canvases, Function<String, @Nullable String> createdCanvas) {
        super(canvases);
        this.createdCanvas = createdCanvas;
    }

    @Override
    public List<String> poll(int max) {
        String channelId = max > 0 && canvases.isEnabled() ? canvases.schedule().pollCreation(canvases.steady()) : null;
        return channelId == null ? List.of() : List.of(channelId);
    }

    @Override
    public @Nullable Duration untilNextPoll() {
        return canvases.isEnabled() ? canvases.schedule().untilNextCreation(canvases.steady()) : null;
    }

    @Override
    public Work begin(String channelId) {
        synchronized (canvases) {
            canvases.get(channelId).syncs().start();
        }
        return new Work(channelId, Map.of("channel", channelId));
    }

    /** Uses the canvas that the route created. */
    @Override
    public void succeeded(String channelId) {
        String canvasId = createdCanvas.apply(channelId);
        if (canvasId == null) {
            failed(channelId, new IllegalStateException("the route created no canvas"));
        } else {
            canvases.created(channelId, canvasId);
        }
    }
}
