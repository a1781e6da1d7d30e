package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.epmpulse.slack.canvas.TestingCanvases.Reply;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long canvases wait in a workspace with {@value #CHANNELS} of them that change all the time, at 45 edits per
 * minute, in {@value #HOURS} simulated hours. The table is written to {@code target/canvas-simulation.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CanvasSimulationTest {

    private static final int CHANNELS = 500;
    private static final int EDITS_PER_MINUTE = 45;
    private static final int HOURS = 4;
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(2);
    private static final Duration RESPONSE_TIME = Duration.ofMillis(300);

    private final List<String> table = new ArrayList<>();

    /** What happens besides the changes. */
    enum Scenario {
        NOTHING_FAILS("nothing fails", 1.2),
        WARNINGS("every tenth canvas has new warnings all the time", 2.4),
        HANGING("every tenth canvas hangs", 2.4),
        TEMPORARY_FAULTS("every tenth edit: locked, 500 or a timeout", 2.4),
        REFUSED("every tenth canvas is refused", 2.4),
        WARNINGS_AND_HANGING("new warnings on every tenth canvas, every tenth hangs", 2.4);

        private final String title;
        private final double bound;

        Scenario(String title, double bound) {
            this.title = title;
            this.bound = bound;
        }

        boolean hasWarnings() {
            return this == WARNINGS || this == WARNINGS_AND_HANGING;
        }

        boolean hangs() {
            return this == HANGING || this == WARNINGS_AND_HANGING;
        }
    }

    @BeforeAll
    static void disableLogging() {
        TestingCanvases.logFrom(Level.OFF);
    }

    @ParameterizedTest
    @EnumSource
    void noCanvasWaitsTooLong(Scenario scenario) {
        Random random = new Random(1);
        TestingCanvases canvases = new TestingCanvases(
                CHANNELS,
                TestingCanvases.limits(MIN_INTERVAL, EDITS_PER_MINUTE, Duration.ofMinutes(60), 1),
                (id, markdown) -> reply(scenario, Integer.parseInt(id.substring(1)), random));
        IntStream.range(0, CHANNELS)
                .filter(channel -> isBroken(scenario, channel))
                .forEach(channel -> canvases.doNotMeasure("C" + channel));
        canvases.onSent = id -> {
            int channel = Integer.parseInt(id.substring(1));
            canvases.post(channel, Status.OK, "update " + canvases.sent);
            if (scenario.hasWarnings() && channel % 10 == 5) {
                canvases.post(channel, Status.WARNING, "failure " + canvases.sent);
            }
        };

        canvases.advance(Duration.ofHours(HOURS));

        Duration bound = Duration.ofSeconds(Math.round(scenario.bound * CHANNELS * 60 / EDITS_PER_MINUTE));
        addRow(scenario.title, canvases, bound);
        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.longestWait()).isLessThanOrEqualTo(bound);
    }

    private static boolean isBroken(Scenario scenario, int channel) {
        return channel % 10 == 0 && (scenario.hangs() || scenario == Scenario.REFUSED);
    }

    private static Reply reply(Scenario scenario, int channel, Random random) {
        if (isBroken(scenario, channel)) {
            return scenario.hangs() ? Reply.timeout() : Reply.error(RESPONSE_TIME, "canvas_not_found");
        }
        if (scenario == Scenario.TEMPORARY_FAULTS && random.nextInt(10) == 0) {
            return switch (random.nextInt(3)) {
                case 0 -> Reply.error(RESPONSE_TIME, "canvas_editing_locked");
                case 1 -> Reply.error(RESPONSE_TIME, "internal_error");
                default -> Reply.timeout();
            };
        }
        return Reply.ok(RESPONSE_TIME);
    }

    /** Heartbeats of 300 canvases every 10 minutes use most of the budget that 20 busy canvases leave. */
    @ParameterizedTest
    @ValueSource(ints = {-12_000, -1, 1, 12_000})
    void settingTheClockDelaysNoCanvasAndBreaksNoLimit(int hours) {
        TestingCanvases canvases = new TestingCanvases(
                3,
                TestingCanvases.limits(MIN_INTERVAL, EDITS_PER_MINUTE, Duration.ofMinutes(60), 1),
                (id, markdown) -> Reply.ok(RESPONSE_TIME));
        canvases.advance(Duration.ofSeconds(30));
        canvases.post(0, Status.LOADING, "before");
        canvases.clockSet = Duration.ofHours(hours);
        canvases.advance(Duration.ofSeconds(5));
        canvases.post(1, Status.LOADING, "after");
        canvases.advance(Duration.ofSeconds(5));
        canvases.clockSet = Duration.ZERO;
        canvases.post(2, Status.LOADING, "corrected");
        canvases.advance(Duration.ofSeconds(5));

        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.waits).allMatch(wait -> wait.compareTo(Duration.ofSeconds(5)) < 0);
        assertThat(canvases.publisher.states()).allMatch(state -> !state.pending());
        assertThat(canvases.publisher.states().get(0).publishedRevision()).isEqualTo(1);
        assertThat(canvases.publisher.states().get(2).publishedRevision()).isEqualTo(3);
    }

    @Test
    void heartbeatsUseSpareBudgetOnly() {
        int busy = 20;
        TestingCanvases canvases = new TestingCanvases(
                busy + 300,
                TestingCanvases.limits(MIN_INTERVAL, EDITS_PER_MINUTE, Duration.ofMinutes(10), 1),
                (id, markdown) -> Reply.ok(RESPONSE_TIME));
        int[] edits = new int[busy + 300];
        canvases.onSent = id -> edits[Integer.parseInt(id.substring(1))]++;

        canvases.advance(Duration.ofMinutes(10));
        for (int minute = 0; minute < HOURS * 60; minute++) {
            canvases.post(minute % busy, Status.OK, "update " + minute);
            canvases.advance(Duration.ofMinutes(1));
        }

        addRow("a change per minute, 320 heartbeats every 10 minutes", canvases, MIN_INTERVAL.plusSeconds(1));
        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.longestWait()).isLessThanOrEqualTo(MIN_INTERVAL.plusSeconds(1));
        assertThat(Arrays.stream(edits).min().orElseThrow())
                .as("the lowest number of heartbeats of a canvas")
                .isGreaterThanOrEqualTo(HOURS * 60 / 10);
    }

    private void addRow(String title, TestingCanvases canvases, Duration bound) {
        List<Duration> waits =
                canvases.waits.stream().sorted(Comparator.naturalOrder()).toList();
        table.add("| %s | %.1f | %s | %s | %s | %s |"
                .formatted(
                        title,
                        canvases.sent / (HOURS * 60.0),
                        minutes(waits.get(waits.size() / 2)),
                        minutes(waits.get(waits.size() * 99 / 100)),
                        minutes(canvases.longestWait()),
                        minutes(bound)));
    }

    private static String minutes(Duration duration) {
        return String.format(Locale.ROOT, "%.2f", duration.toMillis() / 60_000.0);
    }

    @AfterAll
    void write() throws IOException {
        TestingCanvases.logFrom(Level.WARN);
        table.add(0, "|---|---|---|---|---|---|");
        table.add(0, "| scenario | edits/min | median wait | p99 | longest | bound |");
        Files.write(Path.of("target/canvas-simulation.md"), table);
    }
}
