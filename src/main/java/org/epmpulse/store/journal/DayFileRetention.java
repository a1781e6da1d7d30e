package org.epmpulse.store.journal;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.NameInterner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the files of closed days: compresses them, repairs a damaged one, and deletes the oldest ones beyond the
 * limits. Only {@link #repair} is thread-safe.
 *
 * @param days number of days kept, the current one included
 * @param maxSize of all files together, in bytes
 */
record DayFileRetention(Path folder, Quarantine quarantine, int days, long maxSize) {

    private static final Logger LOG = LoggerFactory.getLogger(DayFileRetention.class);

    /** Compresses the plain files before {@code current}. */
    void compress(LocalDate current) throws IOException {
        for (DayFile file : DayFile.list(folder).headMap(current).values()) {
            if (!file.compressed()) {
                DayFile target = DayFile.compressed(folder, file.day());
                Path temporary = target.path().resolveSibling(target.path().getFileName() + ".tmp");
                // Damage that occurred since the start. The day is closed, so all its batches are complete.
                NameInterner noNames = new NameInterner(new Catalog(Map.of()));
                new JournalScan(file, Long.MAX_VALUE, quarantine, noNames, (bytes, length, offset, next, entry) -> {})
                        .run();
                try (InputStream in = file.open()) {
                    write(temporary, blocks -> blocks.addAll(in));
                }
                DataFolder.replace(temporary, target.path());
                Files.delete(file.path());
                LOG.info("Journal {}: day closed and compressed: {} bytes", file.day(), Files.size(target.path()));
            }
        }
    }

    /**
     * Rewrites a damaged compressed file with its readable lines, and copies the damaged file to quarantine. Lines that
     * cannot be read become blanks, so that the others stay at their offsets. Does nothing if the file is intact, as
     * after another thread has repaired it. Thread-safe.
     */
    void repair(DayFile file) throws IOException {
        synchronized (quarantine) {
            if (isIntact(file)) {
                return;
            }
            Path repaired = file.path().resolveSibling(file.path().getFileName() + ".tmp");
            AtomicLong copied = new AtomicLong();
            write(repaired, blocks -> copied.set(copyReadable(file, blocks)));
            quarantine.copy(
                    file.path(),
                    quarantine.unusedName(file.path().getFileName().toString()),
                    "Journal " + file.path() + ": compressed file is damaged; " + copied
                            + " of its lines were recovered");
            DataFolder.replace(repaired, file.path());
        }
    }

    private static boolean isIntact(DayFile file) throws IOException {
        try (InputStream in = file.open()) {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (DamagedDayException e) {
            return false;
        }
    }

    private static long copyReadable(DayFile file, IndexedGzip.Writer blocks) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            List<IndexedGzip.Block> found = IndexedGzip.find(channel);
            if (found.stream().allMatch(block -> block.length() < 0 && block.position() == 0)) {
                return copyReadable(new GZIPInputStream(Channels.newInputStream(channel), 1), -1, blocks);
            }
            long copied = 0;
            for (IndexedGzip.Block block : found) {
                copied += copyReadable(new ByteArrayInputStream(block.readDamaged(channel)), block.length(), blocks);
            }
            return copied;
        } catch (ZipException | EOFException e) {
            LOG.debug("Journal: not a gzip file; nothing of it can be read", e);
            return 0;
        }
    }

    /**
     * Copies the intact lines of a damaged stream, with blanks in place of others, and returns their number.
     *
     * @param length of all its lines, in bytes; -1 if unknown
     */
    private static long copyReadable(InputStream in, int length, IndexedGzip.Writer blocks) throws IOException {
        LineReader lines = new LineReader(in, 0);
        long copied = 0;
        boolean isComplete = false;
        try {
            while (lines.next()) {
                isComplete = lines.isTerminated();
                int intact = lines.intactLength();
                Arrays.fill(lines.bytes(), intact, lines.length(), (byte) ' ');
                if (intact > 0 && intact < lines.length()) {
                    lines.bytes()[intact] = '\n';
                }
                blocks.add(lines.bytes(), lines.length(), lines.isTerminated());
                copied += intact > 0 ? 1 : 0;
            }
        } catch (ZipException | EOFException e) {
            LOG.debug("Journal: damaged block; the rest of it is skipped", e);
        }
        int missing = (int) Math.max(0, length - lines.end());
        byte[] blanks = new byte[Math.max(1, missing - 1)];
        Arrays.fill(blanks, (byte) ' ');
        if (missing > 0 || (length < 0 && !isComplete)) {
            blocks.add(blanks, missing == 1 ? 0 : blanks.length, true);
        }
        return copied;
    }

    /** Deletes the oldest days before {@code current} until both limits hold, and returns the first remaining day. */
    LocalDate prune(LocalDate current) throws IOException {
        List<DayFile> files = new ArrayList<>(DayFile.list(folder).values());
        long size = 0;
        for (DayFile file : files) {
            size += Files.size(file.path());
        }
        for (DayFile file : files) {
            boolean tooOld = file.day().isBefore(current.minusDays(days - 1L));
            // The previous day is always kept: its idempotency keys are still valid.
            if (!file.day().isBefore(current.minusDays(1)) || !(tooOld || size > maxSize)) {
                return file.day();
            }
            size -= Files.size(file.path());
            Files.delete(file.path());
            LOG.info("Journal {}: day deleted: the history keeps {} days and {} bytes", file.day(), days, maxSize);
        }
        return current;
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
