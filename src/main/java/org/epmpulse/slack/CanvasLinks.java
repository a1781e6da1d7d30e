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
 * Links to canvases. The address of the workspace is requested from Slack once, in the background; until it is known
 * there are no links. Thread-safe.
 */
public final class CanvasLinks {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasLinks.class);
    private static final Duration RETRY_INTERVAL = Duration.ofMinutes(1);

    private final Function<String, @Nullable String> canvasIds;
    private final Supplier<Workspace> workspaces;
    private final Executor background;
    private final InstantSource steady;

    private volatile @Nullable Workspace workspace;
    private Instant nextRequestAt = Instant.MIN;

    /**
     * @param canvasIds returns the canvas id of a channel, or null if it has none
     * @param workspaces requests the workspace from Slack
     * @param steady a clock that is never set
     */
    public CanvasLinks(
            Function<String, @Nullable String> canvasIds,
            Supplier<Workspace> workspaces,
            Executor background,
            InstantSource steady) {
        this.canvasIds = canvasIds;
        this.workspaces = workspaces;
        this.background = background;
        this.steady = steady;
    }

    /** Requests the workspace address if it is unknown. Returns at once. */
    synchronized void prepare() {
        Instant now = steady.instant();
        if (workspace == null && !now.isBefore(nextRequestAt)) {
            nextRequestAt = now.plus(RETRY_INTERVAL);
            background.execute(this::requestWorkspace);
        }
    }

    private void requestWorkspace() {
        try {
            Workspace found = workspaces.get();
            workspace = found.isValid() ? found : null;
        } catch (RuntimeException e) {
            LOG.debug("Slack: workspace address unavailable; alerts are sent without a canvas link", e);
        }
    }

    /** The address of the channel's canvas; null if unknown. */
    @Nullable
    String of(String channelId) {
        Workspace known = workspace;
        String canvas = canvasIds.apply(channelId);
        return known == null || canvas == null ? null : known.canvas(canvas);
    }
}
