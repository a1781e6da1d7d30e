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

/**
 * How long canvases wait in a workspace with {@value #CHANNELS} of them, all of which change all the time, at 45 edits a
 * minute: {@value #HOURS} hours of a clock that is not real. The table goes to {@code target/canvas-simulation.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CanvasSimulationTest {

    private static final int CHANNELS = 500;
    private static final int EDITS_PER_MINUTE = 45;
    private static final int HOURS = 4;
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(2);
    private static final Duration SLACK_TAKES = Duration.ofMillis(300);

    private final List<String> table = new ArrayList<>();

    /** What goes on beside the changes. */
    enum Scenario {
        NOTHING_FAILS("nothing fails", 1.2),
        WARNINGS("every tenth canvas has new warnings all the time", 2.4),
        HANGING("every tenth canvas hangs", 2.4),
        PASSING_FAULTS("every tenth edit: locked, 500 or a time-out", 2.4),
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
    static void silence() {
        TestingCanvases.logFrom(Level.OFF);
    }

    @ParameterizedTest
    @EnumSource
    void noCanvasWaitsForTooLong(Scenario scenario) {
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
        tell(scenario.title, canvases, bound);
        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.longestWait()).isLessThanOrEqualTo(bound);
    }

    private static boolean isBroken(Scenario scenario, int channel) {
        return channel % 10 == 0 && (scenario.hangs() || scenario == Scenario.REFUSED);
    }

    private static Reply reply(Scenario scenario, int channel, Random random) {
        if (isBroken(scenario, channel)) {
            return scenario.hangs() ? Reply.timeout() : Reply.error(SLACK_TAKES, "canvas_not_found");
        }
        if (scenario == Scenario.PASSING_FAULTS && random.nextInt(10) == 0) {
            return switch (random.nextInt(3)) {
                case 0 -> Reply.error(SLACK_TAKES, "canvas_editing_locked");
                case 1 -> Reply.error(SLACK_TAKES, "internal_error");
                default -> Reply.timeout();
            };
        }
        return Reply.ok(SLACK_TAKES);
    }

    /** 300 canvases are due every 10 minutes, which is most of what twenty busy ones leave. */
    @Test
    void signsOfLifeTakeWhatIsSpareAndNoMore() {
        int busy = 20;
        TestingCanvases canvases = new TestingCanvases(
                busy + 300,
                TestingCanvases.limits(MIN_INTERVAL, EDITS_PER_MINUTE, Duration.ofMinutes(10), 1),
                (id, markdown) -> Reply.ok(SLACK_TAKES));
        int[] edits = new int[busy + 300];
        canvases.onSent = id -> edits[Integer.parseInt(id.substring(1))]++;

        canvases.advance(Duration.ofMinutes(10));
        for (int minute = 0; minute < HOURS * 60; minute++) {
            canvases.post(minute % busy, Status.OK, "update " + minute);
            canvases.advance(Duration.ofMinutes(1));
        }

        tell("a change a minute, 320 signs of life every 10 minutes", canvases, MIN_INTERVAL.plusSeconds(1));
        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.longestWait()).isLessThanOrEqualTo(MIN_INTERVAL.plusSeconds(1));
        assertThat(Arrays.stream(edits).min().orElseThrow())
                .as("the signs of life of the canvas that gave fewest")
                .isGreaterThanOrEqualTo(HOURS * 60 / 10);
    }

    private void tell(String title, TestingCanvases canvases, Duration bound) {
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
