package org.epmpulse.slack.canvas;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A canvas and what is due on it, for {@link CanvasSchedule}, which guards it. */
final class CanvasSlot {

    final String id;

    @Nullable
    Turn waiting;

    @Nullable
    Turn sending;

    boolean missing;
    boolean inFlight;
    boolean wentFirst;
    boolean probes;
    Instant intervalUntil = Instant.MIN;
    Instant retryAt = Instant.MIN;
    Instant heartbeatAt;
    int failures;

    /** How soon a canvas should have its turn. */
    enum Rank {
        WARNING,
        RETRY,
        ORDINARY
    }

    /**
     * That a canvas waits.
     *
     * @param since the oldest change that it does not show
     * @param place in the queue, the earliest first
     */
    record Turn(Instant since, Instant place, Rank rank) {

        Turn with(@Nullable Turn later) {
            return later == null ? this : new Turn(since, place, first(rank, later.rank));
        }

        Turn inItsOldPlace() {
            return new Turn(since, since, rank);
        }

        private static Rank first(Rank a, Rank b) {
            return a.compareTo(b) <= 0 ? a : b;
        }
    }

    CanvasSlot(String id, Instant heartbeatAt) {
        this.id = id;
        this.heartbeatAt = heartbeatAt;
    }

    /** When it may be edited, unless it is in flight. */
    Instant freeAt() {
        return intervalUntil.isAfter(retryAt) ? intervalUntil : retryAt;
    }

    boolean isFree(Instant now) {
        return !inFlight && !now.isBefore(freeAt());
    }

    boolean isReady(Instant now) {
        return waiting != null && isFree(now);
    }

    Turn turn() {
        return Objects.requireNonNull(waiting, "it waits");
    }

    Instant place() {
        return turn().place();
    }

    Rank rank() {
        return turn().rank();
    }

    void begin() {
        inFlight = true;
        probes = false;
        sending = waiting;
        waiting = null;
    }

    void end() {
        inFlight = false;
        sending = null;
    }

    /** The edit was not taken: what it was sent for waits on, where it was. */
    void waitAgain(Instant now) {
        Turn turn = sending != null ? sending : new Turn(now, now, Rank.ORDINARY);
        waiting = turn.with(waiting);
        end();
    }

    /** As {@link #waitAgain}, but anew in the queue. */
    void queueAnew(Instant now, Instant at, Rank rank) {
        waitAgain(now);
        waiting = new Turn(turn().since(), at, rank);
        retryAt = at;
    }
}
