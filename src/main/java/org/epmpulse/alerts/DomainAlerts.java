package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.epmpulse.alerts.AlertDeadlines.Endangered;
import org.epmpulse.alerts.AlertDeadlines.Now;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/**
 * The alerts of one domain for one channel. A problem lasts from the first Warning until OK or Blank. A further Warning
 * is not reported, unless it comes after Loading: then another run has failed. While a problem is open, a reminder
 * follows the latest message about it after an interval.
 *
 * <p>Deadlines in danger are reported twice at most in a window: when one will probably be missed, and when one has
 * passed. The domain is then OK again when it is done.
 *
 * <p>While nothing can be sent, at most six events are pending: the ends of the problem and of the deadline that the
 * channel knows, a new problem and its end, and a deadline. Not thread-safe.
 */
final class DomainAlerts {

    private final DomainId id;
    private final AlertRules rules;
    private final Listener listener;
    private final List<Pending> pending = new ArrayList<>();
    private @Nullable Incident open;
    private long seenRevision;

    /** Whether a reminder is pending, or one or a digest with the problem is being sent. */
    private boolean reminding;

    /** Null if people were told of none, or it has ended. */
    private AlertState.@Nullable ToldDeadline toldDeadline;

    /** Whether an event of a deadline is pending or being sent. */
    private boolean tellingDeadline;

    /** @param queuedAt by the steady clock; the event has the time of the wall clock */
    private record Pending(DomainEvent event, Instant queuedAt) {}

    /** Receives what happens to the events. */
    interface Listener {

        /** @param steady by the steady clock */
        void queued(DomainId id, DomainEvent event, Instant steady);

        /** A problem is not sent, because its domain is muted. */
        void muted();

        /** Whether the problem of a domain is part of the alert of another one. */
        boolean isConsequence(DomainId id, Instant now);
    }

    DomainAlerts(DomainId id, AlertRules rules, Listener listener) {
        this.id = id;
        this.rules = rules;
        this.listener = listener;
    }

    /** Takes the current status as already reported. */
    void initialize(DomainStatus status, Instant now) {
        seenRevision = status.revision();
        open = status.status() == Status.WARNING
                ? Incident.startedBy(status, now).told(now, rules.sends(AlertKind.PROBLEM))
                : null;
    }

    /**
     * Restores the state that an earlier process saved.
     *
     * @param now by the wall clock
     * @param steady when the saved events count as queued
     */
    void restore(AlertState.Domain saved, DomainStatus status, Instant now, Instant steady) {
        Incident incident = status.revision() > 0 ? saved.open() : null;
        open = incident;
        if (incident != null
                && incident.told() == null
                && !incident.silent()
                && saved.pending().isEmpty()) {
            // An earlier version did not keep the time.
            open = incident.told(now, true);
        }
        toldDeadline = saved.deadline();
        saved.pending().forEach(event -> pending.add(new Pending(event, steady)));
    }

    /** Takes the changes up to this revision as already applied. */
    void skipTo(long revision) {
        seenRevision = revision;
    }

