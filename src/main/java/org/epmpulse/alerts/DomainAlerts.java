package org.epmpulse.alerts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one domain for one channel. A problem lasts from the first Warning until OK or Blank. A further Warning
 * is not reported, unless it comes after Loading: then another run has failed.
 *
 * <p>While nothing can be sent, at most three events are pending: the end of the problem that the channel knows, a new
 * problem, and its end. Not thread-safe.
 */
final class DomainAlerts {

    private final List<Pending> pending = new ArrayList<>();
    private final BiConsumer<DomainEvent, Instant> onEvent;
    private @Nullable Incident open;
    private long seenRevision;

    /** @param queuedAt by the steady clock; the event has the time of the wall clock */
    private record Pending(DomainEvent event, Instant queuedAt) {}

    /** @param onEvent receives each new event and the time of the steady clock */
    DomainAlerts(BiConsumer<DomainEvent, Instant> onEvent) {
        this.onEvent = onEvent;
    }

    /** Takes the current status as already reported. */
    void initialize(DomainStatus status, Instant now) {
        seenRevision = status.revision();
        open = status.status() == Status.WARNING ? Incident.startedBy(status, now) : null;
    }

    /**
     * Restores the state that an earlier process saved.
     *
     * @param steady when the saved events count as queued
     */
    void restore(AlertState.Domain saved, DomainStatus status, Instant steady) {
        boolean reported = status.revision() > 0;
        open = reported ? saved.open() : null;
        saved.pending().forEach(event -> pending.add(new Pending(event, steady)));
    }

    /** Takes the changes up to this revision as already applied. */
    void skipTo(long revision) {
        seenRevision = revision;
    }

    /** Removes an event that is sent in another way. */
    void remove(DomainEvent event) {
        for (Pending candidate : pending) {
            if (candidate.event().equals(event)) {
                pending.remove(candidate);
                return;
            }
        }
    }

    /** Applies a change and, if it was missed, the one before. Returns whether there is something to save. */
    boolean apply(StatusChange change, Instant now, Instant steady) {
        if (change.revision() <= seenRevision) {
            return false;
        }
        boolean dirty = compare(change.before(), now, steady);
        seenRevision = change.revision();
        return apply(change.after(), change.before().status() == Status.LOADING, now, steady) || dirty;
    }

    /** Applies the status on the board, if it is new. Returns whether there is something to save. */
    boolean compare(DomainStatus status, Instant now, Instant steady) {
        if (status.revision() <= seenRevision) {
            return false;
        }
        seenRevision = status.revision();
        return apply(status, open != null && open.isOtherRun(status), now, steady);
    }

    private boolean apply(DomainStatus status, boolean afterLoading, Instant now, Instant steady) {
        Incident before = open;
        switch (status.status()) {
            case LOADING -> {
                return false;
            }
            case BLANK -> open = null;
            case OK -> {
                open = null;
                if (before != null) {
                    Instant end = status.updated() == null ? now : status.updated();
                    add(event(Kind.OK, status, now, before.secondsUntil(end)), steady);
                }
            }
            case WARNING -> {
                open = before == null ? Incident.startedBy(status, now) : before.updatedBy(status);
                if (before == null) {
                    add(event(Kind.WARNING, status, now, 0), steady);
                } else if (afterLoading) {
                    add(event(Kind.WARNING_AGAIN, status, now, 0), steady);
                }
            }
        }
        return !Objects.equals(before, open);
    }

    private static DomainEvent event(Kind kind, DomainStatus status, Instant now, long downSec) {
        return new DomainEvent(kind, now, status.jobId(), status.message(), 1, downSec);
    }

    /** A new problem replaces a pending one and its end. */
    private void add(DomainEvent event, Instant steady) {
        Pending added = new Pending(event, steady);
        for (int i = pending.size() - 1; i >= 0 && event.kind().isProblem(); i--) {
            Pending earlier = pending.get(i);
            if (earlier.event().kind().isProblem()) {
                added = new Pending(event.mergedWith(earlier.event()), earlier.queuedAt());
                pending.subList(i, pending.size()).clear();
                break;
            }
        }
        pending.add(added);
        onEvent.accept(event, steady);
    }

    /** The events that are not sent yet, in order. */
    List<DomainEvent> pending() {
        return pending.stream().map(Pending::event).toList();
    }

    int pendingCount() {
        return pending.size();
    }

    /** When the first of the events that are not sent yet was queued, by the steady clock. */
    Instant oldestQueuedAt() {
        return pending.get(0).queuedAt();
    }

    /** Removes and returns the first of the events that are not sent yet. */
    DomainEvent takeFirst() {
        return pending.remove(0).event();
    }

    /** Removes and returns the events that are not sent yet. */
    List<DomainEvent> takeAll() {
        List<DomainEvent> all = pending();
        pending.clear();
        return all;
    }

    /** The current problem; null if there is none. */
    @Nullable
    Incident open() {
        return open;
    }
}
