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

import io.vavr.Tuple;
import io.vavr.collection.HashMap;
import io.vavr.collection.Iterator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobsTest {

    private static final DomainId OTHER_APP = new DomainId("FCCS", "Close");

    private final TestingBoard board = new TestingBoard();

    @Test
    void aJobIsUnknownBeforeItsFirstUpdate() {
        board.post(0, loading(null));

        assertThat(board.job("J")).isNull();
        assertThat(board.board().jobs().size()).isZero();
    }

    @Test
    void aRunSpansTheDomainsOfSeveralApps() {
        board.post(0, loading("J"));
        board.post(10, inDomain(OTHER_APP, loading("J")));
        board.post(20, ok("J"));
        Job running = board.job("J");
        board.post(50, inDomain(OTHER_APP, ok("J")));
        Job ended = board.job("J");

        assertThat(running.status()).isEqualTo(Status.LOADING);
        assertThat(running.completed()).isNull();
        assertThat(running.durationSec()).isNull();
        assertThat(ended.status()).isEqualTo(Status.OK);
        assertThat(ended.started()).isEqualTo(at(0));
        assertThat(ended.completed()).isEqualTo(at(50));
        assertThat(ended.durationSec()).isEqualTo(50);
        assertThat(ended.parts().keySet()).containsExactlyInAnyOrder(D1, OTHER_APP);
    }

    @Test
    void theNextRunStartsWithTheFirstLoadingAfterAllPartsHaveEnded() {
        board.post(0, loading("J"));
        board.post(1, inDomain(D2, loading("J")));
        board.post(2, ok("J"));
        board.post(3, loading("J"));
        Job sameRun = board.job("J");
        board.post(4, ok("J"));
        board.post(5, inDomain(D2, warning("J")));
        board.post(6, inDomain(D2, loading("J")));
        Job nextRun = board.job("J");

        assertThat(sameRun.started()).isEqualTo(at(0));
        assertThat(sameRun.parts().size()).isEqualTo(2);
        assertThat(nextRun.started()).isEqualTo(at(6));
        assertThat(nextRun.parts().keySet()).containsExactly(D2);
        assertThat(nextRun.status()).isEqualTo(Status.LOADING);
    }

    @Test
    void warningOutweighsLoadingAndLoadingOutweighsOk() {
        board.post(0, loading("J"));
        board.post(1, inDomain(D2, loading("J")));
        board.post(2, inDomain(OTHER_APP, ok("J")));
        Status loading = board.job("J").status();
        board.post(3, inDomain(D2, warning("J")));
        Status warning = board.job("J").status();
        board.post(4, inDomain(D2, ok("J")));
        board.post(5, ok("J"));
        Status ok = board.job("J").status();

        assertThat(loading).isEqualTo(Status.LOADING);
        assertThat(warning).isEqualTo(Status.WARNING);
        assertThat(ok).isEqualTo(Status.OK);
    }

    @Test
    void aJobWithAWarningIsNotCompletedWhileAPartRuns() {
        board.post(0, loading("J"));
        board.post(1, inDomain(D2, warning("J")));

        assertThat(board.job("J").status()).isEqualTo(Status.WARNING);
        assertThat(board.job("J").completed()).isNull();
    }

    @Test
    void anEndWithoutAReportedStartIsARunWithoutStart() {
        board.post(0, ok("J"));

        assertThat(board.job("J").status()).isEqualTo(Status.OK);
        assertThat(board.job("J").started()).isNull();
        assertThat(board.job("J").completed()).isEqualTo(at(0));
        assertThat(board.job("J").durationSec()).isNull();
    }

    @Test
    void blankRemovesADomainFromTheRun() {
        board.post(0, loading("J"));
        board.post(1, inDomain(D2, loading("J")));
        board.post(2, inDomain(D2, ok("J")));
        board.post(3, blank("J"));

        assertThat(board.job("J").parts().keySet()).containsExactly(D2);
        assertThat(board.job("J").status()).isEqualTo(Status.OK);
        assertThat(board.job("J").durationSec()).isEqualTo(2);
    }

    @Test
    void aRunWithoutRemainingDomainsIsRemoved() {
        board.post(0, loading("J"));
        board.post(1, blank("J"));

        assertThat(board.job("J")).isNull();
        assertThat(board.board().jobs().latest(10, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void blankAsTheOnlyUpdateOfAJobIsNoRun() {
        board.post(0, blank("J"));

        assertThat(board.job("J")).isNull();
    }

    @Test
    void blankOfAnotherJobDoesNotChangeTheRun() {
        board.post(0, loading("J"));
        board.post(2, blank("X"));

        assertThat(board.job("J").status()).isEqualTo(Status.LOADING);
    }

    @Test
    void blankWithoutAJobIdEndsTheShownRun() {
        board.post(0, loading("J"));
        board.post(1, blank(null));

        assertThat(board.job("J")).isNull();
    }

    @Test
    void anUpdateSupersededByAnotherJobCountsForItsOwnJob() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(60, withTimestamp(60, loading("X")));
        board.post(61, withTimestamp(50, warning("J")));

        assertThat(board.job("J").status()).isEqualTo(Status.WARNING);
        assertThat(board.job("J").completed()).isEqualTo(at(50));
        assertThat(board.job("X").status()).isEqualTo(Status.LOADING);
    }

    @Test
    void anUpdateOlderThanTheLastOneOfItsJobDoesNotCount() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(50, withTimestamp(50, ok("J")));
        board.post(60, withTimestamp(60, loading("X")));
        board.post(61, withTimestamp(40, loading("J")));
        board.post(62, withTimestamp(50, loading("J")));

        assertThat(board.job("J").status()).isEqualTo(Status.OK);
        assertThat(board.job("J").completed()).isEqualTo(at(50));
    }

    @Test
    void aLateUpdateOfThePreviousRunDoesNotJoinTheNextRun() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(50, withTimestamp(50, ok("J")));
        board.post(60, inDomain(D2, withTimestamp(60, loading("J"))));
        board.post(61, withTimestamp(40, withMessage("late", loading("J"))));
        board.post(62, inDomain(D2, withTimestamp(62, ok("J"))));

        assertThat(board.job("J").parts().keySet()).containsExactly(D2);
        assertThat(board.job("J").status()).isEqualTo(Status.OK);
    }

    @Test
    void aLateUpdateDoesNotRestoreABlankedRun() {
        board.post(0, withTimestamp(0, loading("J")));
        board.post(20, withTimestamp(20, blank("J")));
        board.post(21, withTimestamp(10, withMessage("late", loading("J"))));

        assertThat(board.job("J")).isNull();
    }

    @Test
    void theLatestRunsComeFirstAndAreReadPageByPage() {
        board.post(0, loading("A"));
        board.post(1, loading("B"));
        board.post(2, loading("C"));
        board.post(3, ok("A"));
        board.post(4, loading("A"));
        Jobs jobs = board.board().jobs();

        List<Job> first = jobs.latest(2, Long.MAX_VALUE);
        List<Job> second = jobs.latest(2, first.get(1).sequence());

        assertThat(first).extracting(Job::id).containsExactly("A", "C");
        assertThat(second).extracting(Job::id).containsExactly("B");
        assertThat(jobs.latest(2, second.get(0).sequence())).isEmpty();
        assertThat(jobs.all()).extracting(Job::id).containsExactly("A", "C", "B");
    }

    @Test
    void anEndDoesNotMoveAJobInTheList() {
        board.post(0, loading("A"));
        board.post(1, loading("B"));
        board.post(2, ok("A"));

        assertThat(board.board().jobs().all()).extracting(Job::id).containsExactly("B", "A");
    }

    @Test
    void ofMoreThanTenThousandJobsTheOneWithTheOldestStartIsDropped() {
        for (int i = 0; i < Jobs.LIMIT; i++) {
            board.post(i, loading("J" + i));
        }
        board.post(20_000, ok("J0"));
        board.post(20_001, loading("J0"));
        Jobs full = board.board().jobs();
        board.post(20_002, loading("new"));
        Jobs jobs = board.board().jobs();

        assertThat(full.size()).isEqualTo(Jobs.LIMIT);
        assertThat(full.get("J1")).isNotNull();
        assertThat(jobs.size()).isEqualTo(Jobs.LIMIT);
        assertThat(jobs.get("J1")).isNull();
        assertThat(jobs.latest(2, Long.MAX_VALUE)).extracting(Job::id).containsExactly("new", "J0");
        assertThat(jobs.all()).hasSize(Jobs.LIMIT);
    }

    @Test
    void fewerJobsAreKeptIfTheyHaveManyDomains() {
        Job first = withParts("first", 1, Jobs.MAX_PARTS / 2);
        Job second = withParts("second", 2, Jobs.MAX_PARTS / 4);
        Job third = withParts("third", 3, Jobs.MAX_PARTS / 4);
        Jobs full = Jobs.of(List.of(third, second, first));
        Jobs grown = Jobs.of(List.of(withParts("third", 3, Jobs.MAX_PARTS / 4 + 1), second, first));
        Jobs huge = Jobs.of(List.of(first, second, withParts("huge", 4, 2 * Jobs.MAX_PARTS)));

        assertThat(full.all()).extracting(Job::id).containsExactly("third", "second", "first");
        assertThat(grown.all()).extracting(Job::id).containsExactly("third", "second");
        assertThat(huge.all()).extracting(Job::id).containsExactly("huge");
    }

    @Test
    void partsOfDroppedOrBlankedJobsDoNotCount() {
        for (int i = 0; i < Jobs.MAX_PARTS - 2; i++) {
            board.post(0, inDomain(new DomainId("Large", "D" + i), loading("large")));
        }
        for (int i = 0; i < 10; i++) {
            board.post(3 * i, loading("A"));
            board.post(3 * i + 1, ok("A"));
            board.post(3 * i + 2, blank("A"));
        }
        board.post(40, loading("A"));
        board.post(41, loading("B"));

        assertThat(board.board().jobs().all()).extracting(Job::id).containsExactly("B", "A", "large");
        board.post(42, loading("C"));
        assertThat(board.board().jobs().all()).extracting(Job::id).containsExactly("C", "B", "A");
    }

    @Test
    void aDroppedRunStillEndsWithItsDuration() {
        board.post(0, inDomain(D2, loading("J")));
        for (int i = 0; i < Jobs.LIMIT; i++) {
            board.post(i, loading("J" + i));
        }

        Entry end = board.post(20_000, inDomain(D2, ok("J")));

        assertThat(end.durationSec()).isEqualTo(20_000);
        assertThat(board.job("J").durationSec()).isEqualTo(20_000);
    }

    @Test
    void theJobsOfASnapshotAreTheSameInAnyOrder() {
        board.post(0, loading("A"));
        board.post(1, loading("B"));
        board.post(2, inDomain(D2, warning("A")));
        List<Job> all = new ArrayList<>();
        board.board().jobs().all().forEach(job -> all.add(0, job));

        Jobs read = Jobs.of(all);

        assertThat(read.all()).containsExactlyElementsOf(board.board().jobs().all());
        assertThat(read.get("A")).isEqualTo(board.job("A"));
    }

    private static Job withParts(String id, long sequence, int count) {
        Job.Part part = new Job.Part(Status.OK, at(0), null, null, null);
        return new Job(
                id,
                sequence,
                null,
                HashMap.ofEntries(Iterator.range(0, count).map(i -> Tuple.of(new DomainId("App", "D" + i), part))),
                0,
                0);
    }
}
