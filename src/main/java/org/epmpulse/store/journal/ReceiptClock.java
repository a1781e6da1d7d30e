package org.epmpulse.store.journal;

import java.time.Instant;
import java.time.InstantSource;
import org.epmpulse.store.ReceiptTime;
import org.jspecify.annotations.Nullable;

/** The {@link ReceiptTime} of the journal's entries, by the wall clock. For the thread that writes the journal. */
final class ReceiptClock {

    private final InstantSource wall;
    private @Nullable Instant last;

    /** @param last time of receipt of the last entry; null if there is none */
    ReceiptClock(InstantSource wall, @Nullable Instant last) {
        this.wall = wall;
        this.last = last;
    }

    /** The time of receipt of the entries that are written next. */
    Instant next() {
        Instant next = ReceiptTime.next(wall.instant(), last);
        last = next;
        return next;
    }
}
