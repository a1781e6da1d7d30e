package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.ChangeReader.Page;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.journal.JournalOrder.Range;
import org.jspecify.annotations.Nullable;

/**
 * Reads changes after a revision. It begins with a checkpoint, because a change has the status before it. Not
 * thread-safe.
 */
final class JournalChanges {

    private final Path folder;
    private final JournalOrder order;
    private final Checkpoints checkpoints;
    private final NameInterner names;

    /** Of the last change that was read. */
    private long revision;

    private @Nullable Cursor cursor;

    /**
     * How far the journal was read.
     *
     * @param board without jobs
     * @param end of the last line; null before the first
     */
    private record Cursor(Board board, @Nullable JournalPosition end) {}

    /** @param folder of the journal */
    JournalChanges(Path folder, JournalOrder order, Checkpoints checkpoints, Catalog catalog, long revision) {
        this.folder = folder;
        this.order = order;
        this.checkpoints = checkpoints;
        this.names = new NameInterner(catalog);
        this.revision = revision;
    }

    /** @param now the current state; later lines are not read */
    Page next(int limit, JournalState now) throws IOException {
        if (now.board().revision() <= revision) {
            return new Page(List.of(), 0);
        }
        SortedMap<LocalDate, DayFile> days = DayFile.list(folder);
        List<Range> ranges = order.ranges(days, now.position());
        Cursor from = cursor;
        if (from == null || (from.end() != null && PastBoards.rangeOf(ranges, from.end()) < 0)) {
            from = find(ranges, days);
        }
        Reading reading = new Reading(from, revision);
        JournalPosition end = from.end();
        int first = end == null ? 0 : PastBoards.rangeOf(ranges, end);
        for (int i = first; i < ranges.size() && reading.changes.size() < limit; i++) {
            Range range = ranges.get(i);
            DayFile file = days.get(range.day());
            if (file != null) {
                reading.read(file, range, i == first && end != null ? end.offset() : range.from(), limit);
            }
        }
        cursor = new Cursor(reading.board, reading.end);
        revision = reading.revision;
        return new Page(reading.changes, reading.lost);
    }

    /**
     * The latest checkpoint up to the revision; the first one after it, if the journal does not hold what is before
     * that.
     */
    private Cursor find(List<Range> ranges, SortedMap<LocalDate, DayFile> days) throws IOException {
        List<JournalPosition> latestFirst = checkpoints.times().keySet().stream()
                .filter(position -> PastBoards.rangeOf(ranges, position) >= 0)
                .sorted(Comparator.<JournalPosition>comparingInt(position -> PastBoards.rangeOf(ranges, position))
                        .thenComparing(Comparator.naturalOrder())
                        .reversed())
                .toList();
        Cursor earliest = null;
        for (JournalPosition position : latestFirst) {
            Board board = checkpoints.read(position, names);
            if (board != null && board.revision() <= revision) {
                return new Cursor(board, position);
            }
            earliest = board == null ? earliest : new Cursor(board, position);
        }
        return earliest == null || PastBoards.isComplete(ranges, days) ? new Cursor(Board.EMPTY, null) : earliest;
    }

    /** What one call reads; it counts only if no file fails. */
    private final class Reading {
        private final List<StatusChange> changes = new ArrayList<>();
        private Board board;
        private @Nullable JournalPosition end;
        private long revision;
        private long lost;

        Reading(Cursor from, long revision) {
            this.board = from.board();
            this.end = from.end();
            this.revision = revision;
        }

        void read(DayFile file, Range range, long offset, int limit) throws IOException {
            try (InputStream in = file.open(offset)) {
                LineReader lines = new LineReader(in, offset);
                while (changes.size() < limit && lines.next() && lines.offset() < range.to()) {
                    int length = lines.intactLength();
                    if (length > 0) {
                        add(JournalLine.read(lines.bytes(), 0, length, names));
                        end = new JournalPosition(range.day(), lines.end());
                    }
                }
            }
        }

        private void add(Entry entry) {
            DomainStatus before = board.of(entry.id());
            board = board.applyToDomains(entry);
            Long next = entry.revision();
            if (entry.outcome() == Outcome.RECORDED && next != null && next > revision) {
                lost += next - revision - 1;
                revision = next;
                changes.add(new StatusChange(next, entry.id(), before, board.of(entry.id()), entry.answer()));
            }
        }
    }
}
