package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * How many runs of each domain ended well and how many did not, on each of the last {@value DailyRunCounts#DAYS} days. It reads
 * the journal when somebody asks: those days for the first time, then only what has come since. Thread-safe.
 */
final class DailyRunCounter {

    private static final BytePattern OK = new BytePattern("\"status\":\"OK\"");
    private static final BytePattern WARNING = new BytePattern("\"status\":\"Warning\"");

    private final Path folder;
    private Map<DomainId, int[]> counts = new HashMap<>();
    private LocalDate first = LocalDate.MIN;
    private JournalPosition next = new JournalPosition(LocalDate.MIN, 0);
    private @Nullable ZoneId zone;

    /** @param folder of the journal */
    DailyRunCounter(Path folder) {
        this.folder = folder;
    }

    /**
     * The counts of the days that end with this one.
     *
     * @param ids whose counts are wanted
     * @param wantedZone where a day begins and ends
     * @param end up to where the journal was acknowledged
     */
    synchronized DailyRunCounts of(Collection<DomainId> ids, LocalDate today, ZoneId wantedZone, JournalPosition end)
            throws IOException {
        moveTo(today.minusDays(DailyRunCounts.DAYS - 1L), wantedZone);
        for (DayFile day : DayFile.list(folder).tailMap(next.day()).values()) {
            if (day.day().isAfter(end.day())) {
                break;
            }
            long from = day.day().equals(next.day()) ? next.offset() : 0;
            long to = day.day().equals(end.day()) ? end.offset() : Long.MAX_VALUE;
            read(day, from, to, wantedZone);
        }
        Map<DomainId, int[]> wanted = new HashMap<>();
        for (DomainId id : ids) {
            int[] days = counts.get(id);
            if (days != null) {
                wanted.put(id, days.clone());
            }
        }
        return new DailyRunCounts(first, wanted);
    }

    private void moveTo(LocalDate wantedFirst, ZoneId wantedZone) {
        if (!wantedZone.equals(zone) || wantedFirst.isBefore(first)) {
            counts = new HashMap<>();
            zone = wantedZone;
            // A day anywhere begins within the day before in UTC.
            next = new JournalPosition(wantedFirst.minusDays(1), 0);
        } else if (wantedFirst.isAfter(first)) {
            int gone = 2 * (int) Math.min(DailyRunCounts.DAYS, ChronoUnit.DAYS.between(first, wantedFirst));
            counts.replaceAll((id, days) -> {
                int[] moved = new int[days.length];
                System.arraycopy(days, gone, moved, 0, days.length - gone);
                return moved;
            });
            counts.values().removeIf(days -> Arrays.stream(days).allMatch(count -> count == 0));
        }
        first = wantedFirst;
    }

    private void read(DayFile day, long from, long to, ZoneId wantedZone) throws IOException {
        try (InputStream in = day.open(from)) {
            LineReader lines = new LineReader(in, from);
            while (lines.next() && lines.offset() < to) {
                boolean ends =
                        OK.isIn(lines.bytes(), 0, lines.length()) || WARNING.isIn(lines.bytes(), 0, lines.length());
                if (ends && LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    count(JournalLine.read(lines.bytes(), 0, lines.length()), wantedZone);
                }
                next = new JournalPosition(day.day(), lines.end());
            }
        }
    }

    private void count(Entry entry, ZoneId wantedZone) {
        LocalDate day = entry.received().atZone(wantedZone).toLocalDate();
        long slot = ChronoUnit.DAYS.between(first, day);
        if (entry.outcome() == Outcome.RECORDED
                && entry.status().endsRun()
                && slot >= 0
                && slot < DailyRunCounts.DAYS) {
            int[] days = counts.computeIfAbsent(entry.id(), id -> new int[2 * DailyRunCounts.DAYS]);
            days[2 * (int) slot + (entry.status() == Status.OK ? 0 : 1)]++;
        }
    }
}
