package org.epmpulse.sandbox;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Locks canvases: each allows one edit at a time. Thread-safe. */
final class EditLocks {

    private final Set<String> editing = new HashSet<>();
    private final Map<String, Integer> inFlight = new HashMap<>();
    private final Map<String, Integer> maxInFlight = new HashMap<>();

    /** Locks the canvas until the exchange ends; false if another edit holds the lock. */
    synchronized boolean tryLock(String canvas, Exchange exchange) {
        int now = inFlight.merge(canvas, 1, Integer::sum);
        maxInFlight.merge(canvas, now, Math::max);
        boolean locked = editing.add(canvas);
        exchange.whenEnded(outcome -> unlock(canvas, locked));
        return locked;
    }

    private synchronized void unlock(String canvas, boolean hadLock) {
        inFlight.computeIfPresent(canvas, (id, now) -> now == 1 ? null : now - 1);
        if (hadLock) {
            editing.remove(canvas);
        }
    }

    /** The largest number of simultaneous edits of the canvas, including refused ones. */
    synchronized int maxInFlight(String canvas) {
        return maxInFlight.getOrDefault(canvas, 0);
    }
}
