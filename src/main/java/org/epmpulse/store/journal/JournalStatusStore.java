package org.epmpulse.store.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.CheckedUpdate;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Idempotency;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.RunEnds;
import org.epmpulse.status.StatusChange;
import org.epmpulse.status.StatusRules;
import org.epmpulse.store.HistoryPage;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.epmpulse.store.UpdateCounters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every accepted update in an append-only journal.
 *
 * <p>One thread writes. It takes all requests that wait, decides their outcomes against the current board, appends their
 * lines, forces them once (group commit), shows the new board and tells the listeners. Boards are immutable, so a write
 * that failed leaves nothing to undo in memory. Other threads complete the callers, so that what they do next does not
 * keep the next group waiting, and write the snapshot and look after closed days, off the way of an update.
 */
public final class JournalStatusStore implements StatusStore {

    private static final Logger LOG = LoggerFactory.getLogger(JournalStatusStore.class);

    /** Requests that may wait for the disk; more are refused, which keeps the memory bounded when a disk hangs. */
    private static final int MAX_WAITING = 10_000;

    /** Updates in one forced write; a batch is never divided. */
    private static final int MAX_GROUP = 4_000;

    /** How often a store that cannot write tries whether it can again. */
    private static final long PROBE_MILLIS = 2_000;

    /** How long a stop waits until the last callers have been told. */
    private static final int REPLIES_SECONDS = 10;

    /** More names than this make no line of a log clearer. */
    private static final int MAX_NAMES = 20;

    /** Behind it nothing is written. */
    private static final Request END = new Request(List.of(), false, null, new CompletableFuture<>());

    private final DataFolder folder;
    private final StatusRules rules;
    private final InstantSource clock;
    private final Consumer<StatusChange> changes;
    private final HistoryReader history;
    private final PastBoards past;
    private final DailyEnds dailyEnds;
    private final Journal journal;
    private final IdempotencyIndex<JournalPosition> idempotency;
    private final String id;
    private final SnapshotWriter snapshots;
    private final UpdateCounters counters;
    private final Thread writer;
    /** One thread a group, not one for all: a route that waits for another update in its turn must not wait for itself. */
    private final ExecutorService replies = Executors.newCachedThreadPool(run -> new Thread(run, "epmpulse-replies"));

    private final BlockingQueue<Request> waiting = new ArrayBlockingQueue<>(MAX_WAITING);

    private volatile State state;
    private volatile @Nullable String problem;
    private volatile boolean closing;

    /** Nobody takes what waits any more, except for one last time. */
    private volatile boolean ended;

    /** What was acknowledged, and how far the journal goes with it. */
    record State(Board board, JournalPosition position) {}

