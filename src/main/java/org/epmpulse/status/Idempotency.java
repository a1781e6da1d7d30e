package org.epmpulse.status;

/**
 * The idempotency key of a request: the sender uses the same key only to repeat the same request.
 *
 * @param key the sender's {@code Idempotency-Key}, at most 100 characters
 * @param bodySha256 of the request's body, 64 hex digits
 */
public record Idempotency(String key, String bodySha256) {}
