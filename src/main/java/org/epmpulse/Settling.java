package org.epmpulse;

import org.jspecify.annotations.Nullable;

/**
 * Takes a new value over once two looks in a row found it, so that a file that is being written, or is missing while an
 * editor replaces it, is waited for. For one thread.
 */
public final class Settling<T> {

    private T settled;
    private @Nullable T found;

    public Settling(T settled) {
        this.settled = settled;
    }

    /** Whether what a look found is new and has been taken over just now. */
    public boolean settles(T now) {
        boolean again = now.equals(found);
        found = now;
        if (!again || now.equals(settled)) {
            return false;
        }
        settled = now;
        return true;
    }
}
