package org.epmpulse.store.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
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
    private final IdempotencyIndex<JournalPosition> idempotency = new IdempotencyIndex<>();

    private final NameInterner names;

    /** When the store was created; null if there is no snapshot. */
    private @Nullable Instant created;

    private @Nullable JsonNode legacy;
    private final boolean restored;
    private final String storeId;
    private final Checkpoints checkpoints;
    private Board board = Board.EMPTY;
    private JournalPosition from = new JournalPosition(LocalDate.MIN, 0);
    private long fromRevision;
    private boolean replayByRevision;
    private boolean historyComplete;
    private LocalDate lastDay = LocalDate.MIN;
    private long replayed;

    Recovery(DataFolder folder, Catalog catalog, Quarantine quarantine, DayFileRetention dayFileRetention, Instant now)
            throws IOException {
        this.folder = folder;
        this.quarantine = quarantine;
        this.dayFileRetention = dayFileRetention;
        this.now = now;
        this.names = new NameInterner(catalog);
        String knownId = readState();
        this.restored = Files.exists(folder.restored());
        this.storeId = knownId == null || restored ? UUID.randomUUID().toString() : knownId;
        this.checkpoints = new Checkpoints(folder.checkpoints(), storeId);
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
        JournalPosition end = new JournalPosition(today, 0);
        for (DayFile file : days.values()) {
            long length = read(file);
            // Nothing may be appended to a closed day: its new plain file would later replace the compressed one.
            LocalDate next = file.day().plusDays(1);
            end = file.compressed()
                    ? new JournalPosition(next.isAfter(today) ? next : today, 0)
                    : new JournalPosition(file.day(), length);
        }
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
        checkpoints.removeAfter(end);
        return new Result(storeId, created == null ? now : created, board, end, idempotency, checkpoints, legacy);
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
            board = snapshot.board();
            from = snapshot.position();
            fromRevision = board.revision();
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
            JournalScan scan = new JournalScan(
                    file,
                    completeUpTo(file.day()),
                    quarantine,
                    names,
                    (bytes, length, offset, next, entry) -> accept(file, bytes, length, offset, next, entry));
            long length = scan.run();
            if (scan.isDamaged()) {
                checkpoints.removeDay(file.day());
            }
            return length;
        }
        boolean mayHoldIdempotencyKeys = !file.day()
                .isBefore(now.minus(IdempotencyIndex.MAX_AGE)
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate());
        if (!mayHoldIdempotencyKeys && file.day().isBefore(from.day())) {
            return 0;
        }
        Board before = board;
        long replayedBefore = replayed;
        LocalDate lastDayBefore = lastDay;
        try {
            readCompressed(file);
        } catch (DamagedDayException e) {
            dayFileRetention.repair(file);
            checkpoints.removeDay(file.day());
            board = before;
            replayed = replayedBefore;
            lastDay = lastDayBefore;
            readCompressed(file);
        }
        return 0;
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
        } catch (ZipException | EOFException e) {
            throw new DamagedDayException(file, e);
        }
    }

    private void acceptAll(DayFile file, InputStream in, long from) throws IOException {
        try (in) {
            LineReader lines = new LineReader(in, from);
            while (lines.next()) {
                int length = lines.intactLength();
                if (length > 0) {
                    accept(file, lines.bytes(), length, lines.offset(), lines.end(), null);
                }
            }
        }
    }

    /** @param parsed the parsed line; null if it was not parsed yet */
    private void accept(DayFile file, byte[] bytes, int length, long offset, long next, @Nullable Entry parsed)
            throws IOException {
        JournalPosition position = new JournalPosition(file.day(), offset);
        // By revision, too: damage may have moved the lines.
        boolean isNew =
                replayByRevision || position.compareTo(from) >= 0 || JournalLine.revision(bytes, length) > fromRevision;
        if (!isNew && !IDEMPOTENCY.isIn(bytes, 0, length)) {
            return;
        }
        Entry entry = parsed != null ? parsed : JournalLine.read(bytes, 0, length, names);
        idempotency.add(entry, position);
        if (isNew && !isKnown(entry)) {
            detectGap(file, bytes, length, offset, entry);
            board = board.apply(entry);
            replayed++;
            if (historyComplete) {
                checkpoints.writeIfDue(board, new JournalPosition(file.day(), next));
            }
        }
    }

    /** Revisions have no gaps. A gap means that lines were removed and are not in quarantine. */
    private void detectGap(DayFile file, byte[] bytes, int length, long offset, Entry entry) throws IOException {
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
                        Arrays.copyOf(bytes, length),
                        "Journal " + file.path() + ": revisions " + (board.revision() + 1) + " to " + (revision - 1)
                                + " are missing before byte " + offset + "; these updates are lost");
            }
        }
        lastDay = file.day();
    }

    /** Whether the board has the entry already. */
    private boolean isKnown(Entry entry) {
        Long revision = entry.revision();
        if (entry.outcome() != Outcome.RECORDED || revision == null) {
            return replayByRevision;
        }
        return revision <= (replayByRevision ? board.revision() : fromRevision);
    }
}
