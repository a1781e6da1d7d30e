package org.epmpulse.store.postgres;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.epmpulse.cluster.LeaseTable;
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
import org.epmpulse.store.GroupWriter;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.RecordedElsewhere;
import org.epmpulse.store.RunPage;
import org.epmpulse.store.RunQuery;
import org.epmpulse.store.RunReader;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.epmpulse.store.UpdateCounters;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores every accepted update in the table {@code journal} of a PostgreSQL database. Thread-safe. */
public final class SqlStatusStore implements StatusStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlStatusStore.class);

    /** How long a request may wait for the database. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Schema.Identity identity;
    private final SqlBoards boards;
    private final SqlHistory history;
    private final SqlRunCounts runCounts;
    private final JournalView view;
    private final SqlMetrics metrics;
    private final SqlLog log;
    private final SqlTail tail;
    private final CheckpointWriter checkpoints;
    private final GroupWriter<Long> writer;

    /**
     * What the store uses of the service.
     *
     * @param catalog the configured apps and domains
     * @param changes receives every change, also those that other nodes wrote, in the order of the revisions; it must
     *     not block
     * @param elsewhere receives the keys of updates that other nodes wrote
     */
    public record Parts(
            StatusRules rules,
            Catalog catalog,
            SqlRetention.Limits retention,
            TimeSource clock,
            Consumer<StatusChange> changes,
            RecordedElsewhere elsewhere,
            MeterRegistry meters,
            ServiceThreads threads) {}

    private SqlStatusStore(Database database, ActiveWrites writes, Parts parts) throws SQLException, IOException {
        this.identity = Schema.prepare(database);
        UpdateCounters counters = new UpdateCounters(parts.meters());
        counters.register(parts.catalog());
        SqlCheckpoints stored = new SqlCheckpoints(identity.storeId());
        this.boards = new SqlBoards(database, stored, parts.catalog());
        this.history = new SqlHistory(database);
        this.runCounts = new SqlRunCounts(database);
        SqlBoards.Loaded loaded = boards.load(identity.generation());
        if (loaded.replayed() > 0) {
            LOG.info(
                    "Journal: replayed {} entries up to revision {}",
                    loaded.replayed(),
                    loaded.state().board().revision());
        }
        IdempotencyIndex<Long> idempotency =
                new IdempotencyIndex<>(parts.clock().steadySource());
        loaded.addKeysTo(idempotency);
        this.view = new JournalView(
                loaded.state(),
                idempotency,
                new NameInterner(parts.catalog()),
                parts.changes(),
                database.settings().node(),
                parts.elsewhere());
        this.metrics = new SqlMetrics(parts.meters());
        Lineage lineage = new Lineage(boards, view, parts.meters());
        LockGuard guard = new LockGuard("store", SqlMetrics.blockersEnded(parts.meters()));
        this.tail = new SqlTail(database, view, lineage, parts.clock(), parts.meters(), parts.threads());
        this.log = new SqlLog(database, view, lineage, guard, metrics, tail::awaySince);
        SqlRetention retention = new SqlRetention(database, stored, view, writes, parts.retention());
        this.checkpoints =
                new CheckpointWriter(database, stored, view, writes, retention, parts.catalog(), parts.clock());
        // The view passes on the changes, because some come from other nodes.
        this.writer =
                new GroupWriter<>(log, parts.rules(), idempotency, counters, change -> {}, parts.threads(), PATIENCE);
    }

    /**
     * Opens the store. The database is closed by the caller, after the store.
     *
     * @param writes of this node, for what only the active node writes
     * @throws DatabaseConfigurationException if the database cannot be used until somebody changes it
     * @throws IOException if the database cannot be used now, with a message for the operator
     */
    public static SqlStatusStore open(Database database, ActiveWrites writes, Parts parts) throws IOException {
        try {
            SqlStatusStore store = new SqlStatusStore(database, writes, parts);
            Gauge.builder("epmpulse.store.writable", store, it -> it.problem() == null ? 1 : 0)
                    .description("Whether updates are accepted: 0 while the journal cannot be written")
                    .register(parts.meters());
            store.writer.start();
            store.tail.start();
            store.checkpoints.start(parts.threads());
            return store;
        } catch (SQLException e) {
            String reason = Database.describe(e);
            if (Database.needsPerson(e)) {
                throw new DatabaseConfigurationException(reason);
            }
            throw new IOException(reason, e);
        }
    }

    /** The database keeps microseconds; all nodes must decide on the same times. */
    @Override
    public CompletableFuture<List<Entry>> record(
            List<ValidatedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        return counted(writer.record(
                updates.stream().map(SqlStatusStore::toMicroseconds).toList(), batch, idempotency));
    }

    @Override
    public CompletableFuture<Entry> answer(ValidatedAnswer answer, @Nullable Idempotency idempotency) {
        return counted(writer.answer(answer, idempotency));
    }

    private <T> CompletableFuture<T> counted(CompletableFuture<T> reply) {
        reply.whenComplete((entries, failure) -> {
            if (failure instanceof StateUnknownException
                    || (failure != null && failure.getCause() instanceof StateUnknownException)) {
                metrics.countTold();
            }
        });
        return reply;
    }

    private static ValidatedUpdate toMicroseconds(ValidatedUpdate update) {
        Instant timestamp = update.timestamp();
        return timestamp == null || timestamp.getNano() % 1_000 == 0
                ? update
                : update.withTimestamp(timestamp.truncatedTo(ChronoUnit.MICROS));
    }

    @Override
    public Board board() {
        return view.state().board();
    }

    @Override
    public CompletableFuture<Board> latest() {
        return tail.latest();
    }

    @Override
    public @Nullable Instant asOf() {
        return tail.asOf();
    }

    /** Sets the listener that is called after each change of the board or the id, on any thread; it must not block. */
    public void onUpdate(Runnable listener) {
        view.onUpdate(listener);
    }

    /** What the last look said of other tables; null before the first look. */
    @Nullable
    Signals signals() {
        return tail.signals();
    }

    /** Sets the listener that is called when {@link #signals} has changed; it must not block. */
    public void onSignals(Runnable listener) {
        tail.onSignals(listener);
    }

    /** The row of the lease, if the last look was a moment ago; otherwise null. */
    public LeaseTable.@Nullable Row recentLease() {
        return tail.recentLease();
    }

    /** When the store was created, also if that was in files. */
    public Instant created() {
        return identity.created();
    }

    JournalView view() {
        return view;
    }

    /** Generation of the store: grows whenever revisions may restart. */
    public long generation() {
        return view.state().generation();
    }

    /** Number of the last row that this node knows; 0 before the first. */
    public long sequence() {
        return view.state().seq();
    }

    @Override
    public Board boardAt(Instant at) {
        Board now = board();
        Instant latest = now.lastUpdated();
        if (latest == null || !at.isBefore(latest)) {
            return now;
        }
        return read(() -> boards.boardAt(at, now.sequence()));
    }

    @Override
    public ChangeReader changesAfter(long revision) {
        SqlChanges changes = boards.changesAfter(revision);
        return limit -> read(() -> changes.next(limit, board()));
    }

    private static StoreUnavailableException unreadable(SQLException e) {
        LOG.warn("Journal: read failed: the database: {}; the request fails", Database.describe(e));
        return new StoreUnavailableException("the history cannot be read: " + Database.describe(e), e);
    }

    @Override
    public String id() {
        return identity.text(view.state().generation());
    }

    @Override
    public HistoryPage history(HistoryQuery query) {
        return read(() -> history.page(query, board().sequence()));
    }

    private interface Read<T> {
        T run() throws SQLException;
    }

    private static <T> T read(Read<T> read) {
        try {
            return read.run();
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    @Override
    public RunPage runs(RunQuery query) {
        return RunReader.read(
                new RunReader.Source() {
                    @Override
                    public HistoryPage entries(HistoryQuery page, Supplier<Board> board) {
                        return read(() -> history.runEntries(page, board.get(), board().sequence()));
                    }

                    @Override
                    public int entriesPerRun() {
                        return 1;
                    }
                },
                this::boardAt,
                query);
    }

    @Override
    public DailyRunCounts dailyRunCounts(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
        return read(() -> runCounts.count(ids, today, zone, board().sequence()));
    }

    @Override
    public @Nullable String problem() {
        return writer.problem();
    }

    /** A database repairs its own files. */
    @Override
    public int quarantined() {
        return 0;
    }

    @Override
    public void close() {
        try {
            writer.close();
            checkpoints.close();
            tail.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            log.close();
        }
    }
}
