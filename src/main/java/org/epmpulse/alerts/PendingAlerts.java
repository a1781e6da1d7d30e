package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one channel that are in no message yet, and what the next message reports. Not thread-safe; its memory
 * is bounded by the number of domains.
 *
 * <p>A message reports one event. In a burst, see {@link Bursts}, all pending events are sent as one message, ten
 * seconds after the oldest of them. A long burst is one message every ten seconds. Events of quiet hours are one
 * message after them.
 */
final class PendingAlerts {

    /** Delay before a message, so that all updates of a batch arrive first. */
    static final Duration BATCH_DELAY = Duration.ofSeconds(1);

    /** A change on the board may take this long to arrive here. */
    static final Duration DELIVERY_TIME = Duration.ofSeconds(10);

    private final Map<DomainId, DomainAlerts> domains = new LinkedHashMap<>();
    private final Map<DomainId, DomainAlerts> pendingDomains = new LinkedHashMap<>();
    private final Bursts bursts = new Bursts();
    private final AlertRules rules;

    /**
     * What a message reports.
     *
     * @param alerts empty only in a daily digest
     * @param digest whether it is the digest of a day or of quiet hours
     * @param day the time of a daily digest; null if it is another message
     */
    record Content(
            List<DomainAlert> alerts,
            boolean digest,
            @Nullable Instant day) {}

    /** @param onMuted called for each problem that is not sent, because its domain is muted */
    PendingAlerts(Collection<DomainId> ids, AlertRules rules, Runnable onMuted) {
        this.rules = rules;
        DomainAlerts.Listener listener = new DomainAlerts.Listener() {
            @Override
            public void queued(DomainId id, DomainEvent event, Instant steady) {
                enqueue(id, event, steady);
            }

            @Override
            public void muted() {
                onMuted.run();
            }

            @Override
            public boolean isConsequence(DomainId id, Instant now) {
                return waitsForCause(id, now);
            }
        };
        ids.forEach(id -> domains.put(id, new DomainAlerts(id, rules, listener)));
    }

