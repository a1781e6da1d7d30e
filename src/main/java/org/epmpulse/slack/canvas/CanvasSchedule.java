package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.epmpulse.slack.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Decides which canvas may be edited when. Knows nothing of Slack but its limits; all time is handed in, and may jump
 * back. Thread-safe.
 *
 * <p>The canvas that waits longest goes first, but up to half of a minute's edits go first to canvases with a new
 * warning, and then to those that are tried again after a failure. Beyond that half a canvas that failed queues anew:
 * so neither warnings nor failures keep the others from their turn.
 */
final class CanvasSchedule {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Slack takes 20 creations a minute and counts each of the ways to make a canvas by itself. */
    private static final Duration CREATION_INTERVAL = Duration.ofSeconds(4);

    /** Whatever Slack says: nobody means to close a canvas for longer. */
    private static final Duration LONGEST_CLOSURE = Duration.ofDays(1);

    /** Threads may bring their times in another order than they read them; a clock that is set goes back further. */
    private static final Duration OUT_OF_ORDER = Duration.ofSeconds(1);

    private final CanvasLimits limits;
    private final Backoff backoff;
    private final Budget edits;
    private final Budget firstEdits;
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    private Instant latest;
    private Duration setBack = Duration.ZERO;
    private Instant closedUntil = Instant.MIN;
    private Instant nextCreation = Instant.MIN;
    private boolean creating;
    private @Nullable Instant probeAt;

    /** At most so many in any minute: a ninth of them at once, the others at an even pace. */
    private static final class Budget {
        private final int burst;
        private final int pacePerMinute;
        private double left;

        Budget(int perMinute) {
            this.burst = Math.min(perMinute, Math.max(1, perMinute / 9));
            this.pacePerMinute = perMinute - burst + 1;
            this.left = burst;
        }

        void refill(Duration passed) {
            left = Math.min(burst, left + passed.toNanos() * (double) pacePerMinute / MINUTE.toNanos());
        }

        boolean isEmpty() {
            return left < 1;
        }

        boolean isFull() {
            return left >= burst;
        }

        void take() {
            left--;
        }

        void giveBack() {
            left = Math.min(burst, left + 1);
        }
    }

    /** How soon a canvas should have its turn. */
    private enum Rank {
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
    private record Turn(Instant since, Instant place, Rank rank) {

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

    /** A canvas and what is due on it. */
    private static final class Slot {
        private final String id;
        private @Nullable Turn waiting;
        private @Nullable Turn sending;
        private boolean missing;
        private boolean inFlight;
        private boolean wentFirst;
        private boolean probes;
        private Instant intervalUntil = Instant.MIN;
        private Instant retryAt = Instant.MIN;
        private Instant heartbeatAt;
        private int failures;

        Slot(String id, Instant heartbeatAt) {
            this.id = id;
            this.heartbeatAt = heartbeatAt;
        }

