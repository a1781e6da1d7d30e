package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.epmpulse.status.Board;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is sent to each channel of a sink, and when. It knows only the limits of the sink; callers pass the
 * time, of the steady clock unless stated otherwise. Not thread-safe.
 */
final class AlertPolicy {

    private final Map<String, AlertQueue> queues = new LinkedHashMap<>();
    private final AlertLimits limits;

    private Instant nextMessageAt = Instant.MIN;
    private Instant rateLimitedUntil = Instant.MIN;
    private Instant suspendedUntil = Instant.MIN;
    private boolean suspended;
    private boolean dirty;

    /** Of the latest change that was applied. */
    private long appliedRevision;

    /** Revision of the board at the last comparison; its changes have arrived since then, whatever the clock says. */
    private long comparedRevision;

    /** @param onMuted gets the channel's id of each problem that is not sent, because its domain is muted */
    AlertPolicy(
            Collection<AlertChannel> channels,
            AlertLimits limits,
            AlertRules rules,
            RandomGenerator random,
            Consumer<String> onMuted,
            Instant now) {
        this.limits = limits;
        Backoff backoff = new Backoff(random);
        channels.forEach(channel -> queues.put(
                channel.id(),
                new AlertQueue(
                        channel.domains(),
                        rules,
                        limits.channelInterval(),
                        backoff,
                        () -> onMuted.accept(channel.id()),
                        now)));
    }

    /**
     * Restores the saved state: events that were not sent before the process ended are pending now.
     *
     * @param saved null if there is none; for a channel that is not in it, the current board counts as sent
     * @param now by the wall clock
     */
    void restore(@Nullable AlertState saved, Board board, Instant now, Instant steady) {
        Map<String, List<AlertState.Domain>> known = saved == null ? Map.of() : saved.channels();
        queues.forEach((id, queue) -> {
            List<AlertState.Domain> domains = known.get(id);
            if (saved == null || domains == null) {
                queue.initialize(board, now);
            } else {
                queue.restore(domains, saved.digests().get(id), board, now, steady);
            }
        });
        dirty = !known.isEmpty() || !queues.isEmpty();
    }

    /**
     * Restores the state that another node saved.
     *
     * @param saved null if there is none; for a channel that is not in it, the current board counts as sent
     * @param store id of the store
     * @param busy channels to which a call of this node from an earlier time is in flight
     * @param now by the wall clock
     */
    void takeOver(
            @Nullable AlertState saved,
            String store,
            Board board,
            Collection<String> busy,
            Instant now,
            Instant steady) {
        AlertState state = saved == null ? new AlertState(Map.of()) : saved;
        AlertState.Position position = state.position();
        appliedRevision = position != null && position.store().equals(store) ? position.revision() : 0;
        queues.forEach((id, queue) -> {
            List<AlertState.Domain> domains = state.channels().get(id);
            if (domains == null) {
                queue.initialize(board, now);
            } else {
                queue.takeOver(
                        domains, state.claims().get(id), state.digests().get(id), appliedRevision, board, now, steady);
            }
            if (busy.contains(id)) {
                queue.start();
            }
        });
        dirty = !state.channels().isEmpty() || !queues.isEmpty();
    }

    /** Messages that another node was sending and whose receipt is to be looked for now, by channel. */
    Map<String, AlertQueue.OpenClaim> claimsToCheck(Instant now) {
        Map<String, AlertQueue.OpenClaim> claims = new LinkedHashMap<>();
        queues.forEach((id, queue) -> {
            AlertQueue.OpenClaim claim = queue.openClaim();
            if (claim != null && !now.isBefore(claim.checkAt())) {
                claims.put(id, claim);
            }
        });
        return claims;
    }

    /**
     * The other node's message has a receipt: it was sent.
     *
     * @param wall by the wall clock
     */
    void receiptFound(String channelId, Instant now, Instant wall) {
        queue(channelId).done(now, wall);
        dirty = true;
    }

    /** The other node's message has no receipt yet. Returns whether it is sent again now. */
    boolean receiptMissing(String channelId, AlertQueue.OpenClaim claim, Instant now) {
        return queue(channelId).receiptMissing(claim, now);
    }

    /** The message in flight to the channel has a claim from now on, which must be saved before it is sent. */
    void claim(String channelId, UUID claim) {
        queue(channelId).claim(claim);
        dirty = true;
    }

    /**
     * Applies a change. Returns whether the state of a channel changed.
     *
     * @param now by the wall clock
     */
    boolean apply(StatusChange change, Instant now, Instant steady) {
        boolean changed = false;
        appliedRevision = Math.max(appliedRevision, change.revision());
        if (change.answer() != null) {
            return false;
        }
        for (AlertQueue queue : queues.values()) {
            changed |= queue.apply(change, now, steady);
        }
        dirty |= changed;
        return changed;
    }

    /**
     * Starts the digests whose time has come, and holds messages in quiet hours.
     *
     * @param now by the wall clock
     */
    void tick(Instant now, Instant steady) {
        queues.values().forEach(queue -> dirty |= queue.tick(now, steady));
    }

    /**
     * Applies statuses of the board whose changes were missed, and makes the reminders that are due and the alerts of
     * deadlines.
     *
     * @param now by the wall clock
     */
    void compare(Board board, AlertDeadlines.Now deadlines, Instant now, Instant steady) {
        long arrived = comparedRevision;
        comparedRevision = board.revision();
        queues.values().forEach(queue -> dirty |= queue.compare(board, arrived, deadlines, now, steady));
    }

