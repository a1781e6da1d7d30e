package org.epmpulse.store;

/**
 * It is not known whether the updates were recorded. The request can be retried with the same idempotency key, not
 * without.
 */
public final class StateUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StateUnknownException(String message) {
        super(message);
    }
}
