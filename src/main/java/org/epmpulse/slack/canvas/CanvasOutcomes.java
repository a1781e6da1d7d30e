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
 * What the end of an edit or of a creation means for its canvas, its schedule, the health and the metrics. Guarded by
 * {@link Canvases}.
 */
final class CanvasOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasOutcomes.class);

    private final CanvasSchedule schedule;
    private final SlackHealth contact;
    private final CanvasMetrics metrics;

    CanvasOutcomes(CanvasSchedule schedule, SlackHealth contact, CanvasMetrics metrics) {
        this.schedule = schedule;
        this.contact = contact;
        this.metrics = metrics;
    }

    /** The channel has this canvas now. */
    void made(ChannelCanvas canvas, String canvasId, Instant now) {
        contact.answered();
        canvas.use(canvasId);
        schedule.made(canvas.id(), now);
        tokenTaken();
        if (canvas.isLostOne()) {
            // It is there, but not for the app.
            schedule.refused(canvas.id(), now);
            canvas.syncs().complete();
        } else {
            canvas.forgetLostOne();
            canvas.returnSyncs();
        }
    }

    /** Slack took the edit. */
    void published(ChannelCanvas canvas, Instant now) {
        if (canvas.error() != null) {
            LOG.info("The canvas of {} is up to date again", canvas);
        }
        canvas.published(now);
        contact.answered();
        schedule.published(canvas.id(), now);
        tokenTaken();
        metrics.count(canvas.id(), PublishResult.PUBLISHED);
        canvas.syncs().complete();
    }

    private void tokenTaken() {
        if (!schedule.isSuspended()) {
            contact.tokenTaken();
        }
    }

    /** The edit or the creation failed. */
    void failed(ChannelCanvas canvas, Throwable failure, Instant now) {
        Throwable slack = ofSlack(failure);
        if (slack instanceof SlackRateLimitedException rateLimited) {
            rateLimited(canvas, rateLimited, now);
        } else if (slack instanceof SlackRefusedException refused) {
            refused(canvas, refused, now);
        } else {
            unavailable(canvas, slack, now);
        }
    }

    /** What Slack answered, where Camel wrapped it into an exception of its own, else the failure itself. */
    private static Throwable ofSlack(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SlackRateLimitedException
                    || cause instanceof SlackRefusedException
                    || cause instanceof SlackUnavailableException) {
                return cause;
            }
        }
        return failure;
    }

    /** Slack asked to wait. */
    private void rateLimited(ChannelCanvas canvas, SlackRateLimitedException failure, Instant now) {
        LOG.warn(
                "Slack asked to wait {} s before {}",
                failure.retryAfter().toSeconds(),
                canvas.isMissing() ? "the next canvas is made" : "the next edit of a canvas");
        contact.askedToWait();
        schedule.rateLimited(canvas.id(), failure.retryAfter(), now);
        note(canvas, PublishResult.RATE_LIMITED, failure, false);
    }

    /** Slack did not answer as it should, or something here did not work. */
    private void unavailable(ChannelCanvas canvas, Throwable failure, Instant now) {
        String why = why(failure);
        boolean logged = Objects.equals(canvas.error(), why);
        if (!(failure instanceof SlackUnavailableException) && !logged) {
            LOG.error("The canvas of {} could not be {}, it is tried again", canvas, verb(canvas), failure);
        } else if (!contact.isUnavailable() && canvas.error() == null) {
            LOG.warn(
                    "The canvas of {} could not be {}, it is tried again: {}",
                    canvas,
                    verb(canvas),
                    failure.getMessage());
        }
        contact.unavailable(why);
        schedule.unavailable(canvas.id(), now);
        note(canvas, PublishResult.UNAVAILABLE, failure, false);
    }

    private static String why(Throwable failure) {
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private static String verb(ChannelCanvas canvas) {
        return canvas.isMissing() ? "made" : "edited";
    }

    /** Slack will not do it. */
    private void refused(ChannelCanvas canvas, SlackRefusedException failure, Instant now) {
        contact.answered();
        Form form = canvas.isMissing() ? null : canvas.sentForm();
        if (failure.blame() == Blame.CREDENTIAL) {
            contact.tokenRefused(failure.getMessage());
            schedule.suspended(canvas.id(), now);
            note(canvas, PublishResult.REFUSED, failure, true);
        } else if (failure.blame() == Blame.CONTENT && form == Form.TABLES) {
            tablesRefused(canvas, failure, now);
        } else if (form != null && !canvas.isConfigured() && SlackErrors.isMissingCanvas(failure)) {
            lost(canvas, failure, now);
        } else {
            if (!Objects.equals(canvas.loggedRefusal(), failure.getMessage())) {
                LOG.error(
                        "The canvas of {} could not be {}, it is tried every 15 minutes: {}",
                        canvas,
                        verb(canvas),
                        failure.getMessage());
            }
            canvas.refusalLogged(failure.getMessage());
            canvas.useTables();
            schedule.refused(canvas.id(), now);
            tokenTaken();
            note(canvas, PublishResult.REFUSED, failure, true);
        }
    }

    private void tablesRefused(ChannelCanvas canvas, SlackRefusedException failure, Instant now) {
        if (canvas.loggedRefusal() == null) {
            LOG.warn("Slack refused the tables of the canvas of {}, a list follows: {}", canvas, failure.getMessage());
        }
        canvas.useLists(now);
        schedule.again(canvas.id(), now);
        tokenTaken();
        note(canvas, PublishResult.REFUSED, failure, false);
    }

    /** A canvas that nobody configured may be replaced; one that somebody did would be missed. */
    private void lost(ChannelCanvas canvas, SlackRefusedException failure, Instant now) {
        if (!Objects.equals(canvas.error(), failure.getMessage())) {
            LOG.warn("The canvas of {} is gone, the channel is looked at again: {}", canvas, failure.getMessage());
        }
        canvas.lose();
        schedule.lost(canvas.id(), now);
        tokenTaken();
        note(canvas, PublishResult.REFUSED, failure, false);
    }

    /** @param forGood whether requests that wait for the canvas end now, or with the next try */
    private void note(ChannelCanvas canvas, PublishResult result, Throwable failure, boolean forGood) {
        canvas.failed(result, why(failure));
        metrics.count(canvas.id(), result);
        if (forGood) {
            canvas.syncs().complete();
        } else {
            canvas.returnSyncs();
        }
    }
}
