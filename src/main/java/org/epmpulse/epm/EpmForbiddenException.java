package org.epmpulse.epm;

/** A pod knows who asks but does not let them (HTTP 403): a role is missing, or a second factor. The message is one line for an operator. */
public final class EpmForbiddenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmForbiddenException(String message) {
        super(message, null, false, false);
    }
}
