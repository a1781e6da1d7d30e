package org.epmpulse.store;

import org.jspecify.annotations.Nullable;

/** The store cannot write or read now. Of what was to be recorded, nothing was; it can be tried again. */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
