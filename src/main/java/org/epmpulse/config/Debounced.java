package org.epmpulse.config;

import org.jspecify.annotations.Nullable;

/**
 * Accepts a new value when it was observed twice in a row. This ignores a file that is half written, or missing
 * while an editor replaces it. For one thread.
 */
public final class Debounced<T> {

    private T accepted;
    private @Nullable T last;

    public Debounced(T initial) {
        this.accepted = initial;
    }

    /** Observes a value; true if it differs from the accepted value and becomes the accepted value now. */
    public boolean accept(T observed) {
        boolean repeated = observed.equals(last);
        last = observed;
        if (!repeated || observed.equals(accepted)) {
            return false;
        }
        accepted = observed;
        return true;
    }
}
