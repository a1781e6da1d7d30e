package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.blank;
import static org.epmpulse.status.TestingBoard.fromKey;
import static org.epmpulse.status.TestingBoard.inDomain;
import static org.epmpulse.status.TestingBoard.loading;
import static org.epmpulse.status.TestingBoard.ok;
import static org.epmpulse.status.TestingBoard.polled;
import static org.epmpulse.status.TestingBoard.warning;
import static org.epmpulse.status.TestingBoard.withEpmJob;
import static org.epmpulse.status.TestingBoard.withMessage;
import static org.epmpulse.status.TestingBoard.withTimestamp;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusRulesTest {

    private final TestingBoard board = new TestingBoard();

    @Test
    void theFirstUpdateOfADomainIsRecordedWithAnyTimestamp() {
        Entry entry = board.post(1000, withTimestamp(-1_000_000, blank(null)));

        assertThat(entry.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(entry.revision()).isEqualTo(1);
    }

    @Test
    void ofTwoTimestampsOfOneKeyTheOlderIsSuperseded() {
        board.post(0, withTimestamp(20, ok("J")));

        Entry late = board.post(30, withTimestamp(10, loading("J")));

        assertThat(late.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(late.revision()).isNull();
        assertThat(board.shown().status()).isEqualTo(Status.OK);
        assertThat(board.board().revision()).isEqualTo(1);
    }

    @Test
    void ofTwoTimestampsOfOneKeyTheNewerIsRecorded() {
        board.post(0, withTimestamp(10, ok("J")));

        Entry newer = board.post(1, withTimestamp(11, loading("J")));

        assertThat(newer.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(newer.revision()).isEqualTo(2);
    }

    @Test
    void timestampsOfDifferentKeysAreNotCompared() {
        board.post(0, fromKey("a", withTimestamp(20, ok("J"))));

        Entry other = board.post(30, fromKey("b", withTimestamp(10, loading("J"))));

        assertThat(other.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.shown().updated()).isEqualTo(at(10));
    }

    @Test
    void timestampsWithoutAKeyAreCompared() {
        board.post(0, fromKey(null, withTimestamp(20, ok("J"))));

        assertThat(board.post(30, fromKey(null, withTimestamp(10, loading("J"))))
                        .outcome())
                .isEqualTo(Outcome.SUPERSEDED);
        assertThat(board.post(31, fromKey("a", withTimestamp(10, loading("J")))).outcome())
                .isEqualTo(Outcome.RECORDED);
    }

    @Test
    void arrivalDecidesIfOneOfTheTwoHasNoTimestamp() {
        board.post(0, withTimestamp(200, loading("J")));
        Entry without = board.post(1, ok("J"));
        Entry with = board.post(2, withTimestamp(-500, loading("J")));

        assertThat(without.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(with.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.shown().updated()).isEqualTo(at(-500));
    }

    @Test
    void eachDomainIsOrderedOnItsOwn() {
        board.post(0, withTimestamp(20, ok("J")));

        Entry other = board.post(30, inDomain(D2, withTimestamp(10, loading("J"))));

        assertThat(other.outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void ofEqualTimestampsTheLaterArrivalWins() {
        board.post(0, withTimestamp(0, loading("J")));

        assertThat(board.post(1, withTimestamp(0, ok("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, withTimestamp(0, warning("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(3, withTimestamp(0, loading("X"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void withEqualTimestampsLoadingDoesNotReplaceTheEndOfItsOwnJob() {
        board.post(0, withTimestamp(0, ok("J")));
        Entry afterOk = board.post(1, withTimestamp(0, loading("J")));
        board.post(2, withTimestamp(1, warning("J")));
        Entry afterWarning = board.post(3, withTimestamp(1, loading("J")));

        assertThat(afterOk.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(afterWarning.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(board.shown().status()).isEqualTo(Status.WARNING);
    }

    @Test
    void withEqualTimestampsLoadingReplacesTheBlankOfItsOwnJob() {
        board.post(0, withTimestamp(0, blank("J")));

        assertThat(board.post(1, withTimestamp(0, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aTimestampUpToFiveMinutesAheadCounts() {
        Entry entry = board.post(0, withTimestamp(300, loading("J")));

        assertThat(entry.timestamp()).isEqualTo(at(300));
        assertThat(board.shown().updated()).isEqualTo(at(300));
    }

    @Test
    void aTimestampFurtherAheadIsReplacedByTheTimeOfReceipt() {
        Entry entry = board.post(0, withTimestamp(301, loading("J")));

        assertThat(entry.timestamp()).isNull();
        assertThat(entry.updated()).isEqualTo(at(0));
        assertThat(board.shown().updated()).isEqualTo(at(0));
    }

    @Test
    void aTimestampFarAheadDoesNotBlockLaterUpdates() {
        board.post(0, withTimestamp(1_000_000_000, loading("J")));

        Entry entry = board.post(1, withTimestamp(1, ok("J")));

        assertThat(entry.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(entry.durationSec()).isEqualTo(1);
    }

    @Test
    void theEarliestAndTheLatestTimestampAreAccepted() {
        board.post(0, withTimestamp(0, loading("J")));

        Entry first = board.post(1, warningAt(Timestamps.parse("0001-01-01T00:00:00+14:00")));
        Entry last = board.post(2, warningAt(Timestamps.parse("9999-12-31T23:59:59-14:00")));

        assertThat(first.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(last.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(last.updated()).isEqualTo(at(2));
    }

    @Test
    void recordedUpdatesHaveConsecutiveRevisionsAndSupersededOnesNone() {
        Long first = board.post(0, withTimestamp(0, loading("J"))).revision();
        Long superseded = board.post(1, withTimestamp(-1, loading("J"))).revision();
        Long second = board.post(2, withTimestamp(2, ok("J"))).revision();

        assertThat(first).isEqualTo(1);
        assertThat(superseded).isNull();
        assertThat(second).isEqualTo(2);
    }

    @Test
    void aSupersededUpdateDoesNotChangeTheBoard() {
        board.post(0, withTimestamp(10, loading("J")));
        Board before = board.board();

        board.post(20, withTimestamp(5, withMessage("late", loading("X"))));

        assertThat(board.board().domains()).isEqualTo(before.domains());
        assertThat(board.board().revision()).isEqualTo(before.revision());
        assertThat(board.board().lastUpdated()).isEqualTo(before.lastUpdated());
    }

    @Test
    void anEqualUpdateWithTheSameTimestampIsAlwaysADuplicate() {
        board.post(0, withTimestamp(0, withMessage("m", loading("J"))));

        Entry again = board.post(1_000_000, withTimestamp(0, withMessage("m", loading("J"))));

        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(again.revision()).isEqualTo(1);
    }

    @Test
    void anEqualUpdateWithAnotherTimestampIsNoDuplicate() {
        board.post(0, withTimestamp(0, loading("J")));

        assertThat(board.post(1, withTimestamp(1, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, withTimestamp(0, loading("J"))).outcome()).isEqualTo(Outcome.SUPERSEDED);
    }

    @Test
    void anUpdateWithATimestampIsNoDuplicateOfOneWithout() {
        board.post(0, loading("J"));

        assertThat(board.post(0, withTimestamp(0, loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void anEqualUpdateWithoutATimestampIsADuplicateWithinTheWindow() {
        board.post(0, ok("J"));

        Entry within = board.post(600, ok("J"));
        Entry after = board.post(601, ok("J"));

        assertThat(within.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(after.outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void theWindowStartsAtTheReceiptAndNotAtTheTimestamp() {
        board.post(0, withTimestamp(-5000, ok("J")));

        assertThat(board.post(600, ok("J")).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void duplicatesDoNotExtendTheWindow() {
        board.post(0, loading("J"));
        board.post(500, loading("J"));

        assertThat(board.post(700, loading("J")).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void anUpdateWithAnotherStatusJobOrMessageIsNoDuplicate() {
        board.post(0, withMessage("m", ok("J")));

        assertThat(board.post(1, withMessage("m", warning("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, withMessage("m", warning("X"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(3, withMessage("n", warning("X"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(4, withMessage(null, warning("X"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(5, withMessage(null, warning(null))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aDuplicateMayComeFromAnotherKey() {
        board.post(0, fromKey("a", loading("J")));

        assertThat(board.post(1, fromKey("b", loading("J"))).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void onlyTheCurrentEntryHasDuplicates() {
        board.post(0, loading("J"));
        board.post(1, ok("J"));

        assertThat(board.post(2, loading("J")).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void theFirstBlankOfANeverReportedDomainIsNoDuplicate() {
        assertThat(board.post(0, blank(null)).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(1, blank(null)).outcome()).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void anUpdateThatNamesAnotherEpmJobIsNoDuplicate() {
        board.post(0, loading("J"));

        assertThat(board.post(1, withEpmJob("224", loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(board.post(2, withEpmJob("224", loading("J"))).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.post(3, loading("J")).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.post(4, withEpmJob("225", loading("J"))).outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aRepeatedUpdateFarAheadIsADuplicateWithinTheWindow() {
        board.post(0, withTimestamp(1_000_000, loading("J")));

        assertThat(board.post(600, withTimestamp(1_000_000, loading("J"))).outcome())
                .isEqualTo(Outcome.DUPLICATE);
        assertThat(board.post(601, withTimestamp(1_000_000, loading("J"))).outcome())
                .isEqualTo(Outcome.RECORDED);
    }

    @Test
    void aDuplicateHasTheShownDuration() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));

        assertThat(board.post(70, ok("J")).durationSec()).isEqualTo(60);
    }

    @Test
    void loadingWhileTheJobIsLoadingKeepsTheStart() {
        board.post(0, loading("J"));
        Entry second = board.post(60, withMessage("second file", loading("J")));

        assertThat(second.durationSec()).isNull();
        assertThat(board.shown().started()).isEqualTo(at(0));
        assertThat(board.shown().updated()).isEqualTo(at(60));
        assertThat(board.post(90, ok("J")).durationSec()).isEqualTo(90);
        assertThat(board.shown().started()).isEqualTo(at(0));
    }

    @Test
    void loadingAfterAnEndStartsANewRunAlsoOfTheSameJob() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));
        board.post(86_400, loading("J"));

        assertThat(board.shown().started()).isEqualTo(at(86_400));
        assertThat(board.shown().durationSec()).isNull();
        assertThat(board.post(86_430, warning("J")).durationSec()).isEqualTo(30);
    }

    @Test
    void loadingOfAnotherJobStartsItsOwnRun() {
        board.post(0, loading("J"));
        board.post(10, loading("X"));

        assertThat(board.shown().started()).isEqualTo(at(10));
        assertThat(board.post(30, ok("J")).durationSec()).isEqualTo(30);
        assertThat(board.post(40, ok("X")).durationSec()).isEqualTo(30);
    }

    @Test
    void updatesWithoutAJobIdShareARun() {
        board.post(0, loading(null));
        board.post(10, withMessage("m", loading(null)));

        assertThat(board.post(30, ok(null)).durationSec()).isEqualTo(30);
    }

    @Test
    void theDurationIsComputedPerDomain() {
        board.post(0, loading("J"));
        board.post(10, inDomain(D2, loading("J")));

        assertThat(board.post(30, inDomain(D2, ok("J"))).durationSec()).isEqualTo(20);
        assertThat(board.post(40, inDomain(D1, ok("J"))).durationSec()).isEqualTo(40);
    }

    @Test
    void theDurationIsComputedFromTheTimestamps() {
        board.post(1000, withTimestamp(0, loading("J")));

        assertThat(board.post(1001, withTimestamp(90, ok("J"))).durationSec()).isEqualTo(90);
    }

    @Test
    void theDurationIsNeverNegative() {
        board.post(0, fromKey("a", withTimestamp(100, loading("J"))));

        assertThat(board.post(1, fromKey("b", withTimestamp(50, ok("J")))).durationSec())
                .isZero();
    }

    @Test
    void anotherEndOfTheSameRunKeepsItsStart() {
        board.post(0, loading("J"));
        board.post(60, ok("J"));
        Entry other = board.post(70, withMessage("3 rows rejected", warning("J")));
        board.post(80, loading("X"));
        Entry superseded = board.post(90, ok("J"));

        assertThat(other.durationSec()).isEqualTo(70);
        assertThat(superseded.durationSec()).isEqualTo(90);
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
    void blankEndsARunWithoutADuration() {
        board.post(0, loading("J"));
        Entry blank = board.post(10, blank("J"));

        assertThat(blank.durationSec()).isNull();
        assertThat(board.shown().started()).isNull();
        assertThat(board.post(20, ok("J")).durationSec()).isNull();
    }

    @Test
    void loadingAfterABlankStartsANewRun() {
        board.post(0, loading("J"));
        board.post(10, blank("J"));
        board.post(20, loading("J"));

        assertThat(board.post(50, ok("J")).durationSec()).isEqualTo(30);
    }

    @Test
    void blankWithoutAJobIdEndsTheShownRun() {
        board.post(0, loading("J"));
        board.post(10, blank(null));
        board.post(86_400, loading("J"));

        assertThat(board.post(86_460, ok("J")).durationSec()).isEqualTo(60);
    }

    @Test
    void aJobThatReportsOnlyEndsHasNoDuration() {
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
    void anUpdateSupersededByAnotherJobEndsItsOwnRun() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(60, withTimestamp(60, loading("X")));

        Entry superseded = board.post(61, withTimestamp(50, ok("J")));

        assertThat(superseded.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(superseded.durationSec()).isEqualTo(50);
    }

    @Test
    void anUpdateSupersededByAnotherJobStartsItsOwnRun() {
        board.post(60, withTimestamp(60, loading("X")));

        Entry superseded = board.post(61, withTimestamp(50, loading("J")));
        Entry end = board.post(90, withTimestamp(90, ok("J")));

        assertThat(superseded.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(end.durationSec()).isEqualTo(40);
    }

    @Test
    void anUpdateOlderThanTheLastOneOfItsJobDoesNotEndTheRun() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(30, withTimestamp(30, withMessage("second file", loading("J"))));

        Entry late = board.post(40, withTimestamp(20, ok("J")));

        assertThat(late.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(late.durationSec()).isNull();
        assertThat(board.post(60, withTimestamp(60, ok("J"))).durationSec()).isEqualTo(60);
    }

    @Test
    void anEntryOfABatchHasItsPlace() {
        Entry entry = new StatusRules(Duration.ZERO)
                .decide(Board.EMPTY, ok("J"), at(0), new Idempotency("i", "00"), new Entry.Place("b", 2, 3));

        assertThat(entry.idempotency()).isEqualTo(new Idempotency("i", "00"));
        assertThat(entry.batch()).isEqualTo("b");
        assertThat(entry.place()).isEqualTo(new Entry.Place("b", 2, 3));
    }

    private static ValidatedUpdate warningAt(Instant timestamp) {
        return ValidatedUpdate.of(D1, Status.WARNING, "J", null, "k").withTimestamp(timestamp);
    }

    @Test
    void aPolledEndEndsTheRunOfItsJob() {
        board.post(0, withEpmJob("224", loading("LOAD")));

        Entry end = board.post(90, polled("224", ok("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(end.durationSec()).isEqualTo(90);
        assertThat(board.shown().status()).isEqualTo(Status.OK);
        assertThat(board.shown().source()).isEqualTo(Source.EPM);
        assertThat(board.job("LOAD").status()).isEqualTo(Status.OK);
    }

    @Test
    void aPolledEndAfterAPostedEndIsADuplicate() {
        board.post(0, withEpmJob("224", loading("LOAD")));
        board.post(89, withMessage("48 files", ok("LOAD")));

        Entry end = board.post(90, polled("224", warning("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.shown().message()).isEqualTo("48 files");
    }

    @Test
    void aPolledEndDoesNotEndTheNextRunOfTheSameName() {
        board.post(0, withEpmJob("224", loading("LOAD")));
        board.post(89, withEpmJob("225", loading("LOAD")));

        Entry end = board.post(90, polled("224", ok("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.shown().status()).isEqualTo(Status.LOADING);
        assertThat(board.job("LOAD").status()).isEqualTo(Status.LOADING);
    }

    @Test
    void aPostedEndAfterAPolledEndBelongsToTheSameRun() {
        board.post(0, withEpmJob("224", loading("LOAD")));
        board.post(90, polled("224", ok("LOAD")));

        Entry end = board.post(95, withMessage("48 files", ok("LOAD")));

        assertThat(end.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(end.durationSec()).isEqualTo(95);
        assertThat(board.shown().message()).isEqualTo("48 files");
    }

    @Test
    void aRunThatEpmReportsIsRecordedOnce() {
        Entry start = board.post(60, withTimestamp(10, polled("224", loading("LOAD"))));
        Entry again = board.post(70, withTimestamp(10, polled("224", loading("LOAD"))));
        Entry end = board.post(80, polled("224", ok("LOAD")));
        Entry afterTheEnd = board.post(90, withTimestamp(10, polled("224", loading("LOAD"))));

        assertThat(start.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(end.durationSec()).isEqualTo(70);
        assertThat(afterTheEnd.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.shown().status()).isEqualTo(Status.OK);
    }

    @Test
    void aRunThatEpmReportsLateDoesNotReplaceANewerOne() {
        board.post(100, loading("OTHER"));

        Entry start = board.post(110, withTimestamp(10, polled("224", loading("LOAD"))));
        Entry end = board.post(110, withTimestamp(20, polled("224", warning("LOAD"))));

        assertThat(start.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(end.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(end.durationSec()).isEqualTo(10);
        assertThat(board.shown().jobId()).isEqualTo("OTHER");
        assertThat(board.job("LOAD").status()).isEqualTo(Status.WARNING);
    }

    @Test
    void ofTwoEpmJobsAtTheSameTimeTheLastEndIsShown() {
        board.post(200, withTimestamp(100, polled("224", loading("AGG_A"))));
        board.post(200, withTimestamp(120, polled("224", ok("AGG_A"))));

        Entry start = board.post(200, withTimestamp(110, polled("225", loading("AGG_B"))));
        Entry end = board.post(200, withTimestamp(130, polled("225", warning("AGG_B"))));
        Entry again = board.post(210, withTimestamp(130, polled("225", warning("AGG_B"))));

        assertThat(start.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(end.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(end.durationSec()).isEqualTo(20);
        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(board.shown().jobId()).isEqualTo("AGG_B");
        assertThat(board.shown().status()).isEqualTo(Status.WARNING);
        assertThat(board.shown().epmJobId()).isEqualTo("225");
        assertThat(board.replayed().domains()).isEqualTo(board.board().domains());
    }

    /** @param ended when the other job has failed; the shown one ran from 100 to 120 */
    @ParameterizedTest
    @CsvSource({"90, SUPERSEDED", "99, SUPERSEDED", "100, RECORDED", "119, RECORDED"})
    void aFailureIsRepairedOnlyByAnEpmJobThatBeganAfterIt(long ended, Outcome expected) {
        board.post(200, withTimestamp(100, polled("225", loading("AGG_B"))));
        board.post(200, withTimestamp(120, polled("225", ok("AGG_B"))));

        Entry start = board.post(200, withTimestamp(80, polled("224", loading("AGG_A"))));
        Entry end = board.post(200, withTimestamp(ended, polled("224", warning("AGG_A"))));

        assertThat(start.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(end.outcome()).isEqualTo(expected);
    }

    @Test
    void aSuccessOfAnEpmJobDoesNotReplaceALaterFailure() {
        board.post(200, withTimestamp(100, polled("225", loading("AGG_B"))));
        board.post(200, withTimestamp(120, polled("225", warning("AGG_B"))));

        Entry end = board.post(200, withTimestamp(110, polled("224", ok("AGG_A"))));

        assertThat(end.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(board.shown().status()).isEqualTo(Status.WARNING);
    }

    @Test
    void aClientThatNamesTheEpmJobContinuesTheRunThatEpmReported() {
        board.post(60, withTimestamp(10, polled("224", loading("Load Actuals"))));

        Entry start = board.post(70, withEpmJob("224", loading("LOAD")));
        Entry end = board.post(110, withEpmJob("224", ok("LOAD")));

        assertThat(start.started()).isEqualTo(at(10));
        assertThat(end.durationSec()).isEqualTo(100);
        assertThat(board.job("Load Actuals")).isNull();
        assertThat(board.job("LOAD").status()).isEqualTo(Status.OK);
        assertThat(board.replayed().jobs().get("Load Actuals")).isNull();
        assertThat(board.replayed().domains()).isEqualTo(board.board().domains());
    }

    @Test
    void anUpdateFromEpmWithoutAJobFollowsTheUsualRules() {
        Entry start = board.post(10, polled(null, loading("Open Tasks")));
        Entry again = board.post(20, polled(null, loading("Open Tasks")));
        Entry end = board.post(30, polled(null, ok("Open Tasks")));

        assertThat(start.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(again.outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(end.outcome()).isEqualTo(Outcome.RECORDED);
    }
}
