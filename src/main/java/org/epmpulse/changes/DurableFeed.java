package org.epmpulse.changes;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.ChangeReader;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * All changes of a listener, also those of a time in which it did not run or was too slow. Changes that do not fit into
 * the queue are not dropped: while the queue is behind, changes come from the journal, and the store waits for nothing.
 */
final class DurableFeed extends PositionedFeed {

    /** The most changes that are read at once. */
    private static final int PAGE = 500;

    private final StatusChanges changes;
    private final StatusStore store;
    private final Consumer<StatusChange> listener = this::receive;
    private final AtomicBoolean replayIsDue = new AtomicBoolean();

    /** Of the revisions that the position is about. */
    private @Nullable String storeId;

    /** Used by the thread of the executor while the queue is behind. */
    private @Nullable ChangeReader reader;

    private boolean unreadable;

    /** Guards what follows. Innermost but for the lock of the queue: the store's thread takes it. */
    private final Object order = new Object();

    private @Nullable Queue queue;
    private boolean behind;

    /** Of the last change that the store has published. */
    private long latest;

    /**
     * @param name of the listener
     * @param executors create an executor of one thread
     */
    DurableFeed(
            String name,
            StatusChanges changes,
            StatusStore store,
            Activity activity,
            ListenerPositions positions,
            Supplier<ScheduledExecutorService> executors) {
        super(name, activity, positions, executors);
        this.changes = changes;
        this.store = store;
    }

    @Override
    OptionalLong read(ListenerPositions stored) throws IOException {
        return stored.readDurable(name);
    }

    @Override
    void enter(Queue entered, OptionalLong position) {
        storeId = store.id();
        reader = null;
        synchronized (order) {
            queue = entered;
            behind = true;
            latest = 0;
        }
        changes.add(listener);
        // After the listener was added, so that each later change is either received or on this board.
        long known = store.board().revision();
        long start = position.orElse(known);
        processed = start;
        synchronized (order) {
            received = start;
            latest = Math.max(latest, known);
        }
    }

    @Override
    void leave() {
        changes.remove(listener);
        synchronized (order) {
            queue = null;
        }
    }

    @Override
    boolean isOutdated() {
        return storeId != null && !store.id().equals(storeId);
    }

    /** Called by the store. */
    private void receive(StatusChange change) {
        synchronized (order) {
            Queue current = queue;
            latest = Math.max(latest, change.revision());
            if (current == null || behind || change.revision() <= received) {
                return;
            }
            if (current.room() > 0) {
                current.offer(change);
                received = change.revision();
                return;
            }
            behind = true;
        }
        replaySoon();
    }

    @Override
    public void processed(long revision) {
        if (revision <= received) {
            super.processed(revision);
        }
        replaySoon();
    }

    /** Unless it is already due, which is so for each change while the queue is behind. */
    private void replaySoon() {
        if (hasRoom() && replayIsDue.compareAndSet(false, true)) {
            runSoon(this::replayInTurn);
        }
    }

    private void replayInTurn() {
        replayIsDue.set(false);
        synchronized (this) {
            replay();
        }
    }

    /** For another attempt to read the journal, and for a store whose revisions have restarted. */
    @Override
    boolean ticks() {
        return true;
    }

    @Override
    void tick() {
        replay();
    }

    /** Whether the queue is behind and takes a page; not for each change, because a page has a cost of its own. */
    private boolean hasRoom() {
        synchronized (order) {
            return behind && queue != null && (queue.room() >= PAGE || queue.isIdle());
        }
    }

    /** Adds changes of the journal to the queue, until that is full or not behind any more. */
    private void replay() {
        try {
            while (isOpen() && hasRoom() && !isCaughtUp() && readPage()) {
                unreadable = false;
            }
        } catch (StoreUnavailableException e) {
            if (!unreadable) {
                LOG.warn("Listener {}: {}; retrying, changes come later", name, e.getMessage());
            }
            unreadable = true;
        }
    }

    /** Ends the time in which the queue is behind, if it has all changes. */
    private boolean isCaughtUp() {
        synchronized (order) {
            behind = received < latest;
            reader = behind ? reader : null;
            return !behind;
        }
    }

    /** Returns false if there was no change, although the store has published some. */
    private boolean readPage() {
        ChangeReader current = reader;
        if (current == null) {
            current = store.changesAfter(received);
            reader = current;
        }
        ChangeReader.Page page = current.next(pageSize());
        synchronized (order) {
            Queue receiver = queue;
            if (receiver == null) {
                return false;
            }
            for (StatusChange change : page.changes()) {
                receiver.offer(change);
                received = change.revision();
            }
            lost(receiver, page.lost(), received, "the journal does not hold them any more");
        }
        return !page.changes().isEmpty();
    }

    private int pageSize() {
        synchronized (order) {
            return queue == null ? 1 : Math.max(1, Math.min(PAGE, queue.room()));
        }
    }
}