    private record Request(
            List<CheckedUpdate> updates,
            boolean batch,
            @Nullable Idempotency idempotency,
            CompletableFuture<List<Entry>> reply) {

        @Nullable
        String sender() {
            return updates.get(0).key();
        }

        /** Whether an idempotency key means the same for both. */
        boolean isOfSameScope(Request other) {
            return batch == other.batch && Objects.equals(sender(), other.sender());
        }

        // Requests are told apart by their callers, not by what they say.
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /**
     * How long the history is kept.
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
            InstantSource clock,
            Consumer<StatusChange> changes,
            MeterRegistry meters,
            JournalFile.Opener opener)
            throws IOException {
        this.folder = folder;
        this.rules = rules;
        this.clock = clock;
        this.changes = changes;
        this.history = new HistoryReader(folder.history());
        this.dailyEnds = new DailyEnds(folder.history());
        this.counters = new UpdateCounters(meters);
        counters.begin(catalog);
        Quarantine quarantine = new Quarantine(folder.quarantine(), meters);
        ClosedDays closedDays = new ClosedDays(folder.history(), quarantine, retention.days(), retention.maxSize());
        Recovery.Result found = new Recovery(folder, catalog, quarantine, closedDays, clock.instant()).run();
        this.id = found.storeId();
        this.idempotency = found.idempotency();
        this.journal = new Journal(folder.history(), opener, found.position(), meters);
        this.past = new PastBoards(folder.history(), found.checkpoints(), catalog);
        this.state = new State(found.board(), journal.end());
        if (found.legacy() != null) {
            takeOver(found.legacy());
        }
        this.snapshots =
                new SnapshotWriter(folder, catalog, closedDays, found.checkpoints(), id, found.created(), () -> state);
        if (snapshots.write()) {
            // Only now is the new id on disk.
            Files.deleteIfExists(folder.restored());
        }
        warnOfUnshown(catalog);
        writer = new Thread(this::write, "epmpulse-journal");
    }

    /**
     * Recovers what is in the folder and goes on from there.
     *
     * @param catalog what is configured, for the snapshot's names
     * @param changes gets every change, in the order of the revisions, on the writer's thread: it takes it and returns at once
     * @throws IOException if the folder cannot be read or written, with a message for the operator
     */
    public static JournalStatusStore open(
            DataFolder folder,
            StatusRules rules,
            Catalog catalog,
            Retention retention,
            InstantSource clock,
            Consumer<StatusChange> changes,
            MeterRegistry meters)
            throws IOException {
        return open(folder, rules, catalog, retention, clock, changes, meters, JournalFile::open);
    }

    static JournalStatusStore open(
            DataFolder folder,
            StatusRules rules,
            Catalog catalog,
            Retention retention,
            InstantSource clock,
            Consumer<StatusChange> changes,
            MeterRegistry meters,
            JournalFile.Opener opener)
            throws IOException {
        JournalStatusStore store =
                new JournalStatusStore(folder, rules, catalog, retention, clock, changes, meters, opener);
        Gauge.builder("epmpulse.store.writable", store, it -> it.problem() == null ? 1 : 0)
                .description("Whether updates are accepted: 0 while the journal cannot be written")
                .register(meters);
        new DiskSpaceMetrics(folder.root().toFile()).bindTo(meters);
        store.writer.start();
        store.snapshots.start();
        return store;
    }

    private void takeOver(JsonNode legacy) throws IOException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Entry> entries = LegacyState.entries(legacy, now);
        if (entries.isEmpty()) {
            return;
        }
        journal.append(entries, day(now));
        Board board = state.board();
        for (Entry entry : entries) {
            board = board.after(entry);
        }
        state = new State(board, journal.end());
        LOG.info("Took over {} domains from the state file of EPMPulse 1.0", entries.size());
    }

    private void warnOfUnshown(Catalog catalog) {
        List<String> unshown = state.board()
                .domains()
                .keySet()
                .filter(domain -> !catalog.shows(domain))
                .map(Object::toString)
                .toSortedSet()
                .toJavaList();
        if (!unshown.isEmpty()) {
            int more = unshown.size() - MAX_NAMES;
            LOG.warn(
                    "Kept but not shown, because the configuration does not have them: {}{}",
                    String.join(", ", unshown.subList(0, Math.min(MAX_NAMES, unshown.size()))),
                    more > 0 ? " and " + more + " more" : "");
        }
    }

    @Override
    public CompletableFuture<List<Entry>> record(
            List<CheckedUpdate> updates, boolean batch, @Nullable Idempotency idempotency) {
        if (updates.isEmpty()) {
            throw new IllegalArgumentException("updates must not be empty");
        }
        CompletableFuture<List<Entry>> reply = new CompletableFuture<>();
        if (closing) {
            reply.completeExceptionally(new StoreUnavailableException("the store is closed", null));
            return reply;
        }
        Request request = new Request(List.copyOf(updates), batch, idempotency, reply);
        if (!waiting.offer(request)) {
            reply.completeExceptionally(
                    new StoreUnavailableException("more than " + MAX_WAITING + " requests wait for the disk", null));
        } else if (ended && waiting.remove(request)) {
            reply.completeExceptionally(new StoreUnavailableException("the store is closed", null));
        }
        return reply;
    }

    @Override
    public Board board() {
        return state.board();
    }

