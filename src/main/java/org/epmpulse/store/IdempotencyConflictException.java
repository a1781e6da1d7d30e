package org.epmpulse.store;

/** The idempotency key was used before with another body. Nothing was recorded. */
public final class IdempotencyConflictException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public IdempotencyConflictException() {
        super("this Idempotency-Key was used before with another body", null, false, false);
    }
}
