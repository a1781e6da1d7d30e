package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fault that applies to matching requests until its number of times is reached or it is cleared. Thread-safe. */
public final class ScriptedFault {

    /** The number of times of a fault that applies until it is cleared. */
    static final int ALWAYS = Integer.MAX_VALUE;

    private final CallMatcher matcher;
    private final Fault fault;
    private final List<Runnable> heldRequests = new ArrayList<>();
    private int remaining;
    private int hits;
    private boolean released;

    ScriptedFault(CallMatcher matcher, Fault fault, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1, is " + times);
        }
        this.matcher = matcher;
        this.fault = fault;
        this.remaining = times;
    }

    /** Stops the fault for further requests; hanging requests continue to hang. */
    public synchronized void clear() {
        remaining = 0;
    }

    /** Sends the responses of hanging requests, and clears the fault. */
    public void release() {
        List<Runnable> waiting;
        synchronized (this) {
            remaining = 0;
            released = true;
            waiting = List.copyOf(heldRequests);
            heldRequests.clear();
        }
        waiting.forEach(Runnable::run);
    }

    /** How many requests the fault was applied to. */
    public synchronized int hits() {
        return hits;
    }

    synchronized boolean isExhausted() {
        return remaining == 0;
    }

    /** Counts the request and returns the fault if it applies; null if not. */
    synchronized @Nullable Fault match(String operation, @Nullable String subject) {
        if (remaining == 0 || !matcher.matches(operation, subject)) {
            return null;
        }
        if (remaining != ALWAYS) {
            remaining--;
        }
        hits++;
        return fault;
    }

    /** Holds a request until {@link #release}. */
    void hold(Runnable request) {
        synchronized (this) {
            if (!released) {
                heldRequests.add(request);
                return;
            }
        }
        request.run();
    }
}
