package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.NameInterner;
import org.epmpulse.store.journal.JournalOrder.Range;
import org.jspecify.annotations.Nullable;

/**
 * Computes past boards from a checkpoint and the journal after it, up to the last entry in the order of the revisions that
 * was received at that time or before. One at a time, to limit the memory. Thread-safe.
 */
final class PastBoards {

    private final Path folder;
    private final JournalOrder order;
    private final Checkpoints checkpoints;
    private final Catalog catalog;

    /** @param folder of the journal */
    PastBoards(Path folder, JournalOrder order, Checkpoints checkpoints, Catalog catalog) {
        this.folder = folder;
        this.order = order;
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
        List<Range> ranges = order.ranges(days, now.position());
        int last = lastRange(ranges, days, at);
        NameInterner names = new NameInterner(catalog);
        Start start = latestCheckpoint(ranges, last, at);
        while (start != null) {
            Board board = checkpoints.read(start.position(), names);
            if (board != null) {
                return replay(board, start, ranges.subList(0, last + 1), days, at, names);
            }
            start = latestCheckpoint(ranges, last, at);
        }
        DayFile first = ranges.isEmpty() ? null : days.get(ranges.get(0).day());
        if (first == null || !isComplete(first)) {
            throw new HistoryGoneException(earliestCheckpoint(ranges));
        }
        Start beginning = new Start(0, new JournalPosition(first.day(), 0));
        return replay(Board.EMPTY, beginning, ranges.subList(0, last + 1), days, at, names);
    }

    /** A position and the index of its range. */
    private record Start(int range, JournalPosition position) {}

    /** Index of the last range with a line that was received at this time or before; the first one if there is none. */
    private static int lastRange(List<Range> ranges, Map<LocalDate, DayFile> days, Instant at) throws IOException {
        LocalDate day = at.atZone(ZoneOffset.UTC).toLocalDate();
        for (int i = ranges.size() - 1; i > 0; i--) {
            Range range = ranges.get(i);
            // All lines of a file were received on its day.
            boolean before = range.day().isBefore(day);
            if (before
                    || (range.day().equals(day) && !firstReceived(range, days).isAfter(at))) {
                return i;
            }
        }
        return 0;
    }

    private static Instant firstReceived(Range range, Map<LocalDate, DayFile> days) throws IOException {
        DayFile file = days.get(range.day());
        if (file == null) {
            return Instant.MAX;
        }
        try (InputStream in = file.open(range.from())) {
            LineReader lines = new LineReader(in, range.from());
            while (lines.next() && lines.offset() < range.to()) {
                if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    return JournalLine.read(lines.bytes(), 0, lines.length()).received();
                }
            }
        }
        return Instant.MAX;
    }

    private @Nullable Start latestCheckpoint(List<Range> ranges, int last, Instant at) {
        Start latest = null;
        for (Map.Entry<JournalPosition, Instant> checkpoint :
                checkpoints.times().entrySet()) {
            JournalPosition position = checkpoint.getKey();
            int range = rangeOf(ranges, position);
            boolean isUsable = range >= 0
                    && (range < last || (range == last && !checkpoint.getValue().isAfter(at)));
            boolean isLater = latest == null
                    || range > latest.range()
                    || (range == latest.range() && position.compareTo(latest.position()) > 0);
            if (isUsable && isLater) {
                latest = new Start(range, position);
            }
        }
        return latest;
    }

    private @Nullable Instant earliestCheckpoint(List<Range> ranges) {
        return checkpoints.times().entrySet().stream()
                .filter(checkpoint -> rangeOf(ranges, checkpoint.getKey()) >= 0)
                .min(Comparator.<Map.Entry<JournalPosition, Instant>>comparingInt(
                                checkpoint -> rangeOf(ranges, checkpoint.getKey()))
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getValue)
                .orElse(null);
    }

    /** Index of the range in which a line ends at this position; negative if there is none. */
    private static int rangeOf(List<Range> ranges, JournalPosition position) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).containsEnd(position)) {
                return i;
            }
        }
        return -1;
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

    /** @param ranges up to the one in which the replay ends */
    private Board replay(
            Board start, Start from, List<Range> ranges, Map<LocalDate, DayFile> days, Instant at, NameInterner names)
            throws IOException {
        Board board = start;
        for (int i = from.range(); i < ranges.size(); i++) {
            Range range = ranges.get(i);
            boolean isLast = i == ranges.size() - 1;
            long offset = i == from.range() ? from.position().offset() : range.from();
            DayFile day = days.get(range.day());
            if (day == null) {
                continue;
            }
            try (InputStream in = day.open(offset)) {
                LineReader lines = new LineReader(in, offset);
                while (lines.next() && lines.offset() < range.to()) {
                    if (lines.isBlank()) {
                        continue;
                    }
                    Entry entry = read(lines, names);
                    if (isLast && entry.received().isAfter(at)) {
                        return board;
                    }
                    board = next(board, entry);
                    checkpoints.writeIfDue(board, new JournalPosition(range.day(), lines.end()));
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
