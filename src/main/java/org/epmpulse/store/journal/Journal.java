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

/** Appends entries so that they survive a power loss, or leaves no trace of them. Not thread-safe. */
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

    /** @param end where the journal ends; what lies behind it in the file was never acknowledged */
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
                .description("How long the disk took to make a group of updates durable")
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
                .description("How many updates one forced write made durable")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
                .register(meters);
    }

    /** Where the next entry will stand. */
    JournalPosition end() {
        return new JournalPosition(day, length);
    }

    /** Whether a failed append could not be cut off. Nothing more can be written then. */
    boolean broken() {
        return broken;
    }

    /**
     * Appends the entries with one forced write.
     *
     * @param today the day (UTC) whose file takes them, unless that of a later one is open: a clock that was set back
     *     does not reopen a day
     * @return where each entry stands
     * @throws IOException if they are not durable; then nothing of them is in the journal, unless {@link #broken()}
     */
    List<JournalPosition> append(List<Entry> entries, LocalDate today) throws IOException {
        if (broken) {
            throw new IOException("an earlier write failed and could not be undone");
        }
        if (today.isAfter(day)) {
            turnTo(today);
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
            cutBack(e);
            throw e;
        }
        length += lines.size();
        forceTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        groupSize.record(entries.size());
        return positions;
    }

    private void turnTo(LocalDate today) throws IOException {
        JournalFile next = opener.open(DayFile.plain(folder, today).path());
        long nextLength = next.length();
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("The journal of {} could not be closed: {}", day, DataFolder.why(e));
        }
        file = next;
        day = today;
        length = nextLength;
    }

    private void cutBack(Throwable failure) {
        try {
            file.truncate(length);
        } catch (IOException e) {
            broken = true;
            failure.addSuppressed(e);
            LOG.error(
                    "A failed write of {} could not be undone ({}). No update is accepted until EPMPulse is restarted",
                    DayFile.plain(folder, day).path(),
                    DataFolder.why(e));
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
