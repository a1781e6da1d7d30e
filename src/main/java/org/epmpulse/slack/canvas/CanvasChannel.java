package org.epmpulse.slack.canvas;

import org.jspecify.annotations.Nullable;

/**
 * A channel that shows applications on a canvas.
 *
 * @param canvasId null if there is none
 */
public record CanvasChannel(
        String id, String name, @Nullable String canvasId) {}