        boolean isFree(Instant now) {
            return !inFlight && !now.isBefore(intervalUntil) && !now.isBefore(retryAt);
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

    CanvasSchedule(Collection<String> ids, CanvasLimits limits, Instant now) {
        this.limits = limits;
        this.backoff = new Backoff(limits.jitter());
        this.edits = new Budget(limits.editsPerMinute());
        this.firstEdits = new Budget(limits.editsPerMinute() / 2);
        this.latest = now;
        for (String id : ids) {
            slots.put(id, new Slot(id, nextHeartbeat(now)));
        }
    }

    /** The time as it would be had the clock never been set back. */
    private Instant steady(Instant clock) {
        Instant now = clock.plus(setBack);
        if (!now.isBefore(latest)) {
            Duration passed = Duration.between(latest, now);
            edits.refill(passed);
            firstEdits.refill(passed);
            latest = now;
        } else if (now.isBefore(latest.minus(OUT_OF_ORDER))) {
            setBack = setBack.plus(Duration.between(now, latest));
        }
        return latest;
    }

    /** There is something new for the canvas. */
    synchronized void changed(String id, boolean warning, Instant clock) {
        Instant now = steady(clock);
        Slot slot = slots.get(id);
        if (slot != null) {
            Turn turn = new Turn(now, now, warning ? Rank.WARNING : Rank.ORDINARY);
            slot.waiting = slot.waiting == null ? turn : slot.waiting.with(turn);
        }
    }

    /** The canvas may be tried as soon as its interval allows, although it was refused or failed. */
    synchronized void forgive(String id) {
        Slot slot = slots.get(id);
        if (slot != null) {
            slot.failures = 0;
            slot.retryAt = Instant.MIN;
            slot.waiting = slot.waiting == null ? null : slot.waiting.inItsOldPlace();
        }
    }

    /** There is no canvas: it is to be made before it can be edited. */
    synchronized void missing(String id) {
        slot(id).missing = true;
    }

    /** The canvas to make now; its end must be told. Null if none is to be made, or one is under way. */
    synchronized @Nullable String dueCreation(Instant clock) {
        Instant now = steady(clock);
        if (creating || isClosed(now) || now.isBefore(nextCreation)) {
            return null;
        }
        Slot next = slots.values().stream()
                .filter(slot -> slot.missing && slot.isReady(now))
                .min(Comparator.comparing(Slot::place))
                .orElse(null);
        if (next == null) {
            return null;
        }
        next.begin();
        creating = true;
        probe(next, now);
        return next.id;
    }

    /** The canvases to edit now; of each one the end must be told. */
    synchronized List<String> due(Instant clock) {
        Instant now = steady(clock);
        List<String> due = new ArrayList<>();
        Slot next = isClosed(now) ? null : next(now);
        while (next != null) {
            begin(next, now);
            due.add(next.id);
            next = probe(next, now) ? null : next(now);
        }
        return due;
    }

    /** Whether this canvas, and no other, tries now whether the token is mended. */
    private boolean probe(Slot slot, Instant now) {
        if (probeAt == null) {
            return false;
        }
        slot.probes = true;
        probeAt = now.plus(Backoff.SUSPENDED);
        return true;
    }

    private boolean isClosed(Instant now) {
        return now.isBefore(closedUntil) || (probeAt != null && now.isBefore(probeAt));
    }

    private @Nullable Slot next(Instant now) {
        if (edits.isEmpty()) {
            return null;
        }
        List<Slot> ready = slots.values().stream()
                .filter(slot -> !slot.missing && slot.isReady(now))
                .toList();
        Slot first = ready.stream()
                .filter(slot -> slot.rank() != Rank.ORDINARY)
                .min(Comparator.comparing(Slot::rank).thenComparing(Slot::place))
                .orElse(null);
        if (first != null && !firstEdits.isEmpty()) {
            first.wentFirst = true;
            firstEdits.take();
            return first;
        }
        return ready.stream().min(Comparator.comparing(Slot::place)).orElseGet(() -> overdueHeartbeat(now));
    }

    /** Only while nothing else wants the budget. */
    private @Nullable Slot overdueHeartbeat(Instant now) {
        if (!edits.isFull()) {
            return null;
        }
        return slots.values().stream()
                .filter(slot -> !slot.missing && slot.isFree(now) && !now.isBefore(slot.heartbeatAt))
                .min(Comparator.comparing(slot -> slot.heartbeatAt))
                .orElse(null);
    }

    private void begin(Slot slot, Instant now) {
        edits.take();
        slot.begin();
        slot.heartbeatAt = nextHeartbeat(now);
    }

    private Instant nextHeartbeat(Instant now) {
        return limits.heartbeat().isZero() ? Instant.MAX : now.plus(limits.heartbeat());
    }

    /** Whether the canvas is to be sent although it is unchanged: it is its time for a sign of life. */
    synchronized boolean isHeartbeat(String id) {
        Slot slot = slots.get(id);
        return slot != null && slot.inFlight && slot.sending == null;
    }

    /** Slack took the edit. */
    synchronized void published(String id, Instant clock) {
        Slot slot = tokenTaken(answered(id, steady(clock)));
        slot.end();
        slot.failures = 0;
    }

    /** There is a canvas now; it may be edited at once. */
    synchronized void made(String id, Instant clock) {
        Instant now = steady(clock);
        Slot slot = tokenTaken(answered(id, now));
        slot.waitAgain(now);
        slot.missing = false;
        slot.failures = 0;
        slot.intervalUntil = now;
    }

    /** Slack no longer has the canvas: another one may be made at once. */
    synchronized void lost(String id, Instant clock) {
        Instant now = steady(clock);
        Slot slot = tokenTaken(answered(id, now));
        slot.waitAgain(now);
        slot.missing = true;
        slot.intervalUntil = now;
    }

    /** Nothing was sent, because the canvas shows it already. */
    synchronized void unchanged(String id) {
        Slot slot = slot(id);
        slot.end();
        edits.giveBack();
        if (slot.wentFirst) {
            firstEdits.giveBack();
        }
        slot.wentFirst = false;
    }

    /** Slack closed the method, the one that makes canvases or the one that edits them; the canvas keeps its place. */
    synchronized void rateLimited(String id, Duration retryAfter, Instant clock) {
        Instant now = steady(clock);
        Slot slot = answered(id, now);
        slot.waitAgain(now);
        Instant until = now.plus(retryAfter.compareTo(LONGEST_CLOSURE) < 0 ? retryAfter : LONGEST_CLOSURE);
        if (slot.missing) {
            nextCreation = later(nextCreation, until);
        } else {
            closedUntil = later(closedUntil, until);
        }
    }

    /** Slack did not answer as it should: again soon, then less and less often, without end. */
    synchronized void unavailable(String id, Instant clock) {
        Instant now = steady(clock);
        Slot slot = answered(id, now);
        slot.failures++;
        Instant at = now.plus(backoff.afterFailures(slot.failures));
        slot.queueAnew(now, at, Backoff.isPatient(slot.failures) ? Rank.ORDINARY : Rank.RETRY);
    }

    /** Slack will not take this canvas: again in a quarter of an hour. */
    synchronized void refused(String id, Instant clock) {
        Instant now = steady(clock);
        tokenTaken(answered(id, now)).queueAnew(now, now.plus(Backoff.REFUSED), Rank.ORDINARY);
    }

    /** Slack does not take the text: another one follows at once. */
    synchronized void again(String id, Instant clock) {
        Instant now = steady(clock);
        tokenTaken(answered(id, now)).waitAgain(now);
    }

    /** Slack does not take the token: nothing but one try a minute. */
    synchronized void suspended(String id, Instant clock) {
        Instant now = steady(clock);
        answered(id, now).waitAgain(now);
        probeAt = now.plus(Backoff.SUSPENDED);
    }

    /** Whether nothing is sent but one try a minute. */
    synchronized boolean isSuspended() {
        return probeAt != null;
    }

    /** An edit that was sent before the token was refused says nothing of the token as it is now. */
    private Slot tokenTaken(Slot slot) {
        probeAt = slot.probes ? null : probeAt;
        return slot;
    }

    private Slot answered(String id, Instant now) {
        Slot slot = slot(id);
        slot.wentFirst = false;
        slot.intervalUntil = now.plus(limits.minInterval());
        if (slot.missing) {
            creating = false;
            nextCreation = later(nextCreation, now.plus(CREATION_INTERVAL));
        }
        return slot;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** For how long the oldest change has not been on the canvas; zero if it is up to date. */
    synchronized Duration lag(String id, Instant clock) {
        Instant now = steady(clock);
        Slot slot = slots.get(id);
        Turn oldest = slot == null ? null : slot.sending != null ? slot.sending : slot.waiting;
        return oldest == null ? Duration.ZERO : Duration.between(oldest.since(), now);
    }

    /** Whether a change is not on the canvas yet. */
    synchronized boolean isPending(String id) {
        Slot slot = slots.get(id);
        return slot != null && (slot.inFlight || slot.waiting != null);
    }

    private Slot slot(String id) {
        return Objects.requireNonNull(slots.get(id), "a canvas that was due");
    }
}
