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
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.work.Work;
import org.epmpulse.work.WorkSource;

/**
 * The canvas policy with a clock of its own, in one thread: it takes the edits that are due as the consumer of {@code
 * canvas-edits:publish} does, when the source says so and not before, and a script says what Slack answers. Each channel {@code C<n>} shows the one domain {@code
 * App<n>/Load}. What a well-behaved client would not do is noted as it happens.
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
    int sent;

    /** Told of each edit when it goes out. */
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
    private Instant closedUntil = Instant.MIN;
    private Instant pollAt = START;

    /** What Slack answers to an edit. */
    interface Script {
        Reply reply(String channelId, String markdown);
    }

    /**
     * An answer.
     *
     * @param took until it came
     * @param failure what the client makes of it; null if Slack took the edit
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
            return new Reply(Duration.ofSeconds(10), new SlackUnavailableException("no answer: timeout", null), false);
        }
    }

    private record HttpCall(String channelId, String markdown, Reply reply, Instant end) {}

    private static final class Channel {
        private String shown = "";
        private Instant waitingSince;
        private Instant sendingSince;
        private boolean inFlight;
        private Instant answered = Instant.MIN;
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
                () -> now,
                new SimpleMeterRegistry(),
                true);
        this.edits = publisher.edits();
        edits.onPending(() -> pollIn(Duration.ZERO));
    }

    static CanvasLimits limits(Duration minInterval, int editsPerMinute, Duration heartbeat, long seed) {
        return new CanvasLimits(minInterval, editsPerMinute, heartbeat, new Random(seed));
    }

    /** What goes wrong here goes wrong on purpose, thousands of times. */
    static void logFrom(Level level) {
        Configurator.setLevel(CanvasOutcomes.class, level);
        Configurator.setLevel(SlackHealth.class, level);
    }

    private static int consumersOfTheRoute() {
        try {
            Matcher option = Pattern.compile("concurrentConsumers: (\\d+)")
                    .matcher(Files.readString(Path.of("routes/canvas-publish.camel.yaml")));
            if (!option.find()) {
                throw new IllegalStateException("canvas-publish names its concurrentConsumers no more");
            }
            return Integer.parseInt(option.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The waits of this channel are not what a test is about. */
    void doNotMeasure(String channelId) {
        channels.get(channelId).measured = false;
    }

    void post(int channel, Status status, String message) {
        DomainId id = new DomainId("App" + channel, "Load");
        DomainStatus before = board.of(id);
        long revision = board.revision() + 1;
        ValidatedUpdate update = new ValidatedUpdate(id, status, "J" + channel, message, null, null, Source.API, "k");
        DomainStatus after = DomainStatus.of(update, now, null, null, revision);
        board = new Board(revision, revision, now, board.domains().put(id, after), board.durations(), board.jobs());
        Channel canvas = channels.get("C" + channel);
        canvas.waitingSince = canvas.waitingSince == null ? now : canvas.waitingSince;
        publisher.changed(List.of(new StatusChange(revision, id, before, after)));
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
            answer(calls.poll());
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
        note(due.size() > free, "more edits than may begin");
        due.forEach(this::send);
        Duration wait = edits.untilNextPoll();
        if (wait != null) {
            boolean unnamed = due.isEmpty() && wait.isZero();
            note(unnamed, "an edit is due and is not named");
            pollIn(unnamed ? TICK : wait);
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
            channel.waitingSince = null;
            pollIn(Duration.ZERO);
            return;
        }
        String markdown = (String) edit.body();
        sent++;
        watch(id, channel);
        channel.inFlight = true;
        channel.sendingSince = channel.waitingSince;
        channel.waitingSince = null;
        Reply reply = slack.reply(id, markdown);
        calls.add(new HttpCall(id, markdown, reply, now.plus(reply.took())));
        onSent.accept(id);
    }

    private void watch(String id, Channel channel) {
        while (!lastMinute.isEmpty() && !lastMinute.peekFirst().plus(MINUTE).isAfter(now)) {
            lastMinute.removeFirst();
        }
        lastMinute.addLast(now);
        note(lastMinute.size() > limits.editsPerMinute(), lastMinute.size() + " edits in a minute");
        note(channel.inFlight, "two edits of " + id + " at once");
        note(now.isBefore(channel.answered.plus(limits.minInterval())), "an edit of " + id + " within the interval");
        note(now.isBefore(closedUntil), "an edit before " + closedUntil);
    }

    private void note(boolean violation, String what) {
        if (violation) {
            violations.add(Duration.between(START, now) + ": " + what);
        }
    }

    private void answer(HttpCall call) {
        Channel channel = channels.get(call.channelId());
        pollIn(Duration.ZERO);
        channel.inFlight = false;
        channel.answered = now;
        if (call.reply().applied()) {
            channel.shown = call.markdown();
        }
        RuntimeException failure = call.reply().failure();
        if (failure == null) {
            if (channel.sendingSince != null && channel.measured) {
                waits.add(Duration.between(channel.sendingSince, now));
            }
            edits.succeeded(call.channelId());
            return;
        }
        channel.waitingSince = channel.sendingSince != null ? channel.sendingSince : channel.waitingSince;
        if (failure instanceof SlackRateLimitedException limited) {
            closedUntil = latest(now.plus(limited.retryAfter()));
        } else if (failure instanceof SlackRefusedException refused
                && refused.blame() == SlackRefusedException.Blame.CREDENTIAL) {
            closedUntil = latest(now.plus(MINUTE));
        }
        edits.failed(call.channelId(), failure);
    }

    private Instant latest(Instant until) {
        return until.isAfter(closedUntil) ? until : closedUntil;
    }

    /** Those whose canvas does not show the board as it is, in either form; the "as of" line does not count. */
    List<String> behind() {
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

    /** The longest of all waits, those that go on included. */
    Duration longestWait() {
        Duration longest = waits.stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
        for (Channel channel : channels.values()) {
            Instant since =
                    channel.sendingSince != null && channel.inFlight ? channel.sendingSince : channel.waitingSince;
            if (since != null
                    && channel.measured
                    && Duration.between(since, now).compareTo(longest) > 0) {
                longest = Duration.between(since, now);
            }
        }
        return longest;
    }
}
