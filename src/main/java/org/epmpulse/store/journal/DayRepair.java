package org.epmpulse.store.journal;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repairs the files of closed days. Where lines have moved, it removes the checkpoints of the day and, if lines of
 * several ranges are in the file, determines their order again. Thread-safe: it holds the monitor of the order.
 */
final class DayRepair {

    private static final Logger LOG = LoggerFactory.getLogger(DayRepair.class);

    private final Path folder;
    private final Quarantine quarantine;
    private final JournalOrder order;
    private final Checkpoints checkpoints;

    /** @param folder of the journal */
    DayRepair(Path folder, Quarantine quarantine, JournalOrder order, Checkpoints checkpoints) {
        this.folder = folder;
        this.quarantine = quarantine;
        this.order = order;
        this.checkpoints = checkpoints;
    }

    /**
     * The result of a scan.
     *
     * @param length of the plain file after its repair
     * @param isMoved whether lines have moved over the bounds of a range, so that the order must be determined again
     */
    record Scan(long length, boolean isMoved) {}

    /**
     * Rewrites a compressed file if it is damaged, and corrects the order while the journal is in use.
     *
     * @see #rewrite
     */
    void repair(DayFile file) throws IOException {
        synchronized (order) {
            if (rewrite(file)) {
                restoreOrder(order.rangeStart(DayFile.list(folder)), true);
            }
        }
    }

    /** Repairs the plain file of a closed day, and corrects the order while the journal is in use. */
    void scanClosed(DayFile file) throws IOException {
        synchronized (order) {
            // The day is closed, so all its batches are complete.
            if (scan(file, Long.MAX_VALUE).isMoved()) {
                restoreOrder(order.rangeStart(DayFile.list(folder)), true);
            }
        }
    }

    /** Makes the file of a closed day plain, so that lines can be appended, and repairs it. */
    void reopen(DayFile file) throws IOException {
        synchronized (order) {
            try {
                file.reopen();
            } catch (DamagedDayException e) {
                LOG.debug("Journal {}: damaged; repairing it before it is opened again", file.day(), e);
                repair(file);
                file.reopen();
            }
            scanClosed(DayFile.plain(folder, file.day()));
        }
    }

    /**
     * Repairs a plain file, without its effect on the order.
     *
     * @param completeUpTo end of the part in which all batches are complete, in bytes from the start of the file
     */
    Scan scan(DayFile file, long completeUpTo) throws IOException {
        NameInterner noNames = new NameInterner(new Catalog(Map.of()));
        JournalScan scan =
                new JournalScan(file, completeUpTo, quarantine, noNames, (bytes, length, offset, next, entry) -> {});
        long length = scan.run();
        if (scan.isDamaged()) {
            checkpoints.removeDay(file.day());
        }
        long fixed = order.fixedEnd(file.day());
        return new Scan(length, scan.damagedFrom() < fixed || length < fixed);
    }

    /**
     * Rewrites a damaged compressed file with its readable lines, and copies the damaged file to quarantine, without
     * its effect on the order. Lines that cannot be read become blanks, so that the others stay at their offsets where
     * that is possible. Does nothing if the file is intact, as after another thread has repaired it.
     *
     * @return whether lines may have moved over the bounds of a range, so that the order must be determined again
     */
    boolean rewrite(DayFile file) throws IOException {
        if (isIntact(file)) {
            return false;
        }
        Path repaired = file.path().resolveSibling(file.path().getFileName() + ".tmp");
        AtomicLong copied = new AtomicLong();
        DayFile.writeCompressed(repaired, blocks -> copied.set(copyReadable(file, blocks)));
        quarantine.copy(
                file.path(),
                quarantine.unusedName(file.path().getFileName().toString()),
                "Journal " + file.path() + ": compressed file is damaged; " + copied + " of its lines were recovered");
        DataFolder.replace(repaired, file.path());
        checkpoints.removeDay(file.day());
        // Damaged bytes that can be decompressed may have given more lines, or fewer.
        return order.fixedEnd(file.day()) > 0;
    }

