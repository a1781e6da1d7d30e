package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a canvas is created. */
class CanvasCreationScheduleTest {

    private static final Instant START = Instant.parse("2026-03-31T12:00:00Z");

    private final CanvasSchedule schedule = new CanvasSchedule(
            List.of("C1", "C2", "C3"),
            new CanvasLimits(Duration.ofSeconds(2), 45, Duration.ZERO, new Random(1)),
            START);

    @BeforeEach
    void markTwoMissing() {
        schedule.markMissing("C1");
        schedule.markMissing("C2");
        List.of("C1", "C2", "C3").forEach(id -> schedule.markPending(id, false, START));
    }

    private static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private List<String> due(Instant now) {
        return schedule.pollEdits(Integer.MAX_VALUE, now);
    }

    @Test
    void oneCanvasIsCreatedAtATimeWhileOthersAreEdited() {
        assertThat(schedule.pollCreation(START)).isEqualTo("C1");

        assertThat(schedule.pollCreation(at(3600))).isNull();
        assertThat(due(START)).containsExactly("C3");
    }

    @Test
    void noMinuteHasMoreCreationsThanSlackAllows() {
        int creations = 0;
        for (int second = 0; second < 60; second++) {
            if (schedule.pollCreation(at(second)) != null) {
                creations++;
                schedule.created("C1", at(second));
                schedule.markMissing("C1");
            }
        }

        assertThat(creations).isBetween(10, 20);
    }

    @Test
    void aCreatedCanvasIsEditedAtOnce() {
        schedule.pollCreation(START);
        schedule.created("C1", at(1));

        assertThat(due(at(1))).contains("C1");
        assertThat(schedule.lag("C1", at(5))).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void aRateLimitOfCreationsDelaysCreationsOnly() {
        schedule.pollCreation(START);
        schedule.rateLimited("C1", Duration.ofSeconds(30), START);

        assertThat(schedule.pollCreation(at(29))).isNull();
        assertThat(due(at(29))).containsExactly("C3");
        assertThat(schedule.pollCreation(at(30))).isEqualTo("C1");
    }

    @Test
    void anotherSuccessDoesNotShortenRetryAfter() {
        assertThat(due(START)).containsExactly("C3");
        schedule.pollCreation(START);
        schedule.rateLimited("C3", Duration.ofSeconds(30), START);

        schedule.created("C1", at(1));

        assertThat(due(at(29))).isEmpty();
        assertThat(due(at(30))).contains("C1", "C3");
    }

    @Test
    void aRefusedChannelDoesNotBlockAnother() {
        schedule.pollCreation(START);
        schedule.refused("C1", START);

        assertThat(schedule.pollCreation(at(60))).isEqualTo("C2");
        schedule.created("C2", at(60));
        assertThat(schedule.pollCreation(at(899))).isNull();
        assertThat(schedule.pollCreation(at(900))).isEqualTo("C1");
    }

    @Test
    void aRefusedTokenAllowsOneAttemptPerMinute() {
        schedule.pollCreation(START);
        schedule.tokenRefused("C1", START);

        assertThat(due(at(59))).isEmpty();
        assertThat(schedule.pollCreation(at(60))).isEqualTo("C1");
        assertThat(due(at(119))).isEmpty();
    }

    @Test
    void aLostCanvasIsCreatedAgain() {
        assertThat(due(START)).containsExactly("C3");
        schedule.lost("C3", START);

        assertThat(due(at(60))).isEmpty();
        assertThat(schedule.pollCreation(at(60))).isNotNull();
        assertThat(schedule.isPending("C3")).isTrue();
    }

    @Test
    void theScheduleKnowsWhenTheNextCreationIsDue() {
        assertThat(schedule.untilNextCreation(START)).isZero();
        schedule.pollCreation(START);
        assertThat(schedule.untilNextCreation(at(1))).as("one is in flight").isNull();
        schedule.created("C1", at(1));
        assertThat(schedule.untilNextCreation(at(2))).isEqualTo(Duration.ofSeconds(3));
        schedule.pollCreation(at(5));
        schedule.refused("C2", at(5));
        assertThat(schedule.untilNextCreation(at(5))).isEqualTo(Duration.ofMinutes(15));
        schedule.pollCreation(at(905));
        schedule.created("C2", at(905));

        assertThat(schedule.untilNextCreation(at(905))).as("none is missing").isNull();
    }
}
