package org.epmpulse.store.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of the journal's lines, which is the order of their revisions. A line is in the file of its day of receipt.
 * So the files' order by day is also the order of the lines, until the clock is set back by more than an hour: then the
 * journal goes on in the file of an earlier day, or with an earlier time of the same one. Before the first line there,
 * the ranges of all files up to then are written to {@value #FILE}, in their order; what is not in it comes after it,
 * by day.
 *
 * <p>Without such a step there is no file. Thread-safe. Its monitor is held by whoever changes it, and by whoever
 * replaces a file of the journal: a closed one that is compressed, opened again, repaired or deleted.
 */
final class JournalOrder {

    static final String FILE = "order.txt";

    /** First field of the line with {@link #damagedUpTo()}. */
    private static final String DAMAGED = "damaged-up-to";

    private static final Logger LOG = LoggerFactory.getLogger(JournalOrder.class);

    /**
     * Consecutive lines of a day's file.
     *
     * @param from offset of the first line, in bytes before compression
     * @param to end of the last line; {@link Long#MAX_VALUE} for the end of the file
     */
    record Range(LocalDate day, long from, long to) {

        /** Whether a line that begins at this position is in the range. */
        boolean containsStart(JournalPosition line) {
            return line.day().equals(day) && line.offset() >= from && line.offset() < to;
        }

        /** Whether a line that ends at this position is in the range. */
        boolean containsEnd(JournalPosition line) {
            return line.day().equals(day) && line.offset() > from && line.offset() <= to;
        }
    }

    /**
     * @param target the file in which the journal went on after the ranges; null before the first step
     * @param damagedUpTo as {@link #damagedUpTo()}
     */
    private record Content(List<Range> ranges, @Nullable LocalDate target, long damagedUpTo) {

        static final Content BY_DAY = new Content(List.of(), null, 0);

        boolean covers(LocalDate day) {
            return ranges.stream().anyMatch(range -> range.day().equals(day));
        }
    }

    private final Path folder;
    private final boolean damaged;
    private volatile Content content;

    private JournalOrder(Path folder, Content content, boolean damaged) {
        this.folder = folder;
        this.content = content;
        this.damaged = damaged;
    }

    /**
     * Reads the order.
     *
     * @param folder of the journal
     * @throws IOException if the file exists and cannot be read
     */
    static JournalOrder open(Path folder) throws IOException {
        try {
            List<Range> ranges = new ArrayList<>();
            LocalDate target = null;
            long damagedUpTo = 0;
            for (String line : Files.readAllLines(folder.resolve(FILE), StandardCharsets.US_ASCII)) {
                String[] fields = line.split(" ", -1);
                if (fields[0].equals(DAMAGED)) {
                    damagedUpTo = Long.parseLong(fields[1]);
                } else if (fields.length == 1) {
                    target = LocalDate.parse(fields[0]);
                } else {
                    LocalDate day = LocalDate.parse(fields[0]);
                    long to = fields[2].equals("end") ? Long.MAX_VALUE : Long.parseLong(fields[2]);
                    ranges.add(new Range(day, Long.parseLong(fields[1]), to));
                }
            }
            if (target == null) {
                throw new IOException("its last line is missing");
            }
            return new JournalOrder(folder, new Content(List.copyOf(ranges), target, damagedUpTo), false);
        } catch (NoSuchFileException e) {
            return new JournalOrder(folder, Content.BY_DAY, false);
        } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException | IOException e) {
            LOG.warn(
                    "Journal {}: damaged: {}; the order is determined again from the revisions",
                    folder.resolve(FILE),
                    e.getMessage());
            return new JournalOrder(folder, Content.BY_DAY, true);
        }
    }

    /** Whether the file was unreadable, so that {@link #restore} is needed. */
    boolean isDamaged() {
        return damaged;
    }

    /**
     * End of the lines of a day that are in a range with fixed bounds, in bytes from the start of its file; 0 if there
     * are none. Where lines before it move, the order must be determined again.
     */
    long fixedEnd(LocalDate day) {
        long end = 0;
        for (Range range : content.ranges()) {
            if (range.day().equals(day)) {
                end = Math.max(end, range.to() == Long.MAX_VALUE ? range.from() : range.to());
            }
        }
        return end;
    }

    /**
     * Revision up to which revisions may be missing after damage, wherever it was; 0 if there is none. The damaged
     * bytes need not be beside the place of the missing lines in the order.
     */
    long damagedUpTo() {
        return content.damagedUpTo();
    }

    /** Whether the order by day is the order of the lines. */
    boolean isByDay() {
        return content.target() == null;
    }

    /** The day whose file the journal goes on in; null if there is none. */
    @Nullable
    LocalDate lastDay(SortedMap<LocalDate, DayFile> days) {
        Content now = content;
        LocalDate target = now.target();
        LocalDate last = target;
        for (LocalDate day : days.keySet()) {
            if ((target == null || day.isAfter(target)) && !now.covers(day)) {
                last = day;
            }
        }
        return last;
    }

    /** Position of the first line after the last step; null if there is no file. */
    @Nullable
    JournalPosition rangeStart(SortedMap<LocalDate, DayFile> days) {
        LocalDate last = lastDay(days);
        return last == null ? null : new JournalPosition(last, last.equals(content.target()) ? fixedEnd(last) : 0);
    }

    /**
     * The ranges of all lines in their order; the last one is that of the journal's current file.
     *
     * @param days the journal's files
     * @param end of the journal; later lines are not included
     */
    List<Range> ranges(SortedMap<LocalDate, DayFile> days, JournalPosition end) {
        Content now = content;
        Range closed =
                now.ranges().isEmpty() ? null : now.ranges().get(now.ranges().size() - 1);
        List<Range> ranges = new ArrayList<>();
        LocalDate target = now.target();
        long covered = 0;
        long targetCovered = 0;
        for (Range range : now.ranges()) {
            targetCovered = range.day().equals(target) ? range.to() : targetCovered;
            boolean isOfEnd = range.day().equals(end.day());
            if (days.containsKey(range.day()) && !(isOfEnd && range.from() >= end.offset())) {
                long to = isOfEnd ? Math.min(range.to(), end.offset()) : range.to();
                ranges.add(new Range(range.day(), range.from(), to));
                covered = isOfEnd ? Math.max(covered, to) : covered;
            }
        }
        // If the closed ranges end there, the target's next lines are not acknowledged yet.
        boolean isEndClosed = closed != null && closed.day().equals(end.day()) && closed.to() == end.offset();
        boolean isElsewhere = target != null && !target.equals(end.day()) && !isEndClosed;
        if (target != null && isElsewhere && days.containsKey(target) && now.covers(target)) {
            ranges.add(new Range(target, targetCovered, Long.MAX_VALUE));
        }
        for (LocalDate day : days.keySet()) {
            if (day.isBefore(end.day()) && !now.covers(day)) {
                ranges.add(new Range(day, 0, Long.MAX_VALUE));
            }
        }
        if (days.containsKey(end.day()) && (covered == 0 || covered < end.offset())) {
            ranges.add(new Range(end.day(), covered, end.offset()));
        }
        return ranges;
    }

    /**
     * Records, durably, that the journal goes on in a file that is not the one of the latest day, or with lines that
     * were received before earlier ones of the same day.
     *
     * @param days the journal's files
     * @param end of the journal
     * @param target position of the next line: the end of its file
     */
    void goOnAt(SortedMap<LocalDate, DayFile> days, JournalPosition end, JournalPosition target) throws IOException {
        List<Range> closed = new ArrayList<>();
        for (Range range : ranges(days, end)) {
            boolean isOpenEnded = range.day().equals(target.day()) && range.to() == Long.MAX_VALUE;
            Range one = isOpenEnded ? new Range(range.day(), range.from(), target.offset()) : range;
            if (one.to() > one.from()) {
                closed.add(one);
            }
        }
        write(new Content(List.copyOf(closed), target.day(), content.damagedUpTo()));
    }

    /**
     * Replaces the order by one that was determined from the lines.
     *
     * @param ranges the last one is that of the file that the journal goes on in
     * @param damagedUpTo as {@link #damagedUpTo()}
     */
    void restore(List<Range> ranges, long damagedUpTo) throws IOException {
        boolean byDay = damagedUpTo == 0 || ranges.isEmpty();
        for (int i = 1; i < ranges.size(); i++) {
            byDay &= ranges.get(i).day().isAfter(ranges.get(i - 1).day());
        }
        if (byDay) {
            content = Content.BY_DAY;
            Files.deleteIfExists(folder.resolve(FILE));
            return;
        }
        Range last = ranges.get(ranges.size() - 1);
        write(new Content(List.copyOf(ranges.subList(0, ranges.size() - 1)), last.day(), damagedUpTo));
    }

    private void write(Content next) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Range range : next.ranges()) {
            String to = range.to() == Long.MAX_VALUE ? "end" : Long.toString(range.to());
            text.append(range.day() + " " + range.from() + " " + to + "\n");
        }
        if (next.damagedUpTo() > 0) {
            text.append(DAMAGED + " " + next.damagedUpTo() + "\n");
        }
        text.append(next.target()).append('\n');
        DataFolder.replace(folder.resolve(FILE), text.toString().getBytes(StandardCharsets.US_ASCII));
        content = next;
    }
}
