package org.epmpulse.epm;

/**
 * The configured credentials are rejected or unusable; a person must correct them. The message is one line for an
 * operator.
 */
public final class EpmCredentialsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmCredentialsException(String message) {
        super(message, null, false, false);
    }
}
