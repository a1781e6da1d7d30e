package org.epmpulse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.epmpulse.status.Answer;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.NoProblemException;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.threads.ServiceThreads;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises, whatever it writes to. */
public abstract class StatusStoreContract {

    protected static final DomainId ACTUAL = new DomainId("Planning", "Actual");
    protected static final DomainId BUDGET = new DomainId("Planning", "Budget");

    private final List<StatusChange> changes = new CopyOnWriteArrayList<>();
    private MeterRegistry meters = new SimpleMeterRegistry();
    private @Nullable StatusStore store;

    /** What a store is opened with. */
    public record Parts(
            StatusRules rules,
            Catalog catalog,
            Consumer<StatusChange> changes,
            MeterRegistry meters,
            ServiceThreads threads) {}

    /** Opens the store of this test; called again after it was closed. */
    protected abstract StatusStore open(Parts parts) throws Exception;

    private StatusStore open() throws Exception {
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        apps.put("Planning", new Catalog.App("Planning", "Planning", Set.of("Actual", "Budget"), List.of("C1"), false));
        meters = new SimpleMeterRegistry();
        return open(new Parts(
                new StatusRules(Duration.ofMinutes(10)),
                new Catalog(apps),
                changes::add,
                meters,
                new ServiceThreads(meters)));
    }

    @BeforeEach
    void openFirst() throws Exception {
        store = open();
    }

    @AfterEach
    void close() {
        close(store);
    }

    /** Closes a store that {@link #open} opened; may be called twice. */
    protected void close(StatusStore opened) {
        opened.close();
    }

    private void reopen() throws Exception {
        close(store);
        store = open();
    }

    protected final StatusStore store() {
        return store;
    }

    protected static ValidatedUpdate update(DomainId id, Status status, @Nullable String jobId) {
        return ValidatedUpdate.of(id, status, jobId, null, "tester");
    }

    private static ValidatedUpdate at(Status status, String jobId, String timestamp) {
        return update(ACTUAL, status, jobId).withTimestamp(Instant.parse(timestamp));
    }

    private Entry record(ValidatedUpdate update) {
        return record(List.of(update), false, null).get(0);
    }

