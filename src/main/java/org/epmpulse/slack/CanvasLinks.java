package org.epmpulse.slack;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.epmpulse.slack.SlackClient.Workspace;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Addresses of canvases for people. The workspace's own is asked for once, in the background: nobody waits for it, and
 * without it there is no link. Thread-safe.
 */
public final class CanvasLinks {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasLinks.class);
    private static final Duration ASK_AGAIN = Duration.ofMinutes(1);

    private final Function<String, @Nullable String> canvasIds;
    private final Supplier<Workspace> workspaces;
    private final Executor background;
    private final InstantSource clock;

    private volatile @Nullable Workspace workspace;
    private Instant askAt = Instant.MIN;

    /**
     * @param canvasIds the canvas of a channel, or null if it has none
     * @param workspaces asks Slack
     */
    public CanvasLinks(
            Function<String, @Nullable String> canvasIds,
            Supplier<Workspace> workspaces,
            Executor background,
            InstantSource clock) {
        this.canvasIds = canvasIds;
        this.workspaces = workspaces;
        this.background = background;
        this.clock = clock;
    }

    /** A link will be wanted soon. Returns at once. */
    synchronized void prepare() {
        Instant now = clock.instant();
        if (workspace == null && !now.isBefore(askAt)) {
            askAt = now.plus(ASK_AGAIN);
            background.execute(this::ask);
        }
    }

    private void ask() {
        try {
            workspace = workspaces.get();
        } catch (RuntimeException e) {
            LOG.debug("Slack did not say its address, alerts go without a link", e);
        }
    }

    /** The address of the channel's canvas; null if it is not known. */
    @Nullable
    String of(String channelId) {
        Workspace known = workspace;
        String canvas = canvasIds.apply(channelId);
        return known == null || canvas == null ? null : known.canvas(canvas);
    }
}
