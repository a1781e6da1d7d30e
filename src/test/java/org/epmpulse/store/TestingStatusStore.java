package org.epmpulse.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.epmpulse.status.AnswerRules;
import org.epmpulse.status.Board;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.NoProblemException;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.jspecify.annotations.Nullable;

/** A store in memory with the rules of the real one, which a test can make fail. */
public final class TestingStatusStore implements StatusStore {

    private record Request(@Nullable String key, String path, String idempotencyKey) {}

    private record FirstRequest(String bodySha256, List<Entry> entries) {}

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private final List<Entry> entries = new ArrayList<>();
    private final List<StatusChange> published = new ArrayList<>();
    private final Map<Request, FirstRequest> firstRequests = new HashMap<>();
    private final InstantSource clock;
    private final Consumer<StatusChange> changes;
    private volatile Board board = Board.EMPTY;
    private volatile @Nullable String problem;
    private volatile @Nullable RuntimeException failure;
    private volatile @Nullable RuntimeException bug;
    private volatile @Nullable String stateFileProblem;
    private volatile int quarantined;
    private volatile @Nullable CompletableFuture<Void> writeGate;
    private volatile @Nullable CountDownLatch readGate;
    private final AtomicInteger heldReads = new AtomicInteger();
    private final AtomicInteger mostHeldReads = new AtomicInteger();
    private volatile Instant historyStart = Instant.MIN;
    private volatile @Nullable CompletableFuture<Board> look;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile @Nullable Instant asOf;
    private volatile boolean answersOnceRead;

    /** Whether this thread has asked for the latest board. */
    private final ThreadLocal<Boolean> looked = ThreadLocal.withInitial(() -> false);

    public TestingStatusStore(InstantSource clock) {
        this(clock, change -> {});
    }

    /** @param changes receives every change */
    public TestingStatusStore(InstantSource clock, Consumer<StatusChange> changes) {
        this.clock = clock;
        this.changes = changes;
    }

    /** From now on every write and read of the history fails with this; null stops that. */
    public void failWith(@Nullable RuntimeException failure) {
        this.failure = failure;
    }

    /** From now on everything fails with this, as after a bug; null stops that. */
    public void breakWith(@Nullable RuntimeException bug) {
        this.failure = bug;
        this.bug = bug;
    }