    private List<Entry> record(List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency key) {
        try {
            return store.record(updates, batch, key).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private HistoryPage history(int limit, @Nullable String cursor) {
        return store.history(new HistoryQuery(null, null, null, null, null, null, limit, cursor));
    }

    @Test
    void aNewStoreIsEmpty() throws Exception {
        assertThat(store.board().revision()).isZero();
        assertThat(history(10, null).entries()).isEmpty();
        assertThat(store.boardAt(Instant.parse("2026-01-01T00:00:00Z")).revision())
                .isZero();
        assertThat(store.problem()).isNull();
        String id = store.id();
        record(update(ACTUAL, Status.OK, null));

        reopen();

        assertThat(store.id()).isEqualTo(id);
    }

    @Test
    void everyFieldSurvivesARestart() throws Exception {
        Idempotency key = new Idempotency("k1", "ab".repeat(32));
        ValidatedUpdate full = new ValidatedUpdate(
                ACTUAL,
                Status.LOADING,
                "JOB \"ä😀\"",
                "line\nnext \\ 'quoted' {\"a\":1} \u2028",
                Instant.parse("2026-03-31T11:59:59.123456Z"),
                "123",
                Source.SITE,
                "tester",
                "https://logs.example.com/job/123?line=7#ä",
                "hook-receive");
        List<Entry> entries = record(List.of(full, update(BUDGET, Status.WARNING, null)), true, key);
        var board = store.board();
        List<Entry> page = history(10, null).entries();

        reopen();

        assertThat(store.board().domains()).isEqualTo(board.domains());
        assertThat(store.board().revision()).isEqualTo(board.revision());
        assertThat(store.board().sequence()).isEqualTo(board.sequence());
        assertThat(store.board().jobs().get(full.jobId()))
                .isEqualTo(board.jobs().get(full.jobId()));
        assertThat(history(10, null).entries()).isEqualTo(page);
        assertThat(page)
                .extracting(Entry::update)
                .containsExactly(entries.get(1).update(), full);
        assertThat(record(List.of(full, update(BUDGET, Status.WARNING, null)), true, key))
                .extracting(Entry::update, Entry::revision)
                .isEqualTo(entries.stream()
                        .map(entry -> tuple(entry.update(), entry.revision()))
                        .toList());
    }

    @Test
    void outcomesAreDecidedAgainstWhatWasWrittenBefore() throws Exception {
        assertThat(record(at(Status.LOADING, "J", "2026-03-31T10:00:00Z")).outcome())
                .isEqualTo(Outcome.RECORDED);
        assertThat(record(at(Status.OK, "J", "2026-03-31T10:05:00Z")).durationSec())
                .isEqualTo(300);
        Entry late = record(at(Status.LOADING, "OLD", "2026-03-31T09:00:00Z"));
        assertThat(late.outcome()).isEqualTo(Outcome.SUPERSEDED);
        assertThat(late.revision()).isNull();
        assertThat(record(at(Status.OK, "J", "2026-03-31T10:05:00Z")).outcome()).isEqualTo(Outcome.DUPLICATE);

        reopen();

        assertThat(store.board().of(ACTUAL).status()).isEqualTo(Status.OK);
        assertThat(store.board().of(ACTUAL).durationSec()).isEqualTo(300);
        assertThat(record(at(Status.OK, "J", "2026-03-31T10:05:00Z")).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(store.board().durations(ACTUAL).seconds()).containsExactly(300);
        assertThat(store.board().jobs().get("OLD")).isNotNull();
    }

    @Test
    void aRepeatedRequestGetsTheFirstReply() throws Exception {
        Idempotency key = new Idempotency("k", "aa".repeat(32));
        List<ValidatedUpdate> body = List.of(update(ACTUAL, Status.LOADING, "J"));
        List<Entry> first = record(body, false, key);
        record(update(ACTUAL, Status.OK, "J"));

        assertThat(record(body, false, key)).isEqualTo(first);
        reopen();
        assertThat(record(body, false, key)).isEqualTo(first);
        assertThat(store.board().of(ACTUAL).status()).isEqualTo(Status.OK);
        assertThatThrownBy(() -> record(body, false, new Idempotency("k", "bb".repeat(32))))
                .isInstanceOf(IdempotencyConflictException.class);
        assertThat(record(body, true, key)).isNotEqualTo(first);
    }

    @Test
    void noUpdateOfSixteenConcurrentWritersIsLost() throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(16);
        List<Future<?>> done = new ArrayList<>();
        for (int writer = 0; writer < 16; writer++) {
            int number = writer;
            done.add(writers.submit(() -> IntStream.range(0, 50)
                    .forEach(i -> record(update(i % 2 == 0 ? ACTUAL : BUDGET, Status.LOADING, number + "_" + i)))));
        }
        for (Future<?> future : done) {
            future.get();
        }
        writers.shutdown();
        var board = store.board();

        assertThat(board.revision()).isEqualTo(800);
        assertThat(changes)
                .extracting(StatusChange::revision)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 800).mapToObj(i -> (long) i).toList());
        List<Long> revisions = new ArrayList<>();
        String cursor = null;
        do {
            HistoryPage page = history(300, cursor);
            page.entries().forEach(entry -> revisions.add(entry.revision()));
            cursor = page.next();
        } while (cursor != null);
        assertThat(revisions).hasSize(800).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        reopen();
        assertThat(store.board().domains()).isEqualTo(board.domains());
    }

    private static List<StatusChange> readAll(ChangeReader reader, int limit) {
        List<StatusChange> all = new ArrayList<>();
        ChangeReader.Page page = reader.next(limit);
        while (!page.changes().isEmpty()) {
            assertThat(page.lost()).isZero();
            assertThat(page.changes()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.changes());
            page = reader.next(limit);
        }
        return all;
    }

