package org.epmpulse.slack.canvas;

import java.time.Instant;
import java.util.Objects;
import org.epmpulse.slack.SlackErrors;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the result of an edit or a creation to the canvas, the schedule, the health and the metrics. Times are of the
 * steady clock unless stated otherwise. Guarded by {@link Canvases}.
 */
final class CanvasOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasOutcomes.class);

    private final CanvasSchedule schedule;
    private final SlackHealth slackHealth;
    private final CanvasMetrics metrics;
    private boolean stopped;

    CanvasOutcomes(CanvasSchedule schedule, SlackHealth slackHealth, CanvasMetrics metrics) {
        this.schedule = schedule;
        this.slackHealth = slackHealth;
        this.metrics = metrics;
    }

    /** Failures from now on are not logged: calls are aborted, and every canvas is published after a restart. */
    void stop() {
        stopped = true;
    }

    /** The channel now has this canvas. */
    void created(ChannelCanvas canvas, String canvasId, Instant now) {
        slackHealth.responded();
        canvas.assign(canvasId);
        schedule.created(canvas.id(), now);
        tokenAccepted();
        if (canvas.isLostCanvas()) {
            // The canvas exists, but the app has no access to it.
            schedule.refused(canvas.id(), now);
            canvas.syncs().complete();
        } else {
            canvas.clearLostCanvas();
            canvas.requeueSyncs();
        }
    }

    /**
     * Slack accepted the edit.
     *
     * @param publishedAt by the wall clock
     */
    void published(ChannelCanvas canvas, Instant publishedAt, Instant now) {
        if (canvas.error() != null) {
            LOG.info("Canvas of {}: up to date again", canvas);
        }
        canvas.published(publishedAt);
        slackHealth.responded();
        schedule.published(canvas.id(), now);
        tokenAccepted();
        metrics.count(canvas.id(), PublishResult.PUBLISHED);
        canvas.syncs().complete();
    }

    private void tokenAccepted() {
        if (!schedule.isSuspended()) {
            slackHealth.tokenAccepted();
        }
    }

    /** The edit or the creation failed. */
    void failed(ChannelCanvas canvas, Throwable failure, Instant now) {
        Throwable slack = slackException(failure);
        if (slack instanceof SlackRateLimitedException rateLimited) {
            rateLimited(canvas, rateLimited, now);
        } else if (slack instanceof SlackRefusedException refused) {
            refused(canvas, refused, now);
        } else {
            unavailable(canvas, slack, now);
        }
    }

    /** The Slack exception, also if Camel wrapped it; otherwise the failure itself. */
    private static Throwable slackException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isSlackException(cause)) {
                return cause;
            }
        }
        return failure;
    }

    /** Slack limited the rate. */
    private void rateLimited(ChannelCanvas canvas, SlackRateLimitedException failure, Instant now) {
        LOG.warn(
                "Slack: rate limited; next canvas {} in {} s",
                operation(canvas),
                failure.retryAfter().toSeconds());
        slackHealth.rateLimited();
        schedule.rateLimited(canvas.id(), failure.retryAfter(), now);
        recordFailure(canvas, PublishResult.RATE_LIMITED, failure, false);
    }

    /** Slack sent no valid response, or this program failed. */
    private void unavailable(ChannelCanvas canvas, Throwable failure, Instant now) {
        String reason = reason(failure);
        boolean logged = Objects.equals(canvas.error(), reason) || stopped;
        if (!(failure instanceof SlackUnavailableException) && !logged) {
            LOG.error("Canvas of {}: {} failed: unexpected error; retrying", canvas, operation(canvas), failure);
        } else if (!slackHealth.isUnavailable() && canvas.error() == null && !stopped) {
            LOG.warn("Canvas of {}: {} failed: {}; retrying", canvas, operation(canvas), reason);
        }
        slackHealth.unavailable(reason);
        schedule.unavailable(canvas.id(), now);
        recordFailure(canvas, PublishResult.UNAVAILABLE, failure, false);
    }

    /** Health is public, so the text of an exception that is not Slack's is for the log only. */
    private static String reason(Throwable failure) {
        String message = isSlackException(failure) ? failure.getMessage() : null;
        return message != null ? message : ChannelCanvas.UNEXPECTED;
    }

    private static boolean isSlackException(Throwable failure) {
        return failure instanceof SlackRateLimitedException
                || failure instanceof SlackRefusedException
                || failure instanceof SlackUnavailableException;
    }

    private static String operation(ChannelCanvas canvas) {
        return canvas.isMissing() ? "creation" : "update";
    }

    /** Slack refused the call. */
    private void refused(ChannelCanvas canvas, SlackRefusedException failure, Instant now) {
        slackHealth.responded();
        Form form = canvas.isMissing() ? null : canvas.sentForm();
        if (failure.blame() == Blame.CREDENTIAL) {
            slackHealth.tokenRefused(failure.getMessage());
            schedule.tokenRefused(canvas.id(), now);
            recordFailure(canvas, PublishResult.REFUSED, failure, true);
        } else if (failure.blame() == Blame.CONTENT && form == Form.TABLES) {
            tablesRefused(canvas, failure, now);
        } else if (form != null && !canvas.isConfigured() && SlackErrors.isMissingCanvas(failure)) {
            lost(canvas, failure, now);
        } else {
            if (!Objects.equals(canvas.loggedRefusal(), failure.getMessage())) {
                LOG.error(
                        "Canvas of {}: {} refused: {}; retrying every 15 min",
                        canvas,
                        operation(canvas),
                        failure.getMessage());
            }
            canvas.refusalLogged(failure.getMessage());
            canvas.useTables();
            schedule.refused(canvas.id(), now);
            tokenAccepted();
            recordFailure(canvas, PublishResult.REFUSED, failure, true);
        }
    }

    private void tablesRefused(ChannelCanvas canvas, SlackRefusedException failure, Instant now) {
        if (SlackErrors.mayPass(failure) && !canvas.isTablesRetried()) {
            canvas.retryTables();
        } else {
            if (canvas.loggedRefusal() == null) {
                LOG.warn("Canvas of {}: tables refused: {}; publishing lists", canvas, failure.getMessage());
            }
            canvas.useLists(now);
        }
        schedule.contentRefused(canvas.id(), now);
        tokenAccepted();
        recordFailure(canvas, PublishResult.REFUSED, failure, false);
    }

    /** Only for canvases that are not configured; a configured canvas is never replaced. */
    private void lost(ChannelCanvas canvas, SlackRefusedException failure, Instant now) {
        if (!Objects.equals(canvas.error(), failure.getMessage())) {
            LOG.warn("Canvas of {}: not found: {}; searching the channel for a canvas", canvas, failure.getMessage());
        }
        canvas.markLost();
        schedule.lost(canvas.id(), now);
        tokenAccepted();
        recordFailure(canvas, PublishResult.REFUSED, failure, false);
    }

    /** @param completeSyncs whether waiting requests end now or wait for the next attempt */
    private void recordFailure(ChannelCanvas canvas, PublishResult result, Throwable failure, boolean completeSyncs) {
        canvas.failed(result, reason(failure));
        metrics.count(canvas.id(), result);
        if (completeSyncs) {
            canvas.syncs().complete();
        } else {
            canvas.requeueSyncs();
        }
    }
}
