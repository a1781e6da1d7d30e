package org.epmpulse.slack;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which canvas may be edited when. Knows nothing of Slack but its limits; all time is handed in. Thread-safe.
 *
 * <p>The canvas that waits longest goes first, but up to half of a minute's edits go first to canvases with a new
 * warning. The budget is a bucket: a few edits may go out at once, the others at an even pace, so that a storm never
 * leaves a canvas without an edit for the rest of a minute. No minute has more edits than the budget.
 */
final class CanvasSchedule {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
    private static final Duration PATIENT_RETRY = Duration.ofMinutes(5);
    private static final int PATIENT_AFTER = 10;
    private static final Duration REFUSED_RETRY = Duration.ofMinutes(15);

    private final Duration minInterval;
    private final Duration heartbeat;
    private final int burst;
    private final int pacePerMinute;
    private final int urgentPerMinute;
    private final RandomGenerator random;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Deque<Instant> urgentEdits = new ArrayDeque<>();

    private double tokens;
    private Instant tokensAt;
    private Instant closedUntil = Instant.MIN;
    private boolean suspended;

    /** A canvas and what is due on it. */
    private static final class Slot {
        private final String id;
        private @Nullable Instant waitingSince;
        private @Nullable Instant sendingSince;
        private boolean urgent;
        private boolean inFlight;
        private Instant notBefore = Instant.MIN;
        private Instant heartbeatAt;
        private int failures;

        Slot(String id, Instant heartbeatAt) {
            this.id = id;
            this.heartbeatAt = heartbeatAt;
        }

        Instant waitsSince() {
            return Objects.requireNonNull(waitingSince, "it waits");
        }

        void waitAgain(Instant now) {
            Instant since = sendingSince == null ? now : sendingSince;
            waitingSince = waitingSince == null || since.isBefore(waitingSince) ? since : waitingSince;
            end();
        }

        void end() {
            inFlight = false;
            sendingSince = null;
        }
    }

    /**
     * @param minInterval from the end of one edit of a canvas to its next
     * @param editsPerMinute over all canvases, 1 or more
     * @param heartbeat after which an unchanged canvas is sent again; 0 for never
     */
    CanvasSchedule(
            Collection<String> ids,
            Duration minInterval,
            int editsPerMinute,
            Duration heartbeat,
            RandomGenerator random,
            Instant now) {
        this.minInterval = minInterval;
        this.heartbeat = heartbeat;
        this.burst = Math.max(1, editsPerMinute / 9);
        this.pacePerMinute = Math.max(1, editsPerMinute - burst);
        this.urgentPerMinute = editsPerMinute / 2;
        this.random = random;
        this.tokens = burst;
        this.tokensAt = now;
        for (String id : ids) {
            slots.put(id, new Slot(id, nextHeartbeat(now)));
        }
    }

    /** There is something new for the canvas. */
    synchronized void changed(String id, boolean urgent, Instant now) {
        Slot slot = slots.get(id);
        if (slot != null) {
            slot.waitingSince = slot.waitingSince == null ? now : slot.waitingSince;
            slot.urgent |= urgent;
        }
    }

    /** The canvas may be tried at once again, although it was refused or failed. */
    synchronized void forgive(String id, Instant now) {
        Slot slot = slots.get(id);
        if (slot != null && slot.failures > 0) {
            slot.failures = 0;
            slot.notBefore = now.isBefore(slot.notBefore) ? now : slot.notBefore;
        }
    }

    /** The canvases to edit now; of each one the end must be told. */
    synchronized List<String> due(Instant now) {
        if (now.isBefore(closedUntil)) {
            return List.of();
        }
        refill(now);
        List<String> due = new ArrayList<>();
        Slot next = next(now);
        // After a refused token a single canvas tries whether it is mended.
        while (next != null && (!suspended || due.isEmpty())) {
            begin(next, now);
            due.add(next.id);
            next = next(now);
        }
        if (suspended && !due.isEmpty()) {
            closedUntil = now.plus(MINUTE);
        }
        return due;
    }

    private void refill(Instant now) {
        double minutes = Math.max(0, Duration.between(tokensAt, now).toMillis()) / (double) MINUTE.toMillis();
        tokens = Math.min(burst, tokens + minutes * pacePerMinute);
        tokensAt = now;
        while (!urgentEdits.isEmpty() && !urgentEdits.peekFirst().plus(MINUTE).isAfter(now)) {
            urgentEdits.removeFirst();
        }
    }

