package org.epmpulse.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Keeps work of the active node from leaving this node after it has become passive. The work of a thread begins in a
 * period of activity; {@link #check} is called where a request is about to be written to the socket, and fails in
 * another period. Work that is not of the active node, such as a message that a route sends for an HTTP request, has no
 * fence. Thread-safe.
 */
public final class Fence {

    private static final ThreadLocal<@Nullable Fence> CURRENT = new ThreadLocal<>();

    private final Activity activity;
    private final long epoch;

    private Fence(Activity activity, long epoch) {
        this.activity = activity;
        this.epoch = epoch;
    }

    /**
     * Runs work of the active node.
     *
     * @param epoch of the period of activity in which the work began
     */
    public static void run(Activity activity, long epoch, Runnable work) {
        Fence before = CURRENT.get();
        CURRENT.set(new Fence(activity, epoch));
        try {
            work.run();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    /** @throws NotActiveException if this thread's work began in a period of activity that has ended */
    public static void check() throws NotActiveException {
        Fence fence = CURRENT.get();
        if (fence != null && fence.activity.epoch() != fence.epoch) {
            throw new NotActiveException();
        }
    }
}