    /** Whether a domain waits, directly or by others, for one with a problem of which the channel knows. */
    private boolean waitsForCause(DomainId id, Instant now) {
        Deque<DomainId> upstream = new ArrayDeque<>(rules.causes().upstream(id));
        Set<DomainId> visited = new HashSet<>();
        while (!upstream.isEmpty()) {
            DomainId next = upstream.remove();
            DomainAlerts cause = domains.get(next);
            if (cause != null && cause.isCause(now)) {
                return true;
            }
            if (visited.add(next)) {
                upstream.addAll(rules.causes().waitingFor(next));
            }
        }
        return false;
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
     * Restores the state that an earlier process or another node saved. The board is not compared.
     *
     * @param now by the wall clock
     */
    void restore(List<AlertState.Domain> saved, Board board, Instant now, Instant steady) {
        for (AlertState.Domain state : saved) {
            DomainAlerts domain = domains.get(state.id());
            if (domain != null) {
                domain.restore(state, board.of(state.id()), now, steady);
                if (domain.pendingCount() > 0) {
                    pendingDomains.put(state.id(), domain);
                }
            }
        }
    }

    /**
     * Applies all statuses of the board.
     *
     * @param now by the wall clock
     */
    void compareAll(Board board, Instant now, Instant steady) {
        domains.forEach((id, domain) -> domain.compare(board.of(id), now, steady));
    }

    /** Takes the changes up to this revision as already applied. */
    void skipTo(long revision) {
        domains.values().forEach(domain -> domain.skipTo(revision));
    }

    /** Removes events that another node was sending. Returns those whose domain still exists. */
    List<DomainAlert> remove(List<DomainAlert> alerts) {
        List<DomainAlert> known = new ArrayList<>();
        for (DomainAlert alert : alerts) {
            DomainAlerts domain = domains.get(alert.id());
            if (domain != null) {
                known.add(alert);
                domain.remove(alert.event());
                forgetIfNothingPends(alert.id(), domain);
            }
        }
        return known;
    }

    private void forgetIfNothingPends(DomainId id, DomainAlerts domain) {
        if (domain.pendingCount() == 0) {
            pendingDomains.remove(id);
        }
    }

    /**
     * Applies a change of the board. Returns whether there is something to save.
     *
     * @param now by the wall clock
     */
    boolean apply(StatusChange change, Instant now, Instant steady) {
        DomainAlerts domain = domains.get(change.id());
        if (domain == null) {
            return false;
        }
        boolean dirty = domain.apply(change, now, steady);
        forgetIfNothingPends(change.id(), domain);
        return dirty;
    }

    /**
     * Applies statuses of the board whose changes did not arrive, and makes the reminders that are due and the alerts of
     * deadlines. Returns whether there is something to save.
     *
     * @param arrived changes up to this revision have had enough time to arrive
     * @param now by the wall clock
     */
    boolean compare(Board board, long arrived, AlertDeadlines.Now deadlines, Instant now, Instant steady) {
        boolean dirty = false;
        Map<DomainId, AlertDeadlines.Endangered> endangered =
                deadlines.endangered().apply(new Channel(deadlines.windowStart(), now));
        for (Map.Entry<DomainId, DomainAlerts> entry : domains.entrySet()) {
            DomainAlerts domain = entry.getValue();
            DomainStatus status = board.of(entry.getKey());
            Instant received = status.received();
            boolean isOld = received != null && received.isBefore(now.minus(DELIVERY_TIME));
            if (isOld || status.revision() <= arrived) {
                dirty |= domain.compare(status, now, steady);
                dirty |= domain.remind(status, now, steady);
            }
            dirty |= domain.deadline(endangered.get(entry.getKey()), deadlines, status, now, steady);
            forgetIfNothingPends(entry.getKey(), domain);
        }
        return dirty;
    }

    /** What the channel gets and knows at a time of the wall clock. */
    private final class Channel implements AlertDeadlines.Recipient {

        private final Instant windowStart;
        private final Instant now;

        Channel(Instant windowStart, Instant now) {
            this.windowStart = windowStart;
            this.now = now;
        }

        @Override
        public boolean gets(DomainId id) {
            return domains.containsKey(id) && !rules.answers().isMuted(id, now);
        }

        @Override
        public boolean getsFailure(DomainId id) {
            DomainAlerts domain = domains.get(id);
            if (domain == null || !rules.sends(AlertKind.PROBLEM)) {
                return false;
            }
            Incident open = domain.open();
            if (open != null && !open.silent()) {
                return true;
            }
            return gets(id) && (open == null || !waitsForCause(id, now));
        }

        @Override
        public boolean isTold(DomainId id) {
            DomainAlerts domain = domains.get(id);
            return domain != null && domain.isDeadlineTold(windowStart);
        }
    }

    private void enqueue(DomainId id, DomainEvent event, Instant steady) {
        DomainAlerts domain = domains.get(id);
        if (domain != null) {
            pendingDomains.putIfAbsent(id, domain);
        }
        if (rules.group()) {
            bursts.add(event, steady, oldest());
        }
    }

    private @Nullable Instant oldest() {
        Iterator<DomainAlerts> first = pendingDomains.values().iterator();
        return first.hasNext() ? first.next().oldestQueuedAt() : null;
    }

    boolean isEmpty() {
        return pendingDomains.isEmpty();
    }

    /** When the next message may be made, by the steady clock; null if nothing is pending. */
    @Nullable
    Instant readyAt() {
        Instant oldest = oldest();
        Instant combineAt = bursts.combineAt();
        return oldest == null ? null : combineAt != null ? combineAt : oldest.plus(BATCH_DELAY);
    }

    /**
     * Removes the alerts that are part of another one, because the cause was reported after them.
     *
     * @param now by the wall clock
     */
    void removeConsequences(Instant now) {
        pendingDomains.values().forEach(domain -> domain.removeConsequence(now));
        pendingDomains.values().removeIf(domain -> domain.pendingCount() == 0);
        if (pendingDomains.isEmpty()) {
            bursts.reset();
        }
    }

    /** Takes what the next message reports; something must be pending. */
    Content takeNext() {
        boolean collected = rules.collects()
                && pendingDomains.values().stream()
                        .flatMap(domain -> domain.pending().stream())
                        .anyMatch(event -> rules.quiet().contains(event.noted()));
        int count = pendingDomains.values().stream()
                .mapToInt(DomainAlerts::pendingCount)
                .sum();
        boolean burst = rules.group() && (bursts.combineAt() != null || count > Bursts.MAX_SINGLE_MESSAGES);
        bursts.reset();
        return new Content(collected || burst ? takeAll() : List.of(takeFirst()), collected, null);
    }

    /**
     * Takes what a daily digest reports: the open problems, and all that is pending.
     *
     * @param day the time of the digest
     * @param now by the wall clock
     */
    Content takeDigest(Instant day, Board board, Instant now) {
        List<DomainAlert> alerts = new ArrayList<>();
        domains.forEach((id, domain) -> {
            DomainEvent open = domain.takeOpenProblem(board.of(id), now);
            if (open != null) {
                alerts.add(new DomainAlert(id, open));
            }
        });
        alerts.addAll(takeAll());
        bursts.reset();
        return new Content(List.copyOf(alerts), true, day);
    }

    private List<DomainAlert> takeAll() {
        List<DomainAlert> all = new ArrayList<>();
        pendingDomains.forEach((id, domain) -> domain.takeAll().forEach(event -> all.add(new DomainAlert(id, event))));
        pendingDomains.clear();
        return List.copyOf(all);
    }

    private DomainAlert takeFirst() {
        Map.Entry<DomainId, DomainAlerts> first =
                pendingDomains.entrySet().iterator().next();
        DomainId id = first.getKey();
        DomainAlerts domain = first.getValue();
        pendingDomains.remove(id);
        DomainAlert alert = new DomainAlert(id, domain.takeFirst());
        if (domain.pendingCount() > 0) {
            pendingDomains.put(id, domain);
        }
        return alert;
    }

    /**
     * These alerts were sent or are dropped.
     *
     * @param now by the wall clock
     */
    void told(List<DomainAlert> alerts, Instant now) {
        for (DomainAlert alert : alerts) {
            DomainAlerts domain = domains.get(alert.id());
            if (domain != null) {
                domain.told(alert.event(), now);
            }
        }
    }

    /**
     * The state to be saved.
     *
     * @param unsent alerts that are in a message that was not sent yet
     */
    List<AlertState.Domain> state(List<DomainAlert> unsent) {
        Map<DomainId, List<DomainEvent>> unsentById = new HashMap<>();
        unsent.forEach(alert ->
                unsentById.computeIfAbsent(alert.id(), id -> new ArrayList<>()).add(alert.event()));
        List<AlertState.Domain> state = new ArrayList<>();
        domains.forEach((id, domain) -> {
            List<DomainEvent> pending = new ArrayList<>(unsentById.getOrDefault(id, List.of()));
            pending.addAll(domain.pending());
            // These are made again after a start, and earlier versions do not know them.
            pending.removeIf(event ->
                    event.kind() == DomainEvent.Kind.REMINDER || event.kind().isDeadline());
            if (domain.open() != null || !pending.isEmpty() || domain.toldDeadline() != null) {
                state.add(new AlertState.Domain(id, domain.open(), pending, domain.toldDeadline()));
            }
        });
        return state;
    }
}
