package org.epmpulse.changes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.epmpulse.status.StatusChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes every change of the board to the listeners, in the order of the revisions. It runs on the store's thread,
 * so a listener must return at once. Thread-safe.
 *
 * <p>With several nodes it keeps the latest changes, for the listeners that another node has left.
 */
public final class StatusChanges {

    /** How many changes are kept with several nodes. */
    public static final int KEPT = 20_000;

    private static final Logger LOG = LoggerFactory.getLogger(StatusChanges.class);

    private final List<Consumer<StatusChange>> listeners = new CopyOnWriteArrayList<>();
    private final int maxKept;
    private final Deque<StatusChange> kept = new ArrayDeque<>();

    /** Of the latest change; 0 if there is none. */
    private long latest;

    /** Changes up to this revision are not kept. */
    private long notKept;

    /** For a single node: keeps no changes. */
    public StatusChanges() {
        this(0);
    }

    /** @param maxKept how many changes are kept; 0 for none */
    public StatusChanges(int maxKept) {
        this.maxKept = maxKept;
    }

    /**
     * Where a listener begins.
     *
     * @param after the revision after which it receives all changes
     * @param lost how many changes before that it misses, because they are not kept any more
     */
    record Start(long after, long lost) {}

    /** The board that the store has opened: changes up to its revision were published by an earlier process, or none. */
    public synchronized void begin(long revision) {
        if (kept.isEmpty()) {
            latest = revision;
            notKept = revision;
        } else {
            // Another node has recorded something since.
            notKept = kept.getFirst().revision() - 1;
        }
    }

    public void add(Consumer<StatusChange> listener) {
        listeners.add(listener);
    }

    /**
     * Adds a listener that first receives the kept changes after a revision.
     *
     * @param position empty to begin with the next change
     */
    synchronized Start add(Consumer<StatusChange> listener, OptionalLong position) {
        long after = position.orElse(latest);
        after(after).forEach(change -> publish(change, listener));
        listeners.add(listener);
        return new Start(Math.max(after, notKept), Math.max(0, notKept - after));
    }

    /** The kept changes after a revision; those that are not kept any more are missing. */
    public synchronized List<StatusChange> after(long revision) {
        return kept.stream().filter(change -> change.revision() > revision).toList();
    }

    public void remove(Consumer<StatusChange> listener) {
        listeners.remove(listener);
    }

    /** Calls every listener, also after one of them throws. */
    public void publish(StatusChange change) {
        if (maxKept == 0) {
            publishToAll(change);
        } else {
            keepAndPublish(change);
        }
    }

    private synchronized void keepAndPublish(StatusChange change) {
        if (change.revision() <= latest) {
            // Revisions have restarted.
            kept.clear();
            notKept = change.revision() - 1;
        }
        latest = change.revision();
        kept.addLast(change);
        if (kept.size() > maxKept) {
            notKept = kept.removeFirst().revision();
        }
        publishToAll(change);
    }

    private void publishToAll(StatusChange change) {
        for (Consumer<StatusChange> listener : listeners) {
            publish(change, listener);
        }
    }

    private static void publish(StatusChange change, Consumer<StatusChange> listener) {
        try {
            listener.accept(change);
        } catch (RuntimeException e) {
            LOG.error("Listener failed at revision {}; the other listeners are not affected", change.revision(), e);
        }
    }
}
