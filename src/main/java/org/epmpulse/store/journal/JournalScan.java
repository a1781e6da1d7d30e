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
 * may have been acknowledged. They are copied to quarantine and overwritten with blanks, so that no other line moves.
 * If a damaged newline joined two lines, both are recovered.
 */
final class JournalScan {

    private static final Logger LOG = LoggerFactory.getLogger(JournalScan.class);
    private static final byte[] LINE_START = {'{', '"', 'r', 'e'};
    private static final BytePattern BATCH = new BytePattern("\"batch\":");

    /** Receives the intact lines in their order. */
    @FunctionalInterface
    interface LineConsumer {
        /**
         * @param offset of the line in the file
         * @param entry the parsed line; null if it was not parsed yet
         */
        void accept(byte[] bytes, int from, int to, long offset, @Nullable Entry entry) throws IOException;
    }

    private record Repair(long offset, byte[] bytes) {}

    private record BufferedLine(byte[] bytes, long offset, Entry entry) {}

    private final DayFile file;
    private final long completeUpTo;
    private final Quarantine quarantine;
    private final NameInterner names;
    private final LineConsumer consumer;
    private final List<Repair> repairs = new ArrayList<>();
    private final List<BufferedLine> batch = new ArrayList<>();
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

    /** Reads and repairs a plain file; returns its length after the repair. */
    long run() throws IOException {
        try (InputStream in = file.open()) {
            LineReader lines = new LineReader(in, 0);
            while (lines.next()) {
                read(lines);
            }
        }
        long length = file.path().toFile().length();
        if (!batch.isEmpty()) {
            LOG.warn(
                    "Journal {}: incomplete last batch: dropped its {} updates, which were not acknowledged",
                    file.path(),
                    batch.size());
            end = batch.get(0).offset();
        }
        writeRepairs(length);
        return end;
    }

    private void read(LineReader lines) throws IOException {
        boolean incomplete = !lines.isTerminated() && lines.length() < LineReader.MAX_LENGTH;
        if (!incomplete && lines.isBlank()) {
            flushBatch();
            end = lines.end();
            return;
        }
        if (!incomplete && LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
            accept(lines.bytes(), 0, lines.length(), lines.offset());
            end = lines.end();
            return;
        }
        int at = 0;
        for (int[] piece : intactPieces(lines.bytes(), lines.length())) {
            quarantine(lines, at, piece[0]);
            accept(lines.bytes(), piece[0], piece[1], lines.offset() + piece[0]);
            at = piece[1];
            end = lines.offset() + at + 1;
            repairs.add(new Repair(lines.offset() + at, new byte[] {'\n'}));
        }
        if (incomplete) {
            if (at < lines.length() - 1) {
                LOG.warn(
                        "Journal {}: incomplete last line: dropped its {} bytes, which were not acknowledged",
                        file.path(),
                        lines.length() - at);
            }
        } else {
            quarantine(lines, at, lines.length());
            end = lines.end();
        }
    }

    /** Passes an intact line to the consumer; the lines of a batch only together with its last one. */
    private void accept(byte[] bytes, int from, int to, long offset) throws IOException {
        boolean mayBeIncomplete = offset >= completeUpTo && BATCH.isIn(bytes, from, to);
        Entry entry = mayBeIncomplete ? JournalLine.read(bytes, from, to, names) : null;
        Entry.Place place = entry == null ? null : entry.place();
        if (!batch.isEmpty() && (place == null || !batchId.equals(place.batch()))) {
            flushBatch();
        }
        if (entry == null || place == null) {
            consumer.accept(bytes, from, to, offset, entry);
            return;
        }
        batchId = place.batch();
        batch.add(new BufferedLine(Arrays.copyOfRange(bytes, from, to), offset, entry));
        if (place.part() == place.of()) {
            flushBatch();
        }
    }

    private void flushBatch() throws IOException {
        for (BufferedLine line : batch) {
            consumer.accept(line.bytes(), 0, line.bytes().length, line.offset(), line.entry());
        }
        batch.clear();
    }

    private void quarantine(LineReader lines, int from, int to) throws IOException {
        byte[] piece = Arrays.copyOfRange(lines.bytes(), from, to);
        boolean separator = piece.length == 0 || (piece.length == 1 && from > 0);
        if (separator) {
            return;
        }
        long offset = lines.offset() + from;
        // A damaged line proves that the batch before it was written completely.
        flushBatch();
        quarantine.store(
                file.day() + "-" + offset + ".jsonl",
                piece,
                "Journal " + file.path() + ": " + piece.length + " damaged bytes from byte " + offset + " on");
        byte[] blanks = new byte[piece.length];
        Arrays.fill(blanks, (byte) ' ');
        if (from > 0) {
            blanks[0] = '\n';
        }
        repairs.add(new Repair(offset, blanks));
    }

    private void writeRepairs(long length) throws IOException {
        if (repairs.isEmpty() && length == end) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file.path(), EnumSet.of(StandardOpenOption.WRITE))) {
            for (Repair repair : repairs) {
                channel.write(ByteBuffer.wrap(repair.bytes()), repair.offset());
            }
            channel.truncate(end);
            channel.force(true);
        }
    }

    private static List<int[]> intactPieces(byte[] bytes, int length) {
        List<int[]> pieces = new ArrayList<>();
        int from = 0;
        while (from < length) {
            int to = isLineStart(bytes, from, length) ? endOfIntact(bytes, from, length) : -1;
            if (to > 0) {
                pieces.add(new int[] {from, to});
                from = to;
            } else {
                from++;
            }
        }
        return pieces;
    }

    private static boolean isLineStart(byte[] bytes, int from, int length) {
        return from + LINE_START.length <= length
                && Arrays.equals(bytes, from, from + LINE_START.length, LINE_START, 0, LINE_START.length);
    }

    private static int endOfIntact(byte[] bytes, int from, int length) {
        for (int to = from + LINE_START.length; to < length; to++) {
            if (bytes[to] == '}' && LineChecksum.isIntact(bytes, from, to + 1)) {
                return to + 1;
            }
        }
        return -1;
    }
}