    /** Removes an event that is sent in another way. */
    void remove(DomainEvent event) {
        reminding |= event.kind() == Kind.REMINDER;
        tellingDeadline |= event.kind().isDeadline();
        pending.removeIf(waiting -> waiting.event().equals(event));
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
            case BLANK -> {
                open = null;
                dropReminder();
            }
            case OK -> {
                open = null;
                dropReminder();
                // After a reminder was dropped, one that is left is being sent.
                if (before != null && !before.silent() && (reminding || !before.unreported())) {
                    Instant end = status.updated() == null ? now : status.updated();
                    add(event(Kind.OK, status, now, before.secondsUntil(end), before.since()), steady);
                }
            }
            case WARNING -> {
                open = before == null ? Incident.startedBy(status, now) : before.updatedBy(status);
                if (before == null || (before.silent() && afterLoading)) {
                    report(Kind.WARNING, status, now, steady);
                } else if (afterLoading) {
                    report(Kind.WARNING_AGAIN, status, now, steady);
                }
            }
        }
        return !Objects.equals(before, open);
    }

    /** Reports the open problem, unless the domain is muted or the problem is part of another alert. */
    private void report(Kind kind, DomainStatus status, Instant now, Instant steady) {
        Incident incident = Objects.requireNonNull(open, "the problem is open");
        boolean muted = rules.answers().isMuted(id, now);
        if (muted) {
            listener.muted();
        }
        if (muted || listener.isConsequence(id, now)) {
            open = incident.silent(kind == Kind.WARNING);
            return;
        }
        dropReminder();
        dropDeadline();
        boolean known = kind == Kind.WARNING_AGAIN && !incident.unreported();
        open = rules.sends(AlertKind.PROBLEM) ? incident.queued() : incident.told(now, known);
        add(event(kind, status, now, 0, incident.since()), steady);
    }

    /**
     * Removes the alert of a new problem that has become part of another one's alert before it was sent.
     *
     * @param now by the wall clock
     */
    void removeConsequence(Instant now) {
        Incident incident = open;
        Pending last = pending.isEmpty() ? null : pending.get(pending.size() - 1);
        if (incident != null
                && incident.told() == null
                && last != null
                && last.event().kind() == Kind.WARNING
                && listener.isConsequence(id, now)) {
            pending.remove(last);
            open = incident.silent(true);
        }
    }

    /** Whether a problem is open of which the channel knows, or will know. */
    boolean isCause(Instant now) {
        return open != null && !(open.silent() && rules.answers().isMuted(id, now));
    }

    /**
     * Makes the alert of a problem that is not held back any more, or the reminder of a problem if it is time.
     * Returns whether there is something to save.
     *
     * @param status on the board
     * @param now by the wall clock
     */
    boolean remind(DomainStatus status, Instant now, Instant steady) {
        Incident incident = open;
        if (incident == null
                || !pending.isEmpty()
                || reminding
                || rules.answers().isMuted(id, now)) {
            return false;
        }
        if (incident.silent()) {
            // A run that began since then decides whether there is still a problem.
            if (status.status() != Status.WARNING || listener.isConsequence(id, now)) {
                return false;
            }
            report(Kind.WARNING, status, now, steady);
            return true;
        }
        if (rules.reminds()
                && incident.isReminderDue(now, rules.reminder())
                && !rules.answers().isAcknowledged(id, now)) {
            reminding = true;
            add(stillOpen(status, now), steady);
            return true;
        }
        return false;
    }

    /**
     * Makes the alert of a deadline that is in danger, or of the end of one. Returns whether there is something to save.
     *
     * @param endangered what the alert of this domain reports; null for none
     * @param now by the wall clock
     */
    boolean deadline(@Nullable Endangered endangered, Now deadlines, DomainStatus status, Instant now, Instant steady) {
        if (endangered == null || rules.answers().isMuted(id, now)) {
            dropDeadline();
            return deadlines.done().contains(id) && endTold(status, now, steady);
        }
        Kind kind = endangered.late() ? Kind.LATE : Kind.AT_RISK;
        AlertState.ToldDeadline told = toldSince(deadlines.windowStart());
        boolean known = told != null && (told.late() || !endangered.late());
        if (known || !rules.sends(kind.alertKind())) {
            return false;
        }
        if (pending.stream().noneMatch(waiting -> waiting.event().kind() == kind)) {
            dropDeadline();
        }
        if (tellingDeadline) {
            return false;
        }
        tellingDeadline = true;
        long seconds = Math.max(0, Duration.between(endangered.deadline(), now).toSeconds());
        // The recipient knows the deadline of the first alert.
        Instant since = told == null ? endangered.deadline() : told.at();
        add(new DomainEvent(kind, now, status.jobId(), endangered.message(), 1, seconds, since), steady);
        return true;
    }

    /** Whether people were told of a deadline of this window, or the message about it is made already. */
    boolean isDeadlineTold(Instant windowStart) {
        boolean made = tellingDeadline
                && pending.stream().noneMatch(waiting -> waiting.event().kind().isDeadline());
        return made || toldSince(windowStart) != null;
    }

    /** The deadline of this window of which people were told; null if there is none. */
    private AlertState.@Nullable ToldDeadline toldSince(Instant windowStart) {
        AlertState.ToldDeadline told = toldDeadline;
        return told == null || told.at().isBefore(windowStart) ? null : told;
    }

    /** The domain is done: ends the alert of its deadline, but not before a message about it has been sent. */
    private boolean endTold(DomainStatus status, Instant now, Instant steady) {
        AlertState.ToldDeadline told = toldDeadline;
        if (told == null || tellingDeadline) {
            return false;
        }
        toldDeadline = null;
        Instant end = status.updated() == null ? now : status.updated();
        long seconds = Math.max(0, Duration.between(told.at(), end).toSeconds());
        add(event(Kind.OK, status, now, seconds, told.at()), steady);
        return true;
    }

    private void dropDeadline() {
        if (pending.removeIf(waiting -> waiting.event().kind().isDeadline())) {
            tellingDeadline = false;
        }
    }

    /** The event of a problem that is open and not pending, for a digest that is sent now; null if there is none. */
    @Nullable
    DomainEvent takeOpenProblem(DomainStatus status, Instant now) {
        boolean listed = open != null
                && !open.silent()
                && pending.isEmpty()
                && !rules.answers().isMuted(id, now);
        reminding |= listed;
        return listed ? stillOpen(status, now) : null;
    }

    private DomainEvent stillOpen(DomainStatus status, Instant now) {
        Incident incident = Objects.requireNonNull(open, "the problem is open");
        return event(Kind.REMINDER, status, now, incident.secondsUntil(now), incident.since());
    }

    /**
     * An event was sent, or is dropped.
     *
     * @param now by the wall clock
     */
    void told(DomainEvent event, Instant now) {
        if (event.kind().isDeadline()) {
            tellingDeadline = false;
            toldDeadline = new AlertState.ToldDeadline(event.problemSince(), event.kind() == Kind.LATE);
            return;
        }
        reminding = false;
        if (open != null && !open.silent()) {
            // The end of an earlier problem says nothing of this one.
            open = open.told(now, event.kind() != Kind.OK || !open.unreported());
        }
    }

    private void dropReminder() {
        if (pending.removeIf(waiting -> waiting.event().kind() == Kind.REMINDER)) {
            reminding = false;
        }
    }

    private static DomainEvent event(Kind kind, DomainStatus status, Instant now, long seconds, Instant since) {
        return new DomainEvent(kind, now, status.jobId(), status.message(), 1, seconds, since);
    }

    /** A new problem replaces a pending one and its end, but not the end of a deadline. */
    private void add(DomainEvent event, Instant steady) {
        if (!rules.sends(event.kind().alertKind())) {
            return;
        }
        Pending added = new Pending(event, steady);
        for (int i = pending.size() - 1; i >= 0 && event.kind().isProblem(); i--) {
            Pending earlier = pending.get(i);
            if (earlier.event().kind().isProblem()) {
                DomainEvent merged = event.mergedWith(earlier.event());
                added = new Pending(merged, earlier.queuedAt());
                if (open != null) {
                    open = open.startedAt(merged.problemSince());
                }
                List<Pending> replaced = pending.subList(i, pending.size());
                replaced.removeIf(each -> each.event().isOf(earlier.event()));
                break;
            }
        }
        pending.add(added);
        listener.queued(id, event, steady);
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

    /** The deadline of which people were told; null if there is none. */
    AlertState.@Nullable ToldDeadline toldDeadline() {
        return toldDeadline;
    }
}
