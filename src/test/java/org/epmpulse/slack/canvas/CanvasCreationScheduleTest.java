package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a canvas is made. */
class CanvasCreationScheduleTest {

    private static final Instant START = Instant.parse("2026-03-31T12:00:00Z");

    private final CanvasSchedule schedule = new CanvasSchedule(
            List.of("C1", "C2", "C3"),
            new CanvasLimits(Duration.ofSeconds(2), 45, Duration.ZERO, new Random(1)),
            START);

    @BeforeEach
    void twoAreMissing() {
        schedule.missing("C1");
        schedule.missing("C2");
        List.of("C1", "C2", "C3").forEach(id -> schedule.changed(id, false, START));
    }

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private List<String> due(Instant now) {
        return schedule.due(Integer.MAX_VALUE, now);
    }

    @Test
    void oneIsMadeAtATimeWhileOthersAreEdited() {
        assertThat(schedule.dueCreation(START)).isEqualTo("C1");

        assertThat(schedule.dueCreation(at(3600))).isNull();
        assertThat(due(START)).containsExactly("C3");
    }

    @Test
    void noMinuteHasMoreCreationsThanSlackTakes() {
        int creations = 0;
        for (int second = 0; second < 60; second++) {
            if (schedule.dueCreation(at(second)) != null) {
                creations++;
                schedule.made("C1", at(second));
                schedule.missing("C1");
            }
        }

        assertThat(creations).isBetween(10, 20);
    }

    @Test
    void aCanvasIsEditedAtOnceWhenItIsMade() {
        schedule.dueCreation(START);
        schedule.made("C1", at(1));

        assertThat(due(at(1))).contains("C1");
        assertThat(schedule.lag("C1", at(5))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whereSlackAsksToWaitOnlyCreationsWait() {
        schedule.dueCreation(START);
        schedule.rateLimited("C1", Duration.ofSeconds(30), START);

        assertThat(schedule.dueCreation(at(29))).isNull();
        assertThat(due(at(29))).containsExactly("C3");
        assertThat(schedule.dueCreation(at(30))).isEqualTo("C1");
    }

    @Test
    void aSuccessElsewhereDoesNotShortenTheTimeThatSlackAskedFor() {
        assertThat(due(START)).containsExactly("C3");
        schedule.dueCreation(START);
        schedule.rateLimited("C3", Duration.ofSeconds(30), START);

        schedule.made("C1", at(1));

        assertThat(due(at(29))).isEmpty();
        assertThat(due(at(30))).contains("C1", "C3");
    }

    @Test
    void aChannelThatIsRefusedHoldsUpNoOther() {
        schedule.dueCreation(START);
        schedule.refused("C1", START);

        assertThat(schedule.dueCreation(at(60))).isEqualTo("C2");
        schedule.made("C2", at(60));
        assertThat(schedule.dueCreation(at(899))).isNull();
        assertThat(schedule.dueCreation(at(900))).isEqualTo("C1");
    }

    @Test
    void aRefusedTokenLeavesOneTryAMinute() {
        schedule.dueCreation(START);
        schedule.suspended("C1", START);

        assertThat(due(at(59))).isEmpty();
        assertThat(schedule.dueCreation(at(60))).isEqualTo("C1");
        assertThat(due(at(119))).isEmpty();
    }

    @Test
    void aCanvasThatIsGoneIsMadeAgain() {
        assertThat(due(START)).containsExactly("C3");
        schedule.lost("C3", START);

        assertThat(due(at(60))).isEmpty();
        assertThat(schedule.dueCreation(at(60))).isNotNull();
        assertThat(schedule.isPending("C3")).isTrue();
    }

    @Test
    void theScheduleSaysWhenACanvasIsToBeMade() {
        assertThat(schedule.untilDueCreation(START)).isZero();
        schedule.dueCreation(START);
        assertThat(schedule.untilDueCreation(at(1))).as("one is under way").isNull();
        schedule.made("C1", at(1));
        assertThat(schedule.untilDueCreation(at(2))).isEqualTo(Duration.ofSeconds(3));
        schedule.dueCreation(at(5));
        schedule.refused("C2", at(5));
        assertThat(schedule.untilDueCreation(at(5))).isEqualTo(Duration.ofMinutes(15));
        schedule.dueCreation(at(905));
        schedule.made("C2", at(905));

        assertThat(schedule.untilDueCreation(at(905))).as("none is missing").isNull();
    }
}
