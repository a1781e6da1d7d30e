package org.epmpulse.slack.canvas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a canvas stands to the board.
 *
 * @param publishedRevision of the board that Slack took last; null if none since the start
 * @param pending whether a change is not on the canvas yet
 * @param lastError why the last edit was not taken; null if it was
 * @param lastResult of the last edit, as the metric names it; {@code unavailable} before the first
 */
public record CanvasState(
        CanvasChannel channel,
        @Nullable Long publishedRevision,
        @Nullable Instant publishedAt,
        boolean pending,
        @Nullable String lastError,
        String lastResult) {}
