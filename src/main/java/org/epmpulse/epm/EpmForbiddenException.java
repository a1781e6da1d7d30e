package org.epmpulse.epm;

/**
 * The user may not read jobs (HTTP 403): a role or a second factor is missing. The message is one line for an operator.
 */
public final class EpmForbiddenException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmForbiddenException(String message) {
        super(message, null, false, false);
    }
}
