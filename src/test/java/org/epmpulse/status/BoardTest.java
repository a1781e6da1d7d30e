package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.by;
import static org.epmpulse.status.TestingBoard.in;
import static org.epmpulse.status.TestingBoard.loading;
import static org.epmpulse.status.TestingBoard.ofEpmJob;
import static org.epmpulse.status.TestingBoard.ok;
import static org.epmpulse.status.TestingBoard.saying;
import static org.epmpulse.status.TestingBoard.stamped;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BoardTest {

    private final TestingBoard board = new TestingBoard();

    @Test
    void aDomainOfWhichNothingWasHeardIsBlank() {
        assertThat(Board.EMPTY.of(D1)).isEqualTo(DomainStatus.NEVER_REPORTED);
        assertThat(DomainStatus.NEVER_REPORTED.status()).isEqualTo(Status.BLANK);
        assertThat(DomainStatus.NEVER_REPORTED.revision()).isZero();
    }

    @Test
    void aRecordedEntryIsShownWithAllItSays() {
        board.post(10, by("odi", ofEpmJob("224", stamped(5, saying("first file", loading("J"))))));

        assertThat(board.shown())
                .isEqualTo(new DomainStatus(
                        Status.LOADING, "J", "first file", at(5), null, at(5), at(10), "224", Source.API, "odi", 1));
        assertThat(board.shown().updated()).isEqualTo(at(5));
        assertThat(board.board().lastUpdated()).isEqualTo(at(10));
    }

    @Test
    void aRunGoesOnWithTheEpmJobItNamedOnce() {
        board.post(0, ofEpmJob("224", loading("J")));
        board.post(1, saying("second file", loading("J")));
        String goesOn = board.shown().epmJobId();
        board.post(2, ofEpmJob("225", saying("third file", loading("J"))));
        String another = board.shown().epmJobId();
        board.post(3, loading("X"));
        String otherJob = board.shown().epmJobId();

        assertThat(goesOn).isEqualTo("224");
        assertThat(another).isEqualTo("225");
        assertThat(otherJob).isNull();
    }

    @Test
    void theNextRunDoesNotHaveTheEpmJobOfTheOneBefore() {
        board.post(0, ofEpmJob("224", loading("J")));
        board.post(1, ok("J"));
        String ended = board.shown().epmJobId();
        board.post(2, loading("J"));

        assertThat(ended).isNull();
        assertThat(board.shown().epmJobId()).isNull();
    }

    @Test
    void otherDomainsStayAsTheyAre() {
        board.post(0, loading("J"));
        DomainStatus before = board.shown();

        board.post(1, in(D2, ok("J")));

        assertThat(board.shown()).isEqualTo(before);
        assertThat(board.board().of(D2).revision()).isEqualTo(2);
    }

    @Test
    void anEarlierBoardIsNotChangedByWhatComesAfter() {
        board.post(0, loading("J"));
        Board earlier = board.board();

        board.post(1, ok("J"));

        assertThat(earlier.of(D1).status()).isEqualTo(Status.LOADING);
        assertThat(earlier.jobs().get("J").status()).isEqualTo(Status.LOADING);
        assertThat(earlier.revision()).isEqualTo(1);
    }

    @Test
    void theSequenceCountsEveryEntry() {
        board.post(0, stamped(10, loading("J")));
        board.post(1, stamped(10, loading("J")));
        board.post(2, stamped(5, loading("J")));

        assertThat(board.board().sequence()).isEqualTo(3);
        assertThat(board.board().revision()).isEqualTo(1);
    }

    @Test
    void theOutcomeOfAnEntryIsNotDecidedAgain() {
        Entry late = board.post(0, stamped(-100, ok("J")));
        TestingBoard other = new TestingBoard();
        other.post(0, stamped(10, loading("X")));

        Board after = other.board().after(late);

        assertThat(after.of(D1).jobId()).isEqualTo("J");
    }

    @Test
    void theStartOfAnEndThatWasTakenOverFollowsFromItsDuration() {
        Entry taken = new Entry(stamped(90, ok("J")), at(100), Outcome.RECORDED, 7L, null, 60L, null, null);

        Board after = Board.EMPTY.after(taken);

        assertThat(after.of(D1).started()).isEqualTo(at(30));
        assertThat(after.of(D1).durationSec()).isEqualTo(60);
        assertThat(after.jobs().get("J").durationSec()).isEqualTo(60);
        assertThat(after.revision()).isEqualTo(7);
    }

    @Test
    void aDomainIsStaleWhenItIsLoadingForLongerThanAllowed() {
        Duration allowed = Duration.ofHours(2);
        board.post(0, loading("J"));
        board.post(3600, saying("second file", loading("J")));
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
