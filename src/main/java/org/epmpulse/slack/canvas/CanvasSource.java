package org.epmpulse.slack.canvas;

import org.epmpulse.work.WorkSource;

/** Base of the sources of due canvases. An item is the id of a channel. Thread-safe. */
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
        canvases.released(channelId);
    }

    @Override
    public void onPending(Runnable newListener) {
        listener = newListener;
    }

    /** Notifies the listener that an item may have become due since the last poll. */
    void notifyPending() {
        listener.run();
    }
}
