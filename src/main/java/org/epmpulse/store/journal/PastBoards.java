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

    /** Whether the journal begins with the first revision. */
    private static boolean isComplete(DayFile first) throws IOException {
        try (InputStream in = first.open()) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next()) {
                if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    Long revision =
                            JournalLine.read(lines.bytes(), 0, lines.length()).revision();
                    return revision != null && revision == 1;
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
        for (DayFile day : days) {
            long offset = day.day().equals(from.day()) ? from.offset() : 0;
            long last = day.day().equals(end.day()) ? end.offset() : Long.MAX_VALUE;
            try (InputStream in = day.open(offset)) {
                LineReader lines = new LineReader(in, offset);
                while (lines.next() && lines.offset() < last) {
                    if (lines.isBlank()) {
                        continue;
                    }
                    Entry entry = read(lines, names);
                    if (entry.received().isAfter(at)) {
                        return board;
                    }
                    board = next(board, entry);
                    checkpoints.writeIfDue(board, new JournalPosition(day.day(), lines.end()));
                }
            }
        }
        return board;
    }

    private static Entry read(LineReader lines, NameInterner names) throws IOException {
        if (!LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
            throw new IOException("the line at byte " + lines.offset() + " is damaged");
        }
        return JournalLine.read(lines.bytes(), 0, lines.length(), names);
    }

    private static Board next(Board board, Entry entry) {
        Long revision = entry.revision();
        if (entry.outcome() == Outcome.RECORDED && revision != null && revision != board.revision() + 1) {
            throw new HistoryGoneException(null);
        }
        return board.applyToDomains(entry);
    }
}