    /** The channel that gets a message now, or null. The message is in flight until its result is reported. */
    @Nullable
    String pollDue(Instant now) {
        if (now.isBefore(acceptsAt())) {
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
            queue(due).start();
            nextMessageAt = now.plus(limits.sinkInterval());
            // While the credential is refused, a single channel at a time checks whether it is valid again.
            suspendedUntil = suspended ? now.plus(limits.afterRefusal()) : suspendedUntil;
        }
        return due;
    }

    /** When {@link #pollDue} returns a channel, or a receipt is to be looked for; null for never, without an event. */
    @Nullable
    Instant nextDueAt() {
        Instant earliest = null;
        for (AlertQueue queue : queues.values()) {
            Instant dueAt = queue.dueAt();
            if (dueAt != null && (earliest == null || dueAt.isBefore(earliest))) {
                earliest = dueAt;
            }
        }
        Instant due = earliest == null ? null : later(earliest, acceptsAt());
        Instant check = nextCheckAt();
        return due == null || (check != null && check.isBefore(due)) ? check : due;
    }

    /** When to look for a receipt; null for never. */
    private @Nullable Instant nextCheckAt() {
        return queues.values().stream()
                .map(AlertQueue::openClaim)
                .filter(Objects::nonNull)
                .map(AlertQueue.OpenClaim::checkAt)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** When the sink accepts messages again. */
    private Instant acceptsAt() {
        return later(nextMessageAt, later(rateLimitedUntil, suspendedUntil));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * What the message to the channel reports; it stays the same until it is sent or dropped. Null if there is nothing
     * left to report.
     *
     * @param now by the wall clock
     */
    PendingAlerts.@Nullable Content message(String channelId, Board board, Instant now) {
        return queue(channelId).message(board, now);
    }

    /** Whether to render the message as plain text, because the sink refused the normal text. */
    boolean isPlain(String channelId) {
        return queue(channelId).isPlain();
    }

    /** The message was not sent because the route stopped; it is due again. */
    void released(String channelId) {
        queue(channelId).released();
    }

    /**
     * The message was sent.
     *
     * @param wall by the wall clock
     */
    void sent(String channelId, Instant now, Instant wall) {
        queue(channelId).done(now, wall);
        credentialAccepted();
        dirty = true;
    }

    /** The sink accepts the credential. */
    void credentialAccepted() {
        suspended = false;
        suspendedUntil = Instant.MIN;
    }

    /** The service of the channel accepts no messages for a while. */
    void rateLimited(String channelId, Duration retryAfter, Instant now) {
        if (limits.oneService()) {
            queue(channelId).postponed(now);
            rateLimitedUntil = later(now.plus(retryAfter), rateLimitedUntil);
        } else {
            queue(channelId).rateLimited(retryAfter, now);
        }
    }

    /** The sink sent no valid response: retried without limit, with increasing delays. */
    void unavailable(String channelId, Instant now) {
        queue(channelId).unavailable(now);
    }

    /** The sink refused the channel: retried every 15 minutes. */
    void channelRefused(String channelId, Instant now) {
        queue(channelId).refused(now);
    }

    /**
     * The sink refused the text. Returns whether the message is retried once as plain text.
     *
     * @param wall by the wall clock
     */
    boolean contentRefused(String channelId, Instant now, Instant wall) {
        AlertQueue queue = queue(channelId);
        if (!queue.isPlain()) {
            queue.retryAsPlain(now);
            return true;
        }
        queue.done(now, wall);
        dirty = true;
        return false;
    }

    /** The sink refused the credential: one attempt for all channels together from time to time. */
    void credentialRefused(String channelId, Instant now) {
        queue(channelId).postponed(now);
        suspended = true;
        suspendedUntil = now.plus(limits.afterRefusal());
    }

    AlertLimits limits() {
        return limits;
    }

    /** Whether any channel has pending events. */
    boolean isPending() {
        return queues.values().stream().anyMatch(AlertQueue::isPending);
    }

    /** Clears the dirty flag. Returns whether the state changed since the last call. */
    boolean clearDirty() {
        boolean wasDirty = dirty;
        dirty = false;
        return wasDirty;
    }

    /** Marks the state as not saved. */
    void markDirty() {
        dirty = true;
    }

    /** Whether the state has changes that are not saved. */
    boolean isDirty() {
        return dirty;
    }

    /**
     * The state to be saved.
     *
     * @param store id of the store; null with a single node
     */
    AlertState state(@Nullable String store) {
        Map<String, List<AlertState.Domain>> channels = new LinkedHashMap<>();
        Map<String, AlertState.Claim> claims = new LinkedHashMap<>();
        Map<String, Instant> digests = new LinkedHashMap<>();
        queues.forEach((id, queue) -> {
            channels.put(id, queue.state());
            Instant digest = queue.digested();
            if (digest != null) {
                digests.put(id, digest);
            }
            AlertState.Claim claim = queue.savedClaim();
            if (claim != null) {
                claims.put(id, claim);
            }
        });
        return new AlertState(
                channels, claims, store == null ? null : new AlertState.Position(store, appliedRevision), digests);
    }

    private AlertQueue queue(String channelId) {
        return Objects.requireNonNull(queues.get(channelId), "a channel that was due");
    }
}
