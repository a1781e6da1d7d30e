package org.epmpulse.store.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedAnswer;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.ChangeReader;
import org.epmpulse.store.GroupLog;
import org.epmpulse.store.GroupWriter;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.epmpulse.store.UpdateCounters;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores every accepted update in an append-only journal. One thread writes the journal; another writes the snapshot
 * and maintains closed days in the background. Thread-safe.
 */
public final class JournalStatusStore implements StatusStore {

    private static final Logger LOG = LoggerFactory.getLogger(JournalStatusStore.class);

    /** Limits the length of a log line. */
    private static final int MAX_NAMES = 20;

    private final DataFolder folder;
    private final DayRepair repair;
    private final HistoryReader history;
    private final PastBoards pastBoards;
    private final DailyRunCounter dailyRunCounter;
    private final JournalLog log;
    private final String id;
    private final ClosedDays closedDays;
    private final SnapshotWriter snapshots;
    private final GroupWriter<JournalPosition> writer;

    /** The last answer of {@link #latest()}, used while the board is the same. */
    private volatile @Nullable CompletableFuture<Board> latest;

    /**
     * Limits of the history.
     *
     * @param days the current one included, 1 or more
     * @param maxSize of all journal files together, in bytes
     */
    public record Retention(int days, long maxSize) {}

    private JournalStatusStore(
            DataFolder folder,
            StatusRules rules,
            Catalog catalog,
            Retention retention,
            TimeSource clock,
            Consumer<StatusChange> changes,
            MeterRegistry meters,
            ServiceThreads threads,
            JournalFile.Opener opener,
            Duration closedDaysDelay)
            throws IOException {
        this.folder = folder;
        UpdateCounters counters = new UpdateCounters(meters);
        counters.register(catalog);
        Quarantine quarantine = new Quarantine(folder.quarantine(), meters);
        Recovery.Result recovered = new Recovery(
                        folder, catalog, quarantine, new IdempotencyIndex<>(clock.steadySource()), clock.instant())
                .run();
        this.id = recovered.storeId();
        JournalOrder order = recovered.order();
        this.repair = recovered.repair();
        this.history = new HistoryReader(folder.history(), order);
        this.dailyRunCounter = new DailyRunCounter(folder.history(), order);
        this.pastBoards = new PastBoards(folder.history(), order, recovered.checkpoints(), catalog);
        Instant lastReceived = lastReceived(recovered.position());
        Journal journal =
                new Journal(folder, quarantine, opener, order, repair, recovered.position(), lastReceived, meters);
        ReceiptClock receiptClock = new ReceiptClock(clock, lastReceived);
        this.log = new JournalLog(
                folder.history(), journal, recovered.board(), recovered.idempotency(), history, repair, receiptClock);
        if (recovered.legacy() != null) {
            importLegacyState(recovered.legacy(), catalog);
        }
        DayFileRetention dayFileRetention =
                new DayFileRetention(folder.history(), order, repair, retention.days(), retention.maxSize());
        this.closedDays =
                new ClosedDays(folder, dayFileRetention, recovered.checkpoints(), log, order, closedDaysDelay);
        this.snapshots =
                new SnapshotWriter(folder, catalog, closedDays, recovered.checkpoints(), id, recovered.created(), log);
        if (snapshots.write()) {
            // The new id is on disk now.
            Files.deleteIfExists(folder.restored());
        }
        warnAboutUnconfiguredDomains(catalog);
        this.writer = new GroupWriter<>(log, rules, recovered.idempotency(), counters, changes, threads, Duration.ZERO);
    }

    /**
     * Opens the store with the recovered content of the folder.
     *
     * @param catalog the configured apps and domains, for the snapshot
     * @param changes receives every change in the order of the revisions, on the writer's thread; it must not block
     * @throws IOException if the folder cannot be read or written, with a message for the operator
     */
    public static JournalStatusStore open(
            DataFolder folder,
            StatusRules rules,
            Catalog catalog,
            Retention retention,
            TimeSource clock,
            Consumer<StatusChange> changes,
            MeterRegistry meters,
            ServiceThreads threads)
            throws IOException {
        return open(
                folder,
                rules,
                catalog,
                retention,
                clock,
                changes,
                meters,
                threads,
                JournalFile::open,
                ClosedDays.START_DELAY);
    }

    static JournalStatusStore open(
            DataFolder folder,
            StatusRules rules,
            Catalog catalog,
            Retention retention,
            TimeSource clock,
            Consumer<StatusChange> changes,
            MeterRegistry meters,
            ServiceThreads threads,
            JournalFile.Opener opener,
            Duration closedDaysDelay)
            throws IOException {
        JournalStatusStore store = new JournalStatusStore(
                folder, rules, catalog, retention, clock, changes, meters, threads, opener, closedDaysDelay);
        Gauge.builder("epmpulse.store.writable", store, it -> it.problem() == null ? 1 : 0)
                .description("Whether updates are accepted: 0 while the journal cannot be written")
                .register(meters);
        new DiskSpaceMetrics(folder.root().toFile()).bindTo(meters);
        store.writer.start();
        store.snapshots.start(threads);
        store.closedDays.start(threads);
        return store;
    }

