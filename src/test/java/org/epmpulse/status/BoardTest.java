package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.fromKey;
import static org.epmpulse.status.TestingBoard.inDomain;
import static org.epmpulse.status.TestingBoard.loading;
import static org.epmpulse.status.TestingBoard.ok;
import static org.epmpulse.status.TestingBoard.withEpmJob;
import static org.epmpulse.status.TestingBoard.withMessage;
import static org.epmpulse.status.TestingBoard.withTimestamp;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BoardTest {

    private final TestingBoard board = new TestingBoard();

    @Test
    void aNeverReportedDomainIsBlank() {
        assertThat(Board.EMPTY.of(D1)).isEqualTo(DomainStatus.NEVER_REPORTED);
        assertThat(DomainStatus.NEVER_REPORTED.status()).isEqualTo(Status.BLANK);
        assertThat(DomainStatus.NEVER_REPORTED.revision()).isZero();
    }

    @Test
    void theBoardShowsAllFieldsOfARecordedEntry() {
        board.post(10, fromKey("odi", withEpmJob("224", withTimestamp(5, withMessage("first file", loading("J"))))));

        assertThat(board.shown())
                .isEqualTo(new DomainStatus(
                        Status.LOADING, "J", "first file", at(5), null, at(5), at(10), "224", Source.API, "odi", 1));
        assertThat(board.shown().updated()).isEqualTo(at(5));
        assertThat(board.board().lastUpdated()).isEqualTo(at(10));
    }

    @Test
    void aRunKeepsItsEpmJobWhenLaterUpdatesDoNotNameIt() {
        board.post(0, withEpmJob("224", loading("J")));
        board.post(1, withMessage("second file", loading("J")));
        String sameRun = board.shown().epmJobId();
        board.post(2, withEpmJob("225", withMessage("third file", loading("J"))));
        String another = board.shown().epmJobId();
        board.post(3, loading("X"));
        String otherJob = board.shown().epmJobId();

        assertThat(sameRun).isEqualTo("224");
        assertThat(another).isEqualTo("225");
        assertThat(otherJob).isNull();
    }

    @Test
    void theNextRunDoesNotKeepTheEpmJobOfThePreviousRun() {
        board.post(0, withEpmJob("224", loading("J")));
        board.post(1, ok("J"));
        String ended = board.shown().epmJobId();
        board.post(2, loading("J"));

        assertThat(ended).isNull();
        assertThat(board.shown().epmJobId()).isNull();
    }

    @Test
    void anUpdateDoesNotChangeOtherDomains() {
        board.post(0, loading("J"));
        DomainStatus before = board.shown();

        board.post(1, inDomain(D2, ok("J")));

        assertThat(board.shown()).isEqualTo(before);
        assertThat(board.board().of(D2).revision()).isEqualTo(2);
    }

    @Test
    void laterUpdatesDoNotChangeAnEarlierBoard() {
        board.post(0, loading("J"));
        Board earlier = board.board();

        board.post(1, ok("J"));

        assertThat(earlier.of(D1).status()).isEqualTo(Status.LOADING);
        assertThat(earlier.jobs().get("J").status()).isEqualTo(Status.LOADING);
        assertThat(earlier.revision()).isEqualTo(1);
    }

    @Test
    void theSequenceCountsEveryEntry() {
        board.post(0, withTimestamp(10, loading("J")));
        board.post(1, withTimestamp(10, loading("J")));
        board.post(2, withTimestamp(5, loading("J")));

        assertThat(board.board().sequence()).isEqualTo(3);
        assertThat(board.board().revision()).isEqualTo(1);
    }

    @Test
    void theOutcomeOfAnEntryIsNotDecidedAgain() {
        Entry late = board.post(0, withTimestamp(-100, ok("J")));
        TestingBoard other = new TestingBoard();
        other.post(0, withTimestamp(10, loading("X")));

        Board after = other.board().apply(late);

        assertThat(after.of(D1).jobId()).isEqualTo("J");
    }

    @Test
    void theStartOfAnImportedEndIsComputedFromItsDuration() {
        Entry imported = new Entry(withTimestamp(90, ok("J")), at(100), Outcome.RECORDED, 7L, null, 60L, null, null);

        Board after = Board.EMPTY.apply(imported);

        assertThat(after.of(D1).started()).isEqualTo(at(30));
        assertThat(after.of(D1).durationSec()).isEqualTo(60);
        assertThat(after.jobs().get("J").durationSec()).isEqualTo(60);
        assertThat(after.revision()).isEqualTo(7);
    }

    @Test
    void aDomainIsStaleWhenItIsLoadingForLongerThanAllowed() {
        Duration allowed = Duration.ofHours(2);
        board.post(0, loading("J"));
        board.post(3600, withMessage("second file", loading("J")));
        DomainStatus loading = board.shown();
        board.post(7300, ok("J"));
        DomainStatus ended = board.shown();

        assertThat(loading.staleAt(allowed)).isEqualTo(at(7200));
        assertThat(loading.stale(at(7200), allowed)).isFalse();
        assertThat(loading.stale(at(7200).plusNanos(1), allowed)).isTrue();
        assertThat(ended.staleAt(allowed)).isNull();
        assertThat(ended.stale(at(1_000_000), allowed)).isFalse();
        assertThat(DomainStatus.NEVER_REPORTED.stale(at(0), allowed)).isFalse();
    }
}
