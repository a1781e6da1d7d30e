package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.SortedMap;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.NameInterner;

/**
 * Computes past boards from a checkpoint and the journal after it, up to the first entry that was received later. One
 * at a time, to limit the memory. Thread-safe.
 */
final class PastBoards {

    /** Shorter than any entry in the journal, in bytes. */
    private static final int MIN_LENGTH = 100;

    private final Path folder;
    private final Checkpoints checkpoints;
    private final Catalog catalog;

    /** @param folder of the journal */
    PastBoards(Path folder, Checkpoints checkpoints, Catalog catalog) {
        this.folder = folder;
        this.checkpoints = checkpoints;
        this.catalog = catalog;
    }

    /**
     * The board at a time, without jobs.
     *
     * @param now the current state
     * @throws HistoryGoneException if the required part of the journal was deleted or is incomplete
     */
    synchronized Board boardAt(Instant at, JournalState now) throws IOException {
        SortedMap<LocalDate, DayFile> days = DayFile.list(folder);
        NameInterner names = new NameInterner(catalog);
        Board board = null;
        JournalPosition from = checkpoints.latestUpTo(at);
        while (from != null && board == null) {
            board = checkpoints.read(from, names);
            from = board == null ? checkpoints.latestUpTo(at) : from;
        }
        if (board != null && from != null) {
            return replay(board, from, at, days.tailMap(from.day()).values(), now.position(), names);
        }
        DayFile first = days.isEmpty() ? null : days.get(days.firstKey());
        if (first == null || !isComplete(first)) {
            throw new HistoryGoneException(checkpoints.earliestTime());
        }
        return replay(Board.EMPTY, new JournalPosition(first.day(), 0), at, days.values(), now.position(), names);
    }

    /** Removes the checkpoints of a day whose lines may have moved. */
    void removeCheckpoints(LocalDate day) {
        checkpoints.removeDay(day);
    }

    /** Whether the journal begins with the first revision. */
    private static boolean isComplete(DayFile first) throws IOException {
        try (InputStream in = first.open()) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next()) {
                int length = lines.intactLength();
                if (length > 0) {
                    Long revision = JournalLine.read(lines.bytes(), 0, length).revision();
                    if (revision != null) {
                        // Damaged entries may be before it.
                        return revision <= 1 + lines.offset() / MIN_LENGTH;
                    }
                }
            }
        }
        return false;
    }

    private Board replay(
            Board start,
            JournalPosition from,
            Instant at,
            Collection<DayFile> days,
            JournalPosition end,
            NameInterner names)
            throws IOException {
        Board board = start;
        // Without a checkpoint, what is missing before the first entry is known to be damaged.
        boolean damaged = start.revision() == 0;
        for (DayFile day : days) {
            long offset = day.day().equals(from.day()) ? from.offset() : 0;
            long last = day.day().equals(end.day()) ? end.offset() : Long.MAX_VALUE;
            try (InputStream in = day.open(offset)) {
                LineReader lines = new LineReader(in, offset);
                while (lines.next() && lines.offset() < last) {
                    int length = lines.intactLength();
                    if (length == 0) {
                        damaged |= lines.length() > 0;
                        continue;
                    }
                    Entry entry = JournalLine.read(lines.bytes(), 0, length, names);
                    if (entry.received().isAfter(at)) {
                        return board;
                    }
                    board = next(board, entry, damaged);
                    damaged &= entry.outcome() != Outcome.RECORDED;
                    damaged |= length < lines.length();
                    checkpoints.writeIfDue(board, new JournalPosition(day.day(), lines.end()));
                }
            }
        }
        return board;
    }

    /** @param damaged whether there were damaged bytes since the last entry; its revision is missing then */
    private static Board next(Board board, Entry entry, boolean damaged) {
        Long revision = entry.revision();
        boolean isGap = revision != null && revision > board.revision() + 1;
        if (entry.outcome() == Outcome.RECORDED && isGap && !damaged) {
            throw new HistoryGoneException(null);
        }
        return board.applyToDomains(entry);
    }
}
