package org.epmpulse.sandbox;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A canvas as it was when asked for. Immutable.
 *
 * @param channel whose tab it is; null for a standalone canvas
 * @param shares access level by channel or user
 * @param revision how many edits were applied, 0 as created
 * @param edits when the latest of them were applied, at most {@value StoredCanvas#EDITS_KEPT}
 */
public record SandboxCanvas(
        String id,
        String title,
        @Nullable String channel,
        Map<String, String> shares,
        String markdown,
        long revision,
        List<Instant> edits) {}
