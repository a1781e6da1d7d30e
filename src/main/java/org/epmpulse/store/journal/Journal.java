package org.epmpulse.store.journal;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.epmpulse.status.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends entries durably, or not at all. Not thread-safe. */
final class Journal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path folder;
    private final JournalFile.Opener opener;
    private final Timer forceTime;
    private final DistributionSummary groupSize;

    private JournalFile file;
    private LocalDate day;
    private long length;
    private boolean broken;

    /** @param end of the acknowledged entries; the rest of the file is cut off */
    Journal(Path folder, JournalFile.Opener opener, JournalPosition end, MeterRegistry meters) throws IOException {
        this.folder = folder;
        this.opener = opener;
        this.day = end.day();
        this.length = end.offset();
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

    /** Whether a failed append could not be undone. No more entries can be written then. */
    boolean isBroken() {
        return broken;
    }

    /**
     * Appends the entries with one forced write.
     *
     * @param today day (UTC) of the file; ignored if the file of a later day is open, as after the clock was set back
     * @return the position of each entry
     * @throws IOException if they are not durable; none of them is in the journal then, unless {@link #isBroken()}
     */
    List<JournalPosition> append(List<Entry> entries, LocalDate today) throws IOException {
        if (broken) {
            throw new IOException("an earlier write failed and could not be undone; restart EPMPulse");
        }
        if (today.isAfter(day)) {
            openFileOf(today);
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
        forceTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        groupSize.record(entries.size());
        return positions;
    }

    private void openFileOf(LocalDate today) throws IOException {
        JournalFile next = opener.open(DayFile.plain(folder, today).path());
        long nextLength = next.length();
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("Journal {}: closing the file failed: {}", day, DataFolder.describe(e));
        }
        file = next;
        day = today;
        length = nextLength;
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
