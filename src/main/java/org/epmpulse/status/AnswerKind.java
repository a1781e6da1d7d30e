package org.epmpulse.status;

import java.util.Locale;

/** What a person does about the alerts of a domain. */
public enum AnswerKind {
    /** The problem is known: no more reminders until the domain has recovered. */
    ACKNOWLEDGE,
    /** Ends an acknowledgement. */
    UNACKNOWLEDGE,
    /** No alerts for a while, whatever the status is. */
    MUTE,
    /** Ends a mute. */
    UNMUTE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used on the wire and in the journal. */
    public String label() {
        return label;
    }

    /** Whether it concerns an acknowledgement, not a mute. */
    public boolean isAcknowledgement() {
        return this == ACKNOWLEDGE || this == UNACKNOWLEDGE;
    }

    /** Whether it ends an earlier answer. */
    public boolean isEnd() {
        return this == UNACKNOWLEDGE || this == UNMUTE;
    }

    /**
     * The kind with this label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AnswerKind ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
