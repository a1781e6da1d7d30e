package org.epmpulse.status;

import java.util.Locale;

/** The origin of an update. */
public enum Source {
    /** An API request, or a route of the site. */
    API,
    /** A poll of the EPM environment. */
    EPM;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used on the wire and in the journal. */
    public String label() {
        return label;
    }

    /**
     * The source with this label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Source ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
