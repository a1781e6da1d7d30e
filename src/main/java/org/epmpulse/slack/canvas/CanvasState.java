package org.epmpulse.slack.canvas;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a canvas compared with the board.
 *
 * @param publishedRevision revision that was published last; null if none since the start
 * @param pending whether a change is not on the canvas yet
 * @param lastError why the last edit failed; null if it succeeded
 * @param lastResult result of the last edit, as in the metric; {@code unavailable} before the first
 */
public record CanvasState(
        CanvasChannel channel,
        @Nullable Long publishedRevision,
        @Nullable Instant publishedAt,
        boolean pending,
        @Nullable String lastError,
        String lastResult) {}
