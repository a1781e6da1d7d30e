package org.epmpulse.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The journal does not reach back to the requested time, or updates of that time are missing from it. */
public final class HistoryGoneException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Instant since;

    /** @param since earliest time for which the board is available; null if it is not known */
    public HistoryGoneException(@Nullable Instant since) {
        super("the history does not hold the board of that time", null, false, false);
        this.since = since;
    }

    /** Earliest time for which the board is available; null if it is not known. */
    public @Nullable Instant since() {
        return since;
    }
}
