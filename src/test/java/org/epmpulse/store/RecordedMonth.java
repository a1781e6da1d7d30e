package org.epmpulse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.window.CloseCalendar;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.epmpulse.window.DomainState;
import org.epmpulse.window.Holidays;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowPlan;
import org.epmpulse.window.WindowView;
import org.epmpulse.window.WindowViews;
import org.jspecify.annotations.Nullable;

/** A month of random updates in a store, and what window, runs and board must show at every instant of it. */
public final class RecordedMonth {

    private static final DomainId ACTUAL = new DomainId("Planning", "Actual");
    private static final DomainId BUDGET = new DomainId("Planning", "Budget");

    private static final WindowPlan PLAN = new WindowPlan(
            List.of(ACTUAL, BUDGET),
            Map.of(BUDGET, new DomainRule(Deadline.parse("21:30"), List.of(ACTUAL), null, null)),
            new CloseCalendar(
                    LocalTime.of(18, 0),
                    null,
                    ZoneId.of("Europe/London"),
                    EnumSet.allOf(DayOfWeek.class),
                    Holidays.NONE));

    private static final Duration STALE_AFTER = Duration.ofHours(2);

    private final Map<Instant, Board> boards = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Random random;

    /** A store with a clock that is set. */
    public interface Recorder {

        /** Moves the clock. */
        void set(Instant now);

        List<Entry> record(List<ValidatedUpdate> updates, boolean batch) throws Exception;

        /** Closes and opens the store. */
        void reopen() throws Exception;

        Board board();
    }

    public RecordedMonth(long seed) {
        this.random = new Random(seed);
    }

    /** Records the month. */
    public void record(Recorder recorder, Instant from) throws Exception {
        Instant now = from;
        for (int i = 0; i < 400; i++) {
            List<ValidatedUpdate> updates = new ArrayList<>();
            int size = random.nextInt(8) == 0 ? 4 : 1;
            for (int part = 0; part < size; part++) {
                updates.add(update(random, now));
            }
            recorder.set(now);
            entries.addAll(recorder.record(updates, size > 1));
            boards.put(now, recorder.board());
            if (random.nextInt(100) == 0) {
                recorder.reopen();
            }
            now = now.plusSeconds(random.nextInt(5) == 0 ? 30_000 : random.nextInt(1_500));
        }
    }

    /**
     * Asserts that window, runs and board agree and are those of the month at every instant. They change at the instants
     * of requests only, so this looks just before each of them, at it, and just after it.
     */
    public void assertAgrees(StatusStore store) {
        Board before = Board.EMPTY;
        for (Map.Entry<Instant, Board> request : boards.entrySet()) {
            Instant at = request.getKey();
            Board after = request.getValue();
            assertBoardAndWindow(store, at.minusMillis(1), before);
            assertBoardAndWindow(store, at, after);
            assertBoardAndWindow(store, at.plusMillis(1), after);
            assertRuns(store, at.minusMillis(1), before);
            assertRuns(store, at, after);
            if (random.nextInt(8) == 0) {
                assertPartsOfRuns(store, at, after);
            }
            before = after;
        }
    }

    private static ValidatedUpdate update(Random random, Instant now) {
        Status[] likely = {Status.LOADING, Status.LOADING, Status.OK, Status.OK, Status.WARNING, Status.BLANK};
        return new ValidatedUpdate(
                random.nextBoolean() ? ACTUAL : BUDGET,
                likely[random.nextInt(likely.length)],
                random.nextInt(5) == 0 ? null : "J" + random.nextInt(2),
                random.nextInt(3) == 0 ? "message " + random.nextInt(3) : null,
                random.nextInt(3) == 0 ? now.minusSeconds(random.nextInt(900)) : null,
                null,
                Source.API,
                random.nextBoolean() ? "k" : "l",
                random.nextInt(3) == 0 ? "https://logs.example.com/" + random.nextInt(3) : null,
                null);
    }

    private static List<Run> runs(
            StatusStore store, @Nullable DomainId id, @Nullable Instant since, Instant at, int limit) {
        List<Run> runs = new ArrayList<>();
        String cursor = null;
        do {
            RunPage page = store.runs(new RunQuery(
                    id == null ? null : id.app(), id == null ? null : id.domain(), since, null, at, limit, cursor));
            assertThat(page.runs()).hasSizeLessThanOrEqualTo(limit);
            runs.addAll(page.runs());
            cursor = page.next();
        } while (cursor != null);
        return runs;
    }

