package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.blank;
import static org.epmpulse.status.TestingBoard.by;
import static org.epmpulse.status.TestingBoard.in;
import static org.epmpulse.status.TestingBoard.loading;
import static org.epmpulse.status.TestingBoard.ofEpmJob;
import static org.epmpulse.status.TestingBoard.ok;
import static org.epmpulse.status.TestingBoard.polled;
import static org.epmpulse.status.TestingBoard.saying;
import static org.epmpulse.status.TestingBoard.stamped;
import static org.epmpulse.status.TestingBoard.warning;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StatusRulesTest {

    private final TestingBoard board = new TestingBoard();

    @Test
    void theFirstUpdateOfADomainIsRecordedWhateverItsStamp() {
        Entry entry = board.post(1000, stamped(-1_000_000, blank(null)));

        assertThat(entry.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(entry.revision()).isEqualTo(1);
    }

    @Test
    void ofTwoStampsOfOneKeyTheOlderIsSuperseded() {
        board.post(0, stamped(20, ok("J")));

        Entry late = board.post(30, stamped(10, loading("J")));

        assertThat(late.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(late.revision()).isNull();
        assertThat(board.shown().status()).isEqualTo(Status.OK);
        assertThat(board.board().revision()).isEqualTo(1);
    }

    @Test
    void ofTwoStampsOfOneKeyTheNewerIsRecorded() {
        board.post(0, stamped(10, ok("J")));

        Entry newer = board.post(1, stamped(11, loading("J")));

        assertThat(newer.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(newer.revision()).isEqualTo(2);
    }

    @Test
    void stampsOfDifferentKeysAreNotCompared() {
        board.post(0, by("a", stamped(20, ok("J"))));

        Entry other = board.post(30, by("b", stamped(10, loading("J"))));

        assertThat(other.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.shown().updated()).isEqualTo(at(10));
    }

    @Test
    void stampsThatCameWithoutAKeyAreCompared() {
        board.post(0, by(null, stamped(20, ok("J"))));

        assertThat(board.post(30, by(null, stamped(10, loading("J")))).outcome())
                .isEqualTo(Outcome.SUPERSEDED);
        assertThat(board.post(31, by("a", stamped(10, loading("J")))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void arrivalDecidesWhereOneOfTheTwoHasNoStamp() {
        board.post(0, stamped(200, loading("J")));
        Entry without = board.post(1, ok("J"));
        Entry with = board.post(2, stamped(-500, loading("J")));

        assertThat(without.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(with.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.shown().updated()).isEqualTo(at(-500));
    }

    @Test
    void domainsHaveAnOrderOfTheirOwn() {
        board.post(0, stamped(20, ok("J")));

        Entry other = board.post(30, in(D2, stamped(10, loading("J"))));

        assertThat(other.outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void ofEqualStampsTheLaterArrivalWins() {
        board.post(0, stamped(0, loading("J")));

        assertThat(board.post(1, stamped(0, ok("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, stamped(0, warning("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(3, stamped(0, loading("X"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void ofEqualStampsLoadingDoesNotReplaceTheEndOfItsOwnJob() {
        board.post(0, stamped(0, ok("J")));
        Entry afterOk = board.post(1, stamped(0, loading("J")));
        board.post(2, stamped(1, warning("J")));
        Entry afterWarning = board.post(3, stamped(1, loading("J")));

        assertThat(afterOk.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(afterWarning.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(board.shown().status()).isEqualTo(Status.WARNING);
    }

    @Test
    void ofEqualStampsLoadingReplacesTheBlankOfItsOwnJob() {
        board.post(0, stamped(0, blank("J")));

        assertThat(board.post(1, stamped(0, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aStampUpToFiveMinutesAheadCounts() {
        Entry entry = board.post(0, stamped(300, loading("J")));

        assertThat(entry.timestamp()).isEqualTo(at(300));
        assertThat(board.shown().updated()).isEqualTo(at(300));
    }

    @Test
    void aStampFurtherAheadIsReplacedByTheTimeOfReceipt() {
        Entry entry = board.post(0, stamped(301, loading("J")));

        assertThat(entry.timestamp()).isNull();
        assertThat(entry.updated()).isEqualTo(at(0));
        assertThat(board.shown().updated()).isEqualTo(at(0));
    }

    @Test
    void aStampFarAheadFreezesNothing() {
        board.post(0, stamped(1_000_000_000, loading("J")));

        Entry entry = board.post(1, stamped(1, ok("J")));

        assertThat(entry.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(entry.durationSec()).isEqualTo(1);
    }

    @Test
    void theEndsOfTimeAreStampsToo() {
        board.post(0, stamped(0, loading("J")));

        Entry first = board.post(1, withStamp(Timestamps.parse("0001-01-01T00:00:00+14:00")));
        Entry last = board.post(2, withStamp(Timestamps.parse("9999-12-31T23:59:59-14:00")));

        assertThat(first.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(last.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(last.updated()).isEqualTo(at(2));
    }

    @Test
    void recordedUpdatesTakeConsecutiveRevisionsAndSupersededOnesNone() {
        Long first = board.post(0, stamped(0, loading("J"))).revision();
        Long superseded = board.post(1, stamped(-1, loading("J"))).revision();
        Long second = board.post(2, stamped(2, ok("J"))).revision();

        assertThat(first).isEqualTo(1);
        assertThat(superseded).isNull();
        assertThat(second).isEqualTo(2);
    }

    @Test
    void aSupersededUpdateLeavesTheBoardAsItIs() {
        board.post(0, stamped(10, loading("J")));
        Board before = board.board();

        board.post(20, stamped(5, saying("late", loading("X"))));

        assertThat(board.board().domains()).isEqualTo(before.domains());
        assertThat(board.board().revision()).isEqualTo(before.revision());
        assertThat(board.board().lastUpdated()).isEqualTo(before.lastUpdated());
    }

    @Test
    void anEqualUpdateWithTheSameStampIsADuplicateForever() {
        board.post(0, stamped(0, saying("m", loading("J"))));

        Entry again = board.post(1_000_000, stamped(0, saying("m", loading("J"))));

        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(again.revision()).isEqualTo(1);
    }

    @Test
    void anEqualUpdateWithAnotherStampIsNoDuplicate() {
        board.post(0, stamped(0, loading("J")));

        assertThat(board.post(1, stamped(1, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, stamped(0, loading("J"))).outcome()).isEqualTo(Outcome.SUPERSEDED);
    }

    @Test
    void aStampMakesAnUpdateDifferFromOneWithout() {
        board.post(0, loading("J"));

        assertThat(board.post(0, stamped(0, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void anEqualUpdateWithoutAStampIsADuplicateWithinTheWindow() {
        board.post(0, ok("J"));

        Entry within = board.post(600, ok("J"));
        Entry after = board.post(601, ok("J"));

        assertThat(within.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(after.outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void theWindowRunsFromReceiptAndNotFromTheStamp() {
        board.post(0, stamped(-5000, ok("J")));

        assertThat(board.post(600, ok("J")).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void duplicatesDoNotKeepTheWindowOpen() {
        board.post(0, loading("J"));
        board.post(500, loading("J"));

        assertThat(board.post(700, loading("J")).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void whatDiffersInStatusJobOrMessageIsNoDuplicate() {
        board.post(0, saying("m", ok("J")));

        assertThat(board.post(1, saying("m", warning("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, saying("m", warning("X"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(3, saying("n", warning("X"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(4, saying(null, warning("X"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(5, saying(null, warning(null))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aDuplicateMayComeFromAnotherKey() {
        board.post(0, by("a", loading("J")));

        assertThat(board.post(1, by("b", loading("J"))).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void onlyTheCurrentEntryHasDuplicates() {
        board.post(0, loading("J"));
        board.post(1, ok("J"));

        assertThat(board.post(2, loading("J")).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aFirstBlankIsNoDuplicateOfHavingHeardNothing() {
        assertThat(board.post(0, blank(null)).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(1, blank(null)).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void anUpdateThatNamesAnotherEpmJobIsNoDuplicate() {
        board.post(0, loading("J"));

        assertThat(board.post(1, ofEpmJob("224", loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, ofEpmJob("224", loading("J"))).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.post(3, loading("J")).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.post(4, ofEpmJob("225", loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aRepeatedUpdateFarAheadIsADuplicateWithinTheWindow() {
        board.post(0, stamped(1_000_000, loading("J")));

        assertThat(board.post(600, stamped(1_000_000, loading("J"))).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.post(601, stamped(1_000_000, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aDuplicateTellsTheDurationThatIsShown() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));

        assertThat(board.post(70, ok("J")).durationSec()).isEqualTo(60);
    }

    @Test
    void loadingWhileTheJobIsLoadingKeepsTheStart() {
        board.post(0, loading("J"));
        Entry second = board.post(60, saying("second file", loading("J")));

        assertThat(second.durationSec()).isNull();
        assertThat(board.shown().started()).isEqualTo(at(0));
        assertThat(board.shown().updated()).isEqualTo(at(60));
        assertThat(board.post(90, ok("J")).durationSec()).isEqualTo(90);
        assertThat(board.shown().started()).isEqualTo(at(0));
    }

    @Test
    void loadingAfterAnEndIsANewRunAlsoOfTheSameJob() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));
        board.post(86_400, loading("J"));

        assertThat(board.shown().started()).isEqualTo(at(86_400));
        assertThat(board.shown().durationSec()).isNull();
        assertThat(board.post(86_430, warning("J")).durationSec()).isEqualTo(30);
    }

    @Test
    void loadingOfAnotherJobIsARunOfItsOwn() {
        board.post(0, loading("J"));
        board.post(10, loading("X"));

        assertThat(board.shown().started()).isEqualTo(at(10));
        assertThat(board.post(30, ok("J")).durationSec()).isEqualTo(30);
        assertThat(board.post(40, ok("X")).durationSec()).isEqualTo(30);
    }

    @Test
    void updatesWithoutAJobIdShareARun() {
        board.post(0, loading(null));
        board.post(10, saying("m", loading(null)));

        assertThat(board.post(30, ok(null)).durationSec()).isEqualTo(30);
    }

    @Test
    void theDurationIsOfTheDomainAlone() {
        board.post(0, loading("J"));
        board.post(10, in(D2, loading("J")));

        assertThat(board.post(30, in(D2, ok("J"))).durationSec()).isEqualTo(20);
        assertThat(board.post(40, in(D1, ok("J"))).durationSec()).isEqualTo(40);
    }

    @Test
    void theDurationRunsFromStampToStamp() {
        board.post(1000, stamped(0, loading("J")));

        assertThat(board.post(1001, stamped(90, ok("J"))).durationSec()).isEqualTo(90);
    }

    @Test
    void theDurationIsNeverNegative() {
        board.post(0, by("a", stamped(100, loading("J"))));

        assertThat(board.post(1, by("b", stamped(50, ok("J")))).durationSec()).isZero();
    }

    @Test
    void anotherEndOfTheSameRunKeepsItsStart() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));
        Entry other = board.post(70, saying("3 rows rejected", warning("J")));
        board.post(80, loading("X"));
        Entry hidden = board.post(90, ok("J"));

        assertThat(other.durationSec()).isEqualTo(70);
        assertThat(hidden.durationSec()).isEqualTo(90);
        assertThat(board.shown().started()).isEqualTo(at(0));
    }

    @Test
    void anEndWithoutAStartHasNoDuration() {
        Entry end = board.post(0, ok("J"));

        assertThat(end.durationSec()).isNull();
        assertThat(board.shown().started()).isNull();
        assertThat(board.shown().durationSec()).isNull();
    }

    @Test
    void blankEndsARunSilently() {
        board.post(0, loading("J"));
        Entry blank = board.post(10, blank("J"));

        assertThat(blank.durationSec()).isNull();
        assertThat(board.shown().started()).isNull();
        assertThat(board.post(20, ok("J")).durationSec()).isNull();
    }

    @Test
    void loadingAfterABlankIsANewRun() {
        board.post(0, loading("J"));
        board.post(10, blank("J"));
        board.post(20, loading("J"));

        assertThat(board.post(50, ok("J")).durationSec()).isEqualTo(30);
    }

    @Test
    void blankWithoutAJobIdEndsTheRunThatIsShown() {
        board.post(0, loading("J"));
        board.post(10, blank(null));
        board.post(86_400, loading("J"));

        assertThat(board.post(86_460, ok("J")).durationSec()).isEqualTo(60);
    }

    @Test
    void aJobThatOnlyTellsItsEndsHasNoDuration() {
        board.post(0, loading("J"));
        assertThat(board.post(120, ok("J")).durationSec()).isEqualTo(120);

        assertThat(board.post(86_520, ok("J")).durationSec()).isNull();
        assertThat(board.job("J").durationSec()).isNull();
    }

    @Test
    void blankWithoutAJobIdEndsTheRunWithoutAJobId() {
        board.post(0, loading(null));
        board.post(10, blank(null));

        assertThat(board.post(20, ok(null)).durationSec()).isNull();
    }

    @Test
    void whatAnotherJobHidesStillEndsItsOwnRun() {
        board.post(0, stamped(0, loading("J")));
        board.post(60, stamped(60, loading("X")));

        Entry hidden = board.post(61, stamped(50, ok("J")));

        assertThat(hidden.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(hidden.durationSec()).isEqualTo(50);
    }

    @Test
    void whatAnotherJobHidesStillBeginsItsOwnRun() {
        board.post(60, stamped(60, loading("X")));

        Entry hidden = board.post(61, stamped(50, loading("J")));
        Entry end = board.post(90, stamped(90, ok("J")));

        assertThat(hidden.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(end.durationSec()).isEqualTo(40);
    }

    @Test
    void whatIsOlderThanItsOwnJobsLastWordEndsNothing() {
        board.post(0, stamped(0, loading("J")));
        board.post(30, stamped(30, saying("second file", loading("J"))));

        Entry late = board.post(40, stamped(20, ok("J")));

        assertThat(late.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(late.durationSec()).isNull();
        assertThat(board.post(60, stamped(60, ok("J"))).durationSec()).isEqualTo(60);
    }

    @Test
    void theEntryOfABatchKnowsItsPlace() {
        Entry entry = new StatusRules(Duration.ZERO)
                .decide(Board.EMPTY, ok("J"), at(0), new Idempotency("i", "00"), new Entry.Place("b", 2, 3));

        assertThat(entry.idempotency()).isEqualTo(new Idempotency("i", "00"));
        assertThat(entry.batch()).isEqualTo("b");
        assertThat(entry.place()).isEqualTo(new Entry.Place("b", 2, 3));
    }

    private static ValidatedUpdate withStamp(Instant stamp) {
        return new ValidatedUpdate(D1, Status.WARNING, "J", null, stamp, null, Source.API, "k");
    }

    @Test
    void aPolledEndEndsTheRunOfItsJob() {
        board.post(0, ofEpmJob("224", loading("LOAD")));

        Entry end = board.post(90, polled("224", ok("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(end.durationSec()).isEqualTo(90);
        assertThat(board.shown().status()).isEqualTo(Status.OK);
        assertThat(board.shown().source()).isEqualTo(Source.EPM);
        assertThat(board.job("LOAD").status()).isEqualTo(Status.OK);
    }

    @Test
    void aPolledEndAfterAPostedEndIsNoNews() {
        board.post(0, ofEpmJob("224", loading("LOAD")));
        board.post(89, saying("48 files", ok("LOAD")));

        Entry end = board.post(90, polled("224", warning("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.shown().message()).isEqualTo("48 files");
    }

    @Test
    void aPolledEndDoesNotEndTheNextRunOfTheSameName() {
        board.post(0, ofEpmJob("224", loading("LOAD")));
        board.post(89, ofEpmJob("225", loading("LOAD")));

        Entry end = board.post(90, polled("224", ok("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.shown().status()).isEqualTo(Status.LOADING);
        assertThat(board.job("LOAD").status()).isEqualTo(Status.LOADING);
    }

    @Test
    void aPostedEndAfterAPolledEndIsOfTheSameRun() {
        board.post(0, ofEpmJob("224", loading("LOAD")));
        board.post(90, polled("224", ok("LOAD")));

        Entry end = board.post(95, saying("48 files", ok("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(end.durationSec()).isEqualTo(95);
        assertThat(board.shown().message()).isEqualTo("48 files");
    }
}
