package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The canvases of all channels and what they share. Its monitor guards each {@link ChannelCanvas}, {@link SlackHealth}
 * and {@link CanvasOutcomes}; a source is notified outside of it. Thread-safe.
 */
final class Canvases {

    private final Map<String, ChannelCanvas> canvases = new LinkedHashMap<>();
    private final List<CanvasSource> sources = new CopyOnWriteArrayList<>();
    private final SlackHealth contact = new SlackHealth();
    private final CanvasSchedule schedule;
    private final CanvasMetrics metrics;
    private final CanvasOutcomes outcomes;
    private final InstantSource clock;
    private final boolean enabled;

    Canvases(
            Collection<ChannelCanvas> all,
            CanvasLimits limits,
            InstantSource clock,
            MeterRegistry meters,
            boolean enabled) {
        all.forEach(canvas -> canvases.put(canvas.id(), canvas));
        Instant now = clock.instant();
        this.clock = clock;
        this.enabled = enabled;
        this.schedule = limits.schedule(canvases.keySet(), now);
        this.metrics = new CanvasMetrics(meters);
        this.outcomes = new CanvasOutcomes(schedule, contact, metrics);
        if (enabled) {
            for (ChannelCanvas canvas : all) {
                if (canvas.isMissing()) {
                    schedule.missing(canvas.id());
                }
                // Nobody knows what the canvases show.
                schedule.changed(canvas.id(), false, now);
            }
        }
        canvases.keySet().forEach(id -> metrics.register(id, this::lag));
    }

    private Duration lag(String channelId) {
        return schedule.lag(channelId, clock.instant());
    }

    Instant now() {
        return clock.instant();
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

    /** Whether there is such a channel. */
    boolean contains(String channelId) {
        return canvases.containsKey(channelId);
    }

    /** @throws NullPointerException if there is no such channel */
    ChannelCanvas get(String channelId) {
        return Objects.requireNonNull(canvases.get(channelId), "a configured channel");
    }

    /** In the order of the configuration. */
    Collection<ChannelCanvas> all() {
        return canvases.values();
    }

    /** From now on the source is notified. */
    void add(CanvasSource source) {
        sources.add(source);
    }

    /** Something may be due that was not at the last poll. */
    void pending() {
        sources.forEach(CanvasSource::pending);
    }

    /** Slack took the edit. */
    void published(String channelId) {
        synchronized (this) {
            outcomes.published(get(channelId), clock.instant());
        }
        pending();
    }

    /** The channel has this canvas now. */
    void made(String channelId, String canvasId) {
        synchronized (this) {
            outcomes.made(get(channelId), canvasId, clock.instant());
        }
        pending();
    }

    /** The edit or the creation failed. */
    void failed(String channelId, Throwable failure) {
        synchronized (this) {
            outcomes.failed(get(channelId), failure, clock.instant());
        }
        pending();
    }

    /** @param channelId null for all */
    CanvasSync sync(@Nullable String channelId) {
        List<CompletableFuture<Void>> syncs = addSyncs(channelId);
        pending();
        return new CanvasSync(syncs, this::remove);
    }

    private synchronized List<CompletableFuture<Void>> addSyncs(@Nullable String channelId) {
        Instant now = clock.instant();
        List<CompletableFuture<Void>> syncs = new ArrayList<>();
        for (ChannelCanvas canvas : canvases.values()) {
            if (enabled && (channelId == null || channelId.equals(canvas.id()))) {
                if (!canvas.syncs().isInFlight()) {
                    canvas.force();
                    schedule.resetBackoff(canvas.id());
                    schedule.changed(canvas.id(), false, now);
                }
                syncs.add(canvas.syncs().add());
            }
        }
        return syncs;
    }

    private synchronized void remove(List<CompletableFuture<Void>> syncs) {
        canvases.values().forEach(canvas -> canvas.syncs().removeAll(syncs));
    }

    /** How many requests wait for a canvas, each counted once a canvas. */
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

    /** The state of Slack, as health shows it. */
    synchronized String health() {
        if (!enabled) {
            return "not_configured";
        }
        String problem = contact.problem();
        if (problem != null) {
            return "error: " + problem;
        }
        for (ChannelCanvas canvas : canvases.values()) {
            if (canvas.error() != null) {
                return "error: " + canvas.error() + " (" + canvas.id() + ")";
            }
        }
        return contact.isContacted() ? "connected" : "not_contacted";
    }
}
