package org.epmpulse.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.epmpulse.http.ApiError;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.slack.canvas.CanvasPublisher;
import org.epmpulse.slack.canvas.CanvasState;
import org.epmpulse.slack.canvas.CanvasSync;
import org.jspecify.annotations.Nullable;

/** Shows and sends canvases: {@code /api/v1/canvas}. Thread-safe. */
public final class CanvasReplies {

    /** Who asks for a sync waits this long at most; the canvases go on being tried. */
    private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(30);

    /** @param result of the sync; null, and then left out, where there was none */
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

    private final CanvasPublisher publisher;

    public CanvasReplies(CanvasPublisher publisher) {
        this.publisher = publisher;
    }

    /** Every channel's canvas. */
    public Reply list() {
        return Reply.ok(new Canvases(publisher.states().stream()
                .map(state -> Canvas.of(state, false))
                .toList()));
    }

    /**
     * What a canvas would show now, as markdown.
     *
     * @throws BadRequestException if no channel is named
     * @throws NotFoundException if no application names the channel
     */
    public Reply preview(Map<String, Object> headers) {
        String channel = RequestHeaders.text(headers, "channel");
        if (channel == null) {
            throw new BadRequestException("channel is required");
        }
        String markdown = publisher.preview(channel);
        if (markdown == null) {
            throw unknown();
        }
        return Reply.text(Map.of("Content-Type", "text/markdown; charset=utf-8"), markdown);
    }

    /**
     * Sends a channel's canvas, or all, and waits until Slack has answered.
     *
     * @throws NotFoundException if no application names the channel
     */
    public Reply sync(Map<String, Object> headers) throws InterruptedException {
        String channel = RequestHeaders.text(headers, "channel");
        List<String> known =
                publisher.states().stream().map(state -> state.channel().id()).toList();
        if (channel != null && !known.contains(channel)) {
            throw unknown();
        }
        boolean inTime = waitFor(channel);
        List<CanvasState> states = publisher.states().stream()
                .filter(state ->
                        channel == null || channel.equals(state.channel().id()))
                .toList();
        boolean allTaken = inTime
                && !publisher.health().equals("not_configured")
                && states.stream().allMatch(state -> state.lastError() == null);
        List<Canvas> canvases =
                states.stream().map(state -> Canvas.of(state, true)).toList();
        if (allTaken) {
            return Reply.ok(new Canvases(canvases));
        }
        return new ApiError(ErrorCode.SLACK_ERROR, why(inTime))
                .withDetails(Map.of("canvases", canvases))
                .reply();
    }

    private boolean waitFor(@Nullable String channel) throws InterruptedException {
        try (CanvasSync sync = publisher.sync(channel)) {
            return sync.await(SYNC_TIMEOUT);
        }
    }

    private String why(boolean inTime) {
        if (publisher.health().equals("not_configured")) {
            return "SLACK_BOT_TOKEN is not set: canvases are only previewed.";
        }
        return inTime ? "Slack did not take every canvas." : "Slack has not taken every canvas yet; it is tried again.";
    }

    private static NotFoundException unknown() {
        return new NotFoundException("No application names this channel.", Map.of());
    }
}
