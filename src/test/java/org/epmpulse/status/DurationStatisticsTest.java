package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.blank;
import static org.epmpulse.status.TestingBoard.inDomain;
import static org.epmpulse.status.TestingBoard.loading;
import static org.epmpulse.status.TestingBoard.ok;
import static org.epmpulse.status.TestingBoard.warning;
import static org.epmpulse.status.TestingBoard.withMessage;
import static org.epmpulse.status.TestingBoard.withTimestamp;

import java.time.Instant;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The typical duration of a run, and when it should end. */
class DurationStatisticsTest {

    private final TestingBoard board = new TestingBoard();
    private long second;

    /** Posts a run of this many seconds, an hour after the previous one. */
    private void run(String job, int seconds) {
        board.post(second, loading(job));
        board.post(second + seconds, ok(job));
        second += 3600;
    }

    private DurationStatistics durations() {
        return board.board().durations(D1);
    }

    @Test
    void aRunOfMoreThan31DaysAndOneThatEndsBeforeItsStartCountInNoStatistics() {
        IntStream.of(10, 20, 30, 40, 50).forEach(seconds -> run("J", seconds));
        int days = 31 * 86_400;
        run("LONG", days);
        DurationStatistics before = durations();
        run("LONGER", days + 1);
        board.post(second, loading("BACK"));
        board.post(second - 90_000, ok("BACK"));

        assertThat(before.seconds()).containsExactly(10, 20, 30, 40, 50, days);
        assertThat(durations().seconds()).isEqualTo(before.seconds());
    }

    @Test
    void durationsOfAnOlderVersionThatDoNotCountAreDropped() {
        DurationStatistics read =
                DurationStatistics.of(Integer.MAX_VALUE, 10, -5, 20, Integer.MAX_VALUE, 30, 40, 31 * 86_400 + 1);

        assertThat(read.seconds()).containsExactly(10, 20, 30, 40);
        assertThat(read.typicalSec()).isNull();
    }

    @Test
    void thereIsNoTypicalDurationBeforeTheFifthRun() {
        IntStream.of(10, 20, 30, 40).forEach(seconds -> run("J", seconds));
        board.post(second, loading("J"));

        assertThat(durations().typicalSec()).isNull();
        assertThat(durations().eta(board.shown())).isNull();
        assertThat(durations().overdue(board.shown(), at(second + 1_000_000))).isFalse();
    }

    @Test
    void theMedianIsByNearestRank() {
        assertThat(DurationStatistics.of(50, 10, 40, 20, 30).typicalSec()).isEqualTo(30);
        assertThat(DurationStatistics.of(50, 10, 40, 20, 30, 60).typicalSec()).isEqualTo(30);
        assertThat(DurationStatistics.of(7, 7, 7, 7, 7).typicalSec()).isEqualTo(7);
    }

    @Test
    void runsThatAreAddedOneByOneHaveTheStatisticsOfAllRuns() {
        int[] seconds = IntStream.range(0, 30).map(i -> i * 37 % 50).toArray();
        DurationStatistics added = DurationStatistics.UNKNOWN;
        for (int i = 0; i < seconds.length; i++) {
            added = added.withRun(seconds[i]);
            DurationStatistics read = DurationStatistics.of(Arrays.copyOf(seconds, i + 1));

            assertThat(added).isEqualTo(read).hasSameHashCodeAs(read);
            assertThat(added.typicalSec()).isEqualTo(read.typicalSec());
            assertThat(added.pessimisticSec()).isEqualTo(read.pessimisticSec());
            assertThat(added.withEnd(at(i)).typicalSec()).isEqualTo(read.typicalSec());
        }
    }

    @Test
    void aRunIsOverdueAfterTheNineteenthOfTwentyDurations() {
        for (int seconds = 1; seconds <= 20; seconds++) {
            run("J", seconds * 10);
        }
        board.post(second, loading("J"));

        assertThat(durations().eta(board.shown())).isEqualTo(at(second + 100));
        assertThat(durations().overdueAt(board.shown())).isEqualTo(at(second + 190));
        assertThat(durations().overdue(board.shown(), at(second + 190))).isFalse();
        assertThat(durations().overdue(board.shown(), at(second + 191))).isTrue();
    }

    @Test
    void onlyTheLastTwentyRunsCount() {
        IntStream.rangeClosed(1, 25).forEach(seconds -> run("J" + seconds, seconds));

        assertThat(durations().seconds())
                .containsExactly(IntStream.rangeClosed(6, 25).toArray());
    }

    @Test
    void onlyADomainThatIsLoadingHasAnEta() {
        IntStream.range(0, 5).forEach(i -> run("J", 60));

        assertThat(durations().typicalSec()).isEqualTo(60);
        assertThat(durations().eta(board.shown())).isNull();
        assertThat(durations().overdue(board.shown(), at(1_000_000))).isFalse();
    }

    @Test
    void runsThatDidNotEndOkDoNotCount() {
        board.post(0, loading("A"));
        board.post(10, warning("A"));
        board.post(20, loading("B"));
        board.post(30, blank("B"));
        board.post(40, ok("no start reported"));

        assertThat(durations().seconds()).isEmpty();
        assertThat(durations().ends()).containsExactly(at(40).getEpochSecond());
    }

    @Test
    void anEndReportedTwiceCountsOnce() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));
        board.post(70, withMessage("from EPM", ok("J")));
        board.post(80, ok("J"));

        assertThat(durations().seconds()).containsExactly(60);
    }

    @Test
    void aSupersededEndDoesNotCount() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(100, withTimestamp(100, loading("K")));
        board.post(110, withTimestamp(50, ok("J")));

        assertThat(durations()).isSameAs(DurationStatistics.UNKNOWN);
    }

    @Test
    void everyDomainHasItsOwnStatistics() {
        board.post(0, loading("J"));
        board.post(0, inDomain(D2, loading("J")));
        board.post(30, inDomain(D2, ok("J")));
        board.post(60, ok("J"));

        assertThat(durations().seconds()).containsExactly(60);
        assertThat(board.board().durations(D2).seconds()).containsExactly(30);
    }

    @Test
    void aVeryOldTimestampCountsInNoStatistics() {
        board.post(0, withTimestamp(-70L * 366 * 86_400, loading("J")));
        board.post(0, ok("J"));

        assertThat(durations().seconds()).isEmpty();
    }

    @Test
    void theEndsOfTheLastRunsAreKnownAndOneThatFailedAfterAllIsNot() {
        IntStream.range(0, 25).forEach(i -> run("J" + i, 60));
        long[] ends = durations().ends();
        board.post(second, loading("K"));
        board.post(second + 60, ok("K"));
        board.post(second + 70, warning("K"));

        assertThat(ends).hasSize(20).isSorted();
        assertThat(durations().ends()).isEqualTo(Arrays.copyOfRange(ends, 1, 20));
        assertThat(durations().lastEnd()).isEqualTo(Instant.ofEpochSecond(ends[19]));
    }
}
