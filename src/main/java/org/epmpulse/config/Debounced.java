package org.epmpulse.config;

import org.jspecify.annotations.Nullable;

/**
 * Takes a new value over once two looks in a row found it, so that a file that is being written, or is missing while an
 * editor replaces it, is waited for. For one thread.
 */
public final class Debounced<T> {

    private T settled;
    private @Nullable T found;

    public Debounced(T settled) {
        this.settled = settled;
    }

    /** Whether what a look found is new and has been taken over just now. */
    public boolean accept(T now) {
        boolean again = now.equals(found);
        found = now;
        if (!again || now.equals(settled)) {
            return false;
        }
        settled = now;
        return true;
    }
}
