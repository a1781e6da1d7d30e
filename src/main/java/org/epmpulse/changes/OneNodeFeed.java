package org.epmpulse.changes;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of a listener that runs on the active one of several nodes. Its position is written a second after it has
 * changed, and a node that becomes active continues after it: a listener receives each change at least once, and those
 * of up to a second twice. Without changes nothing runs.
 */
final class OneNodeFeed implements ChangeFeed {

    private static final Logger LOG = LoggerFactory.getLogger(OneNodeFeed.class);

    /** Until a position is written, and until another attempt after a failure. */
    private static final long DELAY_MILLIS = 1_000;

    private final String name;
    private final StatusChanges changes;
    private final Activity activity;
    private final ListenerPositions positions;
    private final Supplier<ScheduledExecutorService> executors;
    private final Runnable activityListener = this::followActivity;
    private final Consumer<StatusChange> listener = this::receive;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private volatile @Nullable ScheduledExecutorService executor;
    private volatile @Nullable Queue queue;
    private boolean stopped;
    private long saved;
    private @Nullable String failure;

    /** The period of activity in which changes are received; 0 for none. */
    private volatile long epoch;

    private volatile long received;
    private volatile long processed;
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
        this.name = name;
        this.changes = changes;
        this.activity = activity;
        this.positions = positions;
        this.executors = executors;
    }

    @Override
    public synchronized void start(Queue newQueue) {
        queue = newQueue;
        stopped = false;
        epoch = 0;
        ScheduledExecutorService started = executors.get();
        executor = started;
        scheduled.set(false);
        activity.onChange(activityListener);
        updateIn(0);
    }

    private void followActivity() {
        updateIn(0);
        Queue current = queue;
        if (current != null) {
            current.wakeUp();
        }
    }

    private void updateLater() {
        if (scheduled.compareAndSet(false, true)) {
            updateIn(DELAY_MILLIS);
        }
    }

    private void updateIn(long millis) {
        ScheduledExecutorService current = executor;
        try {
            if (current != null) {
                current.schedule(this::update, millis, TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("Listener {}: stopped", name);
        }
    }

    /** Follows the activity of this node and saves the position. */
    private synchronized void update() {
        // Whatever changes from here on schedules the next one.
        scheduled.set(false);
        boolean complete = false;
        try {
            long current = activity.epoch();
            if (current != epoch) {
                leave();
                if (current != 0 && !stopped) {
                    enter(current);
                }
            }
            complete = save();
            failure = null;
        } catch (NotActiveException e) {
            LOG.debug("Listener {}: not active any more", name);
        } catch (IOException | RuntimeException e) {
            if (failure == null) {
                LOG.warn("Listener {}: its position cannot be read or saved: {}; retrying", name, e.getMessage());
            }
            failure = e.toString();
        }
        if (!complete) {
            updateLater();
        }
    }

    private void leave() {
        changes.remove(listener);
        epoch = 0;
        Queue left = queue;
        if (left != null) {
            left.clear();
        }
    }

    private void enter(long current) throws IOException {
        Queue entered = queue;
        if (entered == null) {
            return;
        }
        OptionalLong position = positions.read(name);
        received = 0;
        skipTo = position.orElse(0);
        processed = skipTo;
        saved = skipTo;
        epoch = current;
        StatusChanges.Start start = changes.add(listener, position);
        processed = Math.max(processed, start.lost() > 0 || position.isEmpty() ? start.after() : 0);
        if (start.lost() > 0) {
            entered.dropped(start.lost());
            LOG.warn(
                    "Listener {}: {} changes up to revision {} are dropped: they are too old to be kept by this node",
                    name,
                    start.lost(),
                    start.after());
        }
        entered.wakeUp();
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

    /** Returns whether all changes were processed, and their position is saved. */
    private boolean save() throws IOException {
        Queue current = queue;
        if (epoch == 0 || current == null) {
            return true;
        }
        // Read first: changes up to this one are in the queue or processed.
        long queued = received;
        long position = current.isIdle() ? Math.max(queued, processed) : processed;
        if (position != saved) {
            positions.write(name, position);
            saved = position;
        }
        return position == Math.max(queued, processed);
    }

    @Override
    public void processed(long revision) {
        if (isOpen() && revision > processed) {
            processed = revision;
            updateLater();
        }
    }

    @Override
    public boolean isOpen() {
        long entered = epoch;
        return entered != 0 && activity.epoch() == entered;
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        changes.remove(listener);
    }

    @Override
    public void close() {
        stop();
        activity.remove(activityListener);
        update();
        ScheduledExecutorService closed;
        synchronized (this) {
            // What is left in the queue comes after the saved position.
            leave();
            closed = executor;
            executor = null;
        }
        if (closed != null) {
            closed.shutdown();
        }
    }
}
