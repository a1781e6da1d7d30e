package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the canvases equal to the board: what is to be sent, what was, and what went wrong. {@link CanvasSchedule} says
 * when; the routes {@code canvas-publish} and {@code canvas-create} send what {@link #edits} and {@link #creations} have
 * due. Thread-safe; its memory is bounded by the number of canvases.
 */
public final class CanvasPublisher {

    private final Catalog catalog;
    private final CanvasRenderer renderer;
    private final Supplier<Board> board;
    private final Supplier<DomainNotes> remarks;
    private final Canvases canvases;
    private final DueEdits edits;
    private final DueCreations creations;

    /**
     * @param channels with the canvas that is configured
     * @param made the canvas that was made for a channel, by the channel's id; null if none was
     * @param enabled whether there is a token; without one canvases are only previewed
     */
    public CanvasPublisher(
            Collection<CanvasChannel> channels,
            Function<String, @Nullable String> made,
            Catalog catalog,
            CanvasRenderer renderer,
            CanvasLimits limits,
            Supplier<Board> board,
            Supplier<DomainNotes> remarks,
            InstantSource clock,
            MeterRegistry meters,
            boolean enabled) {
        this.catalog = catalog;
        this.renderer = renderer;
        this.board = board;
        this.remarks = remarks;
        List<ChannelCanvas> all = new ArrayList<>();
        for (CanvasChannel channel : channels) {
            ChannelCanvas canvas = new ChannelCanvas(channel);
            if (!canvas.isConfigured()) {
                canvas.use(made.apply(channel.id()));
            }
            all.add(canvas);
        }
        this.canvases = new Canvases(all, limits, clock, meters, enabled);
        this.edits = new DueEdits(canvases, renderer, board, remarks);
        this.creations = new DueCreations(canvases, made);
        canvases.add(edits);
        canvases.add(creations);
    }

    /** The edits that are due, for {@code canvas-edits:publish}: ids of channels. */
    public WorkSource<String> edits() {
        return edits;
    }

    /** The creations that are due, for {@code canvas-edits:create}: ids of channels. */
    public WorkSource<String> creations() {
        return creations;
    }

    /** Whether changes of this application go to a canvas, be it one that is still to be made. */
    public boolean shows(String appId) {
        Catalog.App app = catalog.app(appId);
        return canvases.isEnabled() && app != null && app.channels().stream().anyMatch(canvases::contains);
    }

    /** The canvas of a channel; null if it has none yet or no application names the channel. */
    public @Nullable String canvasId(String channelId) {
        synchronized (canvases) {
            return canvases.contains(channelId) ? canvases.get(channelId).canvasId() : null;
        }
    }

    /** Takes note of changes; returns at once. */
    public void changed(List<StatusChange> changes) {
        if (!canvases.isEnabled()) {
            return;
        }
        Instant now = canvases.now();
        for (StatusChange change : changes) {
            Catalog.App app = catalog.app(change.app());
            boolean urgent =
                    change.after().status() == Status.WARNING && change.before().status() != Status.WARNING;
            if (app != null) {
                app.channels().forEach(channel -> canvases.schedule().changed(channel, urgent, now));
            }
        }
        canvases.pending();
    }

    /** There are other remarks; returns at once. */
    public void remarksChanged() {
        edits.pending();
    }

    /**
     * Sends canvases now, changed or not, within interval and budget. Who asks while it goes on joins it.
     *
     * @param channelId null for all
     * @return to be closed
     */
    public CanvasSync sync(@Nullable String channelId) {
        return canvases.sync(channelId);
    }

    /** How many requests wait for a canvas, each counted once a canvas. */
    int waitingSyncs() {
        return canvases.waitingSyncs();
    }

    /** How each canvas stands, in the order of the configuration. */
    public List<CanvasState> states() {
        return canvases.states();
    }

    /** What the channel's canvas would show now, or null if no application names the channel. */
    public @Nullable String preview(String channelId) {
        if (!canvases.contains(channelId)) {
            return null;
        }
        return renderer.render(channelId, board.get(), remarks.get(), canvases.now(), Form.TABLES)
                .markdown();
    }

    /** The state of Slack, as health shows it. */
    public String health() {
        return canvases.health();
    }
}
