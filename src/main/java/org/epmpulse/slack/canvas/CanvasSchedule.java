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
import org.epmpulse.slack.canvas.CanvasSlot.PendingChange;
import org.epmpulse.slack.canvas.CanvasSlot.Priority;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Decides which canvas may be edited when. It knows only Slack's limits; callers pass the time of a steady clock.
 * Thread-safe.
 *
 * <p>The canvas with the oldest change is edited first. Two groups may come before it, within half of each minute's
 * edits: canvases with a new warning, then retries after a failure. Beyond that half, a retry is queued at the time of
 * the retry. So neither warnings nor failures block other canvases.
 */
final class CanvasSchedule {

    /** Slack allows 20 creations per minute, counted separately for each of the two methods. */
    private static final Duration CREATION_INTERVAL = Duration.ofSeconds(4);

    /** Upper limit for Retry-After. */
    private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

    private static final Instant NEVER = Instant.MAX;

    private final CanvasLimits limits;
    private final Backoff backoff;
    private final CanvasEditBudget editBudget;
    private final CanvasEditBudget priorityBudget;
    private final Map<String, CanvasSlot> slots = new LinkedHashMap<>();

    private Instant latestTime;

    /** Of an edit or a creation; at first, and after a takeover, the beginning. */
    private Instant latestSuccess;

    private Instant rateLimitedUntil = Instant.MIN;
    private Instant nextCreationAt = Instant.MIN;
    private @Nullable String creationInFlight;
    private @Nullable Instant nextProbeAt;

    CanvasSchedule(Collection<String> ids, CanvasLimits limits, Instant now) {
        this.limits = limits;
        this.backoff = new Backoff(limits.jitter());
        this.editBudget = new CanvasEditBudget(limits.editsPerMinute());
        this.priorityBudget = new CanvasEditBudget(limits.editsPerMinute() / 2);
        this.latestTime = now;
        this.latestSuccess = now;
        for (String id : ids) {
            slots.put(id, new CanvasSlot(id, nextHeartbeat(now)));
        }
    }

    /** The latest time that any thread passed, because threads may pass theirs out of order; refills the budgets. */
    private Instant latest(Instant now) {
        if (now.isAfter(latestTime)) {
            Duration passed = Duration.between(latestTime, now);
            editBudget.refill(passed);
            priorityBudget.refill(passed);
            latestTime = now;
        }
        return latestTime;
    }

    /** The canvas has to show a change. */
    synchronized void markPending(String id, boolean warning, Instant steady) {
        Instant now = latest(steady);
        CanvasSlot slot = slots.get(id);
        if (slot != null) {
            PendingChange change = new PendingChange(now, now, warning ? Priority.WARNING : Priority.NORMAL);
            slot.pendingChange = slot.pendingChange == null ? change : slot.pendingChange.mergedWith(change);
        }
    }

    /** Ends the waiting time after a failure or refusal; the interval between edits still applies. */
    synchronized void resetBackoff(String id) {
        CanvasSlot slot = slots.get(id);
        if (slot != null) {
            slot.failures = 0;
            slot.retryAt = Instant.MIN;
            slot.pendingChange = slot.pendingChange == null ? null : slot.pendingChange.withoutRetryDelay();
        }
    }

    /** The canvas has to be edited, whatever was known of it before. */
    synchronized void restart(String id, Instant steady) {
        Instant now = latest(steady);
        CanvasSlot slot = slot(id);
        slot.failures = 0;
        slot.retryAt = Instant.MIN;
        slot.filled = false;
        latestSuccess = now;
        slot.pendingChange = new PendingChange(now, now, Priority.NORMAL);
    }

    /** The channel has no canvas: one must be created first. */
    synchronized void markMissing(String id) {
        slot(id).missing = true;
    }

    /** The channel has a canvas, which another node has created; it may be edited at once. */
    synchronized void markExisting(String id) {
        slot(id).missing = false;
    }

    /**
     * The canvas to create now; null if none is due or one is in flight. It is in flight until its result is reported.
     */
    synchronized @Nullable String pollCreation(Instant steady) {
        Instant now = latest(steady);
        if (creationInFlight != null || isPaused(now) || now.isBefore(nextCreationAt)) {
            return null;
        }
        CanvasSlot next = slots.values().stream()
                .filter(slot -> slot.missing && slot.isReady(now))
                .min(Comparator.comparing(CanvasSlot::queuedAt))
                .orElse(null);
        if (next == null) {
            return null;
        }
        next.start();
        creationInFlight = next.id;
        markProbe(next, now);
        return next.id;
    }

    /** Time until {@link #pollCreation} returns a canvas if no event comes before; zero for now, null for never. */
    synchronized @Nullable Duration untilNextCreation(Instant steady) {
        Instant now = latest(steady);
        Instant ready = NEVER;
        for (CanvasSlot slot : slots.values()) {
            if (slot.missing && !slot.inFlight && slot.pendingChange != null) {
                ready = CanvasSlot.earlier(ready, slot.freeAt());
            }
        }
        return creationInFlight != null ? null : durationUntil(CanvasSlot.later(ready, nextCreationAt), now);
    }

