package org.epmpulse.epm;

/** A pod does not accept the credentials (HTTP 401): a token may have been revoked, a password may be wrong. The message is one line for an operator. */
public final class EpmUnauthorizedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmUnauthorizedException(String message) {
        super(message, null, false, false);
    }
}
