package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.cluster.Activity;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the canvases up to date with the board. {@link CanvasSchedule} decides when a canvas is edited; the routes
 * {@code canvas-publish} and {@code canvas-create} send what is due in {@link #edits} and {@link #creations}.
 * Thread-safe; its memory is bounded by the number of canvases.
 */
public final class CanvasPublisher {

    private final Catalog catalog;
    private final CanvasRenderer renderer;
    private final Supplier<Board> board;
    private final Supplier<DomainNotes> notes;
    private final Canvases canvases;
    private final DueEdits edits;
    private final DueCreations creations;

    /**
     * @param channels with the configured canvas
     * @param enabled whether there is a token; without one canvases are only previewed
     */
    public CanvasPublisher(
            Collection<CanvasChannel> channels,
            CreatedCanvases created,
            Catalog catalog,
            CanvasRenderer renderer,
            CanvasLimits limits,
            Supplier<Board> board,
            Supplier<DomainNotes> notes,
            TimeSource clock,
            MeterRegistry meters,
            boolean enabled) {
        this.catalog = catalog;
        this.renderer = renderer;
        this.board = board;
        this.notes = notes;
        List<ChannelCanvas> all = new ArrayList<>();
        for (CanvasChannel channel : channels) {
            ChannelCanvas canvas = new ChannelCanvas(channel);
            if (!canvas.isConfigured()) {
                canvas.assign(created.canvasId(channel.id()));
            }
            all.add(canvas);
        }
        this.canvases = new Canvases(all, limits, clock, meters, enabled);
        this.edits = new DueEdits(canvases, renderer, board, notes);
        this.creations = new DueCreations(canvases, created);
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

    /** Whether changes of this application are published to a canvas, which may not be created yet. */
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

    /** Marks the canvases that show these changes as pending; returns at once. */
    public void markPending(List<StatusChange> changes) {
        if (!canvases.isEnabled()) {
            return;
        }
        Instant now = canvases.steady();
        for (StatusChange change : changes) {
            Catalog.App app = catalog.app(change.app());
            boolean urgent = change.answer() == null
                    && change.after().status() == Status.WARNING
                    && change.before().status() != Status.WARNING;
            if (app != null) {
                app.channels().forEach(channel -> canvases.schedule().markPending(channel, urgent, now));
            }
        }
        canvases.notifySources();
    }

    /** Called when the notes have changed; returns at once. */
    public void notesChanged() {
        edits.notifyPending();
    }

    /**
     * Prepares for several nodes; to be called before the first edit.
     *
     * @param onEndedLate is called with a channel whose canvas may show an old board, because its edit ended after this
     *     node had become passive; must not throw
     */
    public void share(Activity activity, Consumer<String> onEndedLate) {
        canvases.share(activity);
        edits.onEndedLate(onEndedLate);
    }

    /** Publishes the canvas of a channel again, changed or not, because its content is unknown; returns at once. */
    public void publishAgain(String channelId) {
        canvases.publishAgain(channelId);
    }

    /**
     * Publishes canvases now, changed or not, within interval and budget. Requests during a sync join it.
     *
     * @param channelId null for all
     * @return must be closed
     */
    public CanvasSync sync(@Nullable String channelId) {
        return canvases.sync(channelId);
    }

    /** To be called before the calls to Slack are aborted: requests that wait for an edit end, failures are not logged. */
    public void stop() {
        canvases.stop();
    }

    /** The number of waiting requests, counted per canvas. */
    int waitingSyncs() {
        return canvases.waitingSyncs();
    }

    /** The state of each canvas, in the order of the configuration. */
    public List<CanvasState> states() {
        return canvases.states();
    }

    /** The markdown of the channel's canvas as of now; null if no application names the channel. */
    public @Nullable String preview(String channelId) {
        return preview(channelId, notes.get());
    }

    /** The same with other notes than this node's own. */
    public @Nullable String preview(String channelId, DomainNotes shownNotes) {
        if (!canvases.contains(channelId)) {
            return null;
        }
        return renderer.render(channelId, board.get(), shownNotes, canvases.now(), Form.TABLES)
                .markdown();
    }

    /** The state of Slack for the health check. */
    public String health() {
        return canvases.health();
    }

    /**
     * Slack has accepted a call of any kind.
     *
     * @param tokenWasRefused whether it had refused the token before
     */
    public void slackAccepted(boolean tokenWasRefused) {
        canvases.slackAccepted(tokenWasRefused);
    }
}
