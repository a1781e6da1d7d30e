package org.epmpulse.status;

import java.util.Locale;

/** The origin of an update. */
public enum Source {
    /** An API request. */
    API,
    /** A poll of the EPM environment. */
    EPM,
    /** A route of the site, in {@code routes/site/}. */
    SITE;

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
