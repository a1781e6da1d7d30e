package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.epmpulse.alerts.PendingAlerts.Content;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one channel: which is sent, and when, by the steady clock. Not thread-safe; its memory is bounded by
 * the number of domains.
 */
final class AlertQueue {

    /** Delay before a message, so that all updates of a batch arrive first. */
    static final Duration BATCH_DELAY = PendingAlerts.BATCH_DELAY;

    /** How long a call to a sink takes at most, and the time to store its receipt. */
    static final Duration CALL_TIME = Duration.ofSeconds(12);

    private static final Duration RECEIPT_INTERVAL = Duration.ofSeconds(1);

    /** A digest further ahead of the clock is of a clock that was wrong; a smaller step back sends none again. */
    private static final Duration MAX_CLOCK_STEP = Duration.ofHours(1);

    private final PendingAlerts alerts;
    private final AlertRules rules;
    private final Duration interval;
    private final Backoff backoff;

    /** Stays the same until it is sent; new events go into the next message. Null if there is none. */
    private @Nullable Content message;

    private boolean inFlight;
    private boolean plain;

    /** Of the message in flight; null with a single node. */
    private @Nullable UUID claim;

    /** Of a message that another node was sending. */
    private @Nullable OpenClaim openClaim;

    private Instant earliestAt;

    /** The end of the quiet hours by the steady clock; in the past outside of them. */
    private Instant heldUntil = Instant.MIN;

    /** The time of the latest digest that was sent, or of the first start; null without digests. */
    private @Nullable Instant digested;

    /** The time of a digest that is to be sent; null if none is. */
    private @Nullable Instant digestDue;

    private int failures;

    /**
     * A claim without a receipt so far.
     *
     * @param checkAt when to look for the receipt again, by the steady clock
     * @param until when the call of the other node has ended at the latest, by the steady clock
     */
    record OpenClaim(UUID claim, Instant checkAt, Instant until) {}

    /**
     * @param interval time between two messages
     * @param onMuted called for each problem that is not sent, because its domain is muted
     * @param now the first message is sent one interval later, because the previous process may just have sent one
     */
    AlertQueue(
            Collection<DomainId> ids,
            AlertRules rules,
            Duration interval,
            Backoff backoff,
            Runnable onMuted,
            Instant now) {
        this.alerts = new PendingAlerts(ids, rules, onMuted);
        this.rules = rules;
        this.interval = interval;
        this.backoff = backoff;
        this.earliestAt = now.plus(interval);
    }

    /**
     * Takes the current statuses as already reported.
     *
     * @param now by the wall clock
     */
    void initialize(Board board, Instant now) {
        alerts.initialize(board, now);
    }

    /**
     * Restores the state that an earlier process saved.
     *
     * @param digest time of the latest digest; null if there was none
     * @param now by the wall clock
     */
    void restore(List<AlertState.Domain> saved, @Nullable Instant digest, Board board, Instant now, Instant steady) {
        digested = digest;
        alerts.restore(saved, board, now, steady);
        alerts.compareAll(board, now, steady);
    }

    /**
     * Restores the state that another node saved. The changes since then follow, so the board is not compared now.
     *
     * @param revision of the last change in the state; 0 if unknown
     * @param sending the message that the other node was sending; null if there was none
     * @param digest time of the latest digest; null if there was none
     * @param now by the wall clock
     */
    void takeOver(
            List<AlertState.Domain> saved,
            AlertState.@Nullable Claim sending,
            @Nullable Instant digest,
            long revision,
            Board board,
            Instant now,
            Instant steady) {
        digested = digest;
        alerts.restore(saved, board, now, steady);
        alerts.skipTo(revision);
        if (sending == null) {
            return;
        }
        List<DomainAlert> sent = alerts.remove(sending.alerts());
        if (!sent.isEmpty() || sending.digest() != null) {
            // Without grouping, only collected alerts are one message.
            boolean collected = sending.digest() != null || (!rules.group() && sent.size() > 1);
            message = new Content(sent, collected, sending.digest());
            plain = sending.plain();
            openClaim = new OpenClaim(sending.claim(), steady, steady.plus(CALL_TIME));
        }
    }

    /**
     * Applies a change of the board. Returns whether there is something to save.
     *
     * @param now by the wall clock
     */
    boolean apply(StatusChange change, Instant now, Instant steady) {
        return alerts.apply(change, now, steady);
    }

    /**
     * Applies statuses of the board whose changes did not arrive, and makes the reminders that are due and the alerts of
     * deadlines. Returns whether there is something to save.
     *
     * @param arrived changes up to this revision have had enough time to arrive
     * @param now by the wall clock
     */
    boolean compare(Board board, long arrived, AlertDeadlines.Now deadlines, Instant now, Instant steady) {
        return alerts.compare(board, arrived, deadlines, now, steady);
    }

