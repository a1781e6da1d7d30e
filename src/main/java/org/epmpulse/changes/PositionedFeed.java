package org.epmpulse.changes;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.cluster.NotActiveException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of a listener that runs on the active node, or on the only one. Its position is written each second, and
 * a node that becomes active continues after it: a listener receives each change at least once, and those of up to a
 * second twice.
 */
abstract class PositionedFeed implements ChangeFeed {

    static final Logger LOG = LoggerFactory.getLogger(PositionedFeed.class);

    private static final long INTERVAL_MILLIS = 1_000;

    final String name;
    private final Activity activity;
    private final ListenerPositions positions;
    private final Supplier<ScheduledExecutorService> executors;
    private final Runnable activityListener = () -> runSoon(this::update);

    private volatile @Nullable ScheduledExecutorService executor;
    private volatile @Nullable Queue queue;
    private boolean stopped;

    /** The position that is stored; -1 if none is. */
    private long saved;

    private @Nullable String failure;

    /** The period of activity in which changes are received; 0 for none. */
    private volatile long epoch;

    /** Of the last change that is in the queue or was processed. */
    volatile long received;

    volatile long processed;

    /**
     * @param name of the listener
     * @param executors create an executor of one thread
     */
    PositionedFeed(
            String name, Activity activity, ListenerPositions positions, Supplier<ScheduledExecutorService> executors) {
        this.name = name;
        this.activity = activity;
        this.positions = positions;
        this.executors = executors;
    }

    /** Adds the changes after a position to the queue from now on; sets {@link #received} and {@link #processed}. */
    abstract void enter(Queue entered, OptionalLong position);

    /** Adds no more changes. May be called several times. */
    abstract void leave();

    /** The stored position, in the way that {@link #enter} needs it. */
    abstract OptionalLong read(ListenerPositions stored) throws IOException;

    /** Called each second while the feed is open, on the thread of the executor. */
    void tick() {}

    /** Whether the revisions have restarted, so that the position must be read again. */
    boolean isOutdated() {
        return false;
    }

    @Override
    public synchronized void start(Queue newQueue) {
        queue = newQueue;
        stopped = false;
        epoch = 0;
        ScheduledExecutorService started = executors.get();
        executor = started;
        activity.onChange(activityListener);
        started.scheduleWithFixedDelay(this::update, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Runs a task on the thread of the executor, unless that has stopped. */
    final void runSoon(Runnable task) {
        ScheduledExecutorService current = executor;
        try {
            if (current != null) {
                current.execute(task);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("Listener {}: stopped", name);
        }
    }

    /** Follows the activity of this node and saves the position. */
    private synchronized void update() {
        try {
            long current = activity.epoch();
            if (current != epoch || (current != 0 && isOutdated())) {
                leaveQueue();
                if (current != 0 && !stopped) {
                    enterQueue(current);
                }
            }
            if (isOpen() && !stopped) {
                tick();
            }
            save();
            failure = null;
        } catch (NotActiveException e) {
            LOG.debug("Listener {}: not active any more", name);
        } catch (IOException | RuntimeException e) {
            if (failure == null) {
                LOG.warn("Listener {}: its position cannot be read or saved: {}; retrying", name, e.getMessage());
            }
            failure = e.toString();
        }
    }

    private void leaveQueue() {
        leave();
        epoch = 0;
        Queue left = queue;
        if (left != null) {
            left.clear();
        }
    }

    private void enterQueue(long current) throws IOException {
        Queue entered = queue;
        if (entered == null) {
            return;
        }
        OptionalLong position = read(positions);
        saved = position.orElse(-1);
        epoch = current;
        enter(entered, position);
        entered.wakeUp();
    }

    /** Counts changes that the listener misses. */
    final void lost(Queue entered, long count, long upTo, String why) {
        if (count > 0) {
            entered.dropped(count);
            LOG.warn("Listener {}: {} changes up to revision {} are dropped: {}", name, count, upTo, why);
        }
    }

    private void save() throws IOException {
        Queue current = queue;
        if (epoch == 0 || current == null) {
            return;
        }
        // Read first: changes up to this one are in the queue or processed.
        long queued = received;
        long position = current.isIdle() ? Math.max(queued, processed) : processed;
        if (position != saved) {
            positions.write(name, position);
            saved = position;
        }
    }

    @Override
    public void processed(long revision) {
        if (isOpen() && revision > processed) {
            processed = revision;
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
        leave();
    }

    @Override
    public void close() {
        stop();
        activity.remove(activityListener);
        update();
        ScheduledExecutorService closed;
        synchronized (this) {
            // What is left in the queue comes after the saved position.
            leaveQueue();
            closed = executor;
            executor = null;
        }
        if (closed != null) {
            closed.shutdown();
        }
    }
}
