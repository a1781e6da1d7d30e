package org.epmpulse.store.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.IdempotencyIndex;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.journal.JournalOrder.Range;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovers the acknowledged entries at the start, also after a crash: from the snapshot and the journal after it, or
 * from the whole journal without a usable snapshot. Used once, by one thread.
 */
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final BytePattern IDEMPOTENCY = new BytePattern("\"idempotency_key\":");

    private final DataFolder folder;
    private final Quarantine quarantine;
    private final Instant now;
    private final IdempotencyIndex<JournalPosition> idempotency;
    private final NameInterner names;

    /** When the store was created; null if there is no snapshot. */
    private @Nullable Instant created;

    private @Nullable JsonNode legacy;
    private final boolean restored;
    private final String storeId;
    private final Checkpoints checkpoints;
    private final JournalOrder order;
    private final DayRepair repair;
    private Board board = Board.EMPTY;
    private JournalPosition from = new JournalPosition(LocalDate.MIN, 0);
    private long fromRevision;
    private boolean replayByRevision;
    private final RevisionGaps gaps;
    private long replayed;

    Recovery(
            DataFolder folder,
            Catalog catalog,
            Quarantine quarantine,
            IdempotencyIndex<JournalPosition> idempotency,
            Instant now)
            throws IOException {
        this.idempotency = idempotency;
        this.folder = folder;
        this.quarantine = quarantine;
        this.now = now;
        this.gaps = new RevisionGaps(quarantine);
        this.names = new NameInterner(catalog);
        String knownId = readState();
        this.restored = Files.exists(folder.restored());
        this.storeId = knownId == null || restored ? UUID.randomUUID().toString() : knownId;
        this.checkpoints = new Checkpoints(folder.checkpoints(), storeId);
        this.order = JournalOrder.open(folder.history());
        this.repair = new DayRepair(folder.history(), quarantine, order, checkpoints);
    }

    /**
     * The recovered state.
     *
     * @param position end of the journal
     * @param legacy a state of EPMPulse 1.0 to import; null if there is none
     */
    record Result(
            String storeId,
            Instant created,
            Board board,
            JournalPosition position,
            IdempotencyIndex<JournalPosition> idempotency,
            Checkpoints checkpoints,
            JournalOrder order,
            DayRepair repair,
            @Nullable JsonNode legacy) {}

    Result run() throws IOException {
        SortedMap<LocalDate, DayFile> days = DayFile.list(folder.history());
        if (created != null) {
            gaps.beginComplete();
            replayByRevision = !contains(days, from);
            if (replayByRevision) {
                // It alone holds entries that the journal lacks.
                quarantine.copy(
                        folder.state(),
                        quarantinedState(),
                        "State file: ahead of the journal, which has missing or cut files; the state file is used");
            }
        }
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        JournalPosition end = replay(days, today);
        idempotency.recovered(now, board.lastUpdated());
        if (legacy != null && replayed > 0) {
            moveStateToQuarantine("State file: written by EPMPulse 1.0, but there is a journal; the journal is used");
            legacy = null;
        }
        if (replayed > 0) {
            LOG.info("Journal: replayed {} entries up to revision {}", replayed, board.revision());
        }
        if (restored) {
            LOG.info("Restored from a backup up to revision {}; the store has a new id", board.revision());
        }
        List<Range> ranges = order.ranges(DayFile.list(folder.history()), end);
        checkpoints.retain(position -> ranges.stream().anyMatch(range -> range.containsEnd(position)));
        return new Result(
                storeId, created == null ? now : created, board, end, idempotency, checkpoints, order, repair, legacy);
    }

    /** Replays the lines in their order; returns the end of the journal. */
    private JournalPosition replay(SortedMap<LocalDate, DayFile> days, LocalDate today) throws IOException {
        if (!order.isByDay() || order.isDamaged()) {
            return replayRanges(days, today);
        }
        JournalPosition end = new JournalPosition(today, 0);
        for (DayFile file : days.values()) {
            end = endOf(file, read(file, days.lastKey()), days, today);
        }
        return end;
    }

    private JournalPosition replayRanges(SortedMap<LocalDate, DayFile> days, LocalDate today) throws IOException {
        JournalPosition end = repairFiles(days, today);
        List<Range> ranges = order.ranges(days, end);
        int first = firstNew(ranges);
        for (int i = 0; i < ranges.size(); i++) {
            DayFile file = days.get(ranges.get(i).day());
            if (file != null && (i >= first || !file.compressed() || mayHoldIdempotencyKeys(file))) {
                long isNewFrom = i > first || replayByRevision ? 0 : i == first ? from.offset() : Long.MAX_VALUE;
                Range range = ranges.get(i);
                readLines(file, file.open(range.from()), range.from(), range.to(), isNewFrom);
            }
        }
        return end;
    }

    /**
     * @param from offset of the first line
     * @param to end of the last line
     * @param isNewFrom offset of the first line that is after the snapshot
     */
    private void readLines(DayFile file, InputStream in, long from, long to, long isNewFrom) throws IOException {
        try (in) {
            LineReader lines = new LineReader(in, from);
            while (lines.next() && lines.offset() < to) {
                int length = lines.intactLength();
                if (length > 0) {
                    boolean isAfter = lines.offset() >= isNewFrom;
                    accept(file, lines.bytes(), length, lines.offset(), lines.end(), null, isAfter);
                }
            }
        }
    }

    /**
     * Repairs the files and, if lines have moved or the order is unknown, the order; returns the end of the journal.
     */
    private JournalPosition repairFiles(SortedMap<LocalDate, DayFile> days, LocalDate today) throws IOException {
        boolean moved = false;
        LocalDate last = order.lastDay(days);
        Set<LocalDate> required = requiredDays(days, last);
        Map<LocalDate, Long> lengths = new HashMap<>();
        for (DayFile file : days.values()) {
            if (!file.compressed()) {
                DayRepair.Scan scan = repair.scan(file, completeUpTo(file.day(), last));
                lengths.put(file.day(), scan.length());
                moved |= scan.isMoved();
            } else if (required.contains(file.day()) || mayHoldIdempotencyKeys(file)) {
                moved |= repair.rewrite(file);
            }
        }
        if (moved || order.isDamaged()) {
            repair.restoreOrder(null, moved);
            last = order.lastDay(days);
        }
        DayFile file = last == null ? null : days.get(last);
        if (last == null || file == null) {
            return new JournalPosition(last == null ? today : last, 0);
        }
        return endOf(file, lengths.getOrDefault(last, 0L), days, today);
    }

    /** The days with lines that the snapshot may lack. */
    private Set<LocalDate> requiredDays(SortedMap<LocalDate, DayFile> days, @Nullable LocalDate last) {
        if (last == null) {
            return Set.of();
        }
        List<Range> ranges = order.ranges(days, new JournalPosition(last, Long.MAX_VALUE));
        return ranges.subList(firstNew(ranges), ranges.size()).stream()
                .map(Range::day)
                .collect(Collectors.toSet());
    }

    /**
     * Index of the first range that may have lines that the snapshot lacks. If its end is in none of them, as after
     * damage, only the revisions show which lines it lacks.
     */
    private int firstNew(List<Range> ranges) {
        if (created == null || replayByRevision) {
            return 0;
        }
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get(i);
            boolean beginsWithIt =
                    from.offset() == 0 && range.from() == 0 && range.day().equals(from.day());
            if (range.containsEnd(from) || beginsWithIt) {
                return i;
            }
        }
        return ranges.size();
    }

    /** Where the next line is appended if this is the journal's last file. */
    private static JournalPosition endOf(
            DayFile file, long length, SortedMap<LocalDate, DayFile> days, LocalDate today) {
        // Nothing is appended to a compressed file; a day without a file begins.
        LocalDate next = days.lastKey().plusDays(1);
        return file.compressed()
                ? new JournalPosition(next.isAfter(today) ? next : today, 0)
                : new JournalPosition(file.day(), length);
    }

    /** Returns the store's id, or null if there is no snapshot. The snapshot itself is not kept, to save memory. */
    private @Nullable String readState() throws IOException {
        if (!Files.exists(folder.state())) {
            return null;
        }
        if (!Files.isRegularFile(folder.state())) {
            throw new IOException("the state file " + folder.state() + " must be a regular file");
        }
        try {
            SnapshotReader.Content content = SnapshotReader.read(folder.state(), names);
            legacy = content.legacy();
            Snapshot snapshot = content.snapshot();
            if (snapshot == null) {
                return null;
            }
            JournalPosition position = snapshot.position();
            if (position == null) {
                LOG.warn("State file: written with a database; using only the journal, with a new store id");
                return null;
            }
            board = snapshot.board();
            from = position;
            fromRevision = board.revision();
            created = snapshot.created();
            return snapshot.storeId();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            moveStateToQuarantine("State file: damaged: " + e.getMessage() + "; it is created again from the journal");
            return null;
        }
    }

    private void moveStateToQuarantine(String reason) throws IOException {
        quarantine.move(folder.state(), quarantinedState(), reason);
    }

    private String quarantinedState() {
        return "apps_status-" + now.toString().replace(":", "") + ".json";
    }

    private static boolean contains(Map<LocalDate, DayFile> days, JournalPosition position) throws IOException {
        DayFile file = days.get(position.day());
        return file == null
                ? position.offset() == 0
                : file.compressed() || Files.size(file.path()) >= position.offset();
    }

    /**
     * Reads the required part of a day's file; returns the length of a plain file.
     *
     * @param last day with a file
     */
    private long read(DayFile file, LocalDate last) throws IOException {
        int byDay = file.day().compareTo(from.day());
        long isNewFrom = byDay > 0 || replayByRevision ? 0 : byDay == 0 ? from.offset() : Long.MAX_VALUE;
        if (!file.compressed()) {
            JournalScan scan = new JournalScan(
                    file,
                    completeUpTo(file.day(), last),
                    quarantine,
                    names,
                    (bytes, length, offset, next, entry) ->
                            accept(file, bytes, length, offset, next, entry, offset >= isNewFrom));
            long length = scan.run();
            if (scan.isDamaged()) {
                checkpoints.removeDay(file.day());
            }
            return length;
        }
        if (!mayHoldIdempotencyKeys(file) && byDay < 0) {
            return 0;
        }
        Board before = board;
        long replayedBefore = replayed;
        try {
            readCompressed(file, isNewFrom);
        } catch (DamagedDayException e) {
            repair.repair(file);
            board = before;
            replayed = replayedBefore;
            readCompressed(file, isNewFrom);
        }
        return 0;
    }

    /** Checks each block before it uses a line of it. */
    private void readCompressed(DayFile file, long isNewFrom) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            List<IndexedGzip.Block> blocks = IndexedGzip.list(channel, block -> true);
            if (blocks == null) {
                readLines(file, file.open(), 0, Long.MAX_VALUE, isNewFrom);
                return;
            }
            for (IndexedGzip.Block block : blocks) {
                InputStream in = new ByteArrayInputStream(block.read(channel));
                readLines(file, in, block.from(), Long.MAX_VALUE, isNewFrom);
            }
        } catch (ZipException | EOFException e) {
            throw new DamagedDayException(file, e);
        }
    }

    private boolean mayHoldIdempotencyKeys(DayFile file) {
        return !file.day()
                .isBefore(now.minus(IdempotencyIndex.MAX_AGE)
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate());
    }

    /**
     * End of the lines that were acknowledged for certain, in bytes from the start of the day's file: their batches are
     * complete. That is the whole file if the journal has gone on in another one.
     */
    private long completeUpTo(LocalDate day, @Nullable LocalDate last) {
        if (!day.equals(last) && !order.isDamaged()) {
            return Long.MAX_VALUE;
        }
        boolean isOfSnapshot = !replayByRevision && day.equals(from.day());
        return Math.max(order.fixedEnd(day), isOfSnapshot ? from.offset() : 0);
    }

    /**
     * @param parsed the parsed line; null if it was not parsed yet
     * @param isAfter whether the line is after the snapshot by its position
     */
    private void accept(
            DayFile file, byte[] bytes, int length, long offset, long next, @Nullable Entry parsed, boolean isAfter)
            throws IOException {
        // By revision, too: damage may have moved the lines.
        boolean isNew = isAfter || JournalLine.revision(bytes, length) > fromRevision;
        if (!isNew && !IDEMPOTENCY.isIn(bytes, 0, length)) {
            return;
        }
        Entry entry = parsed != null ? parsed : JournalLine.read(bytes, 0, length, names);
        idempotency.add(entry, new JournalPosition(file.day(), offset));
        if (isNew && !isKnown(entry)) {
            gaps.check(entry, file, bytes, length, offset, board.revision(), board.revision() == 0 && created == null);
            board = board.apply(entry);
            replayed++;
            if (gaps.isComplete()) {
                checkpoints.writeIfDue(board, new JournalPosition(file.day(), next));
            }
        }
    }

    /** Whether the board has the entry already. */
    private boolean isKnown(Entry entry) {
        Long revision = entry.revision();
        return entry.outcome() == Outcome.RECORDED && revision != null
                ? revision <= board.revision()
                : replayByRevision;
    }
}
