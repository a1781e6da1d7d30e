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
 * Reads the journal's file of a day from end to end and mends it.
 *
 * <p>A torn last line and an incomplete last batch are cut off: nobody was told that they were accepted. Anything else
 * that is not intact was, so it goes to quarantine; blanks take its place, so that no other line moves. Where a damaged
 * byte joined two lines, both are found.
 */
final class JournalScan {

    private static final Logger LOG = LoggerFactory.getLogger(JournalScan.class);
    private static final byte[] START = {'{', '"', 'r', 'e'};
    private static final BytePattern BATCH = new BytePattern("\"batch\":");

    /** Takes the intact lines in their order. */
    @FunctionalInterface
    interface LineConsumer {
        /**
         * @param offset of the line in the file
         * @param entry the line, if it was read already; null if not
         */
        void accept(byte[] bytes, int from, int to, long offset, @Nullable Entry entry) throws IOException;
    }

    private record Repair(long offset, byte[] bytes) {}

    private record Held(byte[] bytes, long offset, Entry entry) {}

    private final DayFile file;
    private final long complete;
    private final Quarantine quarantine;
    private final NameInterner names;
    private final LineConsumer consumer;
    private final List<Repair> repairs = new ArrayList<>();
    private final List<Held> batch = new ArrayList<>();
    private String batchId = "";
    private long end;

    /** @param complete up to here no batch can lack lines, in bytes from the start of the file */
    JournalScan(DayFile file, long complete, Quarantine quarantine, NameInterner names, LineConsumer consumer) {
        this.file = file;
        this.complete = complete;
        this.quarantine = quarantine;
        this.names = names;
        this.consumer = consumer;
    }

    /** Reads a plain file and mends it; returns its length then. */
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
                    "Dropped {} updates of an incomplete batch from {}: they were not acknowledged",
                    batch.size(),
                    file.path());
            end = batch.get(0).offset();
        }
        mend(length);
        return end;
    }

    private void read(LineReader lines) throws IOException {
        boolean tail = !lines.terminated() && lines.length() < LineReader.MAX_LENGTH;
        if (!tail && lines.blank()) {
            release();
            end = lines.end();
            return;
        }
        if (!tail && LineChecksum.isIntact(lines.bytes(), 0, lines.length())) {
            take(lines.bytes(), 0, lines.length(), lines.offset());
            end = lines.end();
            return;
        }
        int at = 0;
        for (int[] piece : intactPieces(lines.bytes(), lines.length())) {
            setAside(lines, at, piece[0]);
            take(lines.bytes(), piece[0], piece[1], lines.offset() + piece[0]);
            at = piece[1];
            end = lines.offset() + at + 1;
            repairs.add(new Repair(lines.offset() + at, new byte[] {'\n'}));
        }
        if (tail) {
            if (at < lines.length() - 1) {
                LOG.warn(
                        "Dropped {} bytes of a torn last line from {}: it was not acknowledged",
                        lines.length() - at,
                        file.path());
            }
        } else {
            setAside(lines, at, lines.length());
            end = lines.end();
        }
    }

    /** Hands an intact line on; the lines of a batch only when its last one is there. */
    private void take(byte[] bytes, int from, int to, long offset) throws IOException {
        boolean mayBeCut = offset >= complete && BATCH.isIn(bytes, from, to);
        Entry entry = mayBeCut ? JournalLine.read(bytes, from, to, names) : null;
        Entry.Place place = entry == null ? null : entry.place();
        if (!batch.isEmpty() && (place == null || !batchId.equals(place.batch()))) {
            release();
        }
        if (entry == null || place == null) {
            consumer.accept(bytes, from, to, offset, entry);
            return;
        }
        batchId = place.batch();
        batch.add(new Held(Arrays.copyOfRange(bytes, from, to), offset, entry));
        if (place.part() == place.of()) {
            release();
        }
    }

    private void release() throws IOException {
        for (Held held : batch) {
            consumer.accept(held.bytes(), 0, held.bytes().length, held.offset(), held.entry());
        }
        batch.clear();
    }

    private void setAside(LineReader lines, int from, int to) throws IOException {
        byte[] piece = Arrays.copyOfRange(lines.bytes(), from, to);
        boolean separator = piece.length == 0 || (piece.length == 1 && from > 0);
        if (separator) {
            return;
        }
        long offset = lines.offset() + from;
        // A damaged line proves that the batch before it was written whole.
        release();
        quarantine.keep(
                file.day() + "-" + offset + ".jsonl",
                piece,
                piece.length + " damaged bytes in " + file.path() + " from byte " + offset + " on");
        byte[] blanks = new byte[piece.length];
        Arrays.fill(blanks, (byte) ' ');
        if (from > 0) {
            blanks[0] = '\n';
        }
        repairs.add(new Repair(offset, blanks));
    }

    private void mend(long length) throws IOException {
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
            int to = startsAt(bytes, from, length) ? endOfIntact(bytes, from, length) : -1;
            if (to > 0) {
                pieces.add(new int[] {from, to});
                from = to;
            } else {
                from++;
            }
        }
        return pieces;
    }

    private static boolean startsAt(byte[] bytes, int from, int length) {
        return from + START.length <= length && Arrays.equals(bytes, from, from + START.length, START, 0, START.length);
    }

    private static int endOfIntact(byte[] bytes, int from, int length) {
        for (int to = from + START.length; to < length; to++) {
            if (bytes[to] == '}' && LineChecksum.isIntact(bytes, from, to + 1)) {
                return to + 1;
            }
        }
        return -1;
    }
}
