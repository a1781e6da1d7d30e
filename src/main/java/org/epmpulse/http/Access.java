package org.epmpulse.http;

/** Who may read an endpoint. Methods other than GET and HEAD always need a key. */
public enum Access {
    /** Requests with a valid key. */
    KEY,
    /** Processes on this machine that do not use a proxy; all others need a key. */
    LOCAL,
    /** All requests, also without a key. */
    PUBLIC
}