    /**
     * Starts a digest whose time has come, and notes how long messages are held. Returns whether there is something to
     * save.
     *
     * @param now by the wall clock
     */
    boolean tick(Instant now, Instant steady) {
        Instant quietUntil = rules.quiet().endAfter(now);
        heldUntil = quietUntil.isAfter(now) ? steady.plus(Duration.between(now, quietUntil)) : Instant.MIN;
        Instant latest = rules.latestDigest(now);
        if (latest != null && (digested == null || digested.isAfter(now.plus(MAX_CLOCK_STEP)))) {
            digested = now;
            return true;
        }
        digestDue = latest != null && latest.isAfter(digested) ? latest : null;
        return false;
    }

    /** When the next message is due, in the past or the future; null if none is pending, or one is in flight. */
    @Nullable
    Instant dueAt() {
        if (inFlight || openClaim != null) {
            return null;
        }
        if (message != null) {
            return earliestAt;
        }
        Instant ready = digestDue != null ? Instant.MIN : alerts.readyAt();
        return ready == null ? null : Collections.max(List.of(ready, earliestAt, heldUntil));
    }

    /** The message that another node was sending; null if there is none, or its end is known. */
    @Nullable
    OpenClaim openClaim() {
        return openClaim;
    }

    /** There is no receipt yet. Returns whether there can be none any more, so that the message is due again. */
    boolean receiptMissing(OpenClaim checked, Instant now) {
        if (now.isBefore(checked.until())) {
            openClaim = new OpenClaim(checked.claim(), now.plus(RECEIPT_INTERVAL), checked.until());
            return false;
        }
        openClaim = null;
        return true;
    }

    /** The message in flight has a claim from now on. */
    void claim(UUID newClaim) {
        claim = newClaim;
    }

    /** What is saved of the message that is being sent; null if there is none, or a single node. */
    AlertState.@Nullable Claim savedClaim() {
        UUID saved = openClaim != null ? openClaim.claim() : claim;
        return saved == null || message == null
                ? null
                : new AlertState.Claim(saved, message.alerts(), plain, message.day());
    }

    /** From now on a message is in flight. */
    void start() {
        inFlight = true;
    }

    /**
     * What the message in flight reports; null if it was a reminder of a problem that has ended since it was due, or a
     * problem that has become part of another alert.
     *
     * @param now by the wall clock
     */
    @Nullable
    Content message(Board board, Instant now) {
        if (message == null) {
            alerts.removeConsequences(now);
        }
        if (message == null && digestDue != null) {
            message = alerts.takeDigest(digestDue, board, now);
        } else if (message == null && !alerts.isEmpty()) {
            message = alerts.takeNext();
        }
        return message;
    }

    /** Whether to render the message as plain text, because the sink refused the normal text. */
    boolean isPlain() {
        return plain;
    }

    /**
     * The message was sent or is dropped.
     *
     * @param wall by the wall clock
     */
    void done(Instant now, Instant wall) {
        if (message != null) {
            alerts.told(message.alerts(), wall);
            if (message.day() != null) {
                digested = message.day();
                digestDue = null;
            }
        }
        openClaim = null;
        message = null;
        plain = false;
        failures = 0;
        finish(now.plus(interval));
    }

    /** The message was not sent for a reason that concerns all channels. */
    void postponed(Instant now) {
        finish(now.plus(interval));
    }

    /** The service of this channel accepts no messages for a while. */
    void rateLimited(Duration retryAfter, Instant now) {
        finish(now.plus(Collections.max(List.of(interval, retryAfter))));
    }

    /** No attempt was made to send the message. */
    void released() {
        inFlight = false;
        claim = null;
    }

    /** The sink sent no valid response. */
    void unavailable(Instant now) {
        failures++;
        finish(now.plus(backoff.afterFailures(failures)));
    }

    /** The sink refused the channel. */
    void refused(Instant now) {
        failures++;
        finish(now.plus(Backoff.REFUSED));
    }

    /** The sink refused the text: the message is retried once as plain text. */
    void retryAsPlain(Instant now) {
        plain = true;
        finish(now.plus(interval));
    }

    private void finish(Instant earliest) {
        inFlight = false;
        claim = null;
        earliestAt = earliest;
    }

    /** The state to be saved. */
    List<AlertState.Domain> state() {
        return alerts.state(message == null ? List.of() : message.alerts());
    }

    /** Whether any event is not sent yet. */
    boolean isPending() {
        return message != null || !alerts.isEmpty() || digestDue != null;
    }

    /** The time of the latest digest; null without digests. */
    @Nullable
    Instant digested() {
        return digested;
    }
}
