package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Remarks;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the canvases equal to the board: what is to be sent, what was, and what went wrong. {@link CanvasSchedule} says
 * when; the routes {@code canvas-publish} and {@code canvas-create} send what {@link #edits} and {@link #creations} have
 * due. Thread-safe; its memory is bounded by the number of canvases.
 */
public final class CanvasPublisher {

    private final Map<String, ChannelCanvas> canvases = new LinkedHashMap<>();
    private final Function<String, @Nullable String> made;
    private final Catalog catalog;
    private final CanvasRenderer renderer;
    private final CanvasSchedule schedule;
    private final Supplier<Board> board;
    private final Supplier<Remarks> remarks;
    private final InstantSource clock;
    private final boolean enabled;
    private final CanvasMetrics metrics;
    private final SlackContact contact = new SlackContact();
    private final CanvasOutcomes outcomes;
    private final BoardComparison comparison;
    private final DueEdits edits = new DueEdits(this);
    private final DueCreations creations = new DueCreations(this);

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
            Supplier<Remarks> remarks,
            InstantSource clock,
            MeterRegistry meters,
            boolean enabled) {
        this.made = made;
        this.catalog = catalog;
        this.renderer = renderer;
        this.board = board;
        this.remarks = remarks;
        this.clock = clock;
        this.enabled = enabled;
        for (CanvasChannel channel : channels) {
            ChannelCanvas canvas = new ChannelCanvas(channel);
            if (!canvas.isConfigured()) {
                canvas.use(made.apply(channel.id()));
            }
            canvases.put(channel.id(), canvas);
        }
        Instant now = clock.instant();
        this.schedule = limits.schedule(canvases.keySet(), now);
        this.comparison = new BoardComparison(now, remarks.get());
        if (enabled) {
            for (ChannelCanvas canvas : canvases.values()) {
                if (canvas.isMissing()) {
                    schedule.missing(canvas.id());
                }
                // Nobody knows what the canvases show.
                schedule.changed(canvas.id(), false, now);
            }
        }
        this.metrics = new CanvasMetrics(meters);
        this.outcomes = new CanvasOutcomes(schedule, contact, metrics);
        canvases.keySet().forEach(id -> metrics.register(id, this::lag));
    }

    private Duration lag(String channelId) {
        return schedule.lag(channelId, clock.instant());
    }

    /** Whether changes of this application go to a canvas, be it one that is still to be made. */
    public boolean shows(String appId) {
        Catalog.App app = catalog.app(appId);
        return enabled && app != null && app.channels().stream().anyMatch(canvases::containsKey);
    }

    /** The canvas of a channel; null if it has none yet or no application names the channel. */
    public synchronized @Nullable String canvasId(String channelId) {
        ChannelCanvas canvas = canvases.get(channelId);
        return canvas == null ? null : canvas.canvasId();
    }

    /** Takes note of changes; returns at once. */
    public void changed(List<StatusChange> changes) {
        if (!enabled) {
            return;
        }
        Instant now = clock.instant();
        for (StatusChange change : changes) {
            Catalog.App app = catalog.app(change.app());
            boolean urgent =
                    change.after().status() == Status.WARNING && change.before().status() != Status.WARNING;
            if (app != null) {
                app.channels().forEach(channel -> schedule.changed(channel, urgent, now));
            }
        }
        pending();
    }

    /** There are other remarks; returns at once. */
    public void remarksChanged() {
        edits.pending();
    }

    /** The edits that are due, for {@code canvas-edits:publish}: ids of channels. */
    public WorkSource<String> edits() {
        return edits;
    }

    /** The creations that are due, for {@code canvas-edits:create}: ids of channels. */
    public WorkSource<String> creations() {
        return creations;
    }

    private void pending() {
        edits.pending();
        creations.pending();
    }

    List<String> dueEdits(int max) {
        if (!enabled) {
            return List.of();
        }
        Instant now = clock.instant();
        compare(now);
        return schedule.due(max, now);
    }

    private synchronized void compare(Instant now) {
        Remarks remarked = remarks.get();
        if (!comparison.begin(now, remarked)) {
            return;
        }
        Board current = board.get();
        for (ChannelCanvas canvas : canvases.values()) {
            if (canvas.isKnown()
                    && canvas.showsOther(renderer.render(canvas.id(), current, remarked, now, canvas.form(now)))) {
                schedule.changed(canvas.id(), false, now);
            }
        }
    }

    synchronized @Nullable Duration untilNextEdit() {
        if (!enabled) {
            return null;
        }
        Instant now = clock.instant();
        Duration untilDue = schedule.untilDue(now);
        Duration untilCompared = comparison.untilDue(now);
        return untilDue == null || untilDue.compareTo(untilCompared) > 0 ? untilCompared : untilDue;
    }

    /** The edit that makes the canvas equal to the board as it is now; null if it is so already. */
    @Nullable
    Work render(String channelId) {
        Instant now = clock.instant();
        boolean heartbeat = schedule.isHeartbeat(channelId);
        synchronized (this) {
            ChannelCanvas canvas = canvas(channelId);
            Form form = canvas.form(now);
            Rendering rendering = renderer.render(channelId, board.get(), remarks.get(), now, form);
            if (!heartbeat && canvas.alreadyShows(rendering)) {
                schedule.unchanged(channelId);
                metrics.count(channelId, PublishResult.UNCHANGED);
                return null;
            }
            String canvasId = Objects.requireNonNull(canvas.canvasId(), "only those with an id are due");
            canvas.send(rendering, form);
            return new Work(rendering.markdown(), Map.of("canvasId", canvasId, "channel", channelId));
        }
    }

    /** Slack took the edit. */
    void published(String channelId) {
        synchronized (this) {
            outcomes.published(canvas(channelId), clock.instant());
        }
        pending();
    }

    /** The edit or the creation failed. */
    void failed(String channelId, Throwable failure) {
        synchronized (this) {
            outcomes.failed(canvas(channelId), failure, clock.instant());
        }
        pending();
    }

    @Nullable
    String dueCreation() {
        return enabled ? schedule.dueCreation(clock.instant()) : null;
    }

    @Nullable
    Duration untilNextCreation() {
        return enabled ? schedule.untilDueCreation(clock.instant()) : null;
    }

    synchronized void beginCreation(String channelId) {
        canvas(channelId).syncs().take();
    }

    /** The route ended well: if it made a canvas, that is the channel's now. */
    void made(String channelId) {
        String canvasId = made.apply(channelId);
        if (canvasId == null) {
            failed(channelId, new IllegalStateException("the route made no canvas"));
            return;
        }
        synchronized (this) {
            outcomes.made(canvas(channelId), canvasId, clock.instant());
        }
        pending();
    }

    /**
     * Sends canvases now, changed or not, within interval and budget. Who asks while it goes on joins it.
     *
     * @param channelId null for all
     * @return to be closed
     */
    public CanvasSync sync(@Nullable String channelId) {
        List<CompletableFuture<Void>> syncs = addSyncs(channelId);
        pending();
        return new CanvasSync(syncs, this::remove);
    }

    private synchronized List<CompletableFuture<Void>> addSyncs(@Nullable String channelId) {
        Instant now = clock.instant();
        List<CompletableFuture<Void>> syncs = new ArrayList<>();
        for (ChannelCanvas canvas : canvases.values()) {
            if (enabled && (channelId == null || channelId.equals(canvas.id()))) {
                if (!canvas.syncs().isInFlight()) {
                    canvas.force();
                    schedule.forgive(canvas.id());
                    schedule.changed(canvas.id(), false, now);
                }
                syncs.add(canvas.syncs().add());
            }
        }
        return syncs;
    }

    private synchronized void remove(List<CompletableFuture<Void>> syncs) {
        canvases.values().forEach(canvas -> canvas.syncs().removeAll(syncs));
    }

    /** How many requests wait for a canvas, each counted once a canvas. */
    synchronized int waitingSyncs() {
        return canvases.values().stream()
                .mapToInt(canvas -> canvas.syncs().size())
                .sum();
    }

    /** How each canvas stands, in the order of the configuration. */
    public synchronized List<CanvasState> states() {
        return canvases.values().stream().map(this::state).toList();
    }

    private CanvasState state(ChannelCanvas canvas) {
        return canvas.state(enabled && schedule.isPending(canvas.id()), enabled ? canvas.error() : null);
    }

    /** What the channel's canvas would show now, or null if no application names the channel. */
    public @Nullable String preview(String channelId) {
        if (!canvases.containsKey(channelId)) {
            return null;
        }
        return renderer.render(channelId, board.get(), remarks.get(), clock.instant(), Form.TABLES)
                .markdown();
    }

    /** How Slack is, as health tells it. */
    public synchronized String health() {
        if (!enabled) {
            return "not_configured";
        }
        String problem = contact.problem();
        if (problem != null) {
            return "error: " + problem;
        }
        for (ChannelCanvas canvas : canvases.values()) {
            if (canvas.error() != null) {
                return "error: " + canvas.error() + " (" + canvas.id() + ")";
            }
        }
        return contact.isContacted() ? "connected" : "not_contacted";
    }

    private ChannelCanvas canvas(String channelId) {
        return Objects.requireNonNull(canvases.get(channelId), "a configured channel");
    }
}
