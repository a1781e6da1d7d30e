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
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to one channel, and when. Not thread-safe; its memory is bounded by the number of domains.
 *
 * <p>A message is about one event. More than {@value #FEW} problems, or recoveries, within ten seconds become one: then
 * what still waits is sent together, ten seconds after the oldest of it happened, so that a long burst is a message every
 * ten seconds.
 */
final class AlertQueue {

    static final int FEW = 5;
    static final Duration BURST = Duration.ofSeconds(10);

    /** What is posted as a batch is seen as one. */
    static final Duration SETTLE = Duration.ofSeconds(1);

    /** Until then a change that the board shows may still be on its way here. */
    static final Duration ON_ITS_WAY = Duration.ofSeconds(10);

    private final Map<DomainId, DomainAlerts> domains = new LinkedHashMap<>();
    private final Map<DomainId, DomainAlerts> waiting = new LinkedHashMap<>();
    private final Deque<Instant> problems = new ArrayDeque<>();
    private final Deque<Instant> recoveries = new ArrayDeque<>();
    private final Duration interval;
    private final Backoff backoff;

    /** Stays the same until it is sent: what is new goes into the next. */
    private List<Alert> message = List.of();

    private boolean sending;
    private boolean plain;
    private @Nullable Instant togetherAt;
    private Instant notBefore;
    private int failures;

    /**
     * @param interval between two messages
     * @param now the process before may just have sent something
     */
    AlertQueue(Collection<DomainId> ids, Duration interval, Backoff backoff, Instant now) {
        this.interval = interval;
        this.backoff = backoff;
        this.notBefore = now.plus(interval);
        ids.forEach(id -> domains.put(id, new DomainAlerts(event -> happened(id, event))));
    }

    /** Takes what is there as known. */
    void begin(Board board, Instant now) {
        domains.forEach((id, domain) -> domain.begin(board.of(id), now));
    }

    /** Goes on where an earlier process ended. */
    void restore(List<AlertState.Domain> kept, Board board, Instant now) {
        for (AlertState.Domain state : kept) {
            DomainAlerts domain = domains.get(state.id());
            if (domain != null) {
                domain.restore(state, board.of(state.id()));
                if (!domain.pending().isEmpty()) {
                    waiting.put(state.id(), domain);
                }
            }
        }
        domains.forEach((id, domain) -> domain.compare(board.of(id), now));
    }

    /** A change of the board. Returns whether there is more to keep. */
    boolean changed(StatusChange change, Instant now) {
        DomainAlerts domain = domains.get(change.id());
        return domain != null && domain.changed(change, now);
    }

    /** What the board shows, for changes that did not arrive. Returns whether there is more to keep. */
    boolean compare(Board board, Instant now) {
        boolean more = false;
        for (Map.Entry<DomainId, DomainAlerts> domain : domains.entrySet()) {
            DomainStatus status = board.of(domain.getKey());
            Instant received = status.received();
            if (received != null && received.isBefore(now.minus(ON_ITS_WAY))) {
                more |= domain.getValue().compare(status, now);
            }
        }
        return more;
    }

    private void happened(DomainId id, DomainEvent event) {
        DomainAlerts domain = domains.get(id);
        if (domain != null) {
            waiting.putIfAbsent(id, domain);
        }
        Deque<Instant> latest = event.kind().isProblem() ? problems : recoveries;
        latest.addLast(event.noted());
        if (latest.size() > FEW + 1) {
            latest.removeFirst();
        }
        boolean burst = latest.size() > FEW && latest.getFirst().plus(BURST).isAfter(event.noted());
        Instant oldest = oldest();
        if (burst && togetherAt == null && oldest != null) {
            togetherAt = oldest.plus(BURST);
        }
    }

    private @Nullable Instant oldest() {
        Iterator<DomainAlerts> first = waiting.values().iterator();
        return first.hasNext() ? first.next().pending().get(0).noted() : null;
    }

    /** When it may send, in the past or the future; null if nothing is pending, or a message is under way. */
    @Nullable
    Instant dueAt() {
        if (sending) {
            return null;
        }
        if (!message.isEmpty()) {
            return notBefore;
        }
        Instant oldest = oldest();
        if (oldest == null) {
            return null;
        }
        Instant settled = togetherAt != null ? togetherAt : oldest.plus(SETTLE);
        return settled.isAfter(notBefore) ? settled : notBefore;
    }

    /** From now on a message is under way. */
    void begin() {
        sending = true;
    }

    /** What the message that is under way says. */
    List<Alert> message() {
        if (message.isEmpty()) {
            int count = waiting.values().stream()
                    .mapToInt(domain -> domain.pending().size())
                    .sum();
            message = togetherAt != null || count > FEW ? all() : List.of(first());
            togetherAt = null;
        }
        return message;
    }

    private List<Alert> all() {
        List<Alert> all = new ArrayList<>();
        waiting.forEach((id, domain) -> {
            domain.pending().forEach(event -> all.add(new Alert(id, event)));
            domain.pending().clear();
        });
        waiting.clear();
        return List.copyOf(all);
    }

    private Alert first() {
        Map.Entry<DomainId, DomainAlerts> first = waiting.entrySet().iterator().next();
        DomainId id = first.getKey();
        DomainAlerts domain = first.getValue();
        waiting.remove(id);
        Alert alert = new Alert(id, domain.pending().remove(0));
        if (!domain.pending().isEmpty()) {
            waiting.put(id, domain);
        }
        return alert;
    }

    /** Whether the message is to be written as plainly as possible: the sink refused how it was written before. */
    boolean isPlain() {
        return plain;
    }

    /** The message was sent, or is dropped. */
    void done(Instant now) {
        message = List.of();
        plain = false;
        failures = 0;
        end(now.plus(interval));
    }

    /** The message waits for something that holds up all channels. */
    void postponed(Instant now) {
        end(now.plus(interval));
    }

    /** Nobody tried to send the message. */
    void released() {
        sending = false;
    }

    /** The sink did not answer as it should. */
    void unavailable(Instant now) {
        failures++;
        end(now.plus(backoff.afterFailures(failures)));
    }

    /** The sink takes no message for this channel. */
    void refused(Instant now) {
        failures++;
        end(now.plus(Backoff.REFUSED));
    }

    /** The sink does not take how the message is written: it is written plainly, once. */
    void plainer(Instant now) {
        plain = true;
        end(now.plus(interval));
    }

    private void end(Instant earliest) {
        sending = false;
        notBefore = earliest;
    }

    /** What outlives the process. */
    List<AlertState.Domain> state() {
        Map<DomainId, List<DomainEvent>> unsent = new HashMap<>();
        message.forEach(alert ->
                unsent.computeIfAbsent(alert.id(), id -> new ArrayList<>()).add(alert.event()));
        List<AlertState.Domain> state = new ArrayList<>();
        domains.forEach((id, domain) -> {
            List<DomainEvent> pending = new ArrayList<>(unsent.getOrDefault(id, List.of()));
            pending.addAll(domain.pending());
            if (domain.open() != null || !pending.isEmpty()) {
                state.add(new AlertState.Domain(id, domain.open(), pending));
            }
        });
        return state;
    }

    /** Whether anything is still to be sent to the channel. */
    boolean isPending() {
        return !message.isEmpty() || !waiting.isEmpty();
    }
}
