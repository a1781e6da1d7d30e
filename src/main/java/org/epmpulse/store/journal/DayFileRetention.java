package org.epmpulse.store.journal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the files of closed days: compresses them, repairs a damaged one, and deletes the oldest ones beyond the
 * limits. Not thread-safe.
 *
 * <p>Age is counted in days that have a file, not by the calendar, so that a wrong clock deletes nothing: a day is too old
 * when {@code days} other ones came after it. After a gap of more than {@link #MAX_GAP_DAYS} days nothing is too old until
 * another day follows, because the clock may be wrong.
 *
 * @param days number of days with updates that are kept, the current one included
 * @param maxSize of all files together, in bytes
 */
record DayFileRetention(Path folder, Quarantine quarantine, int days, long maxSize) {

    private static final Logger LOG = LoggerFactory.getLogger(DayFileRetention.class);

    /** More days without an update before the current one are taken for a wrong clock. */
    static final int MAX_GAP_DAYS = 31;

    /**
     * Compresses the closed plain files.
     *
     * @param lock held while a file is compressed
     * @param isOpen whether the file of a day may grow
     */
    void compress(Object lock, Predicate<LocalDate> isOpen) throws IOException {
        for (DayFile file : DayFile.list(folder).values()) {
            synchronized (lock) {
                compress(file, isOpen);
            }
        }
    }

    private void compress(DayFile file, Predicate<LocalDate> isOpen) throws IOException {
        if (!file.compressed() && !isOpen.test(file.day())) {
            DayFile target = DayFile.compressed(folder, file.day());
            Path temporary = target.path().resolveSibling(target.path().getFileName() + ".tmp");
            try (InputStream in = file.open()) {
                write(temporary, blocks -> blocks.addAll(in));
            }
            DataFolder.replace(temporary, target.path());
            Files.delete(file.path());
            LOG.info("Journal {}: day closed and compressed: {} bytes", file.day(), Files.size(target.path()));
        }
    }

    /** Rewrites a damaged compressed file with its readable lines, and moves the damaged file to quarantine. */
    void repair(DayFile file) throws IOException {
        Path repaired = file.path().resolveSibling(file.path().getFileName() + ".tmp");
        AtomicLong copied = new AtomicLong();
        write(repaired, blocks -> {
            try (FileChannel channel = FileChannel.open(file.path())) {
                List<IndexedGzip.Block> parts = IndexedGzip.list(channel, part -> true);
                if (parts == null) {
                    copied.addAndGet(copyIntact(file.open(), blocks));
                    return;
                }
                for (IndexedGzip.Block part : parts) {
                    copied.addAndGet(copyIntact(part.open(channel), blocks));
                }
            }
        });
        quarantine.move(
                file.path(),
                file.path().getFileName().toString(),
                "Journal " + file.path() + ": compressed file is damaged; " + copied + " of its lines were recovered");
        DataFolder.replace(repaired, file.path());
    }

    /** Copies the intact lines up to the damaged part of the stream, and returns their number. */
    private static long copyIntact(InputStream in, IndexedGzip.Writer blocks) throws IOException {
        long copied = 0;
        try (in) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next()) {
                if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    blocks.add(lines.bytes(), lines.length());
                    copied++;
                }
            }
        } catch (ZipException | EOFException e) {
            LOG.debug("Journal: damaged block; the rest of it is skipped", e);
        }
        return copied;
    }

    /**
     * Deletes the oldest days until both limits hold.
     *
     * @param order the days that have a file, each once, in the order of their last line; the current day is the last
     * @return the days that remain
     */
    Set<LocalDate> prune(List<LocalDate> order) throws IOException {
        SortedMap<LocalDate, DayFile> files = DayFile.list(folder);
        long size = 0;
        for (DayFile file : files.values()) {
            size += Files.size(file.path());
        }
        boolean clockMayBeWrong = order.size() > 1
                && Math.abs(ChronoUnit.DAYS.between(order.get(order.size() - 2), order.get(order.size() - 1)))
                        > MAX_GAP_DAYS;
        if (clockMayBeWrong && order.size() > days) {
            LOG.warn(
                    "Journal {}: more than {} days from the day before it, {}; the clock may be wrong, so no day is deleted"
                            + " for its age until another day follows",
                    order.get(order.size() - 1),
                    MAX_GAP_DAYS,
                    order.get(order.size() - 2));
        }
        // The previous day is always kept: its idempotency keys are still valid.
        for (int i = 0; i < order.size() - 2; i++) {
            DayFile file = files.get(order.get(i));
            boolean tooOld = !clockMayBeWrong && order.size() - i > days;
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

    private interface Content {
        void writeTo(IndexedGzip.Writer blocks) throws IOException;
    }

    private static void write(Path temporary, Content content) throws IOException {
        try (FileChannel channel = DataFolder.openFile(
                temporary,
                EnumSet.of(
                        StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
            IndexedGzip.Writer blocks = new IndexedGzip.Writer(Channels.newOutputStream(channel));
            content.writeTo(blocks);
            blocks.finish();
            channel.force(true);
        }
    }
}
