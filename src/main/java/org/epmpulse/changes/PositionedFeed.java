package org.epmpulse.changes;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.ListenerPositions;
import org.epmpulse.cluster.NotActiveException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of a listener that runs on the active node, or on the only one. Its position is written a second
 * after it has changed, and a node that becomes active continues after it: a listener receives each change at least once,
 * and those of up to a second twice.
 */
abstract class PositionedFeed implements ChangeFeed {

    static final Logger LOG = LoggerFactory.getLogger(PositionedFeed.class);

    /** Until a position is written, until another attempt after a failure, and between two ticks. */
    private static final long DELAY_MILLIS = 1_000;

    final String name;
    private final Activity activity;
    private final ListenerPositions positions;
    private final Supplier<ScheduledExecutorService> executors;
    private final Runnable activityListener = this::followActivity;
    private final AtomicBoolean scheduled = new AtomicBoolean();

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

    /** Whether {@link #tick} is to be called each second; without it nothing runs while nothing changes. */
    boolean ticks() {
        return false;
    }

    /** Called on the thread of the executor while the feed is open. */
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
        scheduled.set(false);
        activity.onChange(activityListener);
        runSoon(this::update);
    }

    private void followActivity() {
        runSoon(this::update);
        Queue current = queue;
        if (current != null) {
            current.wakeUp();
        }
    }

    /** To be called when the position has changed; it is written later. */
    final void updateLater() {
        if (scheduled.compareAndSet(false, true)) {
            runIn(DELAY_MILLIS, this::update);
        }
    }

    /** Runs a task on the thread of the executor, unless that has stopped. */
    final void runSoon(Runnable task) {
        runIn(0, task);
    }

    private void runIn(long millis, Runnable task) {
        ScheduledExecutorService current = executor;
        try {
            if (current != null) {
                current.schedule(task, millis, TimeUnit.MILLISECONDS);
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
            if (current != epoch || (current != 0 && isOutdated())) {
                leaveQueue();
                if (current != 0 && !stopped) {
                    enterQueue(current);
                }
            }
            if (isOpen() && !stopped) {
                tick();
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
        } finally {
            if (!complete || (ticks() && !stopped)) {
                updateLater();
            }
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
