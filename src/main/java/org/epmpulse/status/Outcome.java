package org.epmpulse.status;

import java.util.Locale;

/** The outcome of an accepted update. */
public enum Outcome {
    /** The board shows it; it has the next revision. */
    RECORDED,
    /** Older than what the board shows: stored in the history; the status of the domain is unchanged. */
    SUPERSEDED,
    /** Equal to what the board shows, or an end reported by EPM for a run that is no longer Loading: nothing changed. */
    DUPLICATE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used on the wire and in the journal. */
    public String label() {
        return label;
    }

    /**
     * The outcome with this label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Outcome ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