    /** The runs of the entries up to a time, by looking at each entry and the next end of the same job. */
    private List<Run> expectedRuns(Instant at, Board board) {
        List<Run> expected = new ArrayList<>();
        Map<List<@Nullable Object>, Entry> nextEnds = new HashMap<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            if (entry.received().isAfter(at) || entry.outcome() == Outcome.DUPLICATE) {
                continue;
            }
            if (entry.status() == Status.LOADING) {
                if (Objects.equals(entry.revision(), board.of(entry.id()).revision())) {
                    expected.add(run(entry));
                }
                continue;
            }
            boolean counts = entry.outcome() == Outcome.RECORDED || entry.durationSec() != null;
            if (entry.status().endsRun() && counts) {
                Entry next = nextEnds.put(Arrays.asList(entry.id(), entry.jobId(), entry.started()), entry);
                if (next == null || !isSameRun(entry, next)) {
                    expected.add(run(entry));
                }
            }
        }
        return expected;
    }

    private static boolean isSameRun(Entry earlier, Entry later) {
        Duration between = Duration.between(
                earlier.updated().truncatedTo(ChronoUnit.SECONDS),
                later.updated().truncatedTo(ChronoUnit.SECONDS));
        return earlier.started() != null
                || (between.compareTo(Duration.ofMinutes(10)) <= 0 && between.compareTo(Duration.ofDays(-1)) >= 0);
    }

    private static Run run(Entry entry) {
        return new Run(
                entry.id(),
                entry.jobId(),
                entry.status(),
                entry.started(),
                entry.status() == Status.LOADING ? null : entry.updated(),
                entry.durationSec(),
                entry.message(),
                entry.url());
    }

    private void assertBoardAndWindow(StatusStore store, Instant at, Board recorded) {
        Board board = store.boardAt(at);
        assertThat(board.domains()).as("%s", at).isEqualTo(recorded.domains());
        assertThat(board.durations()).as("%s", at).isEqualTo(recorded.durations());
        assertThat(board.revision()).as("%s", at).isEqualTo(recorded.revision());
        WindowViews views = new WindowViews(PLAN, STALE_AFTER, () -> recorded, () -> at);
        assertThat(views.past(board, at).domains())
                .as("%s", at)
                .isEqualTo(views.current().domains());
    }

    private static WindowView window(Board board, Instant at) {
        return new WindowViews(PLAN, STALE_AFTER, () -> board, () -> at).current();
    }

    private void assertRuns(StatusStore store, Instant at, Board recorded) {
        // Small pages of all runs take long.
        int limit = random.nextInt(20) == 0 ? 1 + random.nextInt(40) : 1_000;
        List<Run> all = runs(store, null, null, at, limit);
        assertThat(all).as("%s", at).isEqualTo(expectedRuns(at, recorded));
        WindowView window = window(recorded, at);
        for (WindowDomain domain : window.domains().values()) {
            assertAgrees(domain, all, window.window().starts());
        }
    }

    /** Runs of a domain, and of a window, at a time. */
    private void assertPartsOfRuns(StatusStore store, Instant at, Board recorded) {
        int limit = 1 + random.nextInt(40);
        List<Run> all = expectedRuns(at, recorded);
        assertThat(runs(store, ACTUAL, null, at, limit))
                .containsExactlyElementsOf(
                        all.stream().filter(run -> run.id().equals(ACTUAL)).toList());
        List<Run> tonight = runs(store, null, window(recorded, at).window().starts(), at, limit);
        assertThat(all).containsAll(tonight);
        assertThat(tonight)
                .containsAll(all.stream()
                        .filter(run -> run.status() == Status.LOADING)
                        .toList());
    }

    private static void assertAgrees(WindowDomain domain, List<Run> all, Instant starts) {
        DomainStatus status = domain.status();
        List<Run> ofDomain =
                all.stream().filter(run -> run.id().equals(domain.id())).toList();
        boolean runs = domain.state() == DomainState.RUNNING || domain.state() == DomainState.STALE;
        assertThat(ofDomain.stream().filter(run -> run.status() == Status.LOADING))
                .hasSize(runs ? 1 : 0)
                .allMatch(run ->
                        Objects.equals(run.started(), status.started()) && Objects.equals(run.jobId(), status.jobId()));
        if (domain.state() == DomainState.DONE || domain.state() == DomainState.FAILED) {
            assertThat(ofDomain)
                    .anyMatch(run -> run.status() == status.status()
                            && Objects.equals(run.jobId(), status.jobId())
                            && Objects.equals(run.url(), status.url())
                            && Objects.equals(run.completed(), status.updated())
                            && !Objects.requireNonNull(run.completed()).isBefore(starts));
        }
    }
}
