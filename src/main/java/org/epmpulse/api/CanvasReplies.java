package org.epmpulse.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.Cluster;
import org.epmpulse.http.ApiError;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.slack.canvas.CanvasState;
import org.epmpulse.slack.canvas.CanvasSync;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/** Lists, previews and publishes canvases: {@code /api/v1/canvas}. Thread-safe. */
public final class CanvasReplies {

    /** The longest time that a sync request waits. Publishing continues after it. */
    private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(30);

    /** The active node waits for {@link #SYNC_TIMEOUT}, and its reply takes a moment. */
    private static final Duration REMOTE_TIMEOUT = SYNC_TIMEOUT.plusSeconds(3);

    /** @param result of the sync; null without a sync, and then omitted */
    private record Canvas(
            String channel,
            String name,
            @Nullable String canvasId,
            @Nullable Long publishedRevision,
            @Nullable Instant publishedAt,
            boolean pending,
            @Nullable String lastError,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String result) {

        static Canvas of(CanvasState state, boolean synced) {
            return new Canvas(
                    state.channel().id(),
                    state.channel().name(),
                    state.channel().canvasId(),
                    state.publishedRevision(),
                    state.publishedAt(),
                    state.pending(),
                    state.lastError(),
                    synced ? state.lastResult() : null);
        }
    }

    private record Canvases(List<Canvas> canvases) {}

    /** @param toCreate the number of channels whose canvas is still to be created */
    private record CanvasList(long toCreate, List<Canvas> canvases) {}

    private final CanvasPublisher publisher;
    private final Activity activity;
    private final NodeViews views;
    private final RemoteSync remote;

    /** For a single node. */
    public CanvasReplies(CanvasPublisher publisher) {
        this(
                publisher,
                Cluster.SINGLE,
                new NodeViews(
                        Activity.ALWAYS,
                        new NodeViews.Own(
                                () -> DomainNotes.NONE,
                                publisher::health,
                                () -> "not_configured",
                                publisher::states,
                                () -> null)),
                TimeSource.system());
    }

    public CanvasReplies(CanvasPublisher publisher, Cluster cluster, NodeViews views, TimeSource clock) {
        this.publisher = publisher;
        this.activity = cluster.activity();
        this.views = views;
        this.remote = new RemoteSync(cluster.requests(), clock);
    }

    /** The canvases of all channels. */
    public Reply list() {
        List<CanvasState> states = views.canvases();
        return Reply.ok(new CanvasList(
                states.stream().filter(CanvasReplies::isToCreate).count(),
                states.stream().map(state -> Canvas.of(state, false)).toList()));
    }

    /** Without a token nothing is pending, and no canvas is created. */
    private static boolean isToCreate(CanvasState state) {
        return state.channel().canvasId() == null && state.pending();
    }

    /**
     * The current content of a canvas, as markdown.
     *
     * @throws BadRequestException if {@code channel} is missing
     * @throws NotFoundException if the channel is not configured
     */
    public Reply preview(Map<String, Object> headers) {
        String channel = RequestHeaders.text(headers, "channel");
        if (channel == null) {
            throw new BadRequestException("channel is required: the id of a configured channel");
        }
        String markdown = activity.active() ? publisher.preview(channel) : publisher.preview(channel, views.notes());
        if (markdown == null) {
            throw unknownChannel();
        }
        return Reply.text(Map.of("Content-Type", "text/markdown; charset=utf-8"), markdown);
    }

    /**
     * Publishes one canvas or all, and waits for the responses of Slack. A passive node lets the active one do it.
     *
     * @throws NotFoundException if the channel is not configured
     */
    public Reply sync(Map<String, Object> headers) throws InterruptedException {
        String channel = RequestHeaders.text(headers, "channel");
        List<String> known =
                publisher.states().stream().map(state -> state.channel().id()).toList();
        if (channel != null && !known.contains(channel)) {
            throw unknownChannel();
        }
        if (activity.active()) {
            return syncHere(channel);
        }
        Reply reply = remote.sync(channel, REMOTE_TIMEOUT);
        return reply == null ? notPublished(false, canvases(channel)) : reply;
    }

    /**
     * Publishes one canvas or all from this node, for another one.
     *
     * @param channel null for all
     * @return the reply as a text that the other node understands
     */
    public String syncFor(@Nullable String channel) throws InterruptedException {
        return RemoteSync.encode(syncHere(channel));
    }

    private Reply syncHere(@Nullable String channel) throws InterruptedException {
        CanvasSync.Result result = waitFor(channel);
        if (result == CanvasSync.Result.STOPPED) {
            return new ApiError(ErrorCode.UNAVAILABLE, "EPMPulse is stopping. Retry in a few seconds.")
                    .withHeader("Retry-After", "2")
                    .reply();
        }
        boolean inTime = result == CanvasSync.Result.ANSWERED;
        List<CanvasState> synced = canvases(channel);
        boolean allPublished = inTime
                && !publisher.health().equals("not_configured")
                && synced.stream().allMatch(state -> state.lastError() == null);
        return allPublished ? Reply.ok(new Canvases(results(synced))) : notPublished(inTime, synced);
    }

    /** @param channel null for all */
    private List<CanvasState> canvases(@Nullable String channel) {
        return views.canvases().stream()
                .filter(state ->
                        channel == null || channel.equals(state.channel().id()))
                .toList();
    }

    private static List<Canvas> results(List<CanvasState> states) {
        return states.stream().map(state -> Canvas.of(state, true)).toList();
    }

    private Reply notPublished(boolean inTime, List<CanvasState> states) {
        return new ApiError(ErrorCode.SLACK_ERROR, failureMessage(inTime))
                .withDetails(Map.of("canvases", results(states)))
                .reply();
    }

    private CanvasSync.Result waitFor(@Nullable String channel) throws InterruptedException {
        try (CanvasSync sync = publisher.sync(channel)) {
            return sync.await(SYNC_TIMEOUT);
        }
    }

    private String failureMessage(boolean inTime) {
        if (publisher.health().equals("not_configured")) {
            return "SLACK_BOT_TOKEN is not set, so no canvas is published. Set it and restart EPMPulse.";
        }
        return inTime
                ? "Not every canvas was published. See last_error of each canvas in details."
                : "Not every canvas was published within 30 s. EPMPulse retries the others.";
    }

    private static NotFoundException unknownChannel() {
        return new NotFoundException("Unknown channel. GET /api/v1/canvas lists the configured channels.", Map.of());
    }
}
