package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.epmpulse.cluster.Activity;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The canvases of all channels with their schedule, health and metrics. Its monitor guards each {@link ChannelCanvas},
 * {@link SlackHealth} and {@link CanvasOutcomes}; sources are notified without holding it. Thread-safe.
 */
final class Canvases {

    /**
     * When every canvas is published once more after a takeover. A call of the former node takes 10 s at most, so what it
     * had on its way is overwritten.
     */
    static final Duration REPEAT = Duration.ofSeconds(12);

    private final Map<String, ChannelCanvas> canvases = new LinkedHashMap<>();
    private final List<CanvasSource> sources = new CopyOnWriteArrayList<>();
    private final SlackHealth slackHealth = new SlackHealth();
    private final CanvasSchedule schedule;
    private final CanvasMetrics metrics;
    private final CanvasOutcomes outcomes;
    private final TimeSource clock;
    private final boolean enabled;
    private @Nullable Instant repeatAt;
    private volatile Activity activity = Activity.ALWAYS;

    Canvases(
            Collection<ChannelCanvas> all,
            CanvasLimits limits,
            TimeSource clock,
            MeterRegistry meters,
            boolean enabled) {
        all.forEach(canvas -> canvases.put(canvas.id(), canvas));
        Instant now = clock.steady();
        this.clock = clock;
        this.enabled = enabled;
        this.schedule = limits.schedule(canvases.keySet(), now);
        this.metrics = new CanvasMetrics(meters);
        this.outcomes = new CanvasOutcomes(schedule, slackHealth, metrics);
        if (enabled) {
            for (ChannelCanvas canvas : all) {
                if (canvas.isMissing()) {
                    schedule.markMissing(canvas.id());
                }
                // The content of the canvases is unknown.
                schedule.markPending(canvas.id(), false, now);
            }
        }
        canvases.keySet().forEach(id -> metrics.register(id, this::lag));
    }

    /** Zero on a passive node, whose schedule stands still. */
    private Duration lag(String channelId) {
        return !activity.active() ? Duration.ZERO : schedule.lag(channelId, clock.steady());
    }

    /** Sets which node is active, if there are several. */
    void share(Activity newActivity) {
        activity = newActivity;
    }

    /** The wall clock, for what the canvases show. */
    Instant now() {
        return clock.instant();
    }

    /** The clock of the schedule, which is never set. */
    Instant steady() {
        return clock.steady();
    }

    /** Whether there is a token; without one nothing is ever due. */
    boolean isEnabled() {
        return enabled;
    }

    CanvasSchedule schedule() {
        return schedule;
    }

    CanvasMetrics metrics() {
        return metrics;
    }

    /** Whether the channel is configured. */
    boolean contains(String channelId) {
        return canvases.containsKey(channelId);
    }

    /** @throws NullPointerException if the channel is not configured */
    ChannelCanvas get(String channelId) {
        return Objects.requireNonNull(canvases.get(channelId), "a configured channel");
    }

    /** In the order of the configuration. */
    Collection<ChannelCanvas> all() {
        return canvases.values();
    }

    /** Adds a source that is notified when an item may be due. */
    void add(CanvasSource source) {
        sources.add(source);
    }

    /** Notifies the sources that an item may have become due since the last poll. */
    void notifySources() {
        sources.forEach(CanvasSource::notifyPending);
    }

    /** Slack accepted the edit. */
    void published(String channelId) {
        synchronized (this) {
            outcomes.published(get(channelId), clock.instant(), clock.steady());
        }
        notifySources();
    }

    /** The channel now has this canvas. */
    void created(String channelId, String canvasId) {
        synchronized (this) {
            outcomes.created(get(channelId), canvasId, clock.steady());
        }
        notifySources();
    }

    /** The edit or the creation failed. */
    void failed(String channelId, Throwable failure) {
        synchronized (this) {
            outcomes.failed(get(channelId), failure, clock.steady());
        }
        notifySources();
    }

    /** Nothing was sent: what waits for the edit waits for the next one, also if the content seems to be known. */
    void released(String channelId) {
        synchronized (this) {
            ChannelCanvas canvas = get(channelId);
            canvas.force();
            canvas.requeueSyncs();
            schedule.released(channelId);
        }
    }