    /** From now on writes wait until this is completed, as with a disk that hangs. */
    public CompletableFuture<Void> hold() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        writeGate = gate;
        return gate;
    }

    /** From now on reads of the history wait until this is counted down, as with a slow disk. */
    public CountDownLatch holdReads() {
        CountDownLatch gate = new CountDownLatch(1);
        readGate = gate;
        return gate;
    }

    /** How many reads of the history are waiting or running now. */
    public int heldReads() {
        return heldReads.get();
    }

    /** The most reads of the history at the same time up to now. */
    public int mostHeldReads() {
        return mostHeldReads.get();
    }

    private void awaitReads() {
        CountDownLatch gate = readGate;
        if (gate == null) {
            return;
        }
        try {
            mostHeldReads.accumulateAndGet(heldReads.incrementAndGet(), Math::max);
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            heldReads.decrementAndGet();
        }
    }

    public void setProblem(@Nullable String problem) {
        this.problem = problem;
    }

    public void setStateFileProblem(@Nullable String problem) {
        this.stateFileProblem = problem;
    }

    @Override
    public @Nullable String stateFileProblem() {
        return stateFileProblem;
    }

    public void quarantine(int pieces) {
        this.quarantined = pieces;
    }

    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    @Override
    public synchronized CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        ValidatedUpdate sent = updates.get(0);
        Request request = idempotency == null
                ? null
                : new Request(sent.key(), IdempotencyIndex.path(batch, null, sent.id()), idempotency.key());
        return record(request, idempotency, () -> append(updates, batch, idempotency));
    }

    @Override
    public synchronized CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency idempotency) {
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        Request request = idempotency == null
                ? null
                : new Request(
                        answer.key(), IdempotencyIndex.path(false, answer.answer(), answer.id()), idempotency.key());
        try {
            return record(request, idempotency, () -> {
                        Entry entry = AnswerRules.decide(board, answer, clock.instant(), idempotency);
                        add(entry);
                        entries.add(entry);
                        return List.of(entry);
                    })
                    .thenApply(recorded -> recorded.get(0));
        } catch (NoProblemException | InvalidUpdateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<List<Entry>> record(
            @Nullable Request request, @Nullable Idempotency idempotency, Supplier<List<Entry>> write) {
        FirstRequest first = request == null ? null : firstRequests.get(request);
        if (first != null) {
            return first.bodySha256().equals(Objects.requireNonNull(idempotency).bodySha256())
                    ? CompletableFuture.completedFuture(first.entries())
                    : CompletableFuture.failedFuture(new IdempotencyConflictException());
        }
        List<Entry> recorded = write.get();
        if (request != null) {
            firstRequests.put(request, new FirstRequest(idempotency.bodySha256(), recorded));
        }
        CompletableFuture<Void> gate = writeGate;
        return gate == null ? CompletableFuture.completedFuture(recorded) : gate.thenApply(open -> recorded);
    }

    private List<Entry> append(List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        Instant received = clock.instant();
        String id = batch ? "batch-" + entries.size() : null;
        List<Entry> recorded = new ArrayList<>();
        for (ValidatedUpdate update : updates) {
            Entry.Place place = id == null ? null : new Entry.Place(id, recorded.size() + 1, updates.size());
            Entry entry = rules.decide(board, update, received, idempotency, place);
            add(entry);
            recorded.add(entry);
        }
        entries.addAll(recorded);
        return List.copyOf(recorded);
    }

    private void add(Entry entry) {
        DomainStatus before = board.of(entry.id());
        board = board.apply(entry);
        if (entry.outcome() == Outcome.RECORDED) {
            StatusChange change =
                    new StatusChange(board.revision(), entry.id(), before, board.of(entry.id()), entry.answer());
            published.add(change);
            changes.accept(change);
        }
    }

    @Override
    public Board board() {
        if (bug != null) {
            throw bug;
        }
        if (answersOnceRead && looked.get()) {
            answersOnceRead = false;
            asOf = null;
        }
        return board;
    }

    /**
     * From now on the store looks for what other nodes have recorded until this is completed, as with a database; its
     * value is not used.
     */
    public CompletableFuture<Board> holdLook() {
        CompletableFuture<Board> held = new CompletableFuture<>();
        looks.set(0);
        look = held;
        return held;
    }

    /** How often the latest board was asked for since {@link #holdLook}. */
    public int looks() {
        return looks.get();
    }

    /** Records on another node: no reply of this one. */
    public synchronized void recordElsewhere(ValidatedUpdate update) {
        append(List.of(update), false, null);
    }

    @Override
    public CompletableFuture<Board> latest() {
        CompletableFuture<Board> held = look;
        looks.incrementAndGet();
        looked.set(answersOnceRead);
        return held == null ? CompletableFuture.completedFuture(board) : held.thenApply(seen -> board);
    }

    /** From now on the database does not answer; null: it does. */
    public void setAsOf(@Nullable Instant asOf) {
        this.asOf = asOf;
    }

    /** From now on the database does not answer, until a thread has asked for the latest board, and read it. */
    public void setAsOfUntilRead(Instant asOf) {
        answersOnceRead = true;
        this.asOf = asOf;
    }

    @Override
    public @Nullable Instant asOf() {
        return asOf;
    }

    @Override
    public Board boardAt(Instant at) {
        awaitReads();
        return readBoardAt(at);
    }

    private synchronized Board readBoardAt(Instant at) {
        if (failure != null) {
            throw failure;
        }
        if (at.isBefore(historyStart)) {
            throw new HistoryGoneException(historyStart);
        }
        Board past = Board.EMPTY;
        for (Entry entry : entries) {
            past = entry.received().isAfter(at) ? past : past.apply(entry);
        }
        return past;
    }

    @Override
    public ChangeReader changesAfter(long revision) {
        long[] last = {revision};
        return limit -> {
            List<StatusChange> page = publishedAfter(last[0], limit);
            last[0] = page.isEmpty() ? last[0] : page.get(page.size() - 1).revision();
            return new ChangeReader.Page(page, 0);
        };
    }

    private synchronized List<StatusChange> publishedAfter(long revision, int limit) {
        if (failure != null) {
            throw failure;
        }
        return published.stream()
                .filter(change -> change.revision() > revision)
                .limit(limit)
                .toList();
    }

    /** From now on the history starts here. */
    public void startHistoryAt(Instant start) {
        this.historyStart = start;
    }

    @Override
    public String id() {
        return "testing";
    }

    /** The cursor is the number of entries to skip. */
    @Override
    public HistoryPage history(HistoryQuery query) {
        awaitReads();
        return readHistory(query);
    }

    private synchronized HistoryPage readHistory(HistoryQuery query) {
        if (failure != null) {
            throw failure;
        }
        int skip = query.cursor() == null ? 0 : Integer.parseInt(query.cursor());
        List<Entry> matching = new ArrayList<>();
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (filter(query).test(entries.get(i))) {
                matching.add(entries.get(i));
            }
        }
        List<Entry> page = matching.stream().skip(skip).limit(query.limit()).toList();
        boolean more = matching.size() > skip + page.size();
        return new HistoryPage(page, more ? String.valueOf(skip + page.size()) : null);
    }

    private static Predicate<Entry> filter(HistoryQuery query) {
        return entry -> entry.outcome() != Outcome.DUPLICATE
                && (query.app() == null || query.app().equals(entry.id().app()))
                && (query.domain() == null || query.domain().equals(entry.id().domain()))
                && (query.jobId() == null || query.jobId().equals(entry.jobId()))
                && (query.status() == null || query.status() == entry.status())
                && (query.since() == null || !entry.received().isBefore(query.since()))
                && (query.until() == null || entry.received().isBefore(query.until()));
    }

    @Override
    public DailyRunCounts dailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
        awaitReads();
        return readDailyRunCounts(ids, today, zone);
    }

    private synchronized DailyRunCounts readDailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
        if (failure != null) {
            throw failure;
        }
        LocalDate first = today.minusDays(DailyRunCounts.DAYS - 1L);
        Map<DomainId, int[]> counts = new HashMap<>();
        for (Entry entry : entries) {
            LocalDate day = entry.received().atZone(zone).toLocalDate();
            if (entry.outcome() == Outcome.RECORDED
                    && entry.answer() == null
                    && entry.status().endsRun()
                    && !day.isBefore(first)) {
                int slot = 2 * (int) ChronoUnit.DAYS.between(first, day) + (entry.status() == Status.OK ? 0 : 1);
                counts.computeIfAbsent(entry.id(), id -> new int[2 * DailyRunCounts.DAYS])[slot]++;
            }
        }
        counts.keySet().retainAll(ids);
        return new DailyRunCounts(first, counts);
    }

    @Override
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public int quarantined() {
        return quarantined;
    }

    @Override
    public void close() {}
}
