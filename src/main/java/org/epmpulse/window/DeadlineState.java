package org.epmpulse.window;

import java.util.Locale;

/** How a domain stands to its deadline. */
public enum DeadlineState {
    /** It has no deadline in this window. */
    NONE,

    /** The deadline has not passed, and the domain is expected to be done by then, or its end is not known. */
    ON_TRACK,

    /** It was done before the deadline. */
    MET,

    /** The deadline has not passed, but the domain is expected to be done after it. */
    AT_RISK,

    /** The deadline has passed, and the domain was not done by then. */
    LATE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word of the API and of the metrics, in lower case. */
    public String label() {
        return label;
    }
}