    /** Publishes every canvas, because another node has edited or created them; and once more after {@link #REPEAT}. */
    void takeOverEdits() {
        synchronized (this) {
            canvases.values().forEach(this::publishAgain);
            repeatAt = clock.steady().plus(REPEAT);
        }
        notifySources();
    }

    private void publishAgain(ChannelCanvas canvas) {
        canvas.forgetContent();
        schedule.restart(canvas.id(), clock.steady());
    }

    /** Publishes a canvas whose content is unknown. */
    void publishAgain(String channelId) {
        synchronized (this) {
            if (enabled && canvases.containsKey(channelId)) {
                publishAgain(get(channelId));
            }
        }
        notifySources();
    }

    /** Publishes every canvas once more, if it is time. */
    synchronized void repeatIfDue(Instant steady) {
        if (repeatAt != null && !steady.isBefore(repeatAt)) {
            repeatAt = null;
            canvases.values().forEach(canvas -> {
                canvas.force();
                schedule.markPending(canvas.id(), false, steady);
            });
        }
    }

    /** Time until every canvas is published once more; null if it is not. */
    synchronized @Nullable Duration untilRepeat(Instant steady) {
        return repeatAt == null ? null : Duration.between(steady, repeatAt);
    }

    /** Uses the canvases that were created for channels, also by another node. */
    void takeOverCreations(CreatedCanvases created) {
        synchronized (this) {
            for (ChannelCanvas canvas : canvases.values()) {
                String canvasId = canvas.isConfigured() ? null : created.canvasId(canvas.id());
                if (canvasId != null) {
                    canvas.assign(canvasId);
                    schedule.markExisting(canvas.id());
                }
            }
        }
        notifySources();
    }

    /** @param channelId null for all */
    CanvasSync sync(@Nullable String channelId) {
        List<CompletableFuture<Void>> syncs = addSyncs(channelId);
        notifySources();
        return new CanvasSync(syncs, this::remove);
    }

    private synchronized List<CompletableFuture<Void>> addSyncs(@Nullable String channelId) {
        Instant now = clock.steady();
        List<CompletableFuture<Void>> syncs = new ArrayList<>();
        for (ChannelCanvas canvas : canvases.values()) {
            if (enabled && (channelId == null || channelId.equals(canvas.id()))) {
                if (!canvas.syncs().isInFlight()) {
                    canvas.force();
                    schedule.resetBackoff(canvas.id());
                    schedule.markPending(canvas.id(), false, now);
                }
                syncs.add(canvas.syncs().add());
            }
        }
        return syncs;
    }

    /** Cancels the waiting requests, except those whose edit is in flight: these end with it. */
    synchronized void stop() {
        outcomes.stop();
        canvases.values().forEach(canvas -> canvas.syncs().stop());
    }

    private synchronized void remove(List<CompletableFuture<Void>> syncs) {
        canvases.values().forEach(canvas -> canvas.syncs().removeAll(syncs));
    }

    /** The number of waiting requests, counted per canvas. */
    synchronized int waitingSyncs() {
        return canvases.values().stream()
                .mapToInt(canvas -> canvas.syncs().size())
                .sum();
    }

    synchronized List<CanvasState> states() {
        return canvases.values().stream().map(this::state).toList();
    }

    private CanvasState state(ChannelCanvas canvas) {
        return canvas.state(enabled && schedule.isPending(canvas.id()), enabled ? canvas.error() : null);
    }

    /** Slack has accepted a call of any kind, so it is available, and accepts the token. */
    void slackAccepted(boolean tokenWasRefused) {
        synchronized (this) {
            slackHealth.responded();
            if (!tokenWasRefused) {
                return;
            }
            slackHealth.tokenAccepted();
            schedule.tokenAccepted();
        }
        notifySources();
    }

    /** The state of Slack for the health check. */
    synchronized String health() {
        if (!enabled) {
            return "not_configured";
        }
        String problem = slackHealth.problem();
        if (problem != null) {
            return "error: " + problem;
        }
        for (ChannelCanvas canvas : canvases.values()) {
            if (canvas.error() != null && !canvas.isAwaitingSlack()) {
                return "error: " + canvas.error() + " (" + canvas.id() + ")";
            }
        }
        return slackHealth.isContacted() ? "connected" : "not_contacted";
    }
}