    @Test
    void theJournalHasTheChangesThatWerePublished() throws Exception {
        record(at(Status.LOADING, "J", "2026-03-31T10:00:00Z"));
        record(at(Status.WARNING, "J", "2026-03-31T10:05:00Z"));
        record(at(Status.LOADING, "OLD", "2026-03-31T09:00:00Z"));
        store.answer(
                        new ValidatedAnswer(
                                ACTUAL, new Answer(AnswerKind.ACKNOWLEDGE, null, "known", "Anna"), "tester"),
                        null)
                .join();
        reopen();
        record(List.of(update(BUDGET, Status.OK, "B"), update(ACTUAL, Status.OK, "J")), true, null);
        record(List.of(update(BUDGET, Status.OK, "B")), false, new Idempotency("d", "aa".repeat(32)));
        List<StatusChange> published = List.copyOf(changes);

        assertThat(published).hasSize(5);
        assertThat(readAll(store.changesAfter(0), 2)).isEqualTo(published);
        assertThat(readAll(store.changesAfter(3), 100)).isEqualTo(published.subList(3, 5));
        assertThat(readAll(store.changesAfter(5), 100)).isEmpty();
    }

    @Test
    void aReaderOfChangesContinuesWithThoseThatAreRecordedLater() {
        record(update(ACTUAL, Status.LOADING, "J"));
        ChangeReader reader = store.changesAfter(1);
        assertThat(reader.next(10).changes()).isEmpty();

        record(update(ACTUAL, Status.OK, "J"));
        record(update(BUDGET, Status.OK, "J"));

        assertThat(readAll(reader, 1)).isEqualTo(List.copyOf(changes).subList(1, 3));
        record(update(BUDGET, Status.WARNING, "J"));
        assertThat(readAll(reader, 10)).isEqualTo(List.copyOf(changes).subList(3, 4));
    }

