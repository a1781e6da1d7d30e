package org.epmpulse.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The journal does not reach back so far, or updates of that time are missing from it. */
public final class HistoryGoneException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Instant since;

    /** @param since from when on the board can be told; null if that is not known */
    public HistoryGoneException(@Nullable Instant since) {
        super("the history does not tell the board of that time", null, false, false);
        this.since = since;
    }

    /** From when on the board can be told; null if that is not known. */
    public @Nullable Instant since() {
        return since;
    }
}
