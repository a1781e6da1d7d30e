package org.epmpulse.store.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.ZipException;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * The file of a closed day: a gzip file of several members (blocks), each with about {@value #SIZE} bytes of whole
 * lines. A reader can start at any block and skip blocks by their index. Every gzip program can read the file.
 *
 * <p>The index is an extra field {@code EP} in the header of a member, big endian: the length of the member (4 bytes),
 * of its lines (4), the earliest and the latest receipt of its lines in milliseconds (8 each), the sorted {@linkplain
 * #key keys} of their field values (4 each), and the CRC-32C of all that (4).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1.1">RFC 1952, extra field</a>
 */
final class IndexedGzip {

    static final int SIZE = 2 << 20;

    /** An extra field has at most 65,535 bytes. */
    private static final int MAX_KEYS = 16_000;

    /** Bytes up to the end of the extra field's length. */
    private static final int HEADER = 16;

    private static final int FIXED = 24;

    /** Longer than any block in the file, in bytes. */
    private static final int MAX_FILE_LENGTH = 2 * SIZE;

    private IndexedGzip() {}

    /**
     * The position and index of a block.
     *
     * @param from offset of its first line, in bytes before compression
     * @param length of its lines, in bytes
     * @param position of the member in the file
     * @param fileLength of the member
     * @param earliest receipt, in milliseconds
     * @param latest receipt, in milliseconds
     * @param keys sorted
     */
    record Block(long from, int length, long position, int fileLength, long earliest, long latest, int[] keys) {

        /** Whether a line may contain the value of this key; false is certain. */
        boolean mayContain(int key) {
            return Arrays.binarySearch(keys, key) >= 0;
        }

        /** The lines, decompressed as they are read. */
        InputStream open(FileChannel file) throws IOException {
            ByteBuffer member = ByteBuffer.allocate(fileLength);
            readFully(file, member, position);
            return new GZIPInputStream(new ByteArrayInputStream(member.array()), 1 << 16);
        }

        /**
         * The lines up to the first byte that cannot be decompressed. Without a valid header, the data is expected
         * where the header says; there are no lines if that is wrong.
         */
        byte[] readDamaged(FileChannel file) throws IOException {
            ByteBuffer member = ByteBuffer.allocate(fileLength).order(ByteOrder.LITTLE_ENDIAN);
            readFully(file, member, position);
            if (fileLength < HEADER) {
                return new byte[0];
            }
            // The length of the extra field is there twice.
            byte[] lines = inflate(member.array(), HEADER - 4 + Short.toUnsignedInt(member.getShort(10)));
            return lines.length > 0
                    ? lines
                    : inflate(member.array(), HEADER + Short.toUnsignedInt(member.getShort(14)));
        }

        private byte[] inflate(byte[] member, int from) {
            byte[] lines = new byte[length >= 0 ? length : 2 * SIZE];
            Inflater inflater = new Inflater(true);
            int count = 0;
            try {
                inflater.setInput(member, Math.min(from, member.length), Math.max(0, member.length - from));
                int more = inflater.inflate(lines);
                while (more > 0) {
                    count += more;
                    more = inflater.inflate(lines, count, lines.length - count);
                }
            } catch (DataFormatException e) {
                // What was decompressed before the damage is used: each line has a checksum.
                count = inflater.getTotalOut();
            } finally {
                inflater.end();
            }
            return Arrays.copyOf(lines, count);
        }

        /** The lines. */
        byte[] read(FileChannel file) throws IOException {
            try (InputStream in = open(file)) {
                byte[] lines = in.readNBytes(length);
                if (lines.length < length || in.read() >= 0) {
                    throw new EOFException("a block must hold " + length + " bytes");
                }
                return lines;
            }
        }
    }

    /** The key of a field's value in the index of a block. */
    static int key(String field, String value) {
        CRC32C crc = new CRC32C();
        crc.update((field + "\0" + value).getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    /** Writes lines as blocks. Not thread-safe. */
    static final class Writer {
        private final OutputStream out;
        private final ByteArrayOutputStream lines = new ByteArrayOutputStream(SIZE + (1 << 16));
        private final Set<Integer> keys = new HashSet<>();
        private final Set<DomainId> ids = new HashSet<>();
        private final Set<Status> statuses = EnumSet.noneOf(Status.class);
        private long earliest = Long.MAX_VALUE;
        private long latest = Long.MIN_VALUE;

        Writer(OutputStream out) {
            this.out = out;
        }

        /** Adds all lines, also lines that are not entries. */
        void addAll(InputStream in) throws IOException {
            LineReader all = new LineReader(in, 0);
            while (all.next()) {
                add(all.bytes(), all.length(), all.isTerminated() || all.isLast());
            }
        }

        /** @param terminated false if the next line follows without a newline, which is damaged then */
        void add(byte[] line, int length, boolean terminated) throws IOException {
            lines.write(line, 0, length);
            if (terminated) {
                lines.write('\n');
            }
            int intact = LineChecksum.intactLength(line, 0, length);
            if (intact > 0) {
                Entry entry = JournalLine.read(line, 0, intact);
                addKeys(entry);
                earliest = Math.min(earliest, entry.received().toEpochMilli());
                latest = Math.max(latest, entry.received().toEpochMilli());
            }
            if (lines.size() >= SIZE || keys.size() > MAX_KEYS) {
                writeBlock();
            }
        }

        /** Most lines have a domain and a status that the block has already. */
        private void addKeys(Entry entry) {
            if (ids.add(entry.id())) {
                keys.add(key("app", entry.id().app()));
                keys.add(key("domain", entry.id().domain()));
                keys.add(key("id", entry.id().toString()));
            }
            if (statuses.add(entry.status())) {
                keys.add(key("status", entry.status().label()));
            }
            if (entry.jobId() != null) {
                keys.add(key("job_id", entry.jobId()));
            }
        }

        /** Writes the last block. */
        void finish() throws IOException {
            writeBlock();
        }

        private void writeBlock() throws IOException {
            byte[] raw = lines.toByteArray();
            byte[] deflated = deflate(raw);
            ByteBuffer extra = ByteBuffer.allocate(FIXED + 4 * keys.size() + 4);
            extra.putInt(HEADER + extra.capacity() + deflated.length + 8);
            extra.putInt(raw.length);
            extra.putLong(earliest).putLong(latest);
            keys.stream().sorted().forEach(extra::putInt);
            extra.putInt(crc(extra.array()));
            ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
            header.put(new byte[] {0x1f, (byte) 0x8b, Deflater.DEFLATED, 4, 0, 0, 0, 0, 0, (byte) 0xff});
            header.putShort((short) (extra.capacity() + 4));
            header.put((byte) 'E').put((byte) 'P').putShort((short) extra.capacity());
            CRC32 crc = new CRC32();
            crc.update(raw);
            ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            trailer.putInt((int) crc.getValue()).putInt(raw.length);
            out.write(header.array());
            out.write(extra.array());
            out.write(deflated);
            out.write(trailer.array());
            lines.reset();
            keys.clear();
            ids.clear();
            statuses.clear();
            earliest = Long.MAX_VALUE;
            latest = Long.MIN_VALUE;
        }

        private static byte[] deflate(byte[] raw) {
            Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
            try {
                deflater.setInput(raw);
                deflater.finish();
                ByteArrayOutputStream deflated = new ByteArrayOutputStream(raw.length / 6 + 64);
                byte[] buffer = new byte[1 << 16];
                while (!deflater.finished()) {
                    deflated.write(buffer, 0, deflater.deflate(buffer));
                }
                return deflated.toByteArray();
            } finally {
                deflater.end();
            }
        }
    }

    /**
     * The selected blocks of a file in their order, or null if the file has no index: another program compressed it.
     *
     * @param filter gets blocks with their keys; the returned blocks have none
     * @throws ZipException if the index is damaged
     */
    static @Nullable List<Block> list(FileChannel file, Predicate<Block> filter) throws IOException {
        List<Block> blocks = new ArrayList<>();
        long end = file.size();
        if (end == 0) {
            throw new ZipException("the file is empty");
        }
        long position = 0;
        long from = 0;
        while (position < end) {
            Block block = readHeader(file, position, from);
            if (block == null && (position > 0 || hasIndex(file))) {
                throw new ZipException("the index at byte " + position + " is wrong");
            }
            if (block == null) {
                return null;
            }
            if (filter.test(block)) {
                blocks.add(new Block(
                        from,
                        block.length(),
                        position,
                        block.fileLength(),
                        block.earliest(),
                        block.latest(),
                        new int[0]));
            }
            position += block.fileLength();
            from += block.length();
        }
        return blocks;
    }

    /** Whether the file begins with a block. */
    private static boolean hasIndex(FileChannel file) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        while (header.hasRemaining() && file.read(header, header.position()) >= 0) {
            continue;
        }
        return header.get(12) == 'E' && header.get(13) == 'P';
    }

    /**
     * The blocks of a damaged file, also those whose header is damaged.
     *
     * <p>A block with a valid header says how many bytes of lines it has. For any other one they are unknown, and it
     * ends where the next begins.
     *
     * @return in their order; {@code from} is 0, and {@code length} is -1 where it is unknown
     */
    static List<Block> find(FileChannel file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        long end = file.size();
        long position = 0;
        while (position < end) {
            Block block = readHeader(file, position, 0);
            if (block == null) {
                long next = nextHeader(file, position + 1);
                // Larger ones are not of this program.
                int length = (int) Math.min(next - position, MAX_FILE_LENGTH);
                block = new Block(0, -1, position, length, 0, 0, new int[0]);
                position = next;
            } else {
                position += block.fileLength();
            }
            blocks.add(block);
        }
        return blocks;
    }

    /** Position of the next valid header; the end of the file if there is none. */
    private static long nextHeader(FileChannel file, long from) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        long position = from;
        while (position < file.size()) {
            window.clear();
            window.limit((int) Math.min(window.capacity(), file.size() - position));
            readFully(file, window, position);
            byte[] bytes = window.array();
            int last = window.limit() - 3;
            for (int i = 0; i < last; i++) {
                boolean gzip =
                        bytes[i] == 0x1f && bytes[i + 1] == (byte) 0x8b && bytes[i + 2] == 8 && bytes[i + 3] == 4;
                if (gzip && readHeader(file, position + i, 0) != null) {
                    return position + i;
                }
            }
            position += Math.max(1, last);
        }
        return file.size();
    }

    private static @Nullable Block readHeader(FileChannel file, long position, long from) throws IOException {
        if (file.size() - position < HEADER + FIXED + 4) {
            return null;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        readFully(file, header, position);
        boolean indexed = header.getInt(0) == 0x04088b1f && header.get(12) == 'E' && header.get(13) == 'P';
        int length = Short.toUnsignedInt(header.getShort(14));
        if (!indexed || length < FIXED + 4 || file.size() - position < HEADER + length) {
            return null;
        }
        ByteBuffer extra = ByteBuffer.allocate(length);
        readFully(file, extra, position + HEADER);
        extra.flip();
        int fileLength = extra.getInt();
        int rawLength = extra.getInt();
        long earliest = extra.getLong();
        long latest = extra.getLong();
        int[] keys = new int[(length - FIXED - 4) / 4];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = extra.getInt();
        }
        boolean intact = extra.getInt() == crc(extra.array())
                && fileLength > HEADER + length
                && fileLength <= file.size() - position
                && rawLength >= 0;
        return intact ? new Block(from, rawLength, position, fileLength, earliest, latest, keys) : null;
    }

    /** The CRC-32C of all but the last four bytes, which hold it. */
    private static int crc(byte[] extra) {
        CRC32C crc = new CRC32C();
        crc.update(extra, 0, extra.length - 4);
        return (int) crc.getValue();
    }

    static void readFully(FileChannel file, ByteBuffer buffer, long from) throws IOException {
        long at = from;
        while (buffer.hasRemaining()) {
            int read = file.read(buffer, at);
            if (read < 0) {
                throw new EOFException("a file became shorter while it was read");
            }
            at += read;
        }
    }
}
