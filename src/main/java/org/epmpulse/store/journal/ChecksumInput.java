package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;

/** A stream of one JSON object that computes the object's {@link LineChecksum} while it is read. Not thread-safe. */
final class ChecksumInput extends InputStream {

    /** The field with the checksum and the white space after it are in these last bytes. */
    private static final int TAIL = 1 << 10;

    private static final int CHUNK = 1 << 13;

    private final InputStream in;
    private final CRC32C crc = new CRC32C();
    private final byte[] tail = new byte[TAIL];
    private int length;

    /** @param in is not closed with this stream */
    ChecksumInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int max) throws IOException {
        int read = in.read(bytes, offset, max);
        if (read > 0) {
            add(bytes, offset, read);
        }
        return read;
    }

    /** What leaves the tail is before the field, so it belongs to the checksum. */
    private void add(byte[] bytes, int offset, int count) {
        int kept = Math.min(count, TAIL);
        int leaving = Math.max(0, length + kept - TAIL);
        crc.update(tail, 0, leaving);
        crc.update(bytes, offset, count - kept);
        System.arraycopy(tail, leaving, tail, 0, length - leaving);
        System.arraycopy(bytes, offset + count - kept, tail, length - leaving, kept);
        length += kept - leaving;
    }

    /** Reads the rest; returns whether the object is complete and has the correct checksum. */
    boolean isIntact() throws IOException {
        byte[] rest = new byte[CHUNK];
        while (read(rest, 0, CHUNK) >= 0) {
            // add() has seen it.
        }
        int end = length;
        while (end > 0 && Character.isWhitespace(tail[end - 1])) {
            end--;
        }
        return LineChecksum.isIntact(crc, tail, 0, end);
    }
}
