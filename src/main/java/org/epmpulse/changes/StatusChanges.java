package org.epmpulse.changes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.epmpulse.status.StatusChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes every change of the board to the listeners, in the order of the revisions. It runs on the store's thread,
 * so a listener must return at once. Thread-safe.
 */
public final class StatusChanges {

    private static final Logger LOG = LoggerFactory.getLogger(StatusChanges.class);

    private final List<Consumer<StatusChange>> listeners = new CopyOnWriteArrayList<>();

    public void add(Consumer<StatusChange> listener) {
        listeners.add(listener);
    }

    public void remove(Consumer<StatusChange> listener) {
        listeners.remove(listener);
    }

    /** Calls every listener, also after one of them throws. */
    public void publish(StatusChange change) {
        for (Consumer<StatusChange> listener : listeners) {
            try {
                listener.accept(change);
            } catch (RuntimeException e) {
                LOG.error("Listener failed at revision {}; the other listeners are not affected", change.revision(), e);
            }
        }
    }
}
