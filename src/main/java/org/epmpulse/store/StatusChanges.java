package org.epmpulse.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.epmpulse.status.StatusChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands every change of the board to its listeners, in the order of the revisions, on the store's own thread: a listener
 * takes it and returns at once. Thread-safe.
 */
public final class StatusChanges {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChanges.class);

    private final List<Consumer<StatusChange>> listeners = new CopyOnWriteArrayList<>();

    /** From now on the listener gets every change. */
    public void add(Consumer<StatusChange> listener) {
        listeners.add(listener);
    }

    /** From now on the listener gets no change. */
    public void remove(Consumer<StatusChange> listener) {
        listeners.remove(listener);
    }

    /** Hands a change to every listener. */
    public void publish(StatusChange change) {
        for (Consumer<StatusChange> listener : listeners) {
            try {
                listener.accept(change);
            } catch (RuntimeException e) {
                LOG.error("A listener could not take revision {}", change.revision(), e);
            }
        }
    }
}
