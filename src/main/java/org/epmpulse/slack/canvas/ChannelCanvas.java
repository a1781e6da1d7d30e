package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.jspecify.annotations.Nullable;

/** What is known of a channel's canvas. Guarded by {@link Canvases}. */
final class ChannelCanvas {

    /** For how long tables are not tried where Slack refused them. */
    private static final Duration LISTS_FOR = Duration.ofHours(1);

    private final boolean configured;
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

    /** What is kept of an edit until its answer: not its text, which may be long. */
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

    /** Whether somebody configured it: then it is not replaced. */
    boolean isConfigured() {
        return configured;
    }

    boolean isMissing() {
        return channel.canvasId() == null;
    }

    /** The channel has this canvas now; null if it has none. */
    void use(@Nullable String canvasId) {
        channel = new CanvasChannel(channel.id(), channel.name(), canvasId);
    }

    /** Slack no longer has the canvas, or does not show it to the app. */
    void lose() {
        lostId = channel.canvasId();
        use(null);
    }

    /** Whether the canvas is the one that Slack did not show to the app. */
    boolean isLostOne() {
        return lostId != null && lostId.equals(channel.canvasId());
    }

    void forgetLostOne() {
        lostId = null;
    }

    CanvasSyncs syncs() {
        return syncs;
    }

    /** It is to be sent although it is unchanged. */
    void force() {
        forced = true;
    }

    /** Who waits for what goes on waits for what is sent next, changed or not. */
    void returnSyncs() {
        forced |= syncs.isInFlight();
        syncs.giveBack();
    }

    Form form(Instant now) {
        return now.isBefore(listsUntil) ? Form.LISTS : Form.TABLES;
    }

    /** Slack refused the tables. */
    void useLists(Instant now) {
        listsUntil = now.plus(LISTS_FOR);
    }

    /** Slack refused more than the tables. */
    void useTables() {
        listsUntil = Instant.MIN;
    }

    /** Whether it is known what is on the canvas. */
    boolean isKnown() {
        return content != null;
    }

    /** Whether what is known to be on the canvas is something else. */
    boolean showsOther(Rendering rendering) {
        return content != null && !content.equals(rendering.fingerprint());
    }

    /** Whether the rendering need not be sent; its revision counts as published then. */
    boolean alreadyShows(Rendering rendering) {
        if (forced || !rendering.fingerprint().equals(content)) {
            return false;
        }
        revision = rendering.revision();
        return true;
    }

    void send(Rendering rendering, Form form) {
        forced = false;
        syncs.take();
        sent = new Sent(rendering.fingerprint(), rendering.revision(), form);
    }

    /** Of the last edit that was sent; null if none was. */
    @Nullable
    Form sentForm() {
        return sent == null ? null : sent.form();
    }

    /** Slack took what was sent last. */
    void published(Instant now) {
        Sent taken = Objects.requireNonNull(sent, "an edit was sent");
        content = taken.fingerprint();
        revision = taken.revision();
        publishedAt = now;
        error = null;
        loggedRefusal = null;
        lostId = null;
        result = PublishResult.PUBLISHED;
    }

    /** What is on the canvas is not known any more. */
    void failed(PublishResult how, String why) {
        error = why;
        content = null;
        result = how;
    }

    /** Why the last edit was not taken; null if it was. */
    @Nullable
    String error() {
        return error;
    }

    /** The refusal that is in the log already, since the canvas was last up to date; null if none is. */
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
