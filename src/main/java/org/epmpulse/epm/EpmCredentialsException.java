package org.epmpulse.epm;

/** The identity domain refuses the configured credentials, or they cannot be used: a person has to correct them. The message is one line for an operator. */
public final class EpmCredentialsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    EpmCredentialsException(String message) {
        super(message, null, false, false);
    }
}
