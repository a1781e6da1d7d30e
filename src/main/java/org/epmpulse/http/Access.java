package org.epmpulse.http;

/** Who may read an endpoint. Methods other than GET and HEAD always need a key. */
public enum Access {
    /** Whoever has a key. */
    KEY,
    /** A process on this machine that asks directly, not through a proxy; others need a key. */
    LOCAL,
    /** Anybody. */
    PUBLIC
}
