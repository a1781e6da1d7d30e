package org.epmpulse.store;

import org.jspecify.annotations.Nullable;

/** The store cannot write or read now. Nothing was recorded; the request can be retried. */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
