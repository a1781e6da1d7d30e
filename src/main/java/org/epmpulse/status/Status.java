package org.epmpulse.status;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a domain is said to be doing. */
public enum Status {
    /** Nothing was heard of the domain, or somebody reset it. */
    BLANK("Blank"),
    /** A job is running. */
    LOADING("Loading"),
    /** The last job ended well. */
    OK("OK"),
    /** The last job failed or ended with something a person should look at. */
    WARNING("Warning");

    private static final List<String> LABELS =
            Arrays.stream(values()).map(Status::label).toList();

    private final String label;

    Status(String label) {
        this.label = label;
    }

    /** The word used on the wire, on the canvas and on the board. */
    public String label() {
        return label;
    }

    /** Whether this ends a run with a result. */
    public boolean ends() {
        return this == OK || this == WARNING;
    }

    /** All labels, in the order of the constants. */
    public static List<String> labels() {
        return LABELS;
    }

    /** The status with exactly this label, or null if there is none. */
    public static @Nullable Status ofLabel(@Nullable String label) {
        for (Status status : values()) {
            if (status.label.equals(label)) {
                return status;
            }
        }
        return null;
    }
}
