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
 * Looks after the days to which nothing is written any more: compresses them, mends a damaged one as far as it can be
 * read, and removes the oldest ones beyond the bounds. Not thread-safe.
 *
 * @param days how many days are kept, the current one included
 * @param maxSize how many bytes all files may take together
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
                LOG.info("Closed the journal of {}: {} bytes", file.day(), Files.size(target.path()));
            }
        }
    }

    /** Keeps what can be read of a damaged compressed day; the damaged file goes to quarantine. */
    void mend(DayFile file) throws IOException {
        Path mended = file.path().resolveSibling(file.path().getFileName() + ".mended");
        AtomicLong kept = new AtomicLong();
        write(mended, blocks -> {
            try (FileChannel channel = FileChannel.open(file.path())) {
                List<IndexedGzip.Block> parts = IndexedGzip.list(channel, part -> true);
                if (parts == null) {
                    kept.addAndGet(keep(file.open(), blocks));
                    return;
                }
                for (IndexedGzip.Block part : parts) {
                    kept.addAndGet(keep(part.open(channel), blocks));
                }
            }
        });
        quarantine.move(
                file.path(),
                file.path().getFileName().toString(),
                "the closed journal " + file.path() + " is damaged; " + kept + " of its lines could be kept");
        DataFolder.replace(mended, file.path());
    }

    /** Keeps the intact lines up to where the stream is damaged, and returns how many. */
    private static long keep(InputStream in, IndexedGzip.Writer blocks) throws IOException {
        long kept = 0;
        try (in) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next()) {
                if (LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
                    blocks.add(lines.bytes(), lines.length());
                    kept++;
                }
            }
        } catch (ZipException | EOFException e) {
            LOG.debug("The end of what can be read", e);
        }
        return kept;
    }

    /** Removes the oldest days before {@code current} until both bounds hold, and returns the first that is left. */
    LocalDate prune(LocalDate current) throws IOException {
        List<DayFile> files = new ArrayList<>(DayFile.list(folder).values());
        long size = 0;
        for (DayFile file : files) {
            size += Files.size(file.path());
        }
        for (DayFile file : files) {
            boolean tooOld = file.day().isBefore(current.minusDays(days - 1L));
            // The day before is kept in any case: an idempotency key of it is still good.
            if (!file.day().isBefore(current.minusDays(1)) || !(tooOld || size > maxSize)) {
                return file.day();
            }
            size -= Files.size(file.path());
            Files.delete(file.path());
            LOG.info(
                    "Removed the journal of {}: the history is kept for {} days and {} bytes",
                    file.day(),
                    days,
                    maxSize);
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
