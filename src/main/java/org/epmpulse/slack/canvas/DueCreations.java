package org.epmpulse.slack.canvas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.epmpulse.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:create}: the channels that need a canvas, one at a time. The message is the channel's id, also in
 * the variable {@code channel}; the route stores the new canvas in {@link CanvasRegistry}. Thread-safe.
 */
final class DueCreations extends CanvasSource {

    private final CreatedCanvases created;

    DueCreations(Canvases canvases, CreatedCanvases created) {
        super(canvases);
        this.created = created;
    }

    @Override
    public void takeOver() {
        try {
            created.load();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        canvases.takeOverCreations(created);
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
        String canvasId = created.canvasId(channelId);
        if (canvasId == null) {
            failed(channelId, new IllegalStateException("the route created no canvas"));
        } else {
            canvases.created(channelId, canvasId);
        }
    }
}
