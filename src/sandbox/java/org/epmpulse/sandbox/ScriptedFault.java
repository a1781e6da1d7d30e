package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fault that goes on until it was met as often as wanted or is cleared. Thread-safe. */
public final class ScriptedFault {

    /** For a fault that goes on until it is cleared. */
    static final int ALWAYS = Integer.MAX_VALUE;

    private final CallMatcher where;
    private final Fault fault;
    private final List<Runnable> held = new ArrayList<>();
    private int left;
    private int hits;
    private boolean released;

    ScriptedFault(CallMatcher where, Fault fault, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1, is " + times);
        }
        this.where = where;
        this.fault = fault;
        this.left = times;
    }

    /** No further request meets it; those that hang go on hanging. */
    public synchronized void clear() {
        left = 0;
    }

    /** Lets the requests that hang be answered, and clears it. */
    public void release() {
        List<Runnable> waiting;
        synchronized (this) {
            left = 0;
            released = true;
            waiting = List.copyOf(held);
            held.clear();
        }
        waiting.forEach(Runnable::run);
    }

    /** How many requests met it so far. */
    public synchronized int hits() {
        return hits;
    }

    synchronized boolean over() {
        return left == 0;
    }

    /** The fault if it is meant for this request, which then counts. */
    synchronized @Nullable Fault meet(String operation, @Nullable String subject) {
        if (left == 0 || !where.covers(operation, subject)) {
            return null;
        }
        if (left != ALWAYS) {
            left--;
        }
        hits++;
        return fault;
    }

    /** Keeps a request until {@link #release}. */
    void hold(Runnable request) {
        synchronized (this) {
            if (!released) {
                held.add(request);
                return;
            }
        }
        request.run();
    }
}