    /** Time of receipt of the last entry; null if there is none. */
    private @Nullable Instant lastReceived(JournalPosition end) throws IOException {
        try {
            return readHistory(() -> Optional.ofNullable(history.lastReceived(end)))
                    .orElse(null);
        } catch (StoreUnavailableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void importLegacyState(JsonNode legacy, Catalog catalog) throws IOException {
        try (GroupLog.Transaction transaction = log.begin()) {
            List<Entry> entries = LegacyState.entries(legacy, catalog, transaction.received());
            if (entries.isEmpty()) {
                return;
            }
            Board board = transaction.board();
            for (Entry entry : entries) {
                board = board.apply(entry);
            }
            transaction.commit(entries, board, List.of());
            LOG.info("Imported {} domains from the state file of EPMPulse 1.0", entries.size());
        }
    }

    private void warnAboutUnconfiguredDomains(Catalog catalog) {
        List<String> unconfigured = log.state()
                .board()
                .domains()
                .keySet()
                .filter(domain -> !catalog.contains(domain))
                .map(Object::toString)
                .toSortedSet()
                .toJavaList();
        if (!unconfigured.isEmpty()) {
            int more = unconfigured.size() - MAX_NAMES;
            LOG.warn(
                    "Stored domains missing from apps.json (kept, hidden): {}{}",
                    String.join(", ", unconfigured.subList(0, Math.min(MAX_NAMES, unconfigured.size()))),
                    more > 0 ? " and " + more + " more" : "");
        }
    }

    @Override
    public CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        return writer.record(updates, batch, idempotency);
    }

    @Override
    public CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency idempotency) {
        return writer.answer(answer, idempotency);
    }

    @Override
    public Board board() {
        return log.state().board();
    }

    /** No other process writes to the files. Creates an object only after a change. */
    @Override
    @SuppressWarnings("ReferenceEquality") // comparing the contents would take longer than creating the object
    public CompletableFuture<Board> latest() {
        Board board = board();
        CompletableFuture<Board> known = latest;
        if (known == null || known.join() != board) {
            known = CompletableFuture.completedFuture(board);
            latest = known;
        }
        return known;
    }

    @Override
    public Board boardAt(Instant at) {
        JournalState now = log.state();
        Instant latest = now.board().lastUpdated();
        if (latest == null || !at.isBefore(latest)) {
            return now.board();
        }
        return readHistory(() -> pastBoards.boardAt(at, now));
    }

    @Override
    public ChangeReader changesAfter(long revision) {
        JournalChanges changes = pastBoards.changesAfter(revision);
        return limit -> readHistory(() -> changes.next(limit, log.state()));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public HistoryPage history(HistoryQuery query) {
        return readHistory(() -> history.page(query, log.state().position()));
    }

    @Override
    public DailyRunCounts dailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
        return readHistory(
                () -> dailyRunCounter.count(ids, today, zone, log.state().position()));
    }

    private interface HistoryRead<T> {
        T run() throws IOException;
    }

    /** Reads the files of the journal; repairs a damaged one and reads again, also after the oldest day was deleted. */
    private <T> T readHistory(HistoryRead<T> read) {
        Set<DayFile> repaired = new HashSet<>();
        Set<String> deleted = new HashSet<>();
        while (true) {
            try {
                return read.run();
            } catch (DamagedDayException e) {
                repair(e, repaired);
            } catch (IOException e) {
                if (!(e instanceof NoSuchFileException missing && deleted.add(missing.getFile()))) {
                    throw new StoreUnavailableException("the history cannot be read: " + DataFolder.describe(e), e);
                }
            }
        }
    }

    private void repair(DamagedDayException damage, Set<DayFile> repaired) {
        try {
            if (!repaired.add(damage.file())) {
                throw damage;
            }
            repair.repair(damage.file());
            dailyRunCounter.reset();
        } catch (IOException e) {
            throw new StoreUnavailableException("the history cannot be read: " + DataFolder.describe(e), e);
        }
    }

    @Override
    public @Nullable String problem() {
        return writer.problem();
    }

    @Override
    public @Nullable String stateFileProblem() {
        return snapshots.problem();
    }

    @Override
    public int quarantined() {
        return folder.quarantined();
    }

    @Override
    public void close() {
        try {
            writer.close();
            snapshots.close();
            closedDays.close();
            log.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("Journal: closing failed: {}", DataFolder.describe(e));
        }
    }
}
