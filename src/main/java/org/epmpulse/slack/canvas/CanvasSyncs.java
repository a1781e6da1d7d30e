package org.epmpulse.slack.canvas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The requests that wait until a canvas is sent. Guarded by {@link Canvases}. */
final class CanvasSyncs {

    private final List<CompletableFuture<Void>> pending = new ArrayList<>();
    private final List<CompletableFuture<Void>> inFlight = new ArrayList<>();

    /** Waits for the edit that goes on if others wait for it, else for the next one. */
    CompletableFuture<Void> add() {
        CompletableFuture<Void> sync = new CompletableFuture<>();
        (isInFlight() ? inFlight : pending).add(sync);
        return sync;
    }

    /** These are not waited for any more, if they ever were. */
    void removeAll(Collection<CompletableFuture<Void>> syncs) {
        pending.removeAll(syncs);
        inFlight.removeAll(syncs);
    }

    int size() {
        return pending.size() + inFlight.size();
    }

    /** Whether a request waits for the edit that goes on. */
    boolean isInFlight() {
        return !inFlight.isEmpty();
    }

    /** Who waits for the canvas waits for what is sent now. */
    void take() {
        inFlight.addAll(pending);
        pending.clear();
    }

    /** Who waits for the canvas waits for what is sent next. */
    void giveBack() {
        pending.addAll(inFlight);
        inFlight.clear();
    }

    /** Slack took or refused what was waited for. */
    void complete() {
        inFlight.forEach(sync -> sync.complete(null));
        inFlight.clear();
    }
}
