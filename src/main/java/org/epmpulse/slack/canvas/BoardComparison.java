package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.status.DomainNotes;

/**
 * Decides when canvases are compared with the board: every 30 s, to find dropped changes and changes by time
 * alone, and whenever the notes change. Times are of the steady clock. Guarded by {@link Canvases}.
 */
final class BoardComparison {

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private Instant dueAt;
    private DomainNotes comparedNotes;

    BoardComparison(Instant now, DomainNotes notes) {
        this.dueAt = now.plus(INTERVAL);
        this.comparedNotes = notes;
    }

    /** Whether to compare now; if so, the next comparison is due after the interval. */
    boolean begin(Instant now, DomainNotes notes) {
        if (!untilDue(now).isZero() && notes == comparedNotes) {
            return false;
        }
        dueAt = now.plus(INTERVAL);
        comparedNotes = notes;
        return true;
    }

    /** Time until the next comparison if the notes do not change; zero if it is due. */
    Duration untilDue(Instant now) {
        return now.isBefore(dueAt) ? Duration.between(now, dueAt) : Duration.ZERO;
    }
}