    private static boolean isIntact(DayFile file) throws IOException {
        try (InputStream in = file.open()) {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (DamagedDayException e) {
            return false;
        }
    }

    /**
     * Determines the order from the revisions. Damaged compressed files are repaired.
     *
     * @param current as for {@link RevisionOrder#of}
     * @param isDamaged whether lines are known to be damaged
     */
    void restoreOrder(@Nullable JournalPosition current, boolean isDamaged) throws IOException {
        Set<DayFile> repaired = new HashSet<>();
        while (true) {
            try {
                RevisionOrder found = RevisionOrder.of(DayFile.list(folder).values(), current);
                boolean isAnyDamaged = isDamaged || found.isDamaged() || !repaired.isEmpty();
                order.restore(found.ranges(), isAnyDamaged ? found.revision() : 0);
                return;
            } catch (DamagedDayException e) {
                if (!repaired.add(e.file())) {
                    throw e;
                }
                rewrite(e.file());
            }
        }
    }

    private static long copyReadable(DayFile file, IndexedGzip.Writer blocks) throws IOException {
        try (FileChannel channel = FileChannel.open(file.path())) {
            List<IndexedGzip.Block> found = IndexedGzip.find(channel);
            if (found.stream().allMatch(block -> block.length() < 0 && block.position() == 0)) {
                return copyReadable(new GZIPInputStream(Channels.newInputStream(channel), 1), -1, new Copies(), blocks);
            }
            Copies copies = new Copies();
            long copied = 0;
            for (IndexedGzip.Block block : found) {
                byte[] lines = block.readDamaged(channel);
                int length = block.length() >= 0 ? block.length() : lengthInTrailer(channel, block, lines.length);
                copied += copyReadable(new ByteArrayInputStream(lines), length, copies, blocks);
            }
            return copied;
        } catch (ZipException | EOFException e) {
            LOG.debug("Journal: not a gzip file; nothing of it can be read", e);
            blocks.add(new byte[] {' '}, 1, true);
            return 0;
        }
    }

    /** Length of the lines as the last bytes of a block say it; -1 if that is not plausible. */
    private static int lengthInTrailer(FileChannel channel, IndexedGzip.Block block, int found) throws IOException {
        if (block.fileLength() < Integer.BYTES) {
            return -1;
        }
        ByteBuffer trailer = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IndexedGzip.readFully(channel, trailer, block.position() + block.fileLength() - Integer.BYTES);
        int length = trailer.getInt(0);
        return length >= found && length < 2 * IndexedGzip.SIZE ? length : -1;
    }

    /**
     * Copies the intact lines of a damaged stream, with blanks in place of others, and returns their number.
     *
     * @param length of all its lines, in bytes; -1 if unknown
     */
    private static long copyReadable(InputStream in, int length, Copies copies, IndexedGzip.Writer blocks)
            throws IOException {
        LineReader lines = new LineReader(in, 0);
        copies.beginBlock();
        long copied = 0;
        try {
            while (lines.next()) {
                int intact = lines.intactLength();
                intact = copies.isCopy(lines.bytes(), intact) ? 0 : intact;
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
        // A blank line shows that others may be missing.
        if (missing > 0 || length < 0) {
            blocks.add(blanks, missing == 1 ? 0 : blanks.length, true);
        }
        return copied;
    }

    /**
     * Finds lines that damage has repeated: compressed data refers to text before it, so a damaged part can be
     * decompressed to intact lines again. The revisions of a file grow.
     */
    private static final class Copies {

        private long lastRevision;

        /** Lines without a revision in the current block. */
        private final Set<ByteBuffer> others = new HashSet<>();

        /** References do not reach over the start of a block. */
        void beginBlock() {
            others.clear();
        }

        /** @param length of the intact line; 0 if it is not intact */
        boolean isCopy(byte[] bytes, int length) {
            if (length == 0) {
                return false;
            }
            long revision = JournalLine.revision(bytes, length);
            if (revision == 0) {
                return !others.add(ByteBuffer.wrap(Arrays.copyOf(bytes, length)));
            }
            if (revision <= lastRevision) {
                return true;
            }
            lastRevision = revision;
            return false;
        }
    }
}
