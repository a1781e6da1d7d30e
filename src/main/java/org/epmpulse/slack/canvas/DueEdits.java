package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.util.List;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:publish}: the canvases to edit now, by their channels' ids. The message is the markdown that makes
 * the canvas equal to the board, with the variables {@code canvasId} and {@code channel}. Thread-safe.
 */
final class DueEdits implements WorkSource<String> {

    private final CanvasPublisher publisher;
    private volatile Runnable listener = () -> {};

    DueEdits(CanvasPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public List<String> poll(int max) {
        return publisher.dueEdits(max);
    }

    @Override
    public @Nullable Duration untilNextPoll() {
        return publisher.untilNextEdit();
    }

    @Override
    public @Nullable Work begin(String channelId) {
        return publisher.render(channelId);
    }

    @Override
    public void succeeded(String channelId) {
        publisher.published(channelId);
    }

    @Override
    public void failed(String channelId, Throwable failure) {
        publisher.failed(channelId, failure);
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
