package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.jspecify.annotations.Nullable;

/** The state of a channel's canvas. Guarded by {@link Canvases}. */
final class ChannelCanvas {

    /** How long lists are sent after Slack refused tables. */
    private static final Duration LISTS_PERIOD = Duration.ofHours(1);

    private final boolean configured;
    /** The error of a failure that is not Slack's. */
    static final String UNEXPECTED = "unexpected error, see the log";

    private final CanvasSyncs syncs = new CanvasSyncs();
    private CanvasChannel channel;
    private @Nullable String lostId;
    private @Nullable Sent sent;
    private @Nullable String content;
    private @Nullable Long revision;
    private @Nullable Instant publishedAt;
    private @Nullable String error;
    private @Nullable String loggedRefusal;
    private PublishResult result = PublishResult.UNAVAILABLE;
    private Instant listsUntil = Instant.MIN;
    private boolean forced;
    private boolean tablesRetried;

    /** The edit in flight, without its text, which may be long. */
    private record Sent(String fingerprint, long revision, Form form) {}

    ChannelCanvas(CanvasChannel channel) {
        this.channel = channel;
        this.configured = channel.canvasId() != null;
    }

    /** The channel's id. */
    String id() {
        return channel.id();
    }

    @Nullable
    String canvasId() {
        return channel.canvasId();
    }

    /** Whether the canvas is configured; then it is never replaced. */
    boolean isConfigured() {
        return configured;
    }

    boolean isMissing() {
        return channel.canvasId() == null;
    }

    /** Sets the canvas of the channel; null for none. */
    void assign(@Nullable String canvasId) {
        channel = new CanvasChannel(channel.id(), channel.name(), canvasId);
    }

    /** The canvas was deleted or is not visible to the app. */
    void markLost() {
        lostId = channel.canvasId();
        assign(null);
    }

    /** Whether the current canvas is the one that was marked as lost. */
    boolean isLostCanvas() {
        return lostId != null && lostId.equals(channel.canvasId());
    }

    void clearLostCanvas() {
        lostId = null;
    }

    CanvasSyncs syncs() {
        return syncs;
    }

    /** What the canvas shows is unknown, because another node may have edited it; the next edit is sent. */
    void forgetContent() {
        content = null;
        error = null;
        loggedRefusal = null;
        forced = true;
    }

    /** The next edit is sent even if the canvas is unchanged. */
    void force() {
        forced = true;
    }

    /** Requests that wait for the edit in flight wait for the next one, which is sent even if unchanged. */
    void requeueSyncs() {
        forced |= syncs.isInFlight();
        syncs.requeue();
    }

    /** @param steady of the steady clock */
    Form form(Instant steady) {
        return steady.isBefore(listsUntil) ? Form.LISTS : Form.TABLES;
    }

    /** Whether the tables were sent again after a refusal since Slack last accepted an edit. */
    boolean isTablesRetried() {
        return tablesRetried;
    }

    /** Slack refused the tables for the first time: they are sent once more. */
    void retryTables() {
        tablesRetried = true;
    }

    /**
     * Slack refused the tables.
     *
     * @param steady of the steady clock
     */
    void useLists(Instant steady) {
        listsUntil = steady.plus(LISTS_PERIOD);
    }

    /** Slack refused more than the tables. */
    void useTables() {
        listsUntil = Instant.MIN;
    }

    /** Whether the content of the canvas is known. */
    boolean isContentKnown() {
        return content != null;
    }

    /** Whether the known content of the canvas differs from the rendering. */
    boolean differsFrom(Rendering rendering) {
        return content != null && !content.equals(rendering.fingerprint());
    }

    /** Whether the rendering need not be sent; if so, its revision counts as published. */
    boolean skipUnchanged(Rendering rendering) {
        if (forced || !rendering.fingerprint().equals(content)) {
            return false;
        }
        revision = rendering.revision();
        return true;
    }

    void start(Rendering rendering, Form form) {
        forced = false;
        syncs.start();
        sent = new Sent(rendering.fingerprint(), rendering.revision(), form);
    }

    /** The form of the last edit; null if there was none. */
    @Nullable
    Form sentForm() {
        return sent == null ? null : sent.form();
    }

    /**
     * Slack accepted the last edit.
     *
     * @param now by the wall clock
     */
    void published(Instant now) {
        Sent accepted = Objects.requireNonNull(sent, "an edit was sent");
        content = accepted.fingerprint();
        revision = accepted.revision();
        publishedAt = now;
        error = null;
        loggedRefusal = null;
        lostId = null;
        tablesRetried = false;
        result = PublishResult.PUBLISHED;
    }

    /** The last edit failed, so the content of the canvas is unknown. */
    void failed(PublishResult failure, String reason) {
        error = reason;
        content = null;
        result = failure;
    }

    /** Why the last edit failed; null if it succeeded. */
    @Nullable
    String error() {
        return error;
    }

    /** Whether the last edit failed because Slack was not available or limited the rate: a problem of all canvases. */
    boolean isAwaitingSlack() {
        return !UNEXPECTED.equals(error)
                && (result == PublishResult.UNAVAILABLE || result == PublishResult.RATE_LIMITED);
    }

    /** The refusal that was logged since the canvas was last up to date; null if none. */
    @Nullable
    String loggedRefusal() {
        return loggedRefusal;
    }

    void refusalLogged(@Nullable String refusal) {
        loggedRefusal = refusal;
    }

    CanvasState state(boolean pending, @Nullable String lastError) {
        return new CanvasState(channel, revision, publishedAt, pending, lastError, result.label());
    }

    /** For the log, such as {@code epm-main (C012, canvas F012)}. */
    @Override
    public String toString() {
        String canvasId = channel.canvasId();
        return channel.name() + " (" + channel.id() + (canvasId == null ? "" : ", canvas " + canvasId) + ")";
    }
}
