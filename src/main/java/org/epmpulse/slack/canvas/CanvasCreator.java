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
 * Finds or creates the canvas of a channel; the route {@code canvas-create} calls the steps. A creation is saved to
 * disk before the call to Slack. If the response is lost or the process ends, the next attempt first searches for the
 * canvas, so a channel never gets a second one. For one channel at a time.
 */
public final class CanvasCreator {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasCreator.class);

    /** How long Slack may still process a creation whose response was lost. */
    private static final Duration CREATION_TIMEOUT = Duration.ofMinutes(1);

    private final @Nullable SlackClient slack;
    private final CanvasRegistry registry;
    private final InstantSource clock;

    /** @param slack null without a token; then no canvas is ever created */
    public CanvasCreator(@Nullable SlackClient slack, CanvasRegistry registry, InstantSource clock) {
        this.slack = slack;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Finds an existing canvas: a created one that is not shared yet, or any canvas of the channel.
     *
     * @return its id; null if there is none and one may be created
     */
    public @Nullable String find(String channelId) {
        Entry known = registry.get(channelId);
        if (known != null && known.progress() == Progress.NOT_SHARED) {
            return known.canvasId();
        }
        String found;
        try {
            found = slack().channel(channelId).canvases().board();
        } catch (SlackRefusedException e) {
            if (!SlackErrors.isMissingScope(e)) {
                throw e;
            }
            return findWithoutScope(channelId, known, e);
        }
        if (found != null) {
            adopt(channelId, known, found);
            return found;
        }
        rejectUnconfirmed(channelId, known);
        return null;
    }

    /** Without the scope, the channel cannot be searched for a canvas. */
    private static @Nullable String findWithoutScope(
            String channelId, @Nullable Entry known, SlackRefusedException failure) {
        if (known == null) {
            LOG.warn(
                    "Canvas of {}: creating one without searching for an existing canvas: {}; to use an existing one,"
                            + " grant the scope channels:read (private channels: groups:read)",
                    channelId,
                    failure.getMessage());
            return null;
        }
        if (known.progress() == Progress.CREATED) {
            LOG.warn(
                    "Canvas of {}: cannot check whether {} was deleted; to replace deleted canvases, grant the scope"
                            + " channels:read (private channels: groups:read)",
                    channelId,
                    known.canvasId());
            return known.canvasId();
        }
        throw new SlackRefusedException(
                Blame.TARGET,
                failure.code(),
                "a canvas may already exist; grant channels:read (private channels: groups:read) so that EPMPulse finds"
                        + " it, or set canvas_id to its id (" + failure.getMessage() + ")");
    }

    private void adopt(String channelId, @Nullable Entry known, String found) {
        if (known == null || !found.equals(known.canvasId())) {
            LOG.info(
                    "Canvas of {}: using the existing canvas {}; EPMPulse overwrites the canvas's content",
                    channelId,
                    found);
        }
        registry.saveAfterCall(channelId, entry(Progress.CREATED, found));
    }

    private void rejectUnconfirmed(String channelId, @Nullable Entry known) {
        if (known == null) {
            return;
        }
        if (known.progress() == Progress.CREATING && !hasTimedOut(channelId, known)) {
            throw new SlackUnavailableException("Slack may still be creating the canvas; searching for it again", null);
        }
        if (known.progress() == Progress.CREATING_STANDALONE) {
            throw standaloneUnconfirmed();
        }
    }

    /** Whether the creation was begun long enough ago. If the clock was set back since then, it counts as begun now. */
    private boolean hasTimedOut(String channelId, Entry creating) {
        Instant now = clock.instant();
        if (creating.since().isAfter(now)) {
            registry.saveAfterCall(channelId, new Entry(creating.progress(), creating.canvasId(), now));
            return false;
        }
        return !now.isBefore(creating.since().plus(CREATION_TIMEOUT));
    }

    /** A standalone canvas cannot be found without its id. */
    private static SlackRefusedException standaloneUnconfirmed() {
        return new SlackRefusedException(
                Blame.TARGET,
                "canvas_creation_unconfirmed",
                "a canvas \"" + SlackClient.CANVAS_TITLE
                        + "\" may have been created; set canvas_id to its id, or stop EPMPulse and"
                        + " remove the channel from data/slack/canvases.json to create a new one");
    }

    /**
     * Creates a canvas in the channel.
     *
     * @return its id; null if only a standalone canvas is possible
     */
    public @Nullable String createInChannel(String channelId) {
        Entry before = registry.get(channelId);
        registry.saveBeforeCall(channelId, entry(Progress.CREATING, null));
        String canvasId;
        try {
            canvasId = slack().createChannelCanvas(channelId, SlackClient.CANVAS_TITLE);
        } catch (SlackRateLimitedException e) {
            registry.saveAfterCall(channelId, before);
            throw e;
        } catch (SlackUnavailableException e) {
            restoreIfNotSent(channelId, before, e);
            throw e;
        } catch (SlackRefusedException e) {
            registry.saveAfterCall(channelId, before);
            if (SlackErrors.refusesChannelCanvases(e)) {
                LOG.info(
                        "Canvas of {}: no channel canvas possible: {}; creating a standalone one for the channel",
                        channelId,
                        e.getMessage());
                return null;
            }
            throw e;
        }
        LOG.info("Canvas of {}: created {}", channelId, canvasId);
        registry.saveAfterCall(channelId, entry(Progress.CREATED, canvasId));
        return canvasId;
    }

    /** A call that has not reached Slack created nothing. */
    private void restoreIfNotSent(String channelId, @Nullable Entry before, SlackUnavailableException failure) {
        if (failure.isNotSent()) {
            registry.saveAfterCall(channelId, before);
        }
    }

    /** Creates a canvas that the members of the channel cannot see before {@link #share}. */
    public String createStandalone(String channelId) {
        Entry before = registry.get(channelId);
        if (before != null && before.progress() == Progress.UNKNOWN) {
            throw standaloneUnconfirmed();
        }
        registry.saveBeforeCall(channelId, entry(Progress.CREATING_STANDALONE, null));
        String canvasId;
        try {
            canvasId = slack().createCanvas(SlackClient.CANVAS_TITLE + " (" + channelId + ")");
        } catch (SlackRateLimitedException | SlackRefusedException e) {
            registry.saveAfterCall(channelId, before);
            throw e;
        } catch (SlackUnavailableException e) {
            restoreIfNotSent(channelId, before, e);
            throw e;
        }
        LOG.info("Canvas of {}: created {}, a standalone canvas", channelId, canvasId);
        registry.saveAfterCall(channelId, entry(Progress.NOT_SHARED, canvasId));
        return canvasId;
    }

    /**
     * Gives the members of the channel read access to the canvas, if they do not have it yet.
     *
     * @return the canvas id
     */
    public String share(String channelId, String canvasId) {
        Entry known = registry.get(channelId);
        if (known == null || known.progress() != Progress.NOT_SHARED) {
            return canvasId;
        }
        try {
            slack().shareCanvas(canvasId, channelId);
        } catch (SlackRefusedException e) {
            if (SlackErrors.isMissingCanvas(e)) {
                registry.saveAfterCall(channelId, null);
            }
            throw e;
        }
        registry.saveAfterCall(channelId, entry(Progress.CREATED, canvasId));
        return canvasId;
    }

    private Entry entry(Progress progress, @Nullable String canvasId) {
        Instant now = clock.instant();
        return new Entry(progress, canvasId, now);
    }

    private SlackClient slack() {
        return Objects.requireNonNull(slack, "creating a canvas requires SLACK_BOT_TOKEN");
    }
}