    @Test
    void aBatchHasConsecutiveRevisionsAndIsNumbered() {
        List<ValidatedUpdate> thousand = IntStream.range(0, 1000)
                .mapToObj(i -> update(i % 2 == 0 ? ACTUAL : BUDGET, Status.LOADING, "J" + i))
                .toList();
        CompletableFuture<List<Entry>> other = store.record(List.of(update(ACTUAL, Status.OK, "X")), false, null);

        List<Entry> entries = record(thousand, true, null);

        other.join();
        long first = entries.get(0).revision();
        assertThat(entries)
                .extracting(Entry::revision)
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).mapToObj(i -> first + i).toList());
        List<Entry> page = history(1000, null).entries();
        assertThat(page.stream()
                        .filter(entry -> entry.place() != null)
                        .map(Entry::batch)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aDuplicateInABatchHasNoNumberBecauseItIsNotWritten() {
        Entry.Place place = record(
                        List.of(
                                update(ACTUAL, Status.LOADING, "J"),
                                update(ACTUAL, Status.LOADING, "J"),
                                update(BUDGET, Status.OK, "J")),
                        true,
                        null)
                .get(0)
                .place();

        assertThat(history(10, null).entries())
                .extracting(Entry::place)
                .containsExactly(new Entry.Place(place.batch(), 2, 2), new Entry.Place(place.batch(), 1, 2));
    }

    @Test
    void theHistoryIsFiltered() {
        record(update(ACTUAL, Status.LOADING, "J1"));
        Entry warning = record(update(ACTUAL, Status.WARNING, "J1"));
        Entry budget = record(update(BUDGET, Status.OK, "J'2"));
        record(List.of(update(BUDGET, Status.OK, "J'2")), false, new Idempotency("d", "aa".repeat(32)));

        assertThat(find("Planning", "Budget", null, null)).containsExactly(budget);
        assertThat(find(null, null, "J'2", null)).containsExactly(budget);
        assertThat(find(null, null, null, Status.WARNING)).containsExactly(warning);
        assertThat(find("planning", null, null, null)).isEmpty();
        Instant after = budget.received().plusMillis(1);
        assertThat(store.history(new HistoryQuery(null, null, null, null, after, null, 10, null))
                        .entries())
                .isEmpty();
        assertThat(store.history(new HistoryQuery(null, null, null, null, Instant.EPOCH, after, 10, null))
                        .entries())
                .hasSize(3);
        assertThat(store.history(new HistoryQuery(
                                null, null, null, null, null, Instant.parse("9999-12-31T23:59:59Z"), 2, null))
                        .entries())
                .containsExactly(budget, warning);
    }

    @Test
    void runsAreListedByTheirLastUpdate() throws Exception {
        record(update(ACTUAL, Status.LOADING, "J1"));
        Entry warning = record(update(ACTUAL, Status.WARNING, "J1"));
        Entry ok = record(update(ACTUAL, Status.OK, "J2"));
        record(List.of(update(ACTUAL, Status.OK, "J2")), false, new Idempotency("d", "aa".repeat(32)));
        record(update(BUDGET, Status.LOADING, "J3"));
        Entry running = record(update(BUDGET, Status.LOADING, "J4"));

        assertThat(runs(null, null, 10)).containsExactly(Run.of(running), Run.of(ok), Run.of(warning));
        assertThat(runs(ACTUAL, null, 10)).containsExactly(Run.of(ok), Run.of(warning));
        assertThat(runs(null, null, 1)).containsExactly(Run.of(running), Run.of(ok), Run.of(warning));
        // What is running is listed also if it began before.
        Instant later = running.received().plusSeconds(1);
        assertThat(runs(null, later, 10)).containsExactly(Run.of(running));
        assertThat(runs(ACTUAL, later, 10)).isEmpty();
        reopen();
        assertThat(runs(null, running.received().minusSeconds(60), 10))
                .containsExactly(Run.of(running), Run.of(ok), Run.of(warning));
    }

    /** All pages. */
    private List<Run> runs(@Nullable DomainId id, @Nullable Instant since, int limit) {
        List<Run> runs = new ArrayList<>();
        String app = id == null ? null : id.app();
        String domain = id == null ? null : id.domain();
        String cursor = null;
        do {
            RunPage page = store.runs(
                    new RunQuery(app, domain, since, null, Instant.now().plusSeconds(5), limit, cursor));
            runs.addAll(page.runs());
            cursor = page.next();
        } while (cursor != null);
        return runs;
    }

    private List<Entry> find(
            @Nullable String app, @Nullable String domain, @Nullable String job, @Nullable Status status) {
        return store.history(new HistoryQuery(app, domain, job, status, null, null, 10, null))
                .entries();
    }

    @Test
    void aFilterWithNulMatchesNothing() throws Exception {
        record(update(ACTUAL, Status.OK, "J"));

        assertThat(find("Planning\0", null, null, null)).isEmpty();
        assertThat(find(null, "\0", null, null)).isEmpty();
        assertThat(find(null, null, "J\0", null)).isEmpty();
    }

    @Test
    void anInvalidCursorIsRejected() {
        for (String cursor : List.of("?", "aGVsbG8", "", "A".repeat(200))) {
            assertThatThrownBy(() -> history(10, cursor)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPastBoardShowsTheUpdatesUpToATime() throws Exception {
        Entry loading = record(update(ACTUAL, Status.LOADING, "J"));
        Instant before = loading.received().minusMillis(1);
        Entry ok = record(update(ACTUAL, Status.OK, "J"));

        assertThat(store.boardAt(before).of(ACTUAL).status()).isEqualTo(Status.BLANK);
        assertThat(store.boardAt(ok.received()).of(ACTUAL).status()).isEqualTo(Status.OK);
        assertThat(store.boardAt(ok.received().plusSeconds(60))).isEqualTo(store.board());
        reopen();
        assertThat(store.boardAt(before).revision()).isZero();
        assertThat(store.boardAt(ok.received()).domains())
                .isEqualTo(store.board().domains());
    }

    @Test
    void theRunsOfTodayAreCounted() throws Exception {
        Entry first = record(update(ACTUAL, Status.OK, "J1"));
        LocalDate today = first.received().atZone(ZoneOffset.UTC).toLocalDate();
        assertThat(counts(today).ok(ACTUAL, 1)).containsExactly(1);
        record(update(ACTUAL, Status.LOADING, "J2"));
        record(update(ACTUAL, Status.WARNING, "J2"));
        record(update(BUDGET, Status.OK, "J3"));

        assertThat(counts(today).ok(ACTUAL, 1)).containsExactly(1);
        assertThat(counts(today).warning(ACTUAL, 1)).containsExactly(1);
        reopen();
        assertThat(counts(today).ok(BUDGET, 2)).containsExactly(0, 1);
        assertThat(counts(today.plusDays(1)).ok(BUDGET, 2)).containsExactly(1, 0);
        assertThat(counts(today.plusDays(DailyRunCounts.DAYS)).counts()).isEmpty();
    }

    private DailyRunCounts counts(LocalDate today) {
        return store.dailyRunCounts(List.of(ACTUAL, BUDGET), today, ZoneOffset.UTC);
    }

    private Entry answer(AnswerKind kind, @Nullable Instant until, @Nullable Idempotency key) {
        Answer answer = new Answer(kind, until, kind.isEnd() ? null : "ticket \"4711\" 😀", "Anna");
        try {
            return store.answer(new ValidatedAnswer(ACTUAL, answer, "tester"), key)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Test
    void answersChangeNoStatusAndSurviveARestart() throws Exception {
        record(at(Status.LOADING, "J", "2026-03-31T10:00:00Z"));
        Entry warning = record(at(Status.WARNING, "J", "2026-03-31T10:05:00Z"));
        var before = store.board();
        Instant until = warning.received().plusSeconds(3_600);

        Entry acknowledged = answer(AnswerKind.ACKNOWLEDGE, null, null);
        Entry muted = answer(AnswerKind.MUTE, until, null);

        assertThat(acknowledged.revision()).isEqualTo(before.revision() + 1);
        assertThat(muted.revision()).isEqualTo(before.revision() + 2);
        assertThat(answer(AnswerKind.MUTE, until, null).outcome()).isEqualTo(Outcome.DUPLICATE);
        var after = store.board();
        assertThat(after.revision()).isEqualTo(before.revision() + 2);
        assertThat(after.domains()).isEqualTo(before.domains());
        assertThat(after.durations()).isEqualTo(before.durations());
        assertThat(after.jobs().get("J")).isEqualTo(before.jobs().get("J"));
        assertThat(after.answers(ACTUAL))
                .isEqualTo(new DomainAnswers(
                        new DomainAnswers.Active(acknowledged.received(), null, "ticket \"4711\" 😀", "Anna"),
                        new DomainAnswers.Active(muted.received(), until, "ticket \"4711\" 😀", "Anna"),
                        muted.revision()));
        assertThat(changes)
                .extracting(StatusChange::revision, change -> change.answer() == null)
                .endsWith(tuple(acknowledged.revision(), false), tuple(muted.revision(), false));
        LocalDate today = warning.received().atZone(ZoneOffset.UTC).toLocalDate();
        assertThat(counts(today).warning(ACTUAL, 1)).containsExactly(1);
        assertThat(history(2, null).entries()).containsExactly(muted, acknowledged);
        assertThat(runs(ACTUAL, null, 10)).containsExactly(Run.of(warning));
        assertThat(meters.get("epmpulse.answers").tag("kind", "mute").counter().count())
                .isEqualTo(1);
        assertThat(meters.get("epmpulse.status.updates")
                        .tag("outcome", "recorded")
                        .tag("source", "api")
                        .counter()
                        .count())
                .isEqualTo(2);

        reopen();

        assertThat(store.board().answers()).isEqualTo(after.answers());
        assertThat(store.board().domains()).isEqualTo(before.domains());
        assertThat(store.board().revision()).isEqualTo(after.revision());
        assertThat(history(2, null).entries()).containsExactly(muted, acknowledged);
        assertThat(counts(today).warning(ACTUAL, 1)).containsExactly(1);
        assertThat(store.boardAt(warning.received().minusMillis(1)).answers(ACTUAL))
                .isEqualTo(DomainAnswers.NONE);
        assertThat(store.boardAt(muted.received()).answers()).isEqualTo(after.answers());
    }

    @Test
    void aRecoveryEndsAnAcknowledgementAndNoMute() throws Exception {
        record(update(ACTUAL, Status.WARNING, "J"));
        Entry acknowledged = answer(AnswerKind.ACKNOWLEDGE, null, null);
        answer(AnswerKind.MUTE, acknowledged.received().plusSeconds(60), null);
        record(update(ACTUAL, Status.LOADING, "J2"));
        assertThat(store.board().answers(ACTUAL).acknowledgement()).isNotNull();

        record(update(ACTUAL, Status.OK, "J2"));
        reopen();

        assertThat(store.board().answers(ACTUAL).acknowledgement()).isNull();
        assertThat(store.board().answers(ACTUAL).mute()).isNotNull();
        assertThat(answer(AnswerKind.UNACKNOWLEDGE, null, null).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(answer(AnswerKind.UNMUTE, null, null).outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(store.board().answers(ACTUAL).mute()).isNull();
    }

    @Test
    void onlyAProblemIsAcknowledged() {
        record(update(ACTUAL, Status.OK, "J"));

        assertThatThrownBy(() -> answer(AnswerKind.ACKNOWLEDGE, null, null))
                .isInstanceOf(NoProblemException.class)
                .hasMessageContaining("Planning/Actual has no problem to acknowledge: its status is OK");
        assertThat(store.board().revision()).isEqualTo(1);
    }

    @Test
    void aRepeatedAnswerGetsTheFirstReply() throws Exception {
        Entry warning = record(update(ACTUAL, Status.WARNING, "J"));
        Idempotency key = new Idempotency("k", "aa".repeat(32));
        Entry first = answer(AnswerKind.ACKNOWLEDGE, null, key);
        Entry mute = answer(AnswerKind.MUTE, warning.received().plusSeconds(60), key);
        record(update(ACTUAL, Status.OK, "J"));

        assertThat(answer(AnswerKind.ACKNOWLEDGE, null, key)).isEqualTo(first);
        assertThat(mute.revision()).isEqualTo(first.revision() + 1);
        reopen();
        assertThat(answer(AnswerKind.ACKNOWLEDGE, null, key)).isEqualTo(first);
        assertThatThrownBy(() -> answer(AnswerKind.ACKNOWLEDGE, null, new Idempotency("k", "bb".repeat(32))))
                .isInstanceOf(IdempotencyConflictException.class);
    }

    @Test
    void timesOfReceiptAreInMillisecondsAndDoNotDecrease() {
        Instant last = Instant.MIN;
        for (int i = 0; i < 20; i++) {
            Instant received = record(update(ACTUAL, Status.LOADING, "J" + i)).received();
            assertThat(received)
                    .isEqualTo(received.truncatedTo(ChronoUnit.MILLIS))
                    .isAfterOrEqualTo(last);
            last = received;
        }
    }

    @Test
    void aClosedStoreRefusesUpdates() {
        store.close();

        assertThatThrownBy(() -> record(update(ACTUAL, Status.OK, null))).isInstanceOf(StoreUnavailableException.class);
    }
}
