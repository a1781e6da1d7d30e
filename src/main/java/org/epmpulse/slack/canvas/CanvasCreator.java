package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.epmpulse.slack.SlackClient;
import org.epmpulse.slack.SlackErrors;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.slack.canvas.CanvasRegistry.Entry;
import org.epmpulse.slack.canvas.CanvasRegistry.Progress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a channel its canvas; the route {@code canvas-create} goes through the steps. What is about to be made is on disk
 * before Slack is asked, so that an answer that is lost, with or without this process, never leads to a second canvas:
 * before the next try it is looked for. For one channel at a time.
 */
public final class CanvasCreator {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasCreator.class);

    /** How long a creation whose answer was lost may still be under way at Slack. */
    private static final Duration MAY_STILL_COME = Duration.ofMinutes(1);

    private final @Nullable SlackClient slack;
    private final CanvasRegistry made;
    private final InstantSource clock;

    /** @param slack null where there is no token; then nothing is ever to be made */
    public CanvasCreator(@Nullable SlackClient slack, CanvasRegistry made, InstantSource clock) {
        this.slack = slack;
        this.made = made;
        this.clock = clock;
    }

    /**
     * Looks for a canvas that is there already: one that was made and not shared yet, or one in the channel, whoever
     * made it.
     *
     * @return its id; null if there is none and one may be made
     */
    public @Nullable String look(String channelId) {
        Entry known = made.get(channelId);
        if (known != null && known.progress() == Progress.TO_SHARE) {
            return known.canvasId();
        }
        String found;
        try {
            found = slack().channel(channelId).canvases().board();
        } catch (SlackRefusedException e) {
            if (!SlackErrors.isMissingScope(e)) {
                throw e;
            }
            return unseen(channelId, known, e);
        }
        if (found != null) {
            adopt(channelId, known, found);
            return found;
        }
        refuseWhereInDoubt(known);
        return null;
    }

    /** Without the scope nobody can tell whether there is a canvas. */
    private static @Nullable String unseen(String channelId, @Nullable Entry known, SlackRefusedException failure) {
        if (known == null) {
            LOG.warn(
                    "A canvas is made in {} without looking for one first; to have an existing one used, grant the scope"
                            + " channels:read (private channels: groups:read): {}",
                    channelId,
                    failure.getMessage());
            return null;
        }
        if (known.progress() == Progress.MADE) {
            LOG.warn(
                    "Whether {} has another canvas than {} cannot be seen; to have a lost one replaced, grant the scope"
                            + " channels:read (private channels: groups:read)",
                    channelId,
                    known.canvasId());
            return known.canvasId();
        }
        throw new SlackRefusedException(
                Blame.TARGET,
                failure.code(),
                "a canvas may have been made already; grant channels:read (private channels: groups:read) so that it is"
                        + " found, or write its id as canvas_id (" + failure.getMessage() + ")");
    }

    private void adopt(String channelId, @Nullable Entry known, String found) {
        if (known == null || !found.equals(known.canvasId())) {
            LOG.info(
                    "{} has the canvas {}: from now on it shows the board, what it showed is replaced",
                    channelId,
                    found);
        }
        made.keep(channelId, entry(Progress.MADE, found));
    }

    private void refuseWhereInDoubt(@Nullable Entry known) {
        if (known == null) {
            return;
        }
        if (known.progress() == Progress.BEGUN
                && clock.instant().isBefore(known.since().plus(MAY_STILL_COME))) {
            throw new SlackUnavailableException("Slack may still be making the canvas, it is looked for again", null);
        }
        if (known.progress() == Progress.BEGUN_STANDALONE) {
            throw standaloneInDoubt();
        }
    }

    /** A standalone canvas is nowhere to be looked up without its id. */
    private static SlackRefusedException standaloneInDoubt() {
        return new SlackRefusedException(
                Blame.TARGET,
                "canvas_creation_unconfirmed",
                "a canvas \"" + SlackClient.CANVAS_TITLE
                        + "\" may have been made; write the id of one as canvas_id, or stop EPMPulse and"
                        + " remove the channel from data/slack/canvases.json to have one made");
    }

    /**
     * Makes a canvas in the channel.
     *
     * @return its id; null if the plan has no such canvases
     */
    public @Nullable String createInChannel(String channelId) {
        Entry before = made.get(channelId);
        made.begin(channelId, entry(Progress.BEGUN, null));
        String canvasId;
        try {
            canvasId = slack().createChannelCanvas(channelId, SlackClient.CANVAS_TITLE);
        } catch (SlackRateLimitedException e) {
            made.keep(channelId, before);
            throw e;
        } catch (SlackRefusedException e) {
            made.keep(channelId, before);
            if (SlackErrors.refusesChannelCanvases(e)) {
                return null;
            }
            throw e;
        }
        LOG.info("Made the canvas {} in {}", canvasId, channelId);
        made.keep(channelId, entry(Progress.MADE, canvasId));
        return canvasId;
    }

    /** Makes a canvas that the channel's people cannot see before {@link #share}. */
    public String createStandalone(String channelId) {
        Entry before = made.get(channelId);
        if (before != null && before.progress() == Progress.UNKNOWN) {
            throw standaloneInDoubt();
        }
        made.begin(channelId, entry(Progress.BEGUN_STANDALONE, null));
        String canvasId;
        try {
            canvasId = slack().createCanvas(SlackClient.CANVAS_TITLE + " (" + channelId + ")");
        } catch (SlackRateLimitedException | SlackRefusedException e) {
            made.keep(channelId, before);
            throw e;
        }
        LOG.info("Made the canvas {} for {}, whose plan has no canvases in channels", canvasId, channelId);
        made.keep(channelId, entry(Progress.TO_SHARE, canvasId));
        return canvasId;
    }

    /**
     * Lets the channel's people read the canvas, if they cannot yet.
     *
     * @return the canvas
     */
    public String share(String channelId, String canvasId) {
        Entry known = made.get(channelId);
        if (known == null || known.progress() != Progress.TO_SHARE) {
            return canvasId;
        }
        try {
            slack().shareCanvas(canvasId, channelId);
        } catch (SlackRefusedException e) {
            if (SlackErrors.isMissingCanvas(e)) {
                made.keep(channelId, null);
            }
            throw e;
        }
        made.keep(channelId, entry(Progress.MADE, canvasId));
        return canvasId;
    }

    private Entry entry(Progress progress, @Nullable String canvasId) {
        Instant now = clock.instant();
        return new Entry(progress, canvasId, now);
    }

    private SlackClient slack() {
        return Objects.requireNonNull(slack, "canvases are made only where there is a token");
    }
}
