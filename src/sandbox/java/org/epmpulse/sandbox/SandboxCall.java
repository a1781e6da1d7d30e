package org.epmpulse.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that a simulated server received. Immutable.
 *
 * @param operation Slack's method; for EPM the product or {@code token}
 * @param subject the canvas, or else the channel, file or job; null if the request names none
 * @param completed null while it is in flight
 * @param outcome {@code pending}, {@code ok}, the error code, {@code http <status>}, {@code reset}, {@code cut off}, or
 *     {@code abandoned} if the client hung up first
 */
public record SandboxCall(
        String operation,
        @Nullable String subject,
        Instant received,
        @Nullable Instant completed,
        String outcome) {}
