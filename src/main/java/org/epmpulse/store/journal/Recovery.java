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
 * Finds out what was acknowledged before the process ended, however it ended: the snapshot and the journal after it, or
 * the whole journal where there is no usable snapshot. Used once, by one thread.
 */
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final BytePattern IDEMPOTENCY = new BytePattern("\"idempotency_key\":");

    private final DataFolder folder;
    private final Quarantine quarantine;
    private final DayFileRetention closedDays;
    private final Instant now;
    private final IdempotencyIndex<JournalPosition> idempotency = new IdempotencyIndex<>();

    private final NameInterner names;

    /** When the store was made; null if there is no snapshot. */
    private @Nullable Instant created;

    private @Nullable JsonNode legacy;
    private final boolean restored;
    private final String storeId;
    private final Checkpoints checkpoints;
    private Board board = Board.EMPTY;
    private JournalPosition from = new JournalPosition(LocalDate.MIN, 0);
    private boolean byRevision;
    private boolean complete;
    private LocalDate lastDay = LocalDate.MIN;
    private long replayed;

    Recovery(DataFolder folder, Catalog catalog, Quarantine quarantine, DayFileRetention closedDays, Instant now)
            throws IOException {
        this.folder = folder;
        this.quarantine = quarantine;
        this.closedDays = closedDays;
        this.now = now;
        this.names = new NameInterner(catalog);
        String knownId = readState();
        this.restored = Files.exists(folder.restored());
        this.storeId = knownId == null || restored ? UUID.randomUUID().toString() : knownId;
        this.checkpoints = new Checkpoints(folder.checkpoints(), storeId);
    }

    /**
     * What there is.
     *
     * @param position where the journal ends
     * @param legacy a state of EPMPulse 1.0 that is to be taken over; null if there is none
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
        complete = created != null;
        if (created != null) {
            byRevision = !reaches(days, from);
            if (byRevision) {
                keepState("the state file is ahead of the journal: files of the journal are missing or were cut");
            }
        }
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        JournalPosition end = new JournalPosition(today, 0);
        for (DayFile file : days.values()) {
            long length = read(file);
            // Nothing is added to a closed day: its plain file would later be compressed over it.
            LocalDate next = file.day().plusDays(1);
            end = file.compressed()
                    ? new JournalPosition(next.isAfter(today) ? next : today, 0)
                    : new JournalPosition(file.day(), length);
        }
        if (legacy != null && replayed > 0) {
            setStateAside("the state file is one of EPMPulse 1.0 beside a journal, which is the truth");
            legacy = null;
        }
        if (replayed > 0) {
            LOG.info("Replayed {} journal entries up to revision {}", replayed, board.revision());
        }
        if (restored) {
            LOG.info("The data was restored from a backup up to revision {}: the store has a new id", board.revision());
        }
        checkpoints.forgetAfter(end);
        return new Result(storeId, created == null ? now : created, board, end, idempotency, checkpoints, legacy);
    }

    /** Returns the store's id, or null if there is no snapshot. That is not kept: its board is soon another one. */
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
            setStateAside("the state file is damaged (" + e.getMessage() + "); it is made anew from the journal");
            return null;
        }
    }

    private void setStateAside(String reason) throws IOException {
        quarantine.move(folder.state(), quarantinedState(), reason);
    }

    /** The state file is used, but it is all that is left of what the journal lacks. */
    private void keepState(String reason) throws IOException {
        quarantine.copy(folder.state(), quarantinedState(), reason);
    }

    private String quarantinedState() {
        return "apps_status-" + now.toString().replace(":", "") + ".json";
    }

    private static boolean reaches(Map<LocalDate, DayFile> days, JournalPosition position) throws IOException {
        DayFile file = days.get(position.day());
        if (file == null) {
            return position.offset() == 0;
        }
        return file.compressed() || Files.size(file.path()) >= position.offset();
    }

    /** Reads a day as far as it is needed; returns the length of a plain one. */
    private long read(DayFile file) throws IOException {
        if (!file.compressed()) {
            return new JournalScan(
                            file,
                            completeUpTo(file.day()),
                            quarantine,
                            names,
                            (bytes, start, end, offset, entry) -> take(file, bytes, start, end, offset, entry))
                    .run();
        }
        boolean holdsKeys = !file.day()
                .isBefore(now.minus(IdempotencyIndex.MAX_AGE)
                        .atZone(ZoneOffset.UTC)
                        .toLocalDate());
        if (!holdsKeys && file.day().isBefore(from.day())) {
            return 0;
        }
        Board before = board;
        long replayedBefore = replayed;
        LocalDate lastDayBefore = lastDay;
        try {
            readCompressed(file);
        } catch (ZipException | EOFException e) {
            closedDays.mend(file);
            checkpoints.forget(file.day());
            board = before;
            replayed = replayedBefore;
            lastDay = lastDayBefore;
            readCompressed(file);
        }
        return 0;
    }

    /** The state has whole batches only. In bytes from the start of the day's file. */
    private long completeUpTo(LocalDate day) {
        if (byRevision || day.isAfter(from.day())) {
            return 0;
        }
        return day.equals(from.day()) ? from.offset() : Long.MAX_VALUE;
    }

    /** Each block is checked before a line of it is taken. */
    private void readCompressed(DayFile file) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            List<IndexedGzip.Block> blocks = IndexedGzip.list(channel, block -> true);
            if (blocks == null) {
                takeAll(file, file.open(), 0);
                return;
            }
            for (IndexedGzip.Block block : blocks) {
                takeAll(file, new ByteArrayInputStream(block.read(channel)), block.from());
            }
        }
    }

    private void takeAll(DayFile file, InputStream in, long from) throws IOException {
        try (in) {
            LineReader lines = new LineReader(in, from);
            while (lines.next()) {
                if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    take(file, lines.bytes(), 0, lines.length(), lines.offset(), null);
                }
            }
        }
    }

    /** @param read the line, if it was read already; null if not */
    private void take(DayFile file, byte[] bytes, int start, int end, long offset, @Nullable Entry read)
            throws IOException {
        JournalPosition position = new JournalPosition(file.day(), offset);
        boolean isNew = byRevision || position.compareTo(from) >= 0;
        if (!isNew && !IDEMPOTENCY.isIn(bytes, start, end)) {
            return;
        }
        Entry entry = read != null ? read : JournalLine.read(bytes, start, end, names);
        idempotency.add(entry, position);
        if (isNew && (!byRevision || isAhead(entry))) {
            lookForGap(file, bytes, start, end, offset, entry);
            board = board.apply(entry);
            replayed++;
            if (complete) {
                checkpoints.offer(board, new JournalPosition(file.day(), offset + end - start + 1));
            }
        }
    }

    /** Revisions are given without a gap; where one is, lines were taken out that nobody set aside. */
    private void lookForGap(DayFile file, byte[] bytes, int start, int end, long offset, Entry entry)
            throws IOException {
        Long revision = entry.revision();
        if (entry.outcome() != Outcome.RECORDED || revision == null) {
            return;
        }
        complete |= revision == 1;
        // Of days that are no longer kept.
        boolean first = board.revision() == 0 && created == null;
        if (revision > board.revision() + 1 && !first) {
            complete = false;
            if (!quarantine.holds(lastDay, file.day())) {
                quarantine.keep(
                        file.day() + "-" + offset + ".gap",
                        Arrays.copyOfRange(bytes, start, end),
                        "the journal lacks revisions " + (board.revision() + 1) + " to " + (revision - 1)
                                + " before byte " + offset + " of " + file.path() + "; what they said is lost");
            }
        }
        lastDay = file.day();
    }

    private boolean isAhead(Entry entry) {
        Long revision = entry.revision();
        return entry.outcome() == Outcome.RECORDED && revision != null && revision > board.revision();
    }
}
