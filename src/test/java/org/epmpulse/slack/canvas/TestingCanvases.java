package org.epmpulse.slack.canvas;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.epmpulse.slack.SlackErrors;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.TestingTime;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;

/**
 * Simulates canvases with their own clock in one thread. It polls due edits as the consumer of {@code
 * canvas-edits:publish} does, at the times that the source returns; a script decides the responses of Slack. Each
 * channel {@code C<n>} shows one domain, {@code App<n>/Load}. Violations of Slack's limits are recorded.
 */
final class TestingCanvases {

    static final Instant START = Instant.parse("2026-02-16T00:00:00Z");
    static final Duration STALE_AFTER = Duration.ofHours(2);

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    final List<String> violations = new ArrayList<>();
    final List<Duration> waits = new ArrayList<>();
    final CanvasPublisher publisher;
    Instant now = START;
    Duration clockSet = Duration.ZERO;
    int sent;

    /** Called for each edit when it is sent. */
    Consumer<String> onSent = id -> {};

    private final int consumers = consumersOfTheRoute();
    private final CanvasLimits limits;
    private final Script slack;
    private final CanvasRenderer renderer;
    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final WorkSource<String> edits;
    private final PriorityQueue<HttpCall> calls = new PriorityQueue<>(Comparator.comparing(HttpCall::end));
    private final Deque<Instant> lastMinute = new ArrayDeque<>();
    private Board board = Board.EMPTY;
    private Instant pausedUntil = Instant.MIN;
    private Instant pollAt = START;

    /** Decides Slack's response to an edit. */
    interface Script {
        Reply reply(String channelId, String markdown);
    }

    /**
     * A response.
     *
     * @param took time until the response
     * @param failure the exception of the client; null if Slack accepted the edit
     * @param applied whether the canvas shows the edit
     */
    record Reply(Duration took, RuntimeException failure, boolean applied) {

        static Reply ok(Duration took) {
            return new Reply(took, null, true);
        }

        static Reply error(Duration took, String code) {
            return new Reply(took, SlackErrors.exception(code, null), false);
        }

        static Reply timeout() {
            return new Reply(
                    Duration.ofSeconds(10), new SlackUnavailableException("no response: timeout", null), false);
        }
    }

    private record HttpCall(String channelId, String markdown, Reply reply, Instant end) {}

    private static final class Channel {
        private String shown = "";
        private Instant pendingSince;
        private Instant inFlightSince;
        private boolean inFlight;
        private Instant respondedAt = Instant.MIN;
        private boolean measured = true;
    }

    TestingCanvases(int channelCount, CanvasLimits limits, Script slack) {
        this.limits = limits;
        this.slack = slack;
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        List<CanvasChannel> configured = new ArrayList<>();
        for (int i = 0; i < channelCount; i++) {
            apps.put("App" + i, new Catalog.App("App" + i, "App " + i, Set.of("Load"), List.of("C" + i), false));
            configured.add(new CanvasChannel("C" + i, "channel-" + i, "F" + i));
            channels.put("C" + i, new Channel());
        }
        Catalog catalog = new Catalog(apps);
        this.renderer = new CanvasRenderer(catalog, ZoneOffset.UTC, STALE_AFTER);
        this.publisher = new CanvasPublisher(
                configured,
                channel -> null,
                catalog,
                renderer,
                limits,
                () -> board,
                () -> DomainNotes.NONE,
                new TestingTime(() -> now, () -> clockSet),
                new SimpleMeterRegistry(),
                true);
        this.edits = publisher.edits();
        edits.onPending(() -> pollIn(Duration.ZERO));
    }

    static CanvasLimits limits(Duration minInterval, int editsPerMinute, Duration heartbeat, long seed) {
        return new CanvasLimits(minInterval, editsPerMinute, heartbeat, new Random(seed));
    }

    /** The failures of these tests are intended and would be logged thousands of times. */
    static void logFrom(Level level) {
        Configurator.setLevel(CanvasOutcomes.class, level);
        Configurator.setLevel(SlackHealth.class, level);
    }

