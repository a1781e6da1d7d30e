package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.epmpulse.slack.SlackErrors;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.slack.canvas.CanvasRenderer.Rendering;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Remarks;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the canvases equal to the board: what is to be sent, what was, and what went wrong. The routes {@code
 * canvas-refresh}, {@code canvas-create} and {@code canvas-publish} call it; {@link CanvasSchedule} says when.
 * Thread-safe; its memory is bounded by the number of canvases.
 */
public final class CanvasPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(CanvasPublisher.class);

    /** How often canvases are compared with the board, for what time alone changes and for changes that were dropped. */
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(30);

    /** For how long tables are not tried where Slack refused them. */
    private static final Duration LISTS_FOR = Duration.ofHours(1);

    private final Map<String, Canvas> canvases = new LinkedHashMap<>();
    private final Catalog catalog;
    private final CanvasRenderer renderer;
    private final CanvasSchedule schedule;
    private final Supplier<Board> board;
    private final Supplier<Remarks> remarks;
    private final InstantSource clock;
    private final boolean enabled;
    private final MeterRegistry meters;

    private Instant compareAt;
    private Remarks compared;
    private @Nullable String credentialProblem;
    private @Nullable String contactProblem;
    private boolean contacted;

    /** What is known of a channel's canvas. Guarded by the publisher. */
    private static final class Canvas {
        private final boolean configured;
        private CanvasChannel channel;
        private @Nullable String lostId;
        private @Nullable Sent sent;
        private @Nullable String content;
        private @Nullable Long revision;
        private @Nullable Instant publishedAt;
        private @Nullable String error;
        private @Nullable String toldRefusal;
        private Result result = Result.UNAVAILABLE;
        private Instant listsUntil = Instant.MIN;
        private boolean forced;
        private List<CompletableFuture<Void>> syncs = new ArrayList<>();
        private List<CompletableFuture<Void>> syncsInFlight = new ArrayList<>();

        Canvas(CanvasChannel channel, boolean configured) {
            this.channel = channel;
            this.configured = configured;
        }

        void is(@Nullable String canvasId) {
            channel = new CanvasChannel(channel.id(), channel.name(), canvasId);
        }

        boolean isMissing() {
            return channel.canvasId() == null;
        }

        /** Who waits for the canvas waits for what is sent now. */
        void takeSyncs() {
            syncsInFlight.addAll(syncs);
            syncs.clear();
        }

        /** Who waits for the canvas waits for what is sent next. */
        void returnSyncs() {
            forced |= !syncsInFlight.isEmpty();
            syncs.addAll(syncsInFlight);
            syncsInFlight.clear();
        }

        void endSyncs() {
            syncsInFlight.forEach(sync -> sync.complete(null));
            syncsInFlight.clear();
        }

        Form form(Instant now) {
            return now.isBefore(listsUntil) ? Form.LISTS : Form.TABLES;
        }
    }

    /** What is kept of an edit until its answer: not its text, which may be long. */
    private record Sent(String fingerprint, long revision, Form form) {}

    /**
     * How a canvas stands to the board.
     *
     * @param publishedRevision of the board that Slack took last; null if none since the start
     * @param pending whether a change is not on the canvas yet
     * @param lastError why the last edit was not taken; null if it was
     * @param lastResult of the last edit, as the metric names it; {@code unavailable} before the first
     */
    public record CanvasState(
            CanvasChannel channel,
            @Nullable Long publishedRevision,
            @Nullable Instant publishedAt,
            boolean pending,
            @Nullable String lastError,
            String lastResult) {}

    /** The result of a publish, as the metric names it. */
    private enum Result {
        PUBLISHED,
        UNCHANGED,
        RATE_LIMITED,
        UNAVAILABLE,
        REFUSED;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param channels with the canvas that is configured
     * @param made the canvas that was made for a channel, by the channel's id; null if none was
     * @param enabled whether there is a token; without one canvases are only previewed
     */
    public CanvasPublisher(
            Collection<CanvasChannel> channels,
            Function<String, @Nullable String> made,
            Catalog catalog,
            CanvasRenderer renderer,
            CanvasLimits limits,
            Supplier<Board> board,
            Supplier<Remarks> remarks,
            InstantSource clock,
            MeterRegistry meters,
            boolean enabled) {
        this.catalog = catalog;
        this.renderer = renderer;
        this.board = board;
        this.remarks = remarks;
        this.compared = remarks.get();
        this.clock = clock;
        this.enabled = enabled;
        this.meters = meters;
        for (CanvasChannel channel : channels) {
            Canvas canvas = new Canvas(channel, channel.canvasId() != null);
            if (!canvas.configured) {
                canvas.is(made.apply(channel.id()));
            }
            canvases.put(channel.id(), canvas);
        }
        Instant now = clock.instant();
        this.schedule = limits.schedule(canvases.keySet(), now);
        this.compareAt = now.plus(COMPARE_EVERY);
        if (enabled) {
            for (Canvas canvas : canvases.values()) {
                if (canvas.isMissing()) {
                    schedule.missing(canvas.channel.id());
                }
                // Nobody knows what the canvases show.
                schedule.changed(canvas.channel.id(), false, now);
            }
        }
        canvases.keySet().forEach(this::registerMeters);
    }

    private void registerMeters(String channelId) {
        for (Result result : Result.values()) {
            published(channelId, result);
        }
        TimeGauge.builder("epmpulse.canvas.lag", this, TimeUnit.MILLISECONDS, self -> self.lag(channelId)
                        .toMillis())
                .description("Age of the oldest change that is not on the canvas yet")
                .tag("channel", channelId)
                .register(meters);
    }

    private Counter published(String channelId, Result result) {
        return Counter.builder("epmpulse.canvas.publishes")
                .description("Edits of canvases by what became of them")
                .tag("channel", channelId)
                .tag("result", result.label)
                .register(meters);
    }

    private Duration lag(String channelId) {
        return schedule.lag(channelId, clock.instant());
    }

    /** Whether changes of this application go to a canvas, be it one that is still to be made. */
    public boolean shows(String appId) {
        Catalog.App app = catalog.app(appId);
        return enabled && app != null && app.channels().stream().anyMatch(canvases::containsKey);
    }

    /** The canvas of a channel; null if it has none yet or no application names the channel. */
    public synchronized @Nullable String canvasId(String channelId) {
        Canvas canvas = canvases.get(channelId);
        return canvas == null ? null : canvas.channel.canvasId();
    }

    /** Takes note of changes; returns at once. */
    public void changed(List<StatusChange> changes) {
        if (!enabled) {
            return;
        }
        Instant now = clock.instant();
        for (StatusChange change : changes) {
            Catalog.App app = catalog.app(change.app());
            boolean urgent =
                    change.after().status() == Status.WARNING && change.before().status() != Status.WARNING;
            if (app != null) {
                app.channels().forEach(channel -> schedule.changed(channel, urgent, now));
            }
        }
    }

    /** The channel whose canvas is to be made now, if any; {@link #made} or a failure must follow. */
    public @Nullable String dueCreation() {
        if (!enabled) {
            return null;
        }
        String due = schedule.dueCreation(clock.instant());
        if (due != null) {
            synchronized (this) {
                canvas(due).takeSyncs();
            }
        }
        return due;
    }

    /** The channel has this canvas now. */
    public synchronized void made(String channelId, String canvasId) {
        Instant now = clock.instant();
        Canvas canvas = canvas(channelId);
        contactProblem = null;
        contacted = true;
        canvas.is(canvasId);
        schedule.made(channelId, now);
        tokenTaken();
        if (canvasId.equals(canvas.lostId)) {
            // It is there, but not for the app.
            schedule.refused(channelId, now);
            canvas.endSyncs();
        } else {
            canvas.lostId = null;
            canvas.returnSyncs();
        }
    }

    /** The channels whose canvas is to be edited now; for each of them {@link #render} must follow. */
    public List<String> due() {
        if (!enabled) {
            return List.of();
        }
        Instant now = clock.instant();
        compare(now);
        return schedule.due(now);
    }

    private synchronized void compare(Instant now) {
        boolean clockWasSetBack = compareAt.isAfter(now.plus(COMPARE_EVERY));
        Remarks remarked = remarks.get();
        if (now.isBefore(compareAt) && !clockWasSetBack && remarked == compared) {
            return;
        }
        compareAt = now.plus(COMPARE_EVERY);
        compared = remarked;
        Board current = board.get();
        for (Canvas canvas : canvases.values()) {
            String content = canvas.content;
            if (content != null
                    && !content.equals(renderer.render(canvas.channel.id(), current, remarked, now, canvas.form(now))
                            .fingerprint())) {
                schedule.changed(canvas.channel.id(), false, now);
            }
        }
    }

    /** The edit that makes the canvas equal to the board as it is now; null if it is so already. */
    public @Nullable CanvasEdit render(String channelId) {
        Instant now = clock.instant();
        boolean heartbeat = schedule.isHeartbeat(channelId);
        synchronized (this) {
            Canvas canvas = canvas(channelId);
            Form form = canvas.form(now);
            Rendering rendering = renderer.render(channelId, board.get(), remarks.get(), now, form);
            String fingerprint = rendering.fingerprint();
            if (fingerprint.equals(canvas.content) && !canvas.forced && !heartbeat) {
                canvas.revision = rendering.revision();
                schedule.unchanged(channelId);
                published(channelId, Result.UNCHANGED).increment();
                return null;
            }
            canvas.forced = false;
            canvas.takeSyncs();
            String canvasId = Objects.requireNonNull(canvas.channel.canvasId(), "only those with an id are due");
            canvas.sent = new Sent(fingerprint, rendering.revision(), form);
            return new CanvasEdit(canvasId, rendering.markdown());
        }
    }

    /** Slack took the edit. */
    public synchronized void published(String channelId) {
        Canvas canvas = canvas(channelId);
        Sent sent = sent(canvas);
        canvas.content = sent.fingerprint();
        canvas.revision = sent.revision();
        canvas.publishedAt = clock.instant();
        if (canvas.error != null) {
            LOG.info("The canvas of {} is up to date again", name(canvas));
        }
        canvas.error = null;
        canvas.toldRefusal = null;
        canvas.lostId = null;
        contactProblem = null;
        contacted = true;
        schedule.published(channelId, clock.instant());
        tokenTaken();
        canvas.result = Result.PUBLISHED;
        published(channelId, Result.PUBLISHED).increment();
        canvas.endSyncs();
    }

    private static Sent sent(Canvas canvas) {
        return Objects.requireNonNull(canvas.sent, "an edit was rendered");
    }

    private void tokenTaken() {
        if (credentialProblem != null && !schedule.isSuspended()) {
            LOG.info("Slack takes the token again");
            credentialProblem = null;
        }
    }

    /** Slack asked to wait. */
    public synchronized void rateLimited(String channelId, SlackRateLimitedException failure) {
        LOG.warn(
                "Slack asked to wait {} s before {}",
                failure.retryAfter().toSeconds(),
                canvas(channelId).isMissing() ? "the next canvas is made" : "the next edit of a canvas");
        contacted = true;
        schedule.rateLimited(channelId, failure.retryAfter(), clock.instant());
        failed(channelId, Result.RATE_LIMITED, failure, false);
    }

    /** Slack did not answer as it should, or something here did not work. */
    public synchronized void unavailable(String channelId, Throwable failure) {
        Canvas canvas = canvas(channelId);
        boolean told = Objects.equals(canvas.error, why(failure));
        if (!(failure instanceof SlackUnavailableException) && !told) {
            LOG.error("The canvas of {} could not be {}, it is tried again", name(canvas), verb(canvas), failure);
        } else if (contactProblem == null && canvas.error == null) {
            LOG.warn(
                    "The canvas of {} could not be {}, it is tried again: {}",
                    name(canvas),
                    verb(canvas),
                    failure.getMessage());
        }
        contacted = true;
        contactProblem = why(failure);
        schedule.unavailable(channelId, clock.instant());
        failed(channelId, Result.UNAVAILABLE, failure, false);
    }

    private static String why(Throwable failure) {
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }

    private static String verb(Canvas canvas) {
        return canvas.isMissing() ? "made" : "edited";
    }

    /** Slack will not do it. */
    public synchronized void refused(String channelId, SlackRefusedException failure) {
        Instant now = clock.instant();
        Canvas canvas = canvas(channelId);
        Form form = canvas.isMissing() || canvas.sent == null ? null : canvas.sent.form();
        contacted = true;
        contactProblem = null;
        if (failure.blame() == Blame.CREDENTIAL) {
            if (!Objects.equals(credentialProblem, failure.getMessage())) {
                LOG.error("Slack refuses the token, nothing is sent but one try a minute: {}", failure.getMessage());
            }
            credentialProblem = failure.getMessage();
            schedule.suspended(channelId, now);
            failed(channelId, Result.REFUSED, failure, true);
        } else if (failure.blame() == Blame.CONTENT && form == Form.TABLES) {
            if (canvas.toldRefusal == null) {
                LOG.warn(
                        "Slack refused the tables of the canvas of {}, a list follows: {}",
                        name(canvas),
                        failure.getMessage());
            }
            canvas.listsUntil = now.plus(LISTS_FOR);
            schedule.again(channelId, now);
            tokenTaken();
            failed(channelId, Result.REFUSED, failure, false);
        } else if (form != null && !canvas.configured && SlackErrors.isMissingCanvas(failure)) {
            lost(canvas, failure, now);
        } else {
            if (!Objects.equals(canvas.toldRefusal, failure.getMessage())) {
                LOG.error(
                        "The canvas of {} could not be {}, it is tried every 15 minutes: {}",
                        name(canvas),
                        verb(canvas),
                        failure.getMessage());
            }
            canvas.toldRefusal = failure.getMessage();
            canvas.listsUntil = Instant.MIN;
            schedule.refused(channelId, now);
            tokenTaken();
            failed(channelId, Result.REFUSED, failure, true);
        }
    }

    /** A canvas that nobody configured may be replaced; one that somebody did would be missed. */
    private void lost(Canvas canvas, SlackRefusedException failure, Instant now) {
        String channelId = canvas.channel.id();
        if (!Objects.equals(canvas.error, failure.getMessage())) {
            LOG.warn(
                    "The canvas of {} is gone, the channel is looked at again: {}", name(canvas), failure.getMessage());
        }
        canvas.lostId = canvas.channel.canvasId();
        canvas.is(null);
        schedule.lost(channelId, now);
        tokenTaken();
        failed(channelId, Result.REFUSED, failure, false);
    }

    /** @param forGood whether who waits for the canvas is told now, or what becomes of the next try */
    private void failed(String channelId, Result result, Throwable failure, boolean forGood) {
        Canvas canvas = canvas(channelId);
        canvas.error = why(failure);
        canvas.content = null;
        canvas.result = result;
        published(channelId, result).increment();
        if (forGood) {
            canvas.endSyncs();
        } else {
            canvas.returnSyncs();
        }
    }

    /**
     * Sends canvases now, changed or not, within interval and budget. Who asks while it goes on joins it.
     *
     * @param channelId null for all
     * @return completes when Slack has taken or refused each of them
     */
    public CompletableFuture<Void> sync(@Nullable String channelId) {
        Instant now = clock.instant();
        List<CompletableFuture<Void>> syncs = new ArrayList<>();
        synchronized (this) {
            for (Canvas canvas : canvases.values()) {
                String id = canvas.channel.id();
                if (enabled && (channelId == null || channelId.equals(id))) {
                    CompletableFuture<Void> sync = new CompletableFuture<>();
                    if (canvas.syncsInFlight.isEmpty()) {
                        canvas.syncs.add(sync);
                        canvas.forced = true;
                        schedule.forgive(id);
                        schedule.changed(id, false, now);
                    } else {
                        canvas.syncsInFlight.add(sync);
                    }
                    syncs.add(sync);
                }
            }
        }
        return CompletableFuture.allOf(syncs.toArray(CompletableFuture[]::new));
    }

    /** How each canvas stands, in the order of the configuration. */
    public synchronized List<CanvasState> states() {
        List<CanvasState> states = new ArrayList<>();
        for (Canvas canvas : canvases.values()) {
            states.add(new CanvasState(
                    canvas.channel,
                    canvas.revision,
                    canvas.publishedAt,
                    enabled && schedule.isPending(canvas.channel.id()),
                    enabled ? canvas.error : null,
                    canvas.result.label));
        }
        return states;
    }

    /** What the channel's canvas would show now, or null if no application names the channel. */
    public @Nullable String preview(String channelId) {
        if (!canvases.containsKey(channelId)) {
            return null;
        }
        return renderer.render(channelId, board.get(), remarks.get(), clock.instant(), Form.TABLES)
                .markdown();
    }

    /** How Slack is, as health tells it. */
    public synchronized String health() {
        if (!enabled) {
            return "not_configured";
        }
        if (credentialProblem != null) {
            return "error: " + credentialProblem;
        }
        if (contactProblem != null) {
            return "error: " + contactProblem;
        }
        for (Canvas canvas : canvases.values()) {
            if (canvas.error != null) {
                return "error: " + canvas.error + " (" + canvas.channel.id() + ")";
            }
        }
        return contacted ? "connected" : "not_contacted";
    }

    private Canvas canvas(String channelId) {
        return Objects.requireNonNull(canvases.get(channelId), "a configured channel");
    }

    private static String name(Canvas canvas) {
        String canvasId = canvas.channel.canvasId();
        return canvas.channel.name() + " (" + canvas.channel.id() + (canvasId == null ? "" : ", canvas " + canvasId)
                + ")";
    }
}
