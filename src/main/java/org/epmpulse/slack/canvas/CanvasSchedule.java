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
import org.epmpulse.slack.canvas.CanvasSlot.Rank;
import org.epmpulse.slack.canvas.CanvasSlot.Turn;
import org.epmpulse.work.Backoff;
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

    /** Slack takes 20 creations a minute and counts each of the ways to make a canvas by itself. */
    private static final Duration CREATION_INTERVAL = Duration.ofSeconds(4);

    /** Whatever Slack says: nobody means to close a canvas for longer. */
    private static final Duration LONGEST_CLOSURE = Duration.ofDays(1);

    /** Threads may bring their times in another order than they read them; a clock that is set goes back further. */
    private static final Duration OUT_OF_ORDER = Duration.ofSeconds(1);

    private static final Instant NEVER = Instant.MAX;

    private final CanvasLimits limits;
    private final Backoff backoff;
    private final EditBudget edits;
    private final EditBudget firstEdits;
    private final Map<String, CanvasSlot> slots = new LinkedHashMap<>();

    private Instant latest;
    private Duration setBack = Duration.ZERO;
    private Instant closedUntil = Instant.MIN;
    private Instant nextCreation = Instant.MIN;
    private boolean creating;
    private @Nullable Instant probeAt;

    CanvasSchedule(Collection<String> ids, CanvasLimits limits, Instant now) {
        this.limits = limits;
        this.backoff = new Backoff(limits.jitter());
        this.edits = new EditBudget(limits.editsPerMinute());
        this.firstEdits = new EditBudget(limits.editsPerMinute() / 2);
        this.latest = now;
        for (String id : ids) {
            slots.put(id, new CanvasSlot(id, nextHeartbeat(now)));
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
        CanvasSlot slot = slots.get(id);
        if (slot != null) {
            Turn turn = new Turn(now, now, warning ? Rank.WARNING : Rank.ORDINARY);
            slot.waiting = slot.waiting == null ? turn : slot.waiting.with(turn);
        }
    }

    /** The canvas may be tried as soon as its interval allows, although it was refused or failed. */
    synchronized void resetBackoff(String id) {
        CanvasSlot slot = slots.get(id);
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

    /** The canvas to make now; its end must be reported. Null if none is to be made, or one is under way. */
    synchronized @Nullable String dueCreation(Instant clock) {
        Instant now = steady(clock);
        if (creating || isClosed(now) || now.isBefore(nextCreation)) {
            return null;
        }
        CanvasSlot next = slots.values().stream()
                .filter(slot -> slot.missing && slot.isReady(now))
                .min(Comparator.comparing(CanvasSlot::place))
                .orElse(null);
        if (next == null) {
            return null;
        }
        next.begin();
        creating = true;
        probe(next, now);
        return next.id;
    }

    /** From now until time alone may make {@link #dueCreation} name a canvas, zero if it does; null for never. */
    synchronized @Nullable Duration untilDueCreation(Instant clock) {
        Instant now = steady(clock);
        Instant ready = NEVER;
        for (CanvasSlot slot : slots.values()) {
            if (slot.missing && !slot.inFlight && slot.waiting != null) {
                ready = earlier(ready, slot.freeAt());
            }
        }
        return creating ? null : until(later(ready, nextCreation), now);
    }

    /**
     * The canvases to edit now; the end of each must be reported.
     *
     * @param max how many at most
     */
    synchronized List<String> due(int max, Instant clock) {
        Instant now = steady(clock);
        List<String> due = new ArrayList<>();
        while (due.size() < max && !isClosed(now)) {
            CanvasSlot next = next(now);
            if (next == null) {
                break;
            }
            begin(next, now);
            due.add(next.id);
            probe(next, now);
        }
        return due;
    }

    /** From now until time alone may make {@link #due} name a canvas, zero if it does; null for never. */
    synchronized @Nullable Duration untilDue(Instant clock) {
        Instant now = steady(clock);
        Instant ready = NEVER;
        Instant heartbeat = NEVER;
        for (CanvasSlot slot : slots.values()) {
            if (!slot.missing && !slot.inFlight) {
                ready = slot.waiting == null ? ready : earlier(ready, slot.freeAt());
                heartbeat = earlier(heartbeat, later(slot.freeAt(), slot.heartbeatAt));
            }
        }
        Instant edit = later(ready, now.plus(edits.untilNotEmpty()));
        Instant signOfLife = later(heartbeat, now.plus(edits.untilFull()));
        return until(earlier(edit, signOfLife), now);
    }

    private @Nullable Duration until(Instant at, Instant now) {
        if (at.equals(NEVER)) {
            return null;
        }
        Instant open = later(closedUntil, probeAt == null ? Instant.MIN : probeAt);
        return Duration.between(now, later(now, later(at, open)));
    }

    /** Whether this canvas, and no other, tries now whether the token is mended. */
    private void probe(CanvasSlot slot, Instant now) {
        if (probeAt != null) {
            slot.probes = true;
            probeAt = now.plus(Backoff.SUSPENDED);
        }
    }

    private boolean isClosed(Instant now) {
        return now.isBefore(closedUntil) || (probeAt != null && now.isBefore(probeAt));
    }

    private @Nullable CanvasSlot next(Instant now) {
        if (edits.isEmpty()) {
            return null;
        }
        List<CanvasSlot> ready = slots.values().stream()
                .filter(slot -> !slot.missing && slot.isReady(now))
                .toList();
        CanvasSlot first = ready.stream()
                .filter(slot -> slot.rank() != Rank.ORDINARY)
                .min(Comparator.comparing(CanvasSlot::rank).thenComparing(CanvasSlot::place))
                .orElse(null);
        if (first != null && !firstEdits.isEmpty()) {
            first.wentFirst = true;
            firstEdits.take();
            return first;
        }
        return ready.stream().min(Comparator.comparing(CanvasSlot::place)).orElseGet(() -> overdueHeartbeat(now));
    }

    /** Only while nothing else wants the budget. */
    private @Nullable CanvasSlot overdueHeartbeat(Instant now) {
        if (!edits.isFull()) {
            return null;
        }
        return slots.values().stream()
                .filter(slot -> !slot.missing && slot.isFree(now) && !now.isBefore(slot.heartbeatAt))
                .min(Comparator.comparing(slot -> slot.heartbeatAt))
                .orElse(null);
    }

    private void begin(CanvasSlot slot, Instant now) {
        edits.take();
        slot.begin();
        slot.heartbeatAt = nextHeartbeat(now);
    }

    private Instant nextHeartbeat(Instant now) {
        return limits.heartbeat().isZero() ? NEVER : now.plus(limits.heartbeat());
    }

    /** Whether the canvas is to be sent although it is unchanged: it is its time for a sign of life. */
    synchronized boolean isHeartbeat(String id) {
        CanvasSlot slot = slots.get(id);
        return slot != null && slot.inFlight && slot.sending == null;
    }

    /** Slack took the edit. */
    synchronized void published(String id, Instant clock) {
        CanvasSlot slot = tokenTaken(answered(id, steady(clock)));
        slot.end();
        slot.failures = 0;
    }

    /** There is a canvas now; it may be edited at once. */
    synchronized void made(String id, Instant clock) {
        Instant now = steady(clock);
        CanvasSlot slot = tokenTaken(answered(id, now));
        slot.waitAgain(now);
        slot.missing = false;
        slot.failures = 0;
        slot.intervalUntil = now;
    }

    /** Slack no longer has the canvas: another one may be made at once. */
    synchronized void lost(String id, Instant clock) {
        Instant now = steady(clock);
        CanvasSlot slot = tokenTaken(answered(id, now));
        slot.waitAgain(now);
        slot.missing = true;
        slot.intervalUntil = now;
    }

    /** Nothing was sent, because the canvas shows it already. */
    synchronized void unchanged(String id) {
        CanvasSlot slot = slot(id);
        slot.end();
        giveBack(slot);
    }

    /** Nothing was sent, because the route stopped: what waited waits on, where it was. */
    synchronized void released(String id) {
        CanvasSlot slot = slot(id);
        if (slot.missing) {
            creating = false;
        } else {
            giveBack(slot);
        }
        if (slot.sending == null) {
            slot.end();
        } else {
            slot.waitAgain(latest);
        }
    }

    private void giveBack(CanvasSlot slot) {
        edits.giveBack();
        if (slot.wentFirst) {
            firstEdits.giveBack();
        }
        slot.wentFirst = false;
    }

    /** Slack closed the method, the one that makes canvases or the one that edits them; the canvas keeps its place. */
    synchronized void rateLimited(String id, Duration retryAfter, Instant clock) {
        Instant now = steady(clock);
        CanvasSlot slot = answered(id, now);
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
        CanvasSlot slot = answered(id, now);
        slot.failures++;
        Instant at = now.plus(backoff.afterFailures(slot.failures));
        slot.queueAnew(now, at, Backoff.isLong(slot.failures) ? Rank.ORDINARY : Rank.RETRY);
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
    private CanvasSlot tokenTaken(CanvasSlot slot) {
        probeAt = slot.probes ? null : probeAt;
        return slot;
    }

    private CanvasSlot answered(String id, Instant now) {
        CanvasSlot slot = slot(id);
        slot.wentFirst = false;
        slot.intervalUntil = now.plus(limits.minInterval());
        if (slot.missing) {
            creating = false;
            nextCreation = later(nextCreation, now.plus(CREATION_INTERVAL));
        }
        return slot;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** For how long the oldest change has not been on the canvas; zero if it is up to date. */
    synchronized Duration lag(String id, Instant clock) {
        Instant now = steady(clock);
        CanvasSlot slot = slots.get(id);
        Turn oldest = slot == null ? null : slot.sending != null ? slot.sending : slot.waiting;
        return oldest == null ? Duration.ZERO : Duration.between(oldest.since(), now);
    }

    /** Whether a change is not on the canvas yet. */
    synchronized boolean isPending(String id) {
        CanvasSlot slot = slots.get(id);
        return slot != null && (slot.inFlight || slot.waiting != null);
    }

    private CanvasSlot slot(String id) {
        return Objects.requireNonNull(slots.get(id), "a canvas that was due");
    }
}