    @Override
    public Board boardAt(Instant at) {
        State now = state;
        Instant latest = now.board().lastUpdated();
        if (latest == null || !at.isBefore(latest)) {
            return now.board();
        }
        try {
            return past.at(at, now);
        } catch (IOException e) {
            throw new StoreUnavailableException("the history cannot be read: " + DataFolder.why(e), e);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public HistoryPage history(HistoryQuery query) {
        try {
            return history.page(query, state.position());
        } catch (IOException e) {
            throw new StoreUnavailableException("the history cannot be read: " + DataFolder.why(e), e);
        }
    }

    @Override
    public RunEnds runEnds(Collection<DomainId> ids, LocalDate today, ZoneId zone) {
        try {
            return dailyEnds.of(ids, today, zone, state.position());
        } catch (IOException e) {
            throw new StoreUnavailableException("the history cannot be read: " + DataFolder.why(e), e);
        }
    }

    @Override
    public @Nullable String problem() {
        String journalProblem = problem;
        return journalProblem != null ? journalProblem : snapshots.problem();
    }

    @Override
    public int quarantined() {
        return folder.quarantined();
    }

    private void write() {
        try {
            boolean goOn = true;
            while (goOn) {
                Request first = waiting.poll(PROBE_MILLIS, TimeUnit.MILLISECONDS);
                if (first == END) {
                    goOn = false;
                } else if (first != null) {
                    write(group(first));
                } else if (problem != null && !journal.broken()) {
                    probe();
                }
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            problem = "the journal's writer ended: " + e;
            closing = true;
            LOG.error("The journal's writer ended. No update is accepted until EPMPulse is restarted", e);
        }
        ended = true;
        List<Request> late = new ArrayList<>();
        waiting.drainTo(late);
        failAll(late, new StoreUnavailableException("the store is closed", null));
    }

    private List<Request> group(Request first) {
        List<Request> group = new ArrayList<>();
        group.add(first);
        int updates = first.updates().size();
        Request next = waiting.peek();
        while (next != null && next != END && updates + next.updates().size() <= MAX_GROUP) {
            group.add(waiting.remove());
            updates += next.updates().size();
            next = waiting.peek();
        }
        return group;
    }

    /** Makes a group durable with one forced write and then tells everybody; or fails all of it. */
    private void write(List<Request> requests) {
        Group group = new Group(state.board(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        for (Request request : requests) {
            group.add(request);
        }
        try {
            if (!group.lines.isEmpty()) {
                List<JournalPosition> positions = journal.append(group.lines, day(group.received));
                for (int i = 0; i < positions.size(); i++) {
                    idempotency.add(group.lines.get(i), positions.get(i));
                }
            }
        } catch (IOException e) {
            fail(e);
            failAll(group.requests.keySet(), new StoreUnavailableException("the journal cannot be written", e));
            return;
        } catch (RuntimeException | Error e) {
            failAll(group.requests.keySet(), new StoreUnavailableException("the journal's writer ended", e));
            throw e;
        }
        try {
            if (!group.lines.isEmpty()) {
                recovered();
                state = new State(group.board, journal.end());
                snapshots.boardChanged();
                group.changes.forEach(changes);
            }
            group.decided.forEach(counters::accepted);
        } finally {
            // What is recorded is acknowledged, whatever came after it.
            replies.execute(() ->
                    group.requests.forEach((request, entries) -> request.reply().complete(entries)));
        }
    }

    /** What one forced write is to make true. */
    private final class Group {
        private final Instant received;
        private final List<Entry> decided = new ArrayList<>();
        private final List<Entry> lines = new ArrayList<>();
        private final List<StatusChange> changes = new ArrayList<>();
        private final Map<Request, List<Entry>> requests = new LinkedHashMap<>();
        private Board board;

        Group(Board board, Instant received) {
            this.board = board;
            this.received = received;
        }

        void add(Request request) {
            if (request.idempotency() != null && isRepeat(request, request.idempotency())) {
                return;
            }
            Board undecided = board;
            int undecidedChanges = changes.size();
            try {
                List<Entry> entries = decide(request);
                lines.addAll(lines(entries));
                decided.addAll(entries);
                requests.put(request, entries);
            } catch (RuntimeException e) {
                board = undecided;
                changes.subList(undecidedChanges, changes.size()).clear();
                LOG.error(
                        "An update cannot be decided: {}; its request fails, nothing of it is recorded",
                        e.toString(),
                        e);
                // Without the cause, which the routes would take for the failure itself.
                IllegalStateException failure = new IllegalStateException("an update could not be decided: " + e);
                replies.execute(() -> request.reply().completeExceptionally(failure));
            }
        }

        private List<Entry> decide(Request request) {
            String batch = request.batch() ? UUID.randomUUID().toString() : null;
            List<Entry> entries = new ArrayList<>(request.updates().size());
            for (CheckedUpdate update : request.updates()) {
                Entry entry = rules.decide(board, update, received, request.idempotency(), batch, 0, 0);
                DomainStatus before = board.of(entry.id());
                board = isWritten(entry) ? board.after(entry) : board;
                if (entry.outcome() == Outcome.RECORDED) {
                    changes.add(new StatusChange(board.revision(), entry.id(), before, board.of(entry.id())));
                }
                entries.add(entry);
            }
            return entries;
        }

        /**
         * A duplicate changes nothing, so nothing is written; but a request with an idempotency key must get the same
         * reply when the board has moved on, so of such a request every item is.
         */
        private static boolean isWritten(Entry entry) {
            return entry.outcome() != Outcome.DUPLICATE || entry.idempotency() != null;
        }

        private static List<Entry> lines(List<Entry> entries) {
            List<Entry> lines = entries.stream().filter(Group::isWritten).toList();
            if (lines.isEmpty() || lines.get(0).batch() == null) {
                return lines;
            }
            List<Entry> numbered = new ArrayList<>(lines.size());
            for (Entry line : lines) {
                numbered.add(line.at(numbered.size() + 1, lines.size()));
            }
            return numbered;
        }

        /** Whether the request came before; if so, it gets what the first one got. */
        private boolean isRepeat(Request request, Idempotency key) {
            IdempotencyIndex.First<JournalPosition> first =
                    idempotency.find(request.sender(), request.batch(), key, received);
            if (first != null) {
                if (conflicts(request, key, first.bodySha256())) {
                    return true;
                }
                // Reads the journal, which may take its time.
                CompletableFuture.runAsync(() -> repeat(request, first));
                return true;
            }
            for (Map.Entry<Request, List<Entry>> other : requests.entrySet()) {
                Idempotency otherKey = other.getKey().idempotency();
                if (otherKey != null
                        && otherKey.key().equals(key.key())
                        && other.getKey().isOfSameScope(request)) {
                    if (!conflicts(request, key, otherKey.bodySha256())) {
                        requests.put(request, other.getValue());
                    }
                    return true;
                }
            }
            return false;
        }

        private boolean conflicts(Request request, Idempotency key, String firstBodySha256) {
            if (key.bodySha256().equals(firstBodySha256)) {
                return false;
            }
            replies.execute(() -> request.reply().completeExceptionally(new IdempotencyConflictException()));
            return true;
        }
    }

    private void repeat(Request request, IdempotencyIndex.First<JournalPosition> first) {
        try {
            request.reply().complete(history.entries(first.position(), first.count()));
        } catch (IOException | RuntimeException e) {
            LOG.error("The first reply to a repeated request cannot be read", e);
            request.reply().completeExceptionally(new StoreUnavailableException("the first reply cannot be read", e));
        }
    }

    private void failAll(Collection<Request> requests, StoreUnavailableException failure) {
        replies.execute(() -> requests.forEach(request -> request.reply().completeExceptionally(failure)));
    }

    private void fail(IOException failure) {
        if (problem == null) {
            LOG.error("The journal cannot be written, updates are refused: {}", DataFolder.why(failure));
        }
        problem = "the journal cannot be written: " + DataFolder.why(failure);
    }

    private void recovered() {
        if (problem != null) {
            problem = null;
            LOG.info("The journal can be written again, updates are accepted");
        }
    }

    /** Finds out whether a disk that was full or gone is back, so that health says so before the next update comes. */
    private void probe() {
        Path file = folder.history().resolve("probe.tmp");
        try {
            try (FileChannel channel =
                    DataFolder.openFile(file, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
                channel.write(ByteBuffer.allocate(1 << 16));
                channel.force(true);
            }
            recovered();
        } catch (IOException e) {
            LOG.debug("The journal still cannot be written", e);
        } finally {
            file.toFile().delete();
        }
    }

    private static LocalDate day(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }

    @Override
    public void close() {
        closing = true;
        try {
            waiting.put(END);
            writer.join();
            replies.shutdown();
            replies.awaitTermination(REPLIES_SECONDS, TimeUnit.SECONDS);
            snapshots.close();
            journal.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("The journal could not be closed: {}", DataFolder.why(e));
        }
    }
}
