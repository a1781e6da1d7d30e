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
import org.epmpulse.store.journal.JournalOrder.Range;

/** Determines the order of the journal's lines from their revisions, if the file with it is lost. */
final class RevisionOrder {

    /** A range whose first revision is known. */
    private record Numbered(long revision, LocalDate day, long from) {}

    private RevisionOrder() {}

    /**
     * The ranges of the files in the order of their revisions. A line without a revision belongs to the range of the line
     * before it.
     *
     * @param files by day
     * @throws IOException if a file cannot be read
     */
    static List<Range> of(Collection<DayFile> files) throws IOException {
        List<Numbered> numbered = new ArrayList<>();
        for (DayFile file : files) {
            long next = -1;
            Instant received = Instant.MIN;
            try (InputStream in = file.open()) {
                LineReader lines = new LineReader(in, 0);
                while (lines.next()) {
                    if (!LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                        continue;
                    }
                    Entry entry = JournalLine.read(lines.bytes(), 0, lines.length());
                    Long revision = entry.revision();
                    // A duplicate has the revision of the board, which is that of the line before it.
                    boolean isApart = revision != null && revision != next && revision != next - 1;
                    if (isApart || entry.received().isBefore(received)) {
                        long from = next < 0 ? 0 : lines.offset();
                        numbered.add(new Numbered(revision == null ? next : revision, file.day(), from));
                    }
                    next = revision == null ? next : Math.max(next, revision + 1);
                    received = entry.received();
                }
            }
        }
        numbered.sort(Comparator.comparingLong(Numbered::revision));
        List<Range> ranges = new ArrayList<>();
        for (Numbered range : numbered) {
            long to = numbered.stream()
                    .filter(other -> other.day().equals(range.day()) && other.from() > range.from())
                    .mapToLong(Numbered::from)
                    .min()
                    .orElse(Long.MAX_VALUE);
            ranges.add(new Range(range.day(), range.from(), to));
        }
        return ranges;
    }
}
