package org.epmpulse.sandbox;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which canvases are being edited; each takes one edit at a time. Thread-safe. */
final class EditLocks {

    private final Set<String> editing = new HashSet<>();
    private final Map<String, Integer> open = new HashMap<>();
    private final Map<String, Integer> maxOpen = new HashMap<>();

    /** Whether the canvas was free. It is the caller's until the exchange ends, if so. */
    synchronized boolean enter(String canvas, Exchange exchange) {
        int now = open.merge(canvas, 1, Integer::sum);
        maxOpen.merge(canvas, now, Math::max);
        boolean free = editing.add(canvas);
        exchange.whenEnded(outcome -> leave(canvas, free));
        return free;
    }

    private synchronized void leave(String canvas, boolean hadLock) {
        open.computeIfPresent(canvas, (id, now) -> now == 1 ? null : now - 1);
        if (hadLock) {
            editing.remove(canvas);
        }
    }

    /** How many edits of the canvas were under way at most at the same time, refused ones included. */
    synchronized int maxOpen(String canvas) {
        return maxOpen.getOrDefault(canvas, 0);
    }
}
