package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import org.epmpulse.status.DomainNotes;

/**
 * When canvases are compared with the board: every 30 s, for what time alone changes and for changes that were dropped,
 * and whenever there are other remarks. Guarded by {@link Canvases}.
 */
final class BoardComparison {

    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private Instant dueAt;
    private DomainNotes compared;

    BoardComparison(Instant now, DomainNotes remarks) {
        this.dueAt = now.plus(INTERVAL);
        this.compared = remarks;
    }

    /** Whether to compare now; then the next comparison is due after the interval. */
    boolean begin(Instant now, DomainNotes remarks) {
        if (!untilDue(now).isZero() && remarks == compared) {
            return false;
        }
        dueAt = now.plus(INTERVAL);
        compared = remarks;
        return true;
    }

    /** From now to the next comparison, other remarks aside; zero if it is due. */
    Duration untilDue(Instant now) {
        boolean clockWasSetBack = dueAt.isAfter(now.plus(INTERVAL));
        return clockWasSetBack || !now.isBefore(dueAt) ? Duration.ZERO : Duration.between(now, dueAt);
    }
}
