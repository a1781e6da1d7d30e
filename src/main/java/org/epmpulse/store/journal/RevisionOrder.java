package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.store.journal.JournalOrder.Range;
import org.jspecify.annotations.Nullable;

/**
 * The order of the journal's lines as it is determined from their revisions, if the file with it is lost or lines have
 * moved.
 *
 * @param ranges in the order of their revisions
 * @param revision the last one that was found; 0 if there is none
 * @param isDamaged whether there were damaged bytes
 */
record RevisionOrder(List<Range> ranges, long revision, boolean isDamaged) {

    /**
     * A range whose first revision is known.
     *
     * @param last its last revision
     * @param isAfter whether its first line has no revision of its own, but comes after the line with this one
     * @param goesBack whether its first line was received before the last one of the file's range before it
     */
    private record Numbered(
            long revision, long last, boolean isAfter, boolean goesBack, LocalDate day, long from, long to) {

        private Numbered until(long lastRevision, long end) {
            return new Numbered(revision, lastRevision, isAfter, goesBack, day, from, end);
        }
    }

    /**
     * Reads the files. A line without a revision belongs to the range of the line before it.
     *
     * @param files by day
     * @param current where the lines since the last step of the clock begin, which become the last range; null if that
     *     is not known
     * @throws IOException if a file cannot be read
     */
    static RevisionOrder of(Collection<DayFile> files, @Nullable JournalPosition current) throws IOException {
        List<Numbered> numbered = new ArrayList<>();
        boolean isDamaged = false;
        for (DayFile file : files) {
            long end = current != null && file.day().equals(current.day()) ? current.offset() : Long.MAX_VALUE;
            isDamaged |= add(numbered, file, end);
        }
        numbered.sort(Comparator.comparingLong(Numbered::revision).thenComparing(Numbered::isAfter));
        List<Range> ranges = new ArrayList<>();
        long revision = 0;
        for (Numbered next : numbered) {
            Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && last.day().equals(next.day()) && last.to() == next.from() && !next.goesBack()) {
                ranges.set(ranges.size() - 1, new Range(last.day(), last.from(), next.to()));
            } else {
                ranges.add(new Range(next.day(), next.from(), next.to()));
            }
            revision = Math.max(revision, next.last());
        }
        if (current != null) {
            ranges.add(new Range(current.day(), current.offset(), Long.MAX_VALUE));
        }
        return new RevisionOrder(ranges, revision, isDamaged);
    }

    /**
     * Adds the ranges of a file.
     *
     * @param end of the lines to read
     * @return whether there are damaged bytes
     */
    private static boolean add(List<Numbered> numbered, DayFile file, long end) throws IOException {
        boolean isDamaged = false;
        Numbered range = null;
        long next = -1;
        Instant received = Instant.MIN;
        try (InputStream in = file.open()) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next() && lines.offset() < end) {
                int length = lines.intactLength();
                isDamaged |= length < lines.length();
                if (length == 0) {
                    continue;
                }
                Entry entry = JournalLine.read(lines.bytes(), 0, length);
                Long revision = entry.revision();
                // A duplicate has the revision of the board, which is that of the line before it.
                boolean isApart = revision != null && revision != next && revision != next - 1;
                boolean goesBack = entry.received().isBefore(received);
                if (isApart || goesBack) {
                    long from = range == null ? 0 : lines.offset();
                    if (range != null) {
                        numbered.add(range.until(next - 1, from));
                    }
                    boolean isAfter = entry.outcome() != Outcome.RECORDED;
                    long first = revision == null ? next - 1 : revision;
                    range = new Numbered(first, first, isAfter, goesBack, file.day(), from, end);
                }
                next = revision == null ? next : revision + 1;
                received = entry.received();
            }
        }
        if (range != null) {
            numbered.add(range.until(next - 1, end));
        }
        return isDamaged;
    }
}
