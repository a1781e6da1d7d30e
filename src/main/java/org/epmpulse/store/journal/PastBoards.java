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
 * Computes past boards from a checkpoint and the journal after it, up to the last entry in the order of the revisions
 * that was received at that time or before. One at a time, to limit the memory. Thread-safe.
 */
final class PastBoards {

    /** Shorter than any entry in the journal, in bytes. */
    private static final int MIN_LENGTH = 100;

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
        if (!isComplete(ranges, days)) {
            throw new HistoryGoneException(earliestCheckpoint(ranges));
        }
        Start beginning = new Start(
                0, new JournalPosition(ranges.get(0).day(), ranges.get(0).from()));
        return replay(Board.EMPTY, beginning, ranges.subList(0, last + 1), days, at, names);
    }

    /** Reads the changes after a revision. */
    JournalChanges changesAfter(long revision) {
        return new JournalChanges(folder, order, checkpoints, catalog, revision);
    }

    /** A position and the index of its range. */
    private record Start(int range, JournalPosition position) {}

    /** Index of the last range with a line that was received at this time or before; the first one if there is none. */
    private static int lastRange(List<Range> ranges, Map<LocalDate, DayFile> days, Instant at) throws IOException {
        LocalDate day = at.atZone(ZoneOffset.UTC).toLocalDate();
        for (int i = ranges.size() - 1; i > 0; i--) {
            Range range = ranges.get(i);
            // All lines of a file were received on its day; there may be none that is intact.
            if (!range.day().isAfter(day) && !firstReceived(range, days).isAfter(at)) {
                return i;
            }
        }
        return 0;
    }

    /** When the first intact line of a range was received; {@link Instant#MAX} if there is none. */
    private static Instant firstReceived(Range range, Map<LocalDate, DayFile> days) throws IOException {
        DayFile file = days.get(range.day());
        if (file == null) {
            return Instant.MAX;
        }
        try (InputStream in = file.open(range.from())) {
            LineReader lines = new LineReader(in, range.from());
            while (lines.next() && lines.offset() < range.to()) {
                int length = lines.intactLength();
                if (length > 0) {
                    return JournalLine.read(lines.bytes(), 0, length).received();
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
    static int rangeOf(List<Range> ranges, JournalPosition position) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).containsEnd(position)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the journal begins with the first revision; damaged entries may be before the first intact one. */
    static boolean isComplete(List<Range> ranges, Map<LocalDate, DayFile> days) throws IOException {
        long damaged = 0;
        for (Range range : ranges) {
            DayFile file = days.get(range.day());
            if (file == null) {
                return false;
            }
            try (InputStream in = file.open(range.from())) {
                LineReader lines = new LineReader(in, range.from());
                while (lines.next() && lines.offset() < range.to()) {
                    int length = lines.intactLength();
                    Long revision = length == 0
                            ? null
                            : JournalLine.read(lines.bytes(), 0, length).revision();
                    if (revision != null) {
                        return revision <= 1 + damaged / MIN_LENGTH;
                    }
                    damaged += lines.end() - lines.offset();
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
        // Without a checkpoint, what is missing before the first entry is known to be damaged.
        boolean damaged = start.revision() == 0;
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
                    int length = lines.intactLength();
                    if (length == 0) {
                        damaged |= lines.length() > 0;
                        continue;
                    }
                    Entry entry = JournalLine.read(lines.bytes(), 0, length, names);
                    if (isLast && entry.received().isAfter(at)) {
                        return board;
                    }
                    board = next(board, entry, damaged || board.revision() <= order.damagedUpTo());
                    damaged &= entry.outcome() != Outcome.RECORDED;
                    damaged |= length < lines.length();
                    // A replay from a checkpoint would not know of the damage before it.
                    if (!damaged) {
                        checkpoints.writeIfDue(board, new JournalPosition(range.day(), lines.end()));
                    }
                }
            }
        }
        return board;
    }

    /** @param damaged whether revisions may be missing since the last entry, because bytes were damaged */
    private static Board next(Board board, Entry entry, boolean damaged) {
        Long revision = entry.revision();
        boolean isGap = revision != null && revision > board.revision() + 1;
        if (entry.outcome() == Outcome.RECORDED && isGap && !damaged) {
            throw new HistoryGoneException(null);
        }
        return board.applyToDomains(entry);
    }
}
