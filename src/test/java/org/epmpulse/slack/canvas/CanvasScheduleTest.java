package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanvasScheduleTest {

    private static final Instant START = Instant.parse("2026-02-16T00:00:00Z");
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration MIN_INTERVAL = Duration.ofSeconds(2);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration NEVER = Duration.ZERO;

    private Instant now = START;
    private CanvasSchedule schedule = schedule(45, NEVER, "A", "B", "C");

    private CanvasSchedule schedule(int editsPerMinute, Duration heartbeat, String... ids) {
        CanvasLimits limits = new CanvasLimits(MIN_INTERVAL, editsPerMinute, heartbeat, new Random(1));
        return new CanvasSchedule(List.of(ids), limits, now);
    }

    private static String[] canvases(int count) {
        return IntStream.range(0, count).mapToObj(i -> "C" + i).toArray(String[]::new);
    }

    private void change(String... ids) {
        for (String id : ids) {
            schedule.markPending(id, false, now);
        }
    }

    private void warn(String... ids) {
        for (String id : ids) {
            schedule.markPending(id, true, now);
        }
    }

    private List<String> due() {
        return schedule.pollEdits(Integer.MAX_VALUE, now);
    }

    private void advance(Duration duration) {
        now = now.plus(duration);
    }

    /** Polls ten times per second; Slack accepts each edit at once. */
    private List<String> published(Duration duration) {
        List<String> published = new ArrayList<>();
        for (Instant end = now.plus(duration); now.isBefore(end); advance(TICK)) {
            for (String id : due()) {
                schedule.published(id, now);
                published.add(id);
            }
        }
        return published;
    }

    /** The time until the canvas is due. */
    private Duration untilDue(String id) {
        Instant from = now;
        while (!due().contains(id)) {
            advance(Duration.ofMillis(1));
        }
        return Duration.between(from, now);
    }

    @Test
    void theOldestChangeIsPublishedFirst() {
        schedule = schedule(1, NEVER, "A", "B", "C");
        change("C");
        advance(TICK);
        change("A");
        advance(TICK);
        change("B", "C");

        assertThat(published(MINUTE.multipliedBy(3))).containsExactly("C", "A", "B");
    }

    @Test
    void changesOfACanvasBecomeOneEdit() {
        IntStream.range(0, 1000).forEach(i -> change("A"));

        assertThat(published(MINUTE)).containsExactly("A");
    }

    @Test
    void aCanvasHasOneEditInFlight() {
        change("A");
        assertThat(due()).containsExactly("A");
        change("A");
        advance(MINUTE);

        assertThat(due()).isEmpty();
        schedule.published("A", now);
        advance(MIN_INTERVAL);
        assertThat(due()).containsExactly("A");
    }

    @Test
    void theIntervalStartsWithAnyResponse() {
        List<Runnable> responses = List.of(
                () -> schedule.published("A", now),
                () -> schedule.unavailable("A", now),
                () -> schedule.rateLimited("A", Duration.ofSeconds(1), now),
                () -> schedule.contentRefused("A", now));
        for (Runnable response : responses) {
            change("A");
            untilDue("A");
            advance(Duration.ofSeconds(10));
            response.run();
            change("A");

            assertThat(untilDue("A")).isEqualTo(MIN_INTERVAL);

            schedule.published("A", now);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 8, 9, 17, 18, 26, 27, 45, 50, 200, 1000})
    void theBudgetIsRespectedInEveryMinuteAndUsed(int editsPerMinute) {
        schedule = schedule(editsPerMinute, NEVER, canvases(200));
        List<Instant> edits = new ArrayList<>();
        int minutes = 20;
        for (Instant end = now.plus(MINUTE.multipliedBy(minutes)); now.isBefore(end); advance(TICK)) {
            change(canvases(200));
            for (String id : due()) {
                schedule.published(id, now);
                edits.add(now);
            }
        }

        for (int i = editsPerMinute; i < edits.size(); i++) {
            assertThat(Duration.between(edits.get(i - editsPerMinute), edits.get(i)))
                    .isGreaterThanOrEqualTo(MINUTE);
        }
        assertThat(edits.size() * 1.2).isGreaterThanOrEqualTo(editsPerMinute * minutes);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 9, 18, 27, 36, 45, 100})
    void warningsComeFirstWithinHalfOfTheBudget(int editsPerMinute) {
        schedule = schedule(editsPerMinute, NEVER, canvases(1000));
        change(canvases(1000));
        published(MINUTE);
        int ordinary = 0;
        int minutes = 10;
        for (Instant end = now.plus(MINUTE.multipliedBy(minutes)); now.isBefore(end); advance(TICK)) {
            warn("C999", "C998", "C997", "C996", "C995", "C994", "C993", "C992");
            for (String id : due()) {
                schedule.published(id, now);
                ordinary += id.startsWith("C99") ? 0 : 1;
            }
        }

        assertThat(ordinary * 2.4).isGreaterThanOrEqualTo(editsPerMinute * minutes);
    }

    @Test
    void aWarningComesBeforeOtherPendingCanvases() {
        schedule = schedule(45, NEVER, canvases(500));
        change(canvases(500));
        published(MINUTE);
        warn("C499");

        assertThat(published(Duration.ofSeconds(3))).contains("C499");
    }

    @Test
    void aWarningKeepsItsPriorityAfterAFailure() {
        schedule = schedule(45, NEVER, canvases(500));
        change(canvases(500));
        published(MINUTE);
        warn("C499");
        untilDue("C499");
        schedule.rateLimited("C499", Duration.ofSeconds(20), now);

        assertThat(untilDue("C499")).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(22));
    }

    @Test
    void unchangedWarningsReturnTheirBudget() {
        schedule = schedule(45, NEVER, canvases(500));
        change(canvases(500));
        published(MINUTE);
        for (int i = 0; i < 40; i++) {
            warn("C498");
            assertThat(due()).first().isEqualTo("C498");
            schedule.unchanged("C498");
        }
        warn("C499");

        assertThat(published(Duration.ofSeconds(3))).contains("C499");
    }

    @Test
    void unchangedCanvasesUseNoBudget() {
        for (int i = 0; i < 1000; i++) {
            change("A");
            assertThat(due()).containsExactly("A");
            schedule.unchanged("A");
        }

        assertThat(schedule.isPending("A")).isFalse();
    }

    @Test
    void retriesBackOffWithoutLimit() {
        change("A");
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            pauses.add(untilDue("A"));
            schedule.unavailable("A", now);
        }

        assertThat(pauses.get(1)).isLessThanOrEqualTo(Duration.ofSeconds(2));
        for (int retry = 2; retry <= 10; retry++) {
            Duration most = Duration.ofSeconds(Math.min(60, 1L << retry));
            assertThat(pauses.get(retry)).isBetween(most.dividedBy(2), most);
        }
        assertThat(pauses.subList(11, 14)).containsOnly(Duration.ofMinutes(5));
        assertThat(new HashSet<>(pauses.subList(6, 11))).as("jitter").hasSizeGreaterThan(1);
    }

    @Test
    void aSuccessResetsTheBackoff() {
        change("A");
        for (int i = 0; i < 12; i++) {
            untilDue("A");
            schedule.unavailable("A", now);
        }
        untilDue("A");
        schedule.published("A", now);
        change("A");
        untilDue("A");
        schedule.unavailable("A", now);

        assertThat(untilDue("A")).isLessThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void failuresUseAtMostHalfOfTheBudget() {
        schedule = schedule(45, NEVER, canvases(1000));
        change(canvases(1000));
        int healthy = 0;
        int minutes = 10;
        for (Instant end = now.plus(MINUTE.multipliedBy(minutes)); now.isBefore(end); advance(TICK)) {
            for (String id : due()) {
                if (id.endsWith("0")) {
                    schedule.unavailable(id, now);
                } else {
                    schedule.published(id, now);
                    healthy++;
                }
            }
        }

        assertThat(healthy * 2.4).isGreaterThanOrEqualTo(45 * minutes);
    }

    @Test
    void nothingIsDueUntilRetryAfterHasPassed() {
        change("A", "B", "C");
        assertThat(due()).containsExactly("A", "B", "C");
        schedule.rateLimited("A", Duration.ofSeconds(30), now);
        schedule.rateLimited("B", Duration.ofSeconds(10), now);
        // It was sent before, so its response does not end the waiting time.
        schedule.published("C", now);

        assertThat(untilDue("A")).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aHugeRetryAfterIsLimited() {
        change("A");
        due();
        schedule.rateLimited("A", Duration.ofSeconds(Long.MAX_VALUE), now);
        advance(Duration.ofHours(1));

        assertThat(due()).containsExactly("A");
    }

    @Test
    void aRefusedCanvasIsRetriedEvery15MinutesWithoutBlockingOthers() {
        change("A");
        due();
        schedule.refused("A", now);
        change("A", "B");

        assertThat(published(Duration.ofMinutes(14))).containsExactly("B");
        assertThat(published(Duration.ofMinutes(2))).containsExactly("A");
    }

    @Test
    void afterABackoffResetACanvasIsRetriedWithinItsInterval() {
        change("A");
        due();
        schedule.refused("A", now);
        schedule.resetBackoff("A");

        assertThat(untilDue("A")).isEqualTo(MIN_INTERVAL);
    }

    @Test
    void afterABackoffResetACanvasHasItsOldPosition() {
        schedule = schedule(1, NEVER, "A", "B");
        change("A");
        due();
        schedule.refused("A", now);
        advance(TICK);
        change("B");
        schedule.resetBackoff("A");

        assertThat(published(MINUTE.multipliedBy(3))).containsExactly("A", "B");
    }

    @Test
    void aRefusedTokenAllowsOneAttemptPerMinute() {
        change("A", "B", "C");
        assertThat(due()).containsExactly("A", "B", "C");
        for (String id : List.of("A", "B", "C")) {
            schedule.tokenRefused(id, now);
        }
        for (int i = 0; i < 5; i++) {
            Instant from = now;
            List<String> probes = due();
            while (probes.isEmpty()) {
                advance(TICK);
                probes = due();
            }
            assertThat(Duration.between(from, now)).isEqualTo(MINUTE);
            assertThat(probes).hasSize(1);
            schedule.tokenRefused(probes.get(0), now);
        }
        advance(MINUTE);
        schedule.published(due().get(0), now);

        assertThat(schedule.isSuspended()).isFalse();
        assertThat(due()).hasSize(2);
    }

    @Test
    void anEditFromBeforeTheRefusalDoesNotEndTheSuspension() {
        change("A", "B", "C");
        due();
        schedule.tokenRefused("A", now);
        schedule.published("B", now);
        schedule.refused("C", now);

        assertThat(untilDue("A")).isEqualTo(MINUTE);
    }

    @Test
    void aRefusedCanvasShowsThatTheTokenIsAccepted() {
        change("A", "B");
        due();
        schedule.tokenRefused("A", now);
        schedule.tokenRefused("B", now);
        advance(MINUTE);
        schedule.refused(due().get(0), now);

        assertThat(due()).hasSize(1);
    }

    @Test
    void heartbeatsUseSpareBudgetOnly() {
        schedule = schedule(45, Duration.ofMinutes(10), canvases(60));
        advance(Duration.ofMinutes(11));
        Set<String> busy = Set.of(canvases(50));
        List<String> edits = new ArrayList<>();
        for (Instant end = now.plus(Duration.ofMinutes(30)); now.isBefore(end); advance(TICK)) {
            busy.forEach(this::change);
            for (String id : due()) {
                schedule.published(id, now);
                edits.add(id);
            }
        }

        assertThat(edits).as("50 canvases use the whole budget").isSubsetOf(busy);
        assertThat(published(Duration.ofMinutes(5))).contains("C50", "C59");
    }

    @Test
    void theMostOverdueHeartbeatIsSentFirst() {
        Duration tooOften = Duration.ofMinutes(1);
        schedule = schedule(9, tooOften, canvases(60));

        List<String> heartbeats = published(Duration.ofMinutes(10));

        assertThat(heartbeats.subList(0, 60)).doesNotHaveDuplicates();
    }

    @Test
    void aHeartbeatDiffersFromAChange() {
        schedule = schedule(45, Duration.ofMinutes(10), "A", "B");
        advance(Duration.ofMinutes(10));
        change("B");

        assertThat(due()).containsExactly("B");
        assertThat(schedule.isHeartbeat("B")).isFalse();
        advance(Duration.ofSeconds(5));
        assertThat(due()).containsExactly("A");
        assertThat(schedule.isHeartbeat("A")).isTrue();
    }

    @Test
    void withoutHeartbeatsNothingIsDueByTimeAlone() {
        advance(Duration.ofDays(365));

        assertThat(due()).isEmpty();
    }

    @Test
    void timesThatThreadsPassOutOfOrderAddNoBudget() {
        schedule = schedule(9, NEVER, canvases(100));
        change(canvases(100));
        int edits = 0;
        for (int i = 0; i < 60; i++) {
            edits += published(Duration.ofSeconds(1)).size();
            advance(Duration.ofSeconds(-1));
        }

        assertThat(edits).isLessThanOrEqualTo(9);
    }

    @Test
    void lagIsTheAgeOfTheOldestChangeThatIsNotOnTheCanvas() {
        assertThat(schedule.lag("A", now)).isZero();
        change("A");
        advance(Duration.ofSeconds(5));
        change("A");
        assertThat(schedule.lag("A", now)).isEqualTo(Duration.ofSeconds(5));
        due();
        schedule.unavailable("A", now);
        advance(Duration.ofSeconds(5));
        assertThat(schedule.lag("A", now)).isEqualTo(Duration.ofSeconds(10));

        due();
        schedule.published("A", now);

        assertThat(schedule.lag("A", now)).isZero();
        assertThat(schedule.lag("unknown", now)).isZero();
    }

    @Test
    void aCanvasThatWaitsForItsFirstEditLagsOnlyWhileNoneIsPublished() {
        schedule = schedule(1, NEVER, "A", "B", "C");
        change("A", "B", "C");

        // One edit a minute.
        assertThat(published(MINUTE.multipliedBy(2))).containsExactly("A", "B");
        assertThat(schedule.lag("C", now)).isLessThanOrEqualTo(MINUTE.plus(TICK));
        due();
        schedule.unavailable("C", now);
        advance(MINUTE.multipliedBy(10));

        assertThat(schedule.lag("C", now)).isGreaterThan(MINUTE.multipliedBy(9));
    }

    /** Advances to the time that the schedule returns; nothing is due a millisecond before. */
    private List<String> advanceUntilDue() {
        Duration wait = schedule.untilNextEdit(now);
        assertThat(wait).isNotNull();
        if (!wait.isZero()) {
            assertThat(schedule.pollEdits(9, now.plus(wait.minusMillis(1)))).isEmpty();
        }
        advance(wait);
        return due();
    }

    @Test
    void nothingIsDueUnlessSomethingChanges() {
        assertThat(schedule.untilNextEdit(now)).isNull();
        change("A");
        assertThat(schedule.untilNextEdit(now)).isZero();
        due();

        assertThat(schedule.untilNextEdit(now)).isNull();
    }

    @Test
    void theScheduleKnowsWhenTheNextEditIsDue() {
        change("A");
        assertThat(advanceUntilDue()).containsExactly("A");
        schedule.published("A", now);
        change("A");
        assertThat(advanceUntilDue()).as("after its interval").containsExactly("A");
        schedule.unavailable("A", now);
        assertThat(advanceUntilDue()).as("after its back-off").containsExactly("A");
        schedule.rateLimited("A", Duration.ofSeconds(30), now);
        assertThat(advanceUntilDue()).as("after Retry-After").containsExactly("A");
        schedule.tokenRefused("A", now);
        assertThat(advanceUntilDue()).as("as a probe").containsExactly("A");
        schedule.refused("A", now);
        assertThat(schedule.untilNextEdit(now)).isEqualTo(Duration.ofMinutes(15));
        assertThat(advanceUntilDue()).as("after a refusal").containsExactly("A");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9, 45, 200})
    void theScheduleKnowsWhenTheBudgetAllowsAnEdit(int editsPerMinute) {
        schedule = schedule(editsPerMinute, NEVER, canvases(300));
        change(canvases(300));
        due();

        for (int i = 0; i < 5; i++) {
            assertThat(advanceUntilDue()).hasSize(1);
        }
    }

    @Test
    void theScheduleKnowsWhenAHeartbeatIsDue() {
        schedule = schedule(45, Duration.ofMinutes(10), "A", "B");
        assertThat(schedule.untilNextEdit(now)).isEqualTo(Duration.ofMinutes(10));
        advance(Duration.ofMinutes(10));

        assertThat(due()).hasSize(1);
        assertThat(advanceUntilDue()).hasSize(1);
    }

    @Test
    void aPollReturnsAtMostTheMaximum() {
        change("A", "B", "C");

        assertThat(schedule.pollEdits(2, now)).containsExactly("A", "B");
        assertThat(schedule.untilNextEdit(now)).isZero();
        assertThat(due()).containsExactly("C");
    }
}
