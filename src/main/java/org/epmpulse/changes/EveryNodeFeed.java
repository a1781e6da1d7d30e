package org.epmpulse.changes;

import java.util.function.Consumer;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;

/** The changes of a single node, or of each node. */
final class EveryNodeFeed implements ChangeFeed {

    private final StatusChanges changes;
    private volatile @Nullable Consumer<StatusChange> listener;

    EveryNodeFeed(StatusChanges changes) {
        this.changes = changes;
    }

    @Override
    public void start(Queue queue) {
        Consumer<StatusChange> added = queue::offer;
        listener = added;
        changes.add(added);
    }

    @Override
    public void stop() {
        Consumer<StatusChange> added = listener;
        if (added != null) {
            changes.remove(added);
        }
    }

    @Override
    public void close() {
        stop();
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void processed(long revision) {}
}
