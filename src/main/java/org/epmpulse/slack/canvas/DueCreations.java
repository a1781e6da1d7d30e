package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:create}: the channel that is to get its canvas now, one at a time. The message is the channel's id,
 * also in the variable {@code channel}; the route leaves the canvas in {@link MadeCanvases}. Thread-safe.
 */
final class DueCreations implements WorkSource<String> {

    private final CanvasPublisher publisher;
    private volatile Runnable listener = () -> {};

    DueCreations(CanvasPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public List<String> poll(int max) {
        String channelId = publisher.dueCreation();
        return channelId == null ? List.of() : List.of(channelId);
    }

    @Override
    public @Nullable Duration untilNextPoll() {
        return publisher.untilNextCreation();
    }

    @Override
    public Work begin(String channelId) {
        publisher.beginCreation(channelId);
        return new Work(channelId, Map.of("channel", channelId));
    }

    @Override
    public void succeeded(String channelId) {
        publisher.made(channelId);
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
