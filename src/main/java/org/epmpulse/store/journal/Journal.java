package org.epmpulse.store.journal;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
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
    private static final long LOCK_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String OTHER_WRITER =
            "another EPMPulse has written to the journal; stop it, then restart EPMPulse";

    private final DataFolder folder;
    private final Quarantine quarantine;
    private final JournalFile.Opener opener;
    private final JournalOrder order;
    private final DayRepair repair;
    private final Timer forceTime;
    private final DistributionSummary groupSize;

    private JournalFile file;
    private @Nullable Instant lastReceived;
    private volatile LocalDate day;

    /** How often another file was opened. */
    private volatile int openings;

    private long length;
    private boolean broken;
    private boolean hasOtherWriter;

    /** When the lock file was last at its path, by {@link System#nanoTime}. */
    private long lockChecked = System.nanoTime() - LOCK_CHECK_NANOS;

    /** Why the file is not at its path; null while it is. */
    private @Nullable FilesMovedException moved;

    /**
     * Opens the journal.
     *
     * @param end of the acknowledged entries; the rest of the file is cut off
     * @param lastReceived time of receipt of the last entry; null if there is none
     */
    Journal(
            DataFolder folder,
            Quarantine quarantine,
            JournalFile.Opener opener,
            JournalOrder order,
            DayRepair repair,
            JournalPosition end,
            @Nullable Instant lastReceived,
            MeterRegistry meters)
            throws IOException {
        this.folder = folder;
        this.quarantine = quarantine;
        this.opener = opener;
        this.order = order;
        this.repair = repair;
        this.day = end.day();
        this.length = end.offset();
        this.lastReceived = lastReceived;
        this.file = opener.open(DayFile.plain(folder.history(), day).path());
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

    /** How often the file of another day was opened since the start. Thread-safe. */
    int openings() {
        return openings;
    }

    /**
     * Checks that entries can be written before a restart.
     *
     * @throws IOException if a failed append could not be undone, or another process has written entries
     */
    void requireUsable() throws IOException {
        if (broken) {
            throw new IOException("an earlier write failed and could not be undone; restart EPMPulse");
        }
        if (hasOtherWriter) {
            throw new IOException(OTHER_WRITER);
        }
    }

    /**
     * Appends the entries with one forced write.
     *
     * @param today day (UTC) of the file; it may be before that of the open file, as after the clock was set back
     * @return the position of each entry
     * @throws IOException if they are not durable; none of them is in the journal then
     */
    List<JournalPosition> append(List<Entry> entries, LocalDate today) throws IOException {
        requireUsable();
        Instant received = entries.get(0).received();
        if (!today.equals(day)) {
            // Before another file of the folder is opened or changed, and before this one can no longer be saved.
            folder.requireLocked();
            requireInPlace();
            restoreLength();
            openFileOf(today);
        } else if (lastReceived != null && received.isBefore(lastReceived)) {
            folder.requireLocked();
            synchronized (order) {
                order.goOnAt(DayFile.list(folder.history()), end(), end());
            }
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream(entries.size() * 384);
        List<JournalPosition> positions = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            positions.add(new JournalPosition(day, length + lines.size()));
            JournalLine.write(entry, lines);
        }
        restoreLength();
        long took;
        try {
            file.append(ByteBuffer.wrap(lines.toByteArray()));
            long start = System.nanoTime();
            file.force();
            took = System.nanoTime() - start;
            // After the write, so that no update is acknowledged that went to a file nobody will read.
            requireInPlace();
        } catch (IOException | RuntimeException | Error e) {
            undoAppend(e);
            throw e;
        }
        length += lines.size();
        lastReceived = received;
        forceTime.record(took, TimeUnit.NANOSECONDS);
        groupSize.record(entries.size());
        return positions;
    }

    /**
     * Checks that the journal and the lock of the data folder are still at their paths. If the journal is missing, it
     * is written there again, for the next start.
     *
     * @throws FilesMovedException if one is not; no update may be acknowledged then
     */
    void requireInPlace() throws IOException {
        requireLocked();
        try {
            file.requireInPlace();
        } catch (FilesMovedException e) {
            if (moved == null) {
                moved = e;
                saveCopy(e.isMissing());
            }
            // The first reason: a copy may be there now.
            throw new FilesMovedException(moved);
        }
        moved = null;
    }

    /** Not for each group: a second process is also stopped by the second lock file. */
    private void requireLocked() throws IOException {
        long now = System.nanoTime();
        if (now - lockChecked >= LOCK_CHECK_NANOS) {
            folder.requireLocked();
            lockChecked = now;
        }
    }

    private void saveCopy(boolean missing) {
        if (!Files.isDirectory(folder.history())) {
            return;
        }
        Path path = DayFile.plain(folder.history(), day).path();
        try {
            if (missing) {
                file.copyTo(path, length);
                LOG.warn("Journal {}: was deleted or moved; its {} bytes were written again", path, length);
            } else {
                Path copy = folder.quarantine()
                        .resolve(quarantine.unusedName(path.getFileName().toString()));
                file.copyTo(copy, length);
                quarantine.reportCopy(copy, "Journal " + path + ": was replaced by another file");
            }
        } catch (IOException e) {
            LOG.error("Journal {}: saving its content failed: {}", path, DataFolder.describe(e));
        }
    }

    /** Repairs what another program did to the file: it must end with the last acknowledged entry. */
    private void restoreLength() throws IOException {
        long actual = file.length();
        if (actual == length) {
            return;
        }
        Path path = DayFile.plain(folder.history(), day).path();
        if (actual < length) {
            quarantine.store(
                    day + "-" + actual + ".jsonl",
                    new byte[0],
                    "Journal " + path + ": another program cut it from " + length + " to " + actual
                            + " bytes; these updates are on the board, but no longer in the history");
            // Positions of entries stay valid: the gap has zeros, and ends with a newline.
            file.write(length - 1, (byte) '\n');
            return;
        }
        byte[] added = file.read(length, LineReader.MAX_LENGTH);
        LineReader lines = new LineReader(new ByteArrayInputStream(added), 0);
        while (lines.next()) {
            if (lines.intactLength() > 0) {
                hasOtherWriter = true;
                throw new IOException(OTHER_WRITER);
            }
        }
        quarantine.store(
                day + "-" + length + ".jsonl",
                added,
                "Journal " + path + ": another program appended " + (actual - length) + " bytes at byte " + length);
        file.truncate(length);
    }

    private void openFileOf(LocalDate today) throws IOException {
        // Nobody else opens, compresses, repairs or deletes a closed file meanwhile.
        synchronized (order) {
            SortedMap<LocalDate, DayFile> days = DayFile.list(folder.history());
            DayFile existing = days.get(today);
            if (existing != null) {
                repair.reopen(existing);
            }
            JournalFile next =
                    opener.open(DayFile.plain(folder.history(), today).path());
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
            leaveFile();
            file = next;
            day = today;
            openings = openings + 1;
            length = nextLength;
        }
    }

    /** Closes the file. An empty one is deleted, because a day without updates has no file. */
    private void leaveFile() {
        try {
            boolean isEmpty = length == 0 && file.length() == 0;
            file.close();
            if (isEmpty) {
                Files.deleteIfExists(DayFile.plain(folder.history(), day).path());
            }
        } catch (IOException e) {
            LOG.warn("Journal {}: closing the file failed: {}", day, DataFolder.describe(e));
        }
    }

    private void undoAppend(Throwable failure) {
        try {
            file.truncate(length);
        } catch (IOException e) {
            broken = true;
            failure.addSuppressed(e);
            blank(failure);
            LOG.error(
                    "Journal {}: undoing a failed write failed: {}; no update is accepted until EPMPulse is restarted",
                    DayFile.plain(folder.history(), day).path(),
                    DataFolder.describe(e));
        }
    }

    /** A refused update must not be there after a restart, also if that is a kill. */
    private void blank(Throwable failure) {
        try {
            file.blank(length);
        } catch (IOException e) {
            failure.addSuppressed(e);
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
