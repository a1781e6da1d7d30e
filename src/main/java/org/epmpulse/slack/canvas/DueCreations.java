package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:create}: the channel that is to get its canvas now, one at a time. The message is the channel's id,
 * also in the variable {@code channel}; the route leaves the canvas in {@link CanvasRegistry}. Thread-safe.
 */
final class DueCreations extends CanvasSource {

    private final Function<String, @Nullable String> made;

    /** @param made the canvas that was made for a channel, by the channel's id; null if none was */
    DueCreations(Canvases canvases, Function<String, @Nullable String> made) {
        super(canvases);
        this.made = made;
    }

    @Override
    public List<String> poll(int max) {
        String channelId = max > 0 && canvases.isEnabled() ? canvases.schedule().dueCreation(canvases.now()) : null;
        return channelId == null ? List.of() : List.of(channelId);
    }

    @Override
    public @Nullable Duration untilNextPoll() {
        return canvases.isEnabled() ? canvases.schedule().untilDueCreation(canvases.now()) : null;
    }

    @Override
    public Work begin(String channelId) {
        synchronized (canvases) {
            canvases.get(channelId).syncs().take();
        }
        return new Work(channelId, Map.of("channel", channelId));
    }

    /** If the route made a canvas, that is the channel's now. */
    @Override
    public void succeeded(String channelId) {
        String canvasId = made.apply(channelId);
        if (canvasId == null) {
            failed(channelId, new IllegalStateException("the route made no canvas"));
        } else {
            canvases.made(channelId, canvasId);
        }
    }
}
