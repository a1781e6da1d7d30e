package org.epmpulse.slack.canvas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The requests that wait until a canvas is published. Guarded by {@link Canvases}. */
final class CanvasSyncs {

    private final List<CompletableFuture<Void>> pending = new ArrayList<>();
    private final List<CompletableFuture<Void>> inFlight = new ArrayList<>();
    private boolean stopped;

    /** Adds a request. It joins the edit in flight if other requests wait for it, else it waits for the next one. */
    CompletableFuture<Void> add() {
        CompletableFuture<Void> sync = new CompletableFuture<>();
        (isInFlight() ? inFlight : pending).add(sync);
        cancelPendingIfStopped();
        return sync;
    }

    /** No edit starts any more: requests that wait for one are cancelled, now and later. */
    void stop() {
        stopped = true;
        cancelPendingIfStopped();
    }

    private void cancelPendingIfStopped() {
        if (stopped) {
            pending.forEach(sync -> sync.cancel(false));
            pending.clear();
        }
    }

    /** Removes requests that are still waiting. */
    void removeAll(Collection<CompletableFuture<Void>> syncs) {
        pending.removeAll(syncs);
        inFlight.removeAll(syncs);
    }

    int size() {
        return pending.size() + inFlight.size();
    }

    /** Whether a request waits for the edit in flight. */
    boolean isInFlight() {
        return !inFlight.isEmpty();
    }

    /** An edit starts: all requests wait for it. */
    void start() {
        inFlight.addAll(pending);
        pending.clear();
    }

    /** The edit in flight failed: its requests wait for the next one. */
    void requeue() {
        pending.addAll(inFlight);
        inFlight.clear();
        cancelPendingIfStopped();
    }

    /** Slack accepted or refused the edit in flight. */
    void complete() {
        inFlight.forEach(sync -> sync.complete(null));
        inFlight.clear();
    }
}
