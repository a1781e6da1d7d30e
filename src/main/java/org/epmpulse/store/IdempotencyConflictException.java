package org.epmpulse.store;

/** The same idempotency key came with another body before. Nothing was recorded. */
public final class IdempotencyConflictException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public IdempotencyConflictException() {
        super("this Idempotency-Key was used with another body", null, false, false);
    }
}
