package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.epmpulse.status.Board;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is sent to each channel of a sink, and when. Knows nothing of the sink but its limits; all time
 * is handed in. Not thread-safe.
 */
final class AlertPolicy {

    private final Map<String, AlertQueue> queues = new LinkedHashMap<>();
    private final Duration sinkInterval;

    private Instant nextAt = Instant.MIN;
    private Instant closedUntil = Instant.MIN;
    private Instant suspendedUntil = Instant.MIN;
    private boolean suspended;
    private boolean unsaved;

    AlertPolicy(Collection<AlertChannel> channels, AlertLimits limits, RandomGenerator random, Instant now) {
        this.sinkInterval = limits.sinkInterval();
        Backoff backoff = new Backoff(random);
        channels.forEach(channel ->
                queues.put(channel.id(), new AlertQueue(channel.domains(), limits.channelInterval(), backoff, now)));
    }

    /**
     * Begins: what was not sent to a channel before the process ended is pending now.
     *
     * @param saved null if nothing was; for a channel that is not in it, what the board shows counts as sent
     */
    void begin(@Nullable AlertState saved, Board board, Instant now) {
        Map<String, List<AlertState.Domain>> known = saved == null ? Map.of() : saved.channels();
        queues.forEach((id, queue) -> {
            List<AlertState.Domain> domains = known.get(id);
            if (domains == null) {
                queue.begin(board, now);
            } else {
                queue.restore(domains, board, now);
            }
        });
        unsaved = !known.isEmpty() || !queues.isEmpty();
    }

    /** Takes note of a change. Returns whether it matters to a channel. */
    boolean changed(StatusChange change, Instant now) {
        boolean matters = false;
        for (AlertQueue queue : queues.values()) {
            matters |= queue.changed(change, now);
        }
        unsaved |= matters;
        return matters;
    }

    /** Takes note of what the board shows and no change said. */
    void compare(Board board, Instant now) {
        queues.values().forEach(queue -> unsaved |= queue.compare(board, now));
    }

    /** The channel that is to get a message now, or null; how the message ended must be reported. */
    @Nullable
    String due(Instant now) {
        if (now.isBefore(openAt())) {
            return null;
        }
        String due = null;
        Instant earliest = null;
        for (Map.Entry<String, AlertQueue> queue : queues.entrySet()) {
            Instant dueAt = queue.getValue().dueAt();
            if (dueAt != null && !now.isBefore(dueAt) && (earliest == null || dueAt.isBefore(earliest))) {
                due = queue.getKey();
                earliest = dueAt;
            }
        }
        if (due != null) {
            queue(due).begin();
            nextAt = now.plus(sinkInterval);
            // While the credential is refused a single channel tries whether it is valid again.
            suspendedUntil = suspended ? now.plus(Backoff.SUSPENDED) : suspendedUntil;
        }
        return due;
    }

    /** When {@link #due} returns a channel next, if nothing happens until then; null if it returns none. */
    @Nullable
    Instant nextDueAt() {
        Instant earliest = null;
        for (AlertQueue queue : queues.values()) {
            Instant dueAt = queue.dueAt();
            if (dueAt != null && (earliest == null || dueAt.isBefore(earliest))) {
                earliest = dueAt;
            }
        }
        return earliest == null ? null : later(earliest, openAt());
    }

    /** From then on the sink takes messages. */
    private Instant openAt() {
        return later(nextAt, later(closedUntil, suspendedUntil));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** The message to the channel; its alerts are the same until it is sent or dropped. */
    AlertMessage message(String channelId) {
        AlertQueue queue = queue(channelId);
        return new AlertMessage(channelId, queue.message(), queue.isPlain());
    }

    /** The message was not sent, because the route stopped: it is due again. */
    void released(String channelId) {
        queue(channelId).released();
    }

    /** The message was sent. */
    void sent(String channelId, Instant now) {
        queue(channelId).done(now);
        suspended = false;
        suspendedUntil = Instant.MIN;
        unsaved = true;
    }

    /** The sink takes no messages for a while. */
    void rateLimited(String channelId, Duration retryAfter, Instant now) {
        queue(channelId).postponed(now);
        closedUntil = later(now.plus(retryAfter), closedUntil);
    }

    /** The sink did not answer as it should: retried soon, then less and less often, without end. */
    void unavailable(String channelId, Instant now) {
        queue(channelId).unavailable(now);
    }

    /** The sink refused the channel: retried in a quarter of an hour. */
    void channelRefused(String channelId, Instant now) {
        queue(channelId).refused(now);
    }

    /** The sink refused how the message is written. Returns whether it is retried once, written plainly. */
    boolean contentRefused(String channelId, Instant now) {
        AlertQueue queue = queue(channelId);
        if (!queue.isPlain()) {
            queue.plainer(now);
            return true;
        }
        queue.done(now);
        unsaved = true;
        return false;
    }

    /** The sink refused the credential: nothing but one attempt a minute. */
    void credentialRefused(String channelId, Instant now) {
        queue(channelId).postponed(now);
        suspended = true;
        suspendedUntil = now.plus(Backoff.SUSPENDED);
    }

    /** Whether something is pending for some channel. */
    boolean isPending() {
        return queues.values().stream().anyMatch(AlertQueue::isPending);
    }

    /** Whether the state differs from when this was asked before. */
    boolean takeUnsaved() {
        boolean was = unsaved;
        unsaved = false;
        return was;
    }

    /** The state could not be saved. */
    void saveFailed() {
        unsaved = true;
    }

    boolean isUnsaved() {
        return unsaved;
    }

    /** What outlives the process. */
    AlertState state() {
        Map<String, List<AlertState.Domain>> channels = new LinkedHashMap<>();
        queues.forEach((id, queue) -> channels.put(id, queue.state()));
        return new AlertState(channels);
    }

    private AlertQueue queue(String channelId) {
        return Objects.requireNonNull(queues.get(channelId), "a channel that was due");
    }
}
