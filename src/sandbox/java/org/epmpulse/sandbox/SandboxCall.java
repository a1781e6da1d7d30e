package org.epmpulse.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that a simulated server got. Immutable.
 *
 * @param operation Slack's method, or the product or {@code token} of a pod
 * @param subject the canvas, else the channel or file, or the job; null if the request names none
 * @param answered null while it is under way
 * @param outcome {@code pending}, {@code ok}, the error code, {@code http <status>}, {@code reset}, {@code cut off}, or
 *     {@code abandoned} if the client hung up first
 */
public record SandboxCall(
        String operation,
        @Nullable String subject,
        Instant received,
        @Nullable Instant answered,
        String outcome) {}
