package org.epmpulse.status;

import java.util.Locale;

/** Who said it. */
public enum Source {
    /** Somebody posted it, or a route of the site recorded it. */
    API,
    /** EPMPulse asked the EPM pod. */
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
