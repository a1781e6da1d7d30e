package org.epmpulse.sandbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a canvas. Immutable.
 *
 * @param channel that has the canvas as a tab; null for a standalone canvas
 * @param shares access level by channel or user
 * @param revision number of applied edits; 0 when created
 * @param edits times of the latest edits, at most {@value StoredCanvas#MAX_EDITS}
 */
public record SandboxCanvas(
        String id,
        String title,
        @Nullable String channel,
        Map<String, String> shares,
        String markdown,
        long revision,
        List<Instant> edits) {}
