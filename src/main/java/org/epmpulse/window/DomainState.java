package org.epmpulse.window;

import java.util.Locale;

/** What is known of a domain in a window. */
public enum DomainState {
    /** Its last run in the window ended OK. */
    DONE,

    /** A run has started, in this window or before it, and has not ended. */
    RUNNING,

    /** Its last run in the window ended with a Warning. */
    FAILED,

    /** A run has not ended within the time after which it counts as stale. */
    STALE,

    /** No run ended in the window, and none is running. */
    NOT_STARTED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word of the API and of the metrics, in lower case. */
    public String label() {
        return label;
    }
}
