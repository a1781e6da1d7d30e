package org.epmpulse.outbound;

import java.io.IOException;

/** Decides whether a request may be sent. Thread-safe. */
@FunctionalInterface
public interface SendCheck {

    /** Every request may be sent. */
    SendCheck NONE = () -> {};

    /**
     * Called on the caller's thread, on an open connection, when the request is about to be written to it.
     *
     * @throws IOException if the request must not be sent; it is the cause of what the caller gets
     */
    void run() throws IOException;
}
