package org.epmpulse.changes;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/** The changes of one of several nodes: a node that becomes active continues out of those that it keeps. */
final class OneNodeFeed extends PositionedFeed {

    private final StatusChanges changes;
    private final Consumer<StatusChange> listener = this::receive;
    private volatile @Nullable Queue queue;
    private volatile long skipTo;

    /**
     * @param name of the listener
     * @param executors create an executor of one thread
     */
    OneNodeFeed(
            String name,
            StatusChanges changes,
            Activity activity,
            ListenerPositions positions,
            Supplier<ScheduledExecutorService> executors) {
        super(name, activity, positions, executors);
        this.changes = changes;
    }

    @Override
    OptionalLong read(ListenerPositions stored) throws IOException {
        return stored.read(name);
    }

    @Override
    void enter(Queue entered, OptionalLong position) {
        queue = entered;
        received = 0;
        skipTo = position.orElse(0);
        processed = skipTo;
        StatusChanges.Start start = changes.add(listener, position);
        processed = Math.max(processed, start.lost() > 0 || position.isEmpty() ? start.after() : 0);
        lost(entered, start.lost(), start.after(), "they are too old to be kept by this node");
    }

    @Override
    void leave() {
        changes.remove(listener);
    }

    /** Called by the store. */
    private void receive(StatusChange change) {
        Queue current = queue;
        if (change.revision() <= received) {
            // Revisions have restarted.
            skipTo = 0;
            processed = 0;
        }
        if (current != null && change.revision() > skipTo) {
            current.offer(change);
        }
        received = change.revision();
        updateLater();
    }
}
