package org.epmpulse.http;

/** A request's parameters or headers make no sense. */
public final class BadRequestException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param message for the sender; without anything the sender did not send or could not know */
    public BadRequestException(String message) {
        super(message, null, false, false);
    }
}
