package org.epmpulse.epm;

/**
 * EPM rejects the credentials (HTTP 401): a revoked token or an invalid password. The message is one line for an
 * operator.
 */
public final class EpmUnauthorizedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmUnauthorizedException(String message) {
        super(message, null, false, false);
    }
}
