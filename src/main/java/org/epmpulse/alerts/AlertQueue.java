package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one channel: what is sent, and when, by the steady clock. Not thread-safe; its memory is bounded by the
 * number of domains.
 *
 * <p>A message reports one event. More than {@value #MAX_SINGLE_MESSAGES} problems, or recoveries, within ten seconds
 * are a burst: all pending events are then sent as one message, ten seconds after the oldest of them. A long burst is
 * one message every ten seconds.
 */
final class AlertQueue {

    static final int MAX_SINGLE_MESSAGES = 5;
    static final Duration BURST_WINDOW = Duration.ofSeconds(10);

    /** Delay before a message, so that all updates of a batch arrive first. */
    static final Duration BATCH_DELAY = Duration.ofSeconds(1);

    /** A change on the board may take this long to arrive here. */
    static final Duration DELIVERY_TIME = Duration.ofSeconds(10);

    /** How long a call to a sink takes at most, and the time to store its receipt. */
    static final Duration CALL_TIME = Duration.ofSeconds(12);

    private static final Duration RECEIPT_INTERVAL = Duration.ofSeconds(1);

    private final Map<DomainId, DomainAlerts> domains = new LinkedHashMap<>();
    private final Map<DomainId, DomainAlerts> pendingDomains = new LinkedHashMap<>();
    private final Deque<Instant> latestProblems = new ArrayDeque<>();
    private final Deque<Instant> latestRecoveries = new ArrayDeque<>();
    private final Duration interval;
    private final Backoff backoff;

    /** Stays the same until it is sent; new events go into the next message. */
    private List<Alert> message = List.of();

    private boolean inFlight;
    private boolean plain;

    /** Of the message in flight; null with a single node. */
    private @Nullable UUID claim;

    /** Of a message that another node was sending. */
    private @Nullable OpenClaim openClaim;

    private @Nullable Instant combineAt;
    private Instant earliestAt;
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
     * @param now the first message is sent one interval later, because the previous process may just have sent one
     */
    AlertQueue(Collection<DomainId> ids, Duration interval, Backoff backoff, Instant now) {
        this.interval = interval;
        this.backoff = backoff;
        this.earliestAt = now.plus(interval);
        ids.forEach(id -> domains.put(id, new DomainAlerts((event, steady) -> enqueue(id, event, steady))));
    }

    /**
     * Takes the current statuses as already reported.
     *
     * @param now by the wall clock
     */
    void initialize(Board board, Instant now) {
        domains.forEach((id, domain) -> domain.initialize(board.of(id), now));
    }

    /**
     * Restores the state that an earlier process saved.
     *
     * @param now by the wall clock
     */
    void restore(List<AlertState.Domain> saved, Board board, AlertAnswers answers, Instant now, Instant steady) {
        restore(saved, board, steady);
        compare(board, Long.MAX_VALUE, answers, now, steady);
    }

    /**
     * Restores the state that another node saved. The changes since then follow, so the board is not compared now.
     *
     * @param revision of the last change in the state; 0 if unknown
     * @param sending the message that the other node was sending; null if there was none
     * @param muted the domains whose changes were not applied; they are compared with the board when that ends
     */
    void takeOver(
            List<AlertState.Domain> saved,
            AlertState.@Nullable Claim sending,
            long revision,
            Board board,
            Predicate<DomainId> muted,
            Instant steady) {
        restore(saved, board, steady);
        domains.forEach((id, domain) -> {
            if (!muted.test(id)) {
                domain.skipTo(revision);
            }
        });
        if (sending == null) {
            return;
        }
        message = sending.alerts().stream()
                .filter(alert -> domains.containsKey(alert.id()))
                .toList();
        plain = sending.plain();
        openClaim = new OpenClaim(sending.claim(), steady, steady.plus(CALL_TIME));
        for (Alert alert : message) {
            DomainAlerts domain = domains.get(alert.id());
            if (domain != null) {
                domain.remove(alert.event());
                if (domain.pendingCount() == 0) {
                    pendingDomains.remove(alert.id());
                }
            }
        }
    }

    private void restore(List<AlertState.Domain> saved, Board board, Instant steady) {
        for (AlertState.Domain state : saved) {
            DomainAlerts domain = domains.get(state.id());
            if (domain != null) {
                domain.restore(state, board.of(state.id()), steady);
                if (domain.pendingCount() > 0) {
                    pendingDomains.put(state.id(), domain);
                }
            }
        }
    }

    /**
     * Applies a change of the board. Returns whether there is something to save.
     *
     * @param now by the wall clock
     */
    boolean apply(StatusChange change, Instant now, Instant steady) {
        DomainAlerts domain = domains.get(change.id());
        return domain != null && domain.apply(change, now, steady);
    }

    /** Whether the channel shows a domain. */
    boolean hasDomain(DomainId id) {
        return domains.containsKey(id);
    }

    /**
     * Applies statuses of the board whose changes did not arrive. Returns whether there is something to save.
     *
     * @param arrived changes up to this revision have had enough time to arrive
     * @param now by the wall clock
     */
    boolean compare(Board board, long arrived, AlertAnswers answers, Instant now, Instant steady) {
        boolean dirty = false;
        for (Map.Entry<DomainId, DomainAlerts> domain : domains.entrySet()) {
            DomainStatus status = board.of(domain.getKey());
            Instant received = status.received();
            boolean isOld = received != null && received.isBefore(now.minus(DELIVERY_TIME));
            if ((isOld || status.revision() <= arrived) && !answers.isMuted(domain.getKey(), now)) {
                dirty |= domain.getValue().compare(status, now, steady);
            }
        }
        return dirty;
    }

    private void enqueue(DomainId id, DomainEvent event, Instant steady) {
        DomainAlerts domain = domains.get(id);
        if (domain != null) {
            pendingDomains.putIfAbsent(id, domain);
        }
        Deque<Instant> latest = event.kind().isProblem() ? latestProblems : latestRecoveries;
        latest.addLast(steady);
        if (latest.size() > MAX_SINGLE_MESSAGES + 1) {
            latest.removeFirst();
        }
        boolean burst = latest.size() > MAX_SINGLE_MESSAGES
                && latest.getFirst().plus(BURST_WINDOW).isAfter(steady);
        Instant oldest = oldestPending();
        if (burst && combineAt == null && oldest != null) {
            combineAt = oldest.plus(BURST_WINDOW);
        }
    }

    private @Nullable Instant oldestPending() {
        Iterator<DomainAlerts> first = pendingDomains.values().iterator();
        return first.hasNext() ? first.next().oldestQueuedAt() : null;
    }

    /** When the next message is due, in the past or the future; null if none is pending, or one is in flight. */
    @Nullable
    Instant dueAt() {
        if (inFlight || openClaim != null) {
            return null;
        }
        if (!message.isEmpty()) {
            return earliestAt;
        }
        Instant oldest = oldestPending();
        if (oldest == null) {
            return null;
        }
        Instant ready = combineAt != null ? combineAt : oldest.plus(BATCH_DELAY);
        return ready.isAfter(earliestAt) ? ready : earliestAt;
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
        return saved == null || message.isEmpty() ? null : new AlertState.Claim(saved, message, plain);
    }

    /** From now on a message is in flight. */
    void start() {
        inFlight = true;
    }

    /** The events of the message in flight. */
    List<Alert> message() {
        if (message.isEmpty()) {
            int count = pendingDomains.values().stream()
                    .mapToInt(DomainAlerts::pendingCount)
                    .sum();
            message = combineAt != null || count > MAX_SINGLE_MESSAGES ? takeAll() : List.of(takeFirst());
            combineAt = null;
        }
        return message;
    }

    private List<Alert> takeAll() {
        List<Alert> all = new ArrayList<>();
        pendingDomains.forEach((id, domain) -> domain.takeAll().forEach(event -> all.add(new Alert(id, event))));
        pendingDomains.clear();
        return List.copyOf(all);
    }

    private Alert takeFirst() {
        Map.Entry<DomainId, DomainAlerts> first =
                pendingDomains.entrySet().iterator().next();
        DomainId id = first.getKey();
        DomainAlerts domain = first.getValue();
        pendingDomains.remove(id);
        Alert alert = new Alert(id, domain.takeFirst());
        if (domain.pendingCount() > 0) {
            pendingDomains.put(id, domain);
        }
        return alert;
    }

    /** Whether to render the message as plain text, because the sink refused the normal text. */
    boolean isPlain() {
        return plain;
    }

    /** The message was sent or is dropped. */
    void done(Instant now) {
        openClaim = null;
        message = List.of();
        plain = false;
        failures = 0;
        finish(now.plus(interval));
    }

    /** The message was not sent for a reason that concerns all channels. */
    void postponed(Instant now) {
        finish(now.plus(interval));
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
        Map<DomainId, List<DomainEvent>> unsentById = new HashMap<>();
        message.forEach(alert ->
                unsentById.computeIfAbsent(alert.id(), id -> new ArrayList<>()).add(alert.event()));
        List<AlertState.Domain> state = new ArrayList<>();
        domains.forEach((id, domain) -> {
            List<DomainEvent> pending = new ArrayList<>(unsentById.getOrDefault(id, List.of()));
            pending.addAll(domain.pending());
            if (domain.open() != null || !pending.isEmpty()) {
                state.add(new AlertState.Domain(id, domain.open(), pending));
            }
        });
        return state;
    }

    /** Whether any event is not sent yet. */
    boolean isPending() {
        return !message.isEmpty() || !pendingDomains.isEmpty();
    }
}