    /**
     * The canvases to edit now. Each is in flight until its result is reported.
     *
     * @param max the maximum number
     */
    synchronized List<String> pollEdits(int max, Instant steady) {
        Instant now = latest(steady);
        List<String> due = new ArrayList<>();
        while (due.size() < max && !isPaused(now)) {
            CanvasSlot next = selectNext(now);
            if (next == null) {
                break;
            }
            start(next, now);
            due.add(next.id);
            markProbe(next, now);
        }
        return due;
    }

    /** Time until {@link #pollEdits} returns a canvas if no event comes before; zero for now, null for never. */
    synchronized @Nullable Duration untilNextEdit(Instant steady) {
        Instant now = latest(steady);
        Instant ready = NEVER;
        Instant heartbeat = NEVER;
        for (CanvasSlot slot : slots.values()) {
            if (!slot.missing && !slot.inFlight) {
                ready = slot.pendingChange == null ? ready : CanvasSlot.earlier(ready, slot.freeAt());
                heartbeat = CanvasSlot.earlier(heartbeat, CanvasSlot.later(slot.freeAt(), slot.heartbeatAt));
            }
        }
        Instant editAt = CanvasSlot.later(ready, now.plus(editBudget.untilNotEmpty()));
        Instant heartbeatEditAt = CanvasSlot.later(heartbeat, now.plus(editBudget.untilFull()));
        return durationUntil(CanvasSlot.earlier(editAt, heartbeatEditAt), now);
    }

    private @Nullable Duration durationUntil(Instant at, Instant now) {
        if (at.equals(NEVER)) {
            return null;
        }
        Instant open = CanvasSlot.later(rateLimitedUntil, nextProbeAt == null ? Instant.MIN : nextProbeAt);
        return Duration.between(now, CanvasSlot.later(now, CanvasSlot.later(at, open)));
    }

    /** While the token is refused: this canvas, and no other, checks whether it is accepted again. */
    private void markProbe(CanvasSlot slot, Instant now) {
        if (nextProbeAt != null) {
            slot.isProbe = true;
            nextProbeAt = now.plus(Backoff.SUSPENDED);
        }
    }

    private boolean isPaused(Instant now) {
        return now.isBefore(rateLimitedUntil) || (nextProbeAt != null && now.isBefore(nextProbeAt));
    }

    private @Nullable CanvasSlot selectNext(Instant now) {
        if (editBudget.isEmpty()) {
            return null;
        }
        List<CanvasSlot> ready = slots.values().stream()
                .filter(slot -> !slot.missing && slot.isReady(now))
                .toList();
        CanvasSlot first = ready.stream()
                .filter(slot -> slot.priority() != Priority.NORMAL)
                .min(Comparator.comparing(CanvasSlot::priority).thenComparing(CanvasSlot::queuedAt))
                .orElse(null);
        if (first != null && !priorityBudget.isEmpty()) {
            first.usedPriorityBudget = true;
            priorityBudget.consume();
            return first;
        }
        return ready.stream().min(Comparator.comparing(CanvasSlot::queuedAt)).orElseGet(() -> overdueHeartbeat(now));
    }

    /** Heartbeats only use a full budget. */
    private @Nullable CanvasSlot overdueHeartbeat(Instant now) {
        if (!editBudget.isFull()) {
            return null;
        }
        return slots.values().stream()
                .filter(slot -> !slot.missing && slot.isFree(now) && !now.isBefore(slot.heartbeatAt))
                .min(Comparator.comparing(slot -> slot.heartbeatAt))
                .orElse(null);
    }

    private void start(CanvasSlot slot, Instant now) {
        editBudget.consume();
        slot.start();
        slot.heartbeatAt = nextHeartbeat(now);
    }

    private Instant nextHeartbeat(Instant now) {
        return limits.heartbeat().isZero() ? NEVER : now.plus(limits.heartbeat());
    }

    /** Whether the edit in flight is a heartbeat, which is sent even if the canvas is unchanged. */
    synchronized boolean isHeartbeat(String id) {
        CanvasSlot slot = slots.get(id);
        return slot != null && slot.inFlight && slot.inFlightChange == null;
    }

    /** Slack accepted the edit. */
    synchronized void published(String id, Instant steady) {
        CanvasSlot slot = tokenAccepted(completed(id, latest(steady)));
        slot.finish();
        slot.failures = 0;
        slot.filled = true;
        latestSuccess = latestTime;
    }

    /** The canvas was created; it may be edited at once. */
    synchronized void created(String id, Instant steady) {
        Instant now = latest(steady);
        CanvasSlot slot = tokenAccepted(completed(id, now));
        slot.requeue(now);
        slot.missing = false;
        slot.failures = 0;
        slot.intervalUntil = now;
        latestSuccess = now;
    }

