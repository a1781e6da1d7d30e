package org.epmpulse.http;

/** A parameter or a header of a request is invalid. */
public final class BadRequestException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message for the sender; contains nothing that the sender does not know */
    public BadRequestException(String message) {
        super(message, null, false, false);
    }
}
