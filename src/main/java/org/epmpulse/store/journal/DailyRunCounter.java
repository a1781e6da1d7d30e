package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.store.RunCountWindow;

/**
 * Counts the OK and the Warning updates of each domain on each of the last {@value DailyRunCounts#DAYS} days. It reads
 * the journal on request: all those days at first, then only the new entries. Thread-safe.
 */
final class DailyRunCounter {

    private static final BytePattern OK = new BytePattern("\"status\":\"OK\"");
    private static final BytePattern WARNING = new BytePattern("\"status\":\"Warning\"");

    private final Path folder;
    private final JournalOrder order;
    private final RunCountWindow window = new RunCountWindow();

    /** End of the lines that were read, by the day of the file. */
    private final Map<LocalDate, Long> read = new HashMap<>();

    /** Some lines have moved, so all are counted again. */
    private boolean moved;

    /** @param folder of the journal */
    DailyRunCounter(Path folder, JournalOrder order) {
        this.folder = folder;
        this.order = order;
    }

    /**
     * The counts of the days up to today.
     *
     * @param requestedZone time zone of the days
     * @param end of the acknowledged part of the journal
     */
    synchronized DailyRunCounts count(
            Collection<DomainId> ids, LocalDate today, ZoneId requestedZone, JournalPosition end) throws IOException {
        if (moved) {
            window.clear();
            moved = false;
        }
        if (window.moveTo(today, requestedZone)) {
            read.clear();
        }
        SortedMap<LocalDate, DayFile> files = DayFile.list(folder);
        for (JournalOrder.Range range : order.ranges(files, end)) {
            DayFile day = files.get(range.day());
            long from = Math.max(range.from(), read.getOrDefault(range.day(), 0L));
            // In some time zones the day begins on the previous day in UTC.
            if (day != null
                    && from < range.to()
                    && !range.day().isBefore(window.first().minusDays(1))) {
                read(day, from, range.to(), requestedZone);
            }
        }
        return window.counts(ids);
    }

    /** Counts all lines again, because some have moved. */
    synchronized void reset() {
        moved = true;
    }

    private void read(DayFile day, long from, long to, ZoneId requestedZone) throws IOException {
        try (InputStream in = day.open(from)) {
            LineReader lines = new LineReader(in, from);
            while (lines.next() && lines.offset() < to) {
                boolean endsRun =
                        OK.isIn(lines.bytes(), 0, lines.length()) || WARNING.isIn(lines.bytes(), 0, lines.length());
                int length = endsRun ? lines.intactLength() : 0;
                if (length > 0) {
                    add(JournalLine.read(lines.bytes(), 0, length), requestedZone);
                }
                read.put(day.day(), lines.end());
            }
        }
    }

    private void add(Entry entry, ZoneId requestedZone) {
        if (entry.outcome() == Outcome.RECORDED
                && entry.answer() == null
                && entry.status().endsRun()) {
            LocalDate day = entry.received().atZone(requestedZone).toLocalDate();
            window.add(entry.id(), day, entry.status() == Status.OK, 1);
        }
    }
}
