package org.epmpulse.slack.canvas;

import org.jspecify.annotations.Nullable;

/**
 * A channel whose canvas shows applications.
 *
 * @param canvasId null if the channel has no canvas
 */
public record CanvasChannel(
        String id, String name, @Nullable String canvasId) {

    /** The same channel with another canvas; null for none. */
    public CanvasChannel withCanvas(@Nullable String otherId) {
        return new CanvasChannel(id, name, otherId);
    }
}
