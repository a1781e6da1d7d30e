package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream into lines of bytes with their offsets. Not thread-safe. */
final class LineReader {

    /** The line of an entry has a few kilobytes at most; a longer line is damaged and returned in pieces. */
    static final int MAX_LENGTH = 1 << 20;

    private final InputStream in;
    private final byte[] chunk = new byte[1 << 16];
    private int chunkAt;
    private int chunkEnd;
    private byte[] line = new byte[1 << 12];
    private int length;
    private long offset;
    private long next;
    private boolean terminated;

    /** @param offset of the stream's first byte in the file */
    LineReader(InputStream in, long offset) {
        this.in = in;
        this.next = offset;
    }

    /** Reads the next line; false at the end. */
    boolean next() throws IOException {
        offset = next;
        length = 0;
        terminated = false;
        while (!terminated && length < MAX_LENGTH) {
            if (chunkAt == chunkEnd) {
                chunkAt = 0;
                chunkEnd = Math.max(0, in.read(chunk));
                if (chunkEnd == 0) {
                    break;
                }
            }
            int end = chunkAt;
            while (end < chunkEnd && chunk[end] != '\n') {
                end++;
            }
            append(end);
            if (end < chunkEnd) {
                terminated = true;
                chunkAt = end + 1;
            }
        }
        next = offset + length + (terminated ? 1 : 0);
        return next > offset;
    }

    private void append(int end) {
        int more = end - chunkAt;
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(line.length * 2, length + more));
        }
        System.arraycopy(chunk, chunkAt, line, length, more);
        length += more;
        chunkAt = end;
    }

    /** The line's bytes, from 0 to {@link #length}; valid until the next call of {@link #next()}. */
    byte[] bytes() {
        return line;
    }

    /** Length of the line in bytes, without its newline. */
    int length() {
        return length;
    }

    /** Offset of the line in the file. */
    long offset() {
        return offset;
    }

    /** Offset of the next line. */
    long end() {
        return next;
    }

    /** Whether the line ends with a newline; only the last one may lack it. */
    boolean isTerminated() {
        return terminated;
    }

    /** Whether the line has only blanks, as after a repair. */
    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ') {
                return false;
            }
        }
        return true;
    }
}