    private static int consumersOfTheRoute() {
        try {
            Matcher option = Pattern.compile("concurrentConsumers: (\\d+)")
                    .matcher(Files.readString(Path.of("routes/canvas-publish.camel.yaml")));
            if (!option.find()) {
                throw new IllegalStateException("canvas-publish has no concurrentConsumers");
            }
            return Integer.parseInt(option.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ignores the waiting times of this channel. */
    void doNotMeasure(String channelId) {
        channels.get(channelId).measured = false;
    }

    void post(int channel, Status status, String message) {
        DomainId id = new DomainId("App" + channel, "Load");
        DomainStatus before = board.of(id);
        long revision = board.revision() + 1;
        ValidatedUpdate update = ValidatedUpdate.of(id, status, "J" + channel, message, "k");
        Instant received = now.plus(clockSet);
        DomainStatus after = DomainStatus.of(update, received, null, null, revision);
        board = new Board(
                revision, revision, received, board.domains().put(id, after), board.durations(), board.jobs());
        Channel canvas = channels.get("C" + channel);
        canvas.pendingSince = canvas.pendingSince == null ? now : canvas.pendingSince;
        publisher.markPending(List.of(new StatusChange(revision, id, before, after)));
    }

    void advance(Duration duration) {
        Instant end = now.plus(duration);
        while (now.isBefore(end)) {
            tick();
        }
    }

    private void tick() {
        now = now.plus(TICK);
        while (!calls.isEmpty() && !calls.peek().end().isAfter(now)) {
            complete(calls.poll());
        }
        while (!pollAt.isAfter(now)) {
            poll();
        }
    }

    private void poll() {
        pollAt = Instant.MAX;
        int free = consumers - calls.size();
        if (free < 1) {
            return;
        }
        List<String> due = edits.poll(free);
        recordIf(due.size() > free, "more edits than free consumers");
        due.forEach(this::send);
        Duration wait = edits.untilNextPoll();
        if (wait != null) {
            boolean notReturned = due.isEmpty() && wait.isZero();
            recordIf(notReturned, "a due edit was not returned");
            pollIn(notReturned ? TICK : wait);
        }
    }

    private void pollIn(Duration wait) {
        Instant at = now.plus(wait);
        pollAt = at.isBefore(pollAt) ? at : pollAt;
    }

    private void send(String id) {
        Channel channel = channels.get(id);
        Work edit = edits.begin(id);
        if (edit == null) {
            channel.pendingSince = null;
            pollIn(Duration.ZERO);
            return;
        }
        String markdown = (String) edit.body();
        sent++;
        checkLimits(id, channel);
        channel.inFlight = true;
        channel.inFlightSince = channel.pendingSince;
        channel.pendingSince = null;
        Reply reply = slack.reply(id, markdown);
        calls.add(new HttpCall(id, markdown, reply, now.plus(reply.took())));
        onSent.accept(id);
    }

    private void checkLimits(String id, Channel channel) {
        while (!lastMinute.isEmpty() && !lastMinute.peekFirst().plus(MINUTE).isAfter(now)) {
            lastMinute.removeFirst();
        }
        lastMinute.addLast(now);
        recordIf(lastMinute.size() > limits.editsPerMinute(), lastMinute.size() + " edits in a minute");
        recordIf(channel.inFlight, "two edits of " + id + " at once");
        recordIf(
                now.isBefore(channel.respondedAt.plus(limits.minInterval())),
                "an edit of " + id + " within the interval");
        recordIf(now.isBefore(pausedUntil), "an edit before " + pausedUntil);
    }

    private void recordIf(boolean violation, String what) {
        if (violation) {
            violations.add(Duration.between(START, now) + ": " + what);
        }
    }

    private void complete(HttpCall call) {
        Channel channel = channels.get(call.channelId());
        pollIn(Duration.ZERO);
        channel.inFlight = false;
        channel.respondedAt = now;
        if (call.reply().applied()) {
            channel.shown = call.markdown();
        }
        RuntimeException failure = call.reply().failure();
        if (failure == null) {
            if (channel.inFlightSince != null && channel.measured) {
                waits.add(Duration.between(channel.inFlightSince, now));
            }
            edits.succeeded(call.channelId());
            return;
        }
        channel.pendingSince = channel.inFlightSince != null ? channel.inFlightSince : channel.pendingSince;
        if (failure instanceof SlackRateLimitedException limited) {
            pausedUntil = latest(now.plus(limited.retryAfter()));
        } else if (failure instanceof SlackRefusedException refused
                && refused.blame() == SlackRefusedException.Blame.CREDENTIAL) {
            pausedUntil = latest(now.plus(MINUTE));
        }
        edits.failed(call.channelId(), failure);
    }

    private Instant latest(Instant until) {
        return until.isAfter(pausedUntil) ? until : pausedUntil;
    }

    /** Channels whose canvas does not show the current board, in either form; the footer is ignored. */
    List<String> outdated() {
        return channels.keySet().stream().filter(id -> !isUpToDate(id)).toList();
    }

    private boolean isUpToDate(String id) {
        String shown = channels.get(id).shown;
        for (Form form : Form.values()) {
            if (shown.startsWith(
                    renderer.render(id, board, DomainNotes.NONE, now, form).content())) {
                return true;
            }
        }
        return false;
    }

    /** The longest waiting time, including current ones. */
    Duration longestWait() {
        Duration longest = waits.stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
        for (Channel channel : channels.values()) {
            Instant since =
                    channel.inFlightSince != null && channel.inFlight ? channel.inFlightSince : channel.pendingSince;
            if (since != null
                    && channel.measured
                    && Duration.between(since, now).compareTo(longest) > 0) {
                longest = Duration.between(since, now);
            }
        }
        return longest;
    }
}
