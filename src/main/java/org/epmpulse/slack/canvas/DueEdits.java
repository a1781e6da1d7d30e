package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:publish}: the canvases to edit now, by their channels' ids. The message is the markdown that makes
 * the canvas equal to the board, with the variables {@code canvasId} and {@code channel}. Thread-safe.
 */
final class DueEdits extends CanvasSource {

    private final CanvasRenderer renderer;
    private final Supplier<Board> board;
    private final Supplier<DomainNotes> remarks;
    private final BoardComparison comparison;

    DueEdits(Canvases canvases, CanvasRenderer renderer, Supplier<Board> board, Supplier<DomainNotes> remarks) {
        super(canvases);
        this.renderer = renderer;
        this.board = board;
        this.remarks = remarks;
        this.comparison = new BoardComparison(canvases.now(), remarks.get());
    }

    @Override
    public List<String> poll(int max) {
        if (!canvases.isEnabled()) {
            return List.of();
        }
        Instant now = canvases.now();
        compare(now);
        return canvases.schedule().due(max, now);
    }

    private void compare(Instant now) {
        synchronized (canvases) {
            DomainNotes remarked = remarks.get();
            if (!comparison.begin(now, remarked)) {
                return;
            }
            Board current = board.get();
            for (ChannelCanvas canvas : canvases.all()) {
                if (canvas.isKnown()
                        && canvas.showsOther(renderer.render(canvas.id(), current, remarked, now, canvas.form(now)))) {
                    canvases.schedule().changed(canvas.id(), false, now);
                }
            }
        }
    }

    @Override
    public @Nullable Duration untilNextPoll() {
        if (!canvases.isEnabled()) {
            return null;
        }
        Instant now = canvases.now();
        Duration untilDue = canvases.schedule().untilDue(now);
        synchronized (canvases) {
            Duration untilCompared = comparison.untilDue(now);
            return untilDue == null || untilDue.compareTo(untilCompared) > 0 ? untilCompared : untilDue;
        }
    }

    /** The edit that makes the canvas equal to the board as it is now; null if it is so already. */
    @Override
    public @Nullable Work begin(String channelId) {
        Instant now = canvases.now();
        boolean heartbeat = canvases.schedule().isHeartbeat(channelId);
        synchronized (canvases) {
            ChannelCanvas canvas = canvases.get(channelId);
            Form form = canvas.form(now);
            Rendering rendering = renderer.render(channelId, board.get(), remarks.get(), now, form);
            if (!heartbeat && canvas.alreadyShows(rendering)) {
                canvases.schedule().unchanged(channelId);
                canvases.metrics().count(channelId, PublishResult.UNCHANGED);
                return null;
            }
            String canvasId = Objects.requireNonNull(canvas.canvasId(), "only those with an id are due");
            canvas.send(rendering, form);
            return new Work(rendering.markdown(), Map.of("canvasId", canvasId, "channel", channelId));
        }
    }

    @Override
    public void succeeded(String channelId) {
        canvases.published(channelId);
    }
}
