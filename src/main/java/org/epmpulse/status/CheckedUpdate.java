package org.epmpulse.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An update that passed every check: its domain is configured and its texts are within their bounds.
 *
 * @param timestamp when the sender says it happened; null if the sender did not say
 */
public record CheckedUpdate(
        DomainId id,
        Status status,
        @Nullable String jobId,
        @Nullable String message,
        @Nullable Instant timestamp,
        @Nullable String epmJobId,
        Source source,
        @Nullable String key) {}
