package org.epmpulse.store.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * The checksum at the end of a JSON object, in the journal's lines and in the snapshot: the last field {@code crc} is
 * the CRC-32C, in decimal, of all bytes before {@code "crc"}, the comma included.
 */
final class LineChecksum {

    private static final byte[] FIELD = "\"crc\":".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_DIGITS = 10;

    private LineChecksum() {}

    /** Appends the object with {@code crc} as its last field. */
    static void writeWithChecksum(byte[] object, ByteArrayOutputStream out) {
        object[object.length - 1] = ',';
        out.writeBytes(object);
        out.writeBytes(FIELD);
        CRC32C crc = new CRC32C();
        crc.update(object);
        out.writeBytes(Long.toString(crc.getValue()).getBytes(StandardCharsets.US_ASCII));
        out.write('}');
    }

    /** Completes an object that lacks only its last brace with {@code crc} as its last field. */
    static void writeChecksum(CheckedOutputStream object) throws IOException {
        object.write(',');
        long crc = object.getChecksum().getValue();
        object.write(FIELD);
        object.write((crc + "}").getBytes(StandardCharsets.US_ASCII));
    }

    /** Number of bytes that {@link #isStart} compares. */
    static final int START_LENGTH = 4;

    /**
     * Whether an entry begins here. The fields {@code rev} and {@code received} are the first; within an entry these
     * bytes do not occur, because quotes in texts are escaped.
     */
    static boolean isStart(byte[] bytes, int at, int end) {
        return at + START_LENGTH <= end
                && bytes[at] == '{'
                && bytes[at + 1] == '"'
                && bytes[at + 2] == 'r'
                && bytes[at + 3] == 'e';
    }

    /** Length of the intact entry at the start of the bytes, whatever follows it; 0 if there is none. */
    static int intactLength(byte[] bytes, int from, int to) {
        if (isIntact(bytes, from, to)) {
            return to - from;
        }
        for (int end = isStart(bytes, from, to) ? from + START_LENGTH : to; end < to; end++) {
            if (bytes[end] == '}' && isIntact(bytes, from, end + 1)) {
                return end + 1 - from;
            }
        }
        return 0;
    }

    /** Whether the bytes are a complete object with the correct checksum. */
    static boolean isIntact(byte[] bytes, int from, int to) {
        return isIntact(new CRC32C(), bytes, from, to);
    }

    /** @param crc of the bytes before these; at its end it includes those before the field */
    static boolean isIntact(CRC32C crc, byte[] bytes, int from, int to) {
        int end = to - 1;
        if (end - from < FIELD.length || bytes[end] != '}') {
            return false;
        }
        long expected = 0;
        long factor = 1;
        int digit = end - 1;
        while (digit >= from && end - digit <= MAX_DIGITS && bytes[digit] >= '0' && bytes[digit] <= '9') {
            expected += (bytes[digit] - '0') * factor;
            factor *= 10;
            digit--;
        }
        int field = digit + 1 - FIELD.length;
        if (digit == end - 1 || field < from) {
            return false;
        }
        for (int i = 0; i < FIELD.length; i++) {
            if (bytes[field + i] != FIELD[i]) {
                return false;
            }
        }
        crc.update(bytes, from, field - from);
        return crc.getValue() == expected;
    }
}
