package org.epmpulse.alerts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an {@link Alert} reports. */
public enum AlertKind {
    /** A domain turned Warning, or another run failed before it was OK again. */
    PROBLEM,
    /** A domain is OK after a problem. */
    RECOVERED,
    /** A problem is still open, and nobody has acknowledged it. */
    REMINDER,
    /** The open problems at a time of day, or what happened in quiet hours. */
    DIGEST,
    /** A domain has missed its time of a close. */
    LATE,
    /** A domain will probably miss its time of a close. */
    AT_RISK;

    /** The name outside of this program, in lower case, such as {@code at_risk}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind with this label; null if there is none. */
    public static @Nullable AlertKind of(String label) {
        for (AlertKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        return null;
    }
}
