package org.epmpulse.slack.canvas;

import org.epmpulse.work.WorkSource;

/** What the sources of due canvases have in common: an item is the id of a channel. Thread-safe. */
abstract class CanvasSource implements WorkSource<String> {

    final Canvases canvases;
    private volatile Runnable listener = () -> {};

    CanvasSource(Canvases canvases) {
        this.canvases = canvases;
    }

    @Override
    public void failed(String channelId, Throwable failure) {
        canvases.failed(channelId, failure);
    }

    @Override
    public void released(String channelId) {
        canvases.schedule().released(channelId);
    }

    @Override
    public void onPending(Runnable newListener) {
        listener = newListener;
    }

    /** Something may be due that was not at the last poll. */
    void pending() {
        listener.run();
    }
}
