package org.epmpulse.status;

/**
 * A sender's promise that requests with the same key are the same request.
 *
 * @param key the sender's {@code Idempotency-Key}, at most 100 characters
 * @param bodySha256 of the request's body, 64 hex digits
 */
public record Idempotency(String key, String bodySha256) {}
