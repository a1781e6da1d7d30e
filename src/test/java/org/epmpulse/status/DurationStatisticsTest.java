package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.blank;
import static org.epmpulse.status.TestingBoard.in;
import static org.epmpulse.status.TestingBoard.loading;
import static org.epmpulse.status.TestingBoard.ok;
import static org.epmpulse.status.TestingBoard.saying;
import static org.epmpulse.status.TestingBoard.stamped;
import static org.epmpulse.status.TestingBoard.warning;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a run usually takes, and when it should end. */
class DurationStatisticsTest {

    private final TestingBoard board = new TestingBoard();
    private long second;

    /** A run of this many seconds, an hour after the one before it. */
    private void run(String job, int seconds) {
        board.post(second, loading(job));
        board.post(second + seconds, ok(job));
        second += 3600;
    }

    private DurationStatistics usual() {
        return board.board().usual(D1);
    }

    @Test
    void nothingIsSaidBeforeTheFifthRun() {
        IntStream.of(10, 20, 30, 40).forEach(seconds -> run("J", seconds));
        board.post(second, loading("J"));

        assertThat(usual().usualSec()).isNull();
        assertThat(usual().eta(board.shown())).isNull();
        assertThat(usual().overdue(board.shown(), at(second + 1_000_000))).isFalse();
    }

    @Test
    void theMedianIsByNearestRank() {
        assertThat(DurationStatistics.of(50, 10, 40, 20, 30).usualSec()).isEqualTo(30);
        assertThat(DurationStatistics.of(50, 10, 40, 20, 30, 60).usualSec()).isEqualTo(30);
        assertThat(DurationStatistics.of(7, 7, 7, 7, 7).usualSec()).isEqualTo(7);
    }

    @Test
    void aRunIsOverdueAfterTheNineteenthOfTwentyDurations() {
        for (int seconds = 1; seconds <= 20; seconds++) {
            run("J", seconds * 10);
        }
        board.post(second, loading("J"));

        assertThat(usual().eta(board.shown())).isEqualTo(at(second + 100));
        assertThat(usual().overdueAt(board.shown())).isEqualTo(at(second + 190));
        assertThat(usual().overdue(board.shown(), at(second + 190))).isFalse();
        assertThat(usual().overdue(board.shown(), at(second + 191))).isTrue();
    }

    @Test
    void onlyTheLastTwentyRunsCount() {
        IntStream.rangeClosed(1, 25).forEach(seconds -> run("J" + seconds, seconds));

        assertThat(usual().seconds())
                .containsExactly(IntStream.rangeClosed(6, 25).toArray());
    }

    @Test
    void onlyADomainThatIsLoadingHasAnEta() {
        IntStream.range(0, 5).forEach(i -> run("J", 60));

        assertThat(usual().usualSec()).isEqualTo(60);
        assertThat(usual().eta(board.shown())).isNull();
        assertThat(usual().overdue(board.shown(), at(1_000_000))).isFalse();
    }

    @Test
    void whatDidNotEndWellDoesNotCount() {
        board.post(0, loading("A"));
        board.post(10, warning("A"));
        board.post(20, loading("B"));
        board.post(30, blank("B"));
        board.post(40, ok("nobody told its start"));

        assertThat(usual()).isSameAs(DurationStatistics.UNKNOWN);
    }

    @Test
    void anEndToldTwiceCountsOnce() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));
        board.post(70, saying("from the pod", ok("J")));
        board.post(80, ok("J"));

        assertThat(usual().seconds()).containsExactly(60);
    }

    @Test
    void aSupersededEndDoesNotCount() {
        board.post(0, stamped(0, loading("J")));
        board.post(100, stamped(100, loading("K")));
        board.post(110, stamped(50, ok("J")));

        assertThat(usual()).isSameAs(DurationStatistics.UNKNOWN);
    }

    @Test
    void everyDomainHasItsOwn() {
        board.post(0, loading("J"));
        board.post(0, in(D2, loading("J")));
        board.post(30, in(D2, ok("J")));
        board.post(60, ok("J"));

        assertThat(usual().seconds()).containsExactly(60);
        assertThat(board.board().usual(D2).seconds()).containsExactly(30);
    }

    @Test
    void aStampOfAnotherAgeDoesNotOverflow() {
        board.post(0, stamped(-70L * 366 * 86_400, loading("J")));
        board.post(0, ok("J"));

        assertThat(usual().seconds()).containsExactly(Integer.MAX_VALUE);
    }
}
