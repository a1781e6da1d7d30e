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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the files of closed days: compresses them, repairs a damaged one, and deletes the oldest ones beyond the
 * limits. Not thread-safe.
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
                try (InputStream in = file.open()) {
                    write(temporary, blocks -> blocks.addAll(in));
                }
                DataFolder.replace(temporary, target.path());
                Files.delete(file.path());
                LOG.info("Journal {}: day closed and compressed: {} bytes", file.day(), Files.size(target.path()));
            }
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
