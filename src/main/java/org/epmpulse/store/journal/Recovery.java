package org.epmpulse.store.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
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
    private final DayFileRetention dayFileRetention;
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
    private Board board = Board.EMPTY;
    private JournalPosition from = new JournalPosition(LocalDate.MIN, 0);
    private boolean replayByRevision;
    private boolean historyComplete;
    private LocalDate lastDay = LocalDate.MIN;
    private long replayed;

    Recovery(
            DataFolder folder,
            Catalog catalog,
            Quarantine quarantine,
            DayFileRetention dayFileRetention,
            IdempotencyIndex<JournalPosition> idempotency,
            Instant now)
            throws IOException {
        this.idempotency = idempotency;
        this.folder = folder;
        this.quarantine = quarantine;
        this.dayFileRetention = dayFileRetention;
        this.now = now;
        this.names = new NameInterner(catalog);
        String knownId = readState();
        this.restored = Files.exists(folder.restored());
        this.storeId = knownId == null || restored ? UUID.randomUUID().toString() : knownId;
        this.checkpoints = new Checkpoints(folder.checkpoints(), storeId);
        this.order = JournalOrder.open(folder.history());
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
            @Nullable JsonNode legacy) {}

    Result run() throws IOException {
        SortedMap<LocalDate, DayFile> days = DayFile.list(folder.history());
        historyComplete = created != null;
        if (created != null) {
            replayByRevision = !contains(days, from);
            if (replayByRevision) {
                copyStateToQuarantine(
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
                storeId, created == null ? now : created, board, end, idempotency, checkpoints, order, legacy);
    }

    /** Replays the lines in their order; returns the end of the journal. */
    private JournalPosition replay(SortedMap<LocalDate, DayFile> days, LocalDate today) throws IOException {
        if (order.isByDay() && !order.isDamaged()) {
            JournalPosition end = new JournalPosition(today, 0);
            for (DayFile file : days.values()) {
                end = endOf(file, read(file), days, today);
            }
            return end;
        }
        JournalPosition end = repair(days, today);
        List<Range> ranges = order.ranges(days, end);
        int first = replayByRevision ? 0 : rangeOf(ranges);
        for (int i = 0; i < ranges.size(); i++) {
            Range range = ranges.get(i);
            DayFile file = days.get(range.day());
            boolean isNew = i >= first;
            if (file == null || !(isNew || !file.compressed() || mayHoldIdempotencyKeys(file))) {
                continue;
            }
            try (InputStream in = file.open(range.from())) {
                LineReader lines = new LineReader(in, range.from());
                while (lines.next() && lines.offset() < range.to()) {
                    boolean isAfter = isNew && (i > first || replayByRevision || lines.offset() >= from.offset());
                    if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                        accept(file, lines.bytes(), 0, lines.length(), lines.offset(), null, isAfter);
                    }
                }
            }
        }
        return end;
    }

    /** Repairs the files and, if lines have moved or the order is unknown, the order; returns the end of the journal. */
    private JournalPosition repair(SortedMap<LocalDate, DayFile> days, LocalDate today) throws IOException {
        boolean moved = order.isDamaged();
        Map<LocalDate, Long> lengths = new HashMap<>();
        for (DayFile file : days.values()) {
            if (file.compressed()) {
                moved |= repairCompressed(file);
            } else {
                lengths.put(
                        file.day(),
                        new JournalScan(file, 0, quarantine, names, (bytes, start, end, offset, entry) -> {}).run());
            }
        }
        if (moved) {
            order.restore(RevisionOrder.of(days.values()));
        }
        LocalDate last = order.lastDay(days);
        DayFile file = last == null ? null : days.get(last);
        if (last == null || file == null) {
            return new JournalPosition(last == null ? today : last, 0);
        }
        return endOf(file, lengths.getOrDefault(last, 0L), days, today);
    }

    /** Whether a compressed file was damaged, so that its lines have moved. */
    private boolean repairCompressed(DayFile file) throws IOException {
        if (file.day().isBefore(from.day()) && !mayHoldIdempotencyKeys(file) && !order.isDamaged()) {
            return false;
        }
        try (InputStream in = file.open()) {
            in.transferTo(OutputStream.nullOutputStream());
            return false;
        } catch (ZipException | EOFException e) {
            dayFileRetention.repair(file);
            checkpoints.removeDay(file.day());
            return true;
        }
    }

    /** Index of the range in which the snapshot ends; 0 if there is none. */
    private int rangeOf(List<Range> ranges) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).containsEnd(from)) {
                return i;
            }
        }
        return 0;
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
        try {
            SnapshotReader.Content content = SnapshotReader.read(folder.state(), names);
            legacy = content.legacy();
            Snapshot snapshot = content.snapshot();
            if (snapshot == null) {
                return null;
            }
            board = snapshot.board();
            from = snapshot.position();
            created = snapshot.created();
            return snapshot.storeId();
        } catch (IOException e) {
            moveStateToQuarantine("State file: damaged: " + e.getMessage() + "; it is created again from the journal");
            return null;
        }
    }

    private void moveStateToQuarantine(String reason) throws IOException {
        quarantine.move(folder.state(), quarantinedState(), reason);
    }

    /** Copies the state file, because it alone holds entries that the journal lacks. */
    private void copyStateToQuarantine(String reason) throws IOException {
        quarantine.copy(folder.state(), quarantinedState(), reason);
    }

    private String quarantinedState() {
        return "apps_status-" + now.toString().replace(":", "") + ".json";
    }

    private static boolean contains(Map<LocalDate, DayFile> days, JournalPosition position) throws IOException {
        DayFile file = days.get(position.day());
        if (file == null) {
            return position.offset() == 0;
        }
        return file.compressed() || Files.size(file.path()) >= position.offset();
    }

    /** Reads the required part of a day's file; returns the length of a plain file. */
    private long read(DayFile file) throws IOException {
        if (!file.compressed()) {
            return new JournalScan(
                            file,
                            completeUpTo(file.day()),
                            quarantine,
                            names,
                            (bytes, start, end, offset, entry) -> accept(file, bytes, start, end, offset, entry))
                    .run();
        }
        if (!mayHoldIdempotencyKeys(file) && file.day().isBefore(from.day())) {
            return 0;
        }
        Board before = board;
        long replayedBefore = replayed;
        LocalDate lastDayBefore = lastDay;
        try {
            readCompressed(file);
        } catch (ZipException | EOFException e) {
            dayFileRetention.repair(file);
            checkpoints.removeDay(file.day());
            board = before;
            replayed = replayedBefore;
            lastDay = lastDayBefore;
            readCompressed(file);
        }
        return 0;
    }

    private boolean mayHoldIdempotencyKeys(DayFile file) {
        return !file.day()
                .isBefore(now.minus(IdempotencyIndex.MAX_AGE)
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate());
    }

    /**
     * End of the lines that the snapshot includes, in bytes from the start of the day's file: their batches are
     * complete.
     */
    private long completeUpTo(LocalDate day) {
        if (replayByRevision || day.isAfter(from.day())) {
            return 0;
        }
        return day.equals(from.day()) ? from.offset() : Long.MAX_VALUE;
    }

    /** Checks each block before it uses a line of it. */
    private void readCompressed(DayFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            List<IndexedGzip.Block> blocks = IndexedGzip.list(channel, block -> true);
            if (blocks == null) {
                acceptAll(file, file.open(), 0);
                return;
            }
            for (IndexedGzip.Block block : blocks) {
                acceptAll(file, new ByteArrayInputStream(block.read(channel)), block.from());
            }
        }
    }

    private void acceptAll(DayFile file, InputStream in, long from) throws IOException {
        try (in) {
            LineReader lines = new LineReader(in, from);
            while (lines.next()) {
                if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    accept(file, lines.bytes(), 0, lines.length(), lines.offset(), null);
                }
            }
        }
    }

    /** @param parsed the parsed line; null if it was not parsed yet */
    private void accept(DayFile file, byte[] bytes, int start, int end, long offset, @Nullable Entry parsed)
            throws IOException {
        JournalPosition position = new JournalPosition(file.day(), offset);
        accept(file, bytes, start, end, offset, parsed, replayByRevision || position.compareTo(from) >= 0);
    }

    /** @param isNew whether the line is after the snapshot */
    private void accept(
            DayFile file, byte[] bytes, int start, int end, long offset, @Nullable Entry parsed, boolean isNew)
            throws IOException {
        if (!isNew && !IDEMPOTENCY.isIn(bytes, start, end)) {
            return;
        }
        Entry entry = parsed != null ? parsed : JournalLine.read(bytes, start, end, names);
        idempotency.add(entry, new JournalPosition(file.day(), offset));
        if (isNew && (!replayByRevision || isAhead(entry))) {
            detectGap(file, bytes, start, end, offset, entry);
            board = board.apply(entry);
            replayed++;
            if (historyComplete) {
                checkpoints.writeIfDue(board, new JournalPosition(file.day(), offset + end - start + 1));
            }
        }
    }

    /** Revisions have no gaps. A gap means that lines were removed and are not in quarantine. */
    private void detectGap(DayFile file, byte[] bytes, int start, int end, long offset, Entry entry)
            throws IOException {
        Long revision = entry.revision();
        if (entry.outcome() != Outcome.RECORDED || revision == null) {
            return;
        }
        historyComplete |= revision == 1;
        // Earlier revisions were in files that retention has deleted.
        boolean firstKept = board.revision() == 0 && created == null;
        if (revision > board.revision() + 1 && !firstKept) {
            historyComplete = false;
            if (!quarantine.hasPieceOf(lastDay, file.day())) {
                quarantine.store(
                        file.day() + "-" + offset + ".gap",
                        Arrays.copyOfRange(bytes, start, end),
                        "Journal " + file.path() + ": revisions " + (board.revision() + 1) + " to " + (revision - 1)
                                + " are missing before byte " + offset + "; these updates are lost");
            }
        }
        lastDay = file.day();
    }

    private boolean isAhead(Entry entry) {
        Long revision = entry.revision();
        return entry.outcome() == Outcome.RECORDED && revision != null && revision > board.revision();
    }
}