    /** Slack no longer has the canvas: a new one may be created at once. */
    synchronized void lost(String id, Instant steady) {
        Instant now = latest(steady);
        CanvasSlot slot = tokenAccepted(completed(id, now));
        slot.requeue(now);
        slot.missing = true;
        slot.intervalUntil = now;
    }

    /** Nothing was sent because the canvas is up to date. */
    synchronized void unchanged(String id) {
        CanvasSlot slot = slot(id);
        slot.finish();
        refund(slot);
    }

    /** Nothing was sent because the route stopped: the changes are pending again, at their old position. */
    synchronized void released(String id) {
        CanvasSlot slot = slot(id);
        if (id.equals(creationInFlight)) {
            creationInFlight = null;
        } else {
            refund(slot);
        }
        if (slot.inFlightChange == null) {
            slot.finish();
        } else {
            slot.requeue(latestTime);
        }
    }

    private void refund(CanvasSlot slot) {
        editBudget.refund();
        if (slot.usedPriorityBudget) {
            priorityBudget.refund();
        }
        slot.usedPriorityBudget = false;
    }

    /** Slack limits the rate of creations or of edits; the canvas keeps its position. */
    synchronized void rateLimited(String id, Duration retryAfter, Instant steady) {
        Instant now = latest(steady);
        CanvasSlot slot = completed(id, now);
        slot.requeue(now);
        Instant until = now.plus(retryAfter.compareTo(MAX_RETRY_AFTER) < 0 ? retryAfter : MAX_RETRY_AFTER);
        if (slot.missing) {
            nextCreationAt = CanvasSlot.later(nextCreationAt, until);
        } else {
            rateLimitedUntil = CanvasSlot.later(rateLimitedUntil, until);
        }
    }

    /** Slack sent no valid response: retried without limit, with increasing delays. */
    synchronized void unavailable(String id, Instant steady) {
        Instant now = latest(steady);
        CanvasSlot slot = completed(id, now);
        slot.failures++;
        Instant at = now.plus(backoff.afterFailures(slot.failures));
        slot.requeueForRetry(now, at, Backoff.isLong(slot.failures) ? Priority.NORMAL : Priority.RETRY);
    }

    /** Slack refused the canvas: retried every 15 minutes. */
    synchronized void refused(String id, Instant steady) {
        Instant now = latest(steady);
        tokenAccepted(completed(id, now)).requeueForRetry(now, now.plus(Backoff.REFUSED), Priority.NORMAL);
    }

    /** Slack refused the text: another form may be sent at once. */
    synchronized void contentRefused(String id, Instant steady) {
        Instant now = latest(steady);
        tokenAccepted(completed(id, now)).requeue(now);
    }

    /** Slack refused the token: one attempt per minute for all canvases together. */
    synchronized void tokenRefused(String id, Instant steady) {
        Instant now = latest(steady);
        completed(id, now).requeue(now);
        nextProbeAt = now.plus(Backoff.SUSPENDED);
    }

    /** Whether the token is refused, so that only one attempt per minute is made. */
    synchronized boolean isSuspended() {
        return nextProbeAt != null;
    }

    synchronized void tokenAccepted() {
        nextProbeAt = null;
    }

    /** Ends the suspension if the edit was its probe; an edit from before says nothing about the token now. */
    private CanvasSlot tokenAccepted(CanvasSlot slot) {
        nextProbeAt = slot.isProbe ? null : nextProbeAt;
        return slot;
    }

    private CanvasSlot completed(String id, Instant now) {
        CanvasSlot slot = slot(id);
        slot.usedPriorityBudget = false;
        slot.intervalUntil = now.plus(limits.minInterval());
        if (id.equals(creationInFlight)) {
            creationInFlight = null;
            nextCreationAt = CanvasSlot.later(nextCreationAt, now.plus(CREATION_INTERVAL));
        }
        return slot;
    }

    /**
     * Age of the oldest change that is not on the canvas; zero if it is up to date. Before its first edit it waits for the
     * others, so only the time since the latest success counts.
     */
    synchronized Duration lag(String id, Instant steady) {
        CanvasSlot slot = slots.get(id);
        PendingChange oldest =
                slot == null ? null : slot.inFlightChange != null ? slot.inFlightChange : slot.pendingChange;
        if (slot == null || oldest == null) {
            return Duration.ZERO;
        }
        return Duration.between(
                slot.filled ? oldest.since() : CanvasSlot.later(oldest.since(), latestSuccess), latest(steady));
    }

    /** Whether a change is not on the canvas yet. */
    synchronized boolean isPending(String id) {
        CanvasSlot slot = slots.get(id);
        return slot != null && (slot.inFlight || slot.pendingChange != null);
    }

    private CanvasSlot slot(String id) {
        return Objects.requireNonNull(slots.get(id), "a canvas that was due");
    }
}
