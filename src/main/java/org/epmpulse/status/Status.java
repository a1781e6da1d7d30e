package org.epmpulse.status;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of a domain. */
public enum Status {
    /** The domain was never reported, or it was reset. */
    BLANK("Blank"),
    /** A job is running. */
    LOADING("Loading"),
    /** The last job succeeded. */
    OK("OK"),
    /** The last job failed, or a person must check its result. */
    WARNING("Warning");

    private static final List<String> LABELS =
            Arrays.stream(values()).map(Status::label).toList();

    private final String label;

    Status(String label) {
        this.label = label;
    }

    /** The word of the API and of the files; for what people see, see {@link StateWord}. */
    public String label() {
        return label;
    }

    /** Whether this status ends a run with a result. */
    public boolean endsRun() {
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
