package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the files of closed days: compresses them, and deletes the oldest ones beyond the limits. Not thread-safe;
 * no file is opened again or repaired meanwhile.
 *
 * <p>Age is counted in days that have a file, not by the calendar, so that a wrong clock deletes nothing: a day is too
 * old when {@code days} other ones came after it. After a gap of more than {@link #MAX_GAP_DAYS} days nothing is too
 * old until another day follows, because the clock may be wrong.
 *
 * @param order its monitor is held while a file is compressed
 * @param days number of days with updates that are kept, the current one included
 * @param maxSize of all files together, in bytes
 */
record DayFileRetention(Path folder, JournalOrder order, DayRepair repair, int days, long maxSize) {

    private static final Logger LOG = LoggerFactory.getLogger(DayFileRetention.class);

    /** More days without an update before the current one are taken for a wrong clock. */
    static final int MAX_GAP_DAYS = 31;

    /**
     * Compresses the closed plain files.
     *
     * @param isOpen whether the file of a day may grow
     */
    void compress(Predicate<LocalDate> isOpen) throws IOException {
        int closed = 0;
        long bytes = 0;
        LocalDate last = null;
        for (DayFile file : DayFile.list(folder).values()) {
            synchronized (order) {
                // The journal deletes an empty file when it leaves it.
                if (!file.compressed() && !isOpen.test(file.day()) && Files.exists(file.path())) {
                    bytes += compress(file);
                    closed++;
                    last = file.day();
                }
            }
        }
        if (closed > 0) {
            LOG.info("Journal: days closed and compressed: {}, the last one {}; {} bytes", closed, last, bytes);
        }
    }

    /** Returns the size of the new file, in bytes. */
    private long compress(DayFile file) throws IOException {
        DayFile target = DayFile.compressed(folder, file.day());
        Path temporary = target.path().resolveSibling(target.path().getFileName() + ".tmp");
        // Damage that occurred since the start.
        repair.scanClosed(file);
        try (InputStream in = file.open()) {
            DayFile.writeCompressed(temporary, blocks -> blocks.addAll(in));
        }
        DataFolder.replace(temporary, target.path());
        Files.delete(file.path());
        return Files.size(target.path());
    }

    /**
     * Deletes the oldest days until both limits hold. The monitor of the order must be held.
     *
     * @param byAge the days that have a file, each once, in the order of their last line; the current day is the last
     * @return the days that remain
     */
    Set<LocalDate> prune(List<LocalDate> byAge) throws IOException {
        SortedMap<LocalDate, DayFile> files = DayFile.list(folder);
        long size = 0;
        for (DayFile file : files.values()) {
            size += Files.size(file.path());
        }
        boolean clockMayBeWrong = byAge.size() > 1
                && Math.abs(ChronoUnit.DAYS.between(byAge.get(byAge.size() - 2), byAge.get(byAge.size() - 1)))
                        > MAX_GAP_DAYS;
        if (clockMayBeWrong && byAge.size() > days) {
            LOG.warn(
                    "Journal {}: more than {} days from the day before it, {}; the clock may be wrong, so no day is"
                            + " deleted for its age until another day follows",
                    byAge.get(byAge.size() - 1),
                    MAX_GAP_DAYS,
                    byAge.get(byAge.size() - 2));
        }
        // The previous day is always kept: its idempotency keys are still valid.
        for (int i = 0; i < byAge.size() - 2; i++) {
            DayFile file = files.get(byAge.get(i));
            boolean tooOld = !clockMayBeWrong && byAge.size() - i > days;
            if (file == null || !(tooOld || size > maxSize)) {
                break;
            }
            size -= Files.size(file.path());
            Files.delete(file.path());
            files.remove(file.day());
            LOG.info(
                    "Journal {}: day deleted: the history keeps {} days with updates and {} bytes",
                    file.day(),
                    days,
                    maxSize);
        }
        return files.keySet();
    }
}
