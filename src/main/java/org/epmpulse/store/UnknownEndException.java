package org.epmpulse.store;

import java.io.IOException;

/** It is not known whether the group was made durable; {@link GroupLog#settle} finds out. */
public final class UnknownEndException extends IOException {

    private static final long serialVersionUID = 1;

    /** @param message for the operator */
    public UnknownEndException(String message, Throwable cause) {
        super(message, cause);
    }
}
