package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.work.Work;
import org.jspecify.annotations.Nullable;

/**
 * {@code canvas-edits:publish}: the canvases that are due for an edit, by channel id. The message is the markdown of
 * the current board, with the variables {@code canvasId} and {@code channel}. Thread-safe.
 */
final class DueEdits extends CanvasSource {

    private final CanvasRenderer renderer;
    private final Supplier<Board> board;
    private final Supplier<DomainNotes> notes;
    private final BoardComparison comparison;
    private volatile Consumer<String> lateListener = channelId -> {};

    DueEdits(Canvases canvases, CanvasRenderer renderer, Supplier<Board> board, Supplier<DomainNotes> notes) {
        super(canvases);
        this.renderer = renderer;
        this.board = board;
        this.notes = notes;
        this.comparison = new BoardComparison(canvases.steady(), notes.get());
    }

    /** @param listener is called with a channel whose canvas may show an old board; must not throw */
    void onEndedLate(Consumer<String> listener) {
        lateListener = listener;
    }

    @Override
    public void takeOver() {
        if (canvases.isEnabled()) {
            canvases.takeOverEdits();
        }
    }

    /** The edit may have come after one of the node that is active now. */
    @Override
    public void endedLate(String channelId) {
        lateListener.accept(channelId);
    }

    @Override
    public List<String> poll(int max) {
        if (!canvases.isEnabled()) {
            return List.of();
        }
        Instant steady = canvases.steady();
        canvases.repeatIfDue(steady);
        compare(steady);
        return canvases.schedule().pollEdits(max, steady);
    }

    private void compare(Instant steady) {
        synchronized (canvases) {
            DomainNotes latest = notes.get();
            if (!comparison.begin(steady, latest)) {
                return;
            }
            Board current = board.get();
            Instant now = canvases.now();
            for (ChannelCanvas canvas : canvases.all()) {
                if (canvas.isContentKnown()
                        && canvas.differsFrom(
                                renderer.render(canvas.id(), current, latest, now, canvas.form(steady)))) {
                    canvases.schedule().markPending(canvas.id(), false, steady);
                }
            }
        }
    }

    @Override
    public @Nullable Duration untilNextPoll() {
        if (!canvases.isEnabled()) {
            return null;
        }
        Instant now = canvases.steady();
        Duration untilDue = canvases.schedule().untilNextEdit(now);
        synchronized (canvases) {
            return shorter(shorter(comparison.untilDue(now), untilDue), canvases.untilRepeat(now));
        }
    }

    private static Duration shorter(Duration one, @Nullable Duration other) {
        return other == null || one.compareTo(other) <= 0 ? one : other;
    }

    /** The edit that shows the current board; null if the canvas already shows it. */
    @Override
    public @Nullable Work begin(String channelId) {
        Instant now = canvases.now();
        boolean heartbeat = canvases.schedule().isHeartbeat(channelId);
        synchronized (canvases) {
            ChannelCanvas canvas = canvases.get(channelId);
            Form form = canvas.form(canvases.steady());
            Rendering rendering = renderer.render(channelId, board.get(), notes.get(), now, form);
            if (!heartbeat && canvas.skipUnchanged(rendering)) {
                canvases.schedule().unchanged(channelId);
                canvases.metrics().count(channelId, PublishResult.UNCHANGED);
                return null;
            }
            String canvasId = Objects.requireNonNull(canvas.canvasId(), "only canvases with an id are due");
            canvas.start(rendering, form);
            return new Work(rendering.markdown(), Map.of("canvasId", canvasId, "channel", channelId));
        }
    }

    @Override
    public void succeeded(String channelId) {
        canvases.published(channelId);
    }
}
