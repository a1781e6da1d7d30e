package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.epmpulse.status.Entry;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the journal's file of a day completely and repairs it.
 *
 * <p>An incomplete last line and an incomplete last batch are cut off: they were not acknowledged. Other damaged bytes
 * may have been acknowledged. They are copied to quarantine and overwritten with blanks and newlines, so that no other
 * line moves. Intact entries beside damaged bytes, also in the same line, are recovered.
 */
final class JournalScan {

    private static final Logger LOG = LoggerFactory.getLogger(JournalScan.class);
    private static final BytePattern BATCH = new BytePattern("\"batch\":");

    /** Damaged pieces of a file that are copied one by one; with more of them the whole file is copied. */
    private static final int MAX_PIECES = 100;

    /** Receives the intact lines in their order. */
    @FunctionalInterface
    interface LineConsumer {
        /**
         * @param offset of the line in the file
         * @param next offset of the next line
         * @param entry the parsed line; null if it was not parsed yet
         */
        void accept(byte[] bytes, int length, long offset, long next, @Nullable Entry entry) throws IOException;
    }

    private record BufferedLine(byte[] bytes, long offset, long next, Entry entry) {}

    private final DayFile file;
    private final long completeUpTo;
    private final Quarantine quarantine;
    private final NameInterner names;
    private final LineConsumer consumer;
    private final List<BufferedLine> batch = new ArrayList<>();
    private @Nullable FileChannel repairs;
    private long damagedFrom = Long.MAX_VALUE;
    private int pieces;
    private String batchId = "";
    private long end;

    /** @param completeUpTo end of the part in which all batches are complete, in bytes from the start of the file */
    JournalScan(DayFile file, long completeUpTo, Quarantine quarantine, NameInterner names, LineConsumer consumer) {
        this.file = file;
        this.completeUpTo = completeUpTo;
        this.quarantine = quarantine;
        this.names = names;
        this.consumer = consumer;
    }

    /** Whether bytes were damaged, added or removed, so that lines may have moved. */
    boolean isDamaged() {
        return damagedFrom < Long.MAX_VALUE;
    }

    /** Offset of the first line that is damaged; lines before it have not moved. */
    long damagedFrom() {
        return damagedFrom;
    }

    /** Reads and repairs a plain file; returns its length after the repair. */
    long run() throws IOException {
        try (InputStream in = file.open()) {
            LineReader lines = new LineReader(in, 0);
            // Not after the last line: its repair adds a newline.
            while (!lines.isLast() && lines.next()) {
                read(lines);
            }
            if (!batch.isEmpty()) {
                LOG.warn(
                        "Journal {}: incomplete last batch: dropped its {} updates, which were not acknowledged",
                        file.path(),
                        batch.size());
                end = batch.get(0).offset();
            }
            if (repairs != null || file.path().toFile().length() != end) {
                FileChannel channel = repairs();
                channel.truncate(end);
                channel.force(true);
            }
            return end;
        } finally {
            if (repairs != null) {
                repairs.close();
            }
        }
    }

    private void read(LineReader lines) throws IOException {
        int intact = lines.intactLength();
        if (intact > 0 ? !lines.isTerminated() || intact < lines.length() : !lines.isBlank()) {
            damagedFrom = Math.min(damagedFrom, lines.offset());
        }
        if (intact > 0) {
            accept(lines, intact);
            end = lines.offset() + intact;
        }
        if (lines.isLast() && (lines.end() > completeUpTo || intact == lines.length())) {
            cut(lines, intact);
        } else if (intact == 0 && lines.isBlank()) {
            flushBatch();
            // A long run of zeros at the end of the file is cut off.
            end = lines.isBlank(0) ? lines.end() : end;
        } else {
            if (intact < lines.length() && !lines.isBlank(intact)) {
                repair(lines, intact);
            }
            end = lines.end();
        }
    }

    /** Drops an incomplete last line. */
    private void cut(LineReader lines, int intact) throws IOException {
        if (intact > 0) {
            overwrite(end, new byte[] {'\n'});
            end++;
        }
        if (intact < lines.length() - 1 && !lines.isBlank()) {
            LOG.warn(
                    "Journal {}: incomplete last line: dropped its {} bytes, which were not acknowledged",
                    file.path(),
                    lines.length() - intact);
        }
    }

    /** Passes an intact line to the consumer; the lines of a batch only together with its last one. */
    private void accept(LineReader lines, int length) throws IOException {
        byte[] bytes = lines.bytes();
        long offset = lines.offset();
        // Damaged bytes after it begin with a newline when they are repaired.
        long next = length < lines.length() || lines.isLast() ? offset + length + 1 : lines.end();
        boolean mayBeIncomplete = offset >= completeUpTo && BATCH.isIn(bytes, 0, length);
        Entry entry = mayBeIncomplete ? JournalLine.read(bytes, 0, length, names) : null;
        Entry.Place place = entry == null ? null : entry.place();
        if (!batch.isEmpty() && (place == null || !batchId.equals(place.batch()))) {
            flushBatch();
        }
        if (entry == null || place == null) {
            consumer.accept(bytes, length, offset, next, entry);
            return;
        }
        batchId = place.batch();
        batch.add(new BufferedLine(Arrays.copyOf(bytes, length), offset, next, entry));
        if (place.part() == place.of()) {
            flushBatch();
        }
    }

    private void flushBatch() throws IOException {
        for (BufferedLine line : batch) {
            consumer.accept(line.bytes(), line.bytes().length, line.offset(), line.next(), line.entry());
        }
        batch.clear();
    }

    /** Copies the bytes after an intact entry to quarantine, and replaces them by a separator. */
    private void repair(LineReader lines, int from) throws IOException {
        byte[] piece = Arrays.copyOfRange(lines.bytes(), from, lines.length());
        long offset = lines.offset() + from;
        boolean separator = piece.length == 1 && from > 0;
        if (!separator) {
            // A damaged line proves that the batch before it was written completely.
            flushBatch();
            quarantine(piece, offset);
        }
        byte[] blanks = new byte[piece.length];
        Arrays.fill(blanks, (byte) ' ');
        if (from > 0) {
            blanks[0] = '\n';
        }
        if (!lines.isTerminated()) {
            blanks[blanks.length - 1] = '\n';
        }
        overwrite(offset, blanks);
    }

    private void quarantine(byte[] piece, long offset) throws IOException {
        pieces++;
        String reason = "Journal " + file.path() + ": ";
        if (pieces <= MAX_PIECES) {
            quarantine.store(
                    file.day() + "-" + offset + ".jsonl",
                    piece,
                    reason + piece.length + " damaged bytes from byte " + offset + " on");
        } else if (pieces == MAX_PIECES + 1) {
            quarantine.copy(
                    file.path(),
                    file.day() + "-" + offset + ".file.jsonl",
                    reason + "more than " + MAX_PIECES + " damaged places, the next at byte " + offset
                            + "; this is the whole file before the repair of the others");
        }
    }

    private void overwrite(long offset, byte[] bytes) throws IOException {
        FileChannel channel = repairs();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer, offset + buffer.position());
        }
    }

    private FileChannel repairs() throws IOException {
        FileChannel channel = repairs;
        if (channel == null) {
            channel = FileChannel.open(file.path(), EnumSet.of(StandardOpenOption.WRITE));
            repairs = channel;
        }
        return channel;
    }
}
