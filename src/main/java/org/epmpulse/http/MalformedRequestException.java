package org.epmpulse.http;

/** A request breaks the rules of RFC 9112, or a limit of the server. Its message is sent to the client. */
final class MalformedRequestException extends Exception {

    private static final long serialVersionUID = 1;

    private final int status;

    /** @param status HTTP status of the reply, from 400 */
    MalformedRequestException(int status, String message) {
        // Without a stack trace: hostile clients cause it as often as they like.
        super(message, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
