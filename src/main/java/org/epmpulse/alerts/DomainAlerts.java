package org.epmpulse.alerts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to a channel about one domain. A problem lasts from the first Warning to OK or Blank: another Warning says
 * nothing new, but one after Loading is of another failed run.
 *
 * <p>While nothing can be sent, three more events wait at most: that the problem the channel knows is over, that there
 * is a new one, and that it is over. Not thread-safe.
 */
final class DomainAlerts {

    private final List<DomainEvent> pending = new ArrayList<>();
    private final Consumer<DomainEvent> happened;
    private @Nullable Incident open;
    private long seen;

    /** @param happened is called with each event that is pending from now on */
    DomainAlerts(Consumer<DomainEvent> happened) {
        this.happened = happened;
    }

    /** Takes what is there as known. */
    void begin(DomainStatus status, Instant now) {
        seen = status.revision();
        open = status.status() == Status.WARNING ? Incident.beginning(status, now) : null;
    }

    /** Goes on where an earlier process ended. */
    void restore(AlertState.Domain kept, DomainStatus status) {
        boolean reported = status.revision() > 0;
        open = reported ? kept.open() : null;
        pending.addAll(kept.pending());
    }

    /** A change of the board, and the one before it if that was not seen. Returns whether there is more to keep. */
    boolean changed(StatusChange change, Instant now) {
        if (change.revision() <= seen) {
            return false;
        }
        boolean more = compare(change.before(), now);
        seen = change.revision();
        return apply(change.after(), change.before().status() == Status.LOADING, now) || more;
    }

    /** What the board shows, if that was not seen yet. Returns whether there is more to keep. */
    boolean compare(DomainStatus status, Instant now) {
        if (status.revision() <= seen) {
            return false;
        }
        seen = status.revision();
        return apply(status, open != null && open.isOtherRun(status), now);
    }

    private boolean apply(DomainStatus status, boolean afterLoading, Instant now) {
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
                    add(event(Kind.OK, status, now, before.secondsUntil(end)));
                }
            }
            case WARNING -> {
                open = before == null ? Incident.beginning(status, now) : before.goingOn(status);
                if (before == null) {
                    add(event(Kind.WARNING, status, now, 0));
                } else if (afterLoading) {
                    add(event(Kind.WARNING_AGAIN, status, now, 0));
                }
            }
        }
        return !Objects.equals(before, open);
    }

    private static DomainEvent event(Kind kind, DomainStatus status, Instant now, long downSec) {
        return new DomainEvent(kind, now, status.jobId(), status.message(), 1, downSec);
    }

    /** A problem takes the place of one that still waits, and of its end. */
    private void add(DomainEvent event) {
        DomainEvent added = event;
        for (int i = pending.size() - 1; i >= 0 && event.kind().isProblem(); i--) {
            if (pending.get(i).kind().isProblem()) {
                added = event.after(pending.get(i));
                pending.subList(i, pending.size()).clear();
                break;
            }
        }
        pending.add(added);
        happened.accept(event);
    }

    /** What is still to be sent to the channel, in this order. */
    List<DomainEvent> pending() {
        return pending;
    }

    /** The problem that goes on; null if there is none. */
    @Nullable
    Incident open() {
        return open;
    }
}
