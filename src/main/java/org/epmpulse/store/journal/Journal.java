package org.epmpulse.store.journal;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Entry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends entries durably, or not at all. Not thread-safe. */
final class Journal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path folder;
    private final JournalFile.Opener opener;
    private final JournalOrder order;
    private final Timer forceTime;
    private final DistributionSummary groupSize;

    private JournalFile file;
    private @Nullable Instant lastReceived;
    private volatile LocalDate day;
    private long length;
    private boolean broken;

    /**
     * Opens the journal.
     *
     * @param end of the acknowledged entries; the rest of the file is cut off
     * @param lastReceived time of receipt of the last entry; null if there is none
     */
    Journal(
            Path folder,
            JournalFile.Opener opener,
            JournalOrder order,
            JournalPosition end,
            @Nullable Instant lastReceived,
            MeterRegistry meters)
            throws IOException {
        this.folder = folder;
        this.opener = opener;
        this.order = order;
        this.day = end.day();
        this.length = end.offset();
        this.lastReceived = lastReceived;
        this.file = opener.open(DayFile.plain(folder, day).path());
        if (file.length() != length) {
            file.truncate(length);
        }
        forceTime = Timer.builder("epmpulse.journal.force")
                .description("Time to force a group of updates to disk")
                .serviceLevelObjectives(
                        Duration.ofNanos(250_000),
                        Duration.ofMillis(1),
                        Duration.ofMillis(4),
                        Duration.ofMillis(16),
                        Duration.ofMillis(64),
                        Duration.ofMillis(256),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(4))
                .register(meters);
        groupSize = DistributionSummary.builder("epmpulse.journal.group.size")
                .description("Updates per forced write")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
                .register(meters);
    }

    /** Position of the next entry. */
    JournalPosition end() {
        return new JournalPosition(day, length);
    }

    /** The day whose file is open; only its file may grow. Thread-safe. */
    LocalDate day() {
        return day;
    }

    /** Whether a failed append could not be undone. No more entries can be written then. */
    boolean isBroken() {
        return broken;
    }

    /**
     * Appends the entries with one forced write.
     *
     * @param today day (UTC) of the file; it may be before that of the open file, as after the clock was set back
     * @return the position of each entry
     * @throws IOException if they are not durable; none of them is in the journal then, unless {@link #isBroken()}
     */
    List<JournalPosition> append(List<Entry> entries, LocalDate today) throws IOException {
        if (broken) {
            throw new IOException("an earlier write failed and could not be undone; restart EPMPulse");
        }
        Instant received = entries.get(0).received();
        if (!today.equals(day)) {
            openFileOf(today);
        } else if (lastReceived != null && received.isBefore(lastReceived)) {
            synchronized (order) {
                order.goOnAt(DayFile.list(folder), end(), end());
            }
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream(entries.size() * 384);
        List<JournalPosition> positions = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            positions.add(new JournalPosition(day, length + lines.size()));
            JournalLine.write(entry, lines);
        }
        long start;
        try {
            file.append(ByteBuffer.wrap(lines.toByteArray()));
            start = System.nanoTime();
            file.force();
        } catch (IOException | RuntimeException | Error e) {
            undoAppend(e);
            throw e;
        }
        length += lines.size();
        lastReceived = received;
        forceTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        groupSize.record(entries.size());
        return positions;
    }

    /** Not while a closed file is compressed, which could be this one. */
    private void openFileOf(LocalDate today) throws IOException {
        synchronized (order) {
            SortedMap<LocalDate, DayFile> days = DayFile.list(folder);
            DayFile existing = days.get(today);
            if (existing != null) {
                existing.reopen();
            }
            JournalFile next = opener.open(DayFile.plain(folder, today).path());
            long nextLength;
            try {
                nextLength = next.length();
                if (existing != null || (!days.isEmpty() && today.isBefore(days.lastKey()))) {
                    order.goOnAt(days, end(), new JournalPosition(today, nextLength));
                }
            } catch (IOException e) {
                next.close();
                throw e;
            }
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("Journal {}: closing the file failed: {}", day, DataFolder.describe(e));
            }
            file = next;
            day = today;
            length = nextLength;
        }
    }

    private void undoAppend(Throwable failure) {
        try {
            file.truncate(length);
        } catch (IOException e) {
            broken = true;
            failure.addSuppressed(e);
            LOG.error(
                    "Journal {}: undoing a failed write failed: {}; no update is accepted until EPMPulse is restarted",
                    DayFile.plain(folder, day).path(),
                    DataFolder.describe(e));
        }
    }

    @Override
    public void close() throws IOException {
        if (broken) {
            file.truncate(length);
        }
        file.close();
    }
}