    private @Nullable Slot next(Instant now) {
        if (tokens < 1) {
            return null;
        }
        List<Slot> waiting = slots.values().stream()
                .filter(slot -> slot.waitingSince != null && !slot.inFlight && !now.isBefore(slot.notBefore))
                .sorted(Comparator.comparing(Slot::waitsSince))
                .toList();
        if (waiting.isEmpty()) {
            return overdueHeartbeat(now);
        }
        if (urgentEdits.size() < urgentPerMinute) {
            for (Slot slot : waiting) {
                if (slot.urgent) {
                    urgentEdits.addLast(now);
                    return slot;
                }
            }
        }
        return waiting.get(0);
    }

    /** Only while nothing else wants the budget. */
    private @Nullable Slot overdueHeartbeat(Instant now) {
        if (heartbeat.isZero() || tokens < burst) {
            return null;
        }
        for (Slot slot : slots.values()) {
            if (!slot.inFlight && !now.isBefore(slot.notBefore) && !now.isBefore(slot.heartbeatAt)) {
                return slot;
            }
        }
        return null;
    }

    private void begin(Slot slot, Instant now) {
        tokens--;
        slot.inFlight = true;
        slot.sendingSince = slot.waitingSince;
        slot.waitingSince = null;
        slot.urgent = false;
        slot.heartbeatAt = nextHeartbeat(now);
    }

    private Instant nextHeartbeat(Instant now) {
        return heartbeat.isZero() ? Instant.MAX : now.plus(heartbeat);
    }

    /** Whether the canvas is to be sent although it is unchanged: it is its time for a sign of life. */
    synchronized boolean isHeartbeat(String id) {
        Slot slot = slots.get(id);
        return slot != null && slot.inFlight && slot.sendingSince == null;
    }

    /** Slack took the edit. */
    synchronized void published(String id, Instant now) {
        Slot slot = slot(id);
        slot.end();
        slot.failures = 0;
        slot.notBefore = now.plus(minInterval);
        suspended = false;
        if (now.isBefore(closedUntil)) {
            closedUntil = now;
        }
    }

    /** Nothing was sent, because the canvas shows it already. */
    synchronized void unchanged(String id) {
        slot(id).end();
        tokens = Math.min(burst, tokens + 1);
    }

    /** Slack closed the method; the canvas keeps its place. */
    synchronized void rateLimited(String id, Duration retryAfter, Instant now) {
        slot(id).waitAgain(now);
        Instant until = now.plus(retryAfter);
        closedUntil = until.isAfter(closedUntil) ? until : closedUntil;
    }

    /** Slack did not answer as it should: again soon, then less and less often, without end. */
    synchronized void unavailable(String id, Instant now) {
        Slot slot = slot(id);
        slot.waitAgain(now);
        slot.failures++;
        slot.notBefore = now.plus(retryAfter(slot.failures));
    }

    private Duration retryAfter(int failures) {
        if (failures > PATIENT_AFTER) {
            return PATIENT_RETRY;
        }
        long doubled = FIRST_RETRY.toMillis() << Math.min(failures - 1, 10);
        long longest = Math.min(doubled, LONGEST_RETRY.toMillis());
        return Duration.ofMillis(longest / 2 + random.nextLong(longest / 2 + 1));
    }

    /** Slack will not take this canvas: again in a quarter of an hour. */
    synchronized void refused(String id, Instant now) {
        Slot slot = slot(id);
        slot.waitAgain(now);
        slot.failures++;
        slot.notBefore = now.plus(REFUSED_RETRY);
    }

    /** Slack does not take the text: another one follows at once. */
    synchronized void again(String id, Instant now) {
        Slot slot = slot(id);
        slot.waitAgain(now);
        slot.notBefore = now.plus(minInterval);
    }

    /** Slack does not take the token: nothing but one try a minute. */
    synchronized void suspended(String id, Instant now) {
        slot(id).waitAgain(now);
        suspended = true;
        closedUntil = now.plus(MINUTE);
    }

    /** For how long the oldest change has not been on the canvas; zero if it is up to date. */
    synchronized Duration lag(String id, Instant now) {
        Slot slot = slots.get(id);
        if (slot == null) {
            return Duration.ZERO;
        }
        Instant since = slot.sendingSince != null ? slot.sendingSince : slot.waitingSince;
        return since == null || since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
    }

    /** Whether a change is not on the canvas yet. */
    synchronized boolean isPending(String id) {
        Slot slot = slots.get(id);
        return slot != null && (slot.inFlight || slot.waitingSince != null);
    }

    private Slot slot(String id) {
        return Objects.requireNonNull(slots.get(id), "a canvas that was due");
    }
}
