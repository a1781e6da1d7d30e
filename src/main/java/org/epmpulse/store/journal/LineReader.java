package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Splits a stream into lines of bytes without giving up their places. Not thread-safe. */
final class LineReader {

    /** An entry's line is a few kilobytes at most; what is longer is damaged and handed on in pieces. */
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

    /** Goes to the next line; false at the end. */
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

    /** The line's bytes, from 0 to {@link #length}; good until the next call of {@link #next()}. */
    byte[] bytes() {
        return line;
    }

    /** How long the line is, in bytes, without its newline. */
    int length() {
        return length;
    }

    /** Where the line begins in the file. */
    long offset() {
        return offset;
    }

    /** Where the line after it begins. */
    long end() {
        return next;
    }

    /** Whether the line ends with a newline; only the last one may not. */
    boolean terminated() {
        return terminated;
    }

    /** Whether there is nothing but blanks, as where damage was cut out. */
    boolean blank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ') {
                return false;
            }
        }
        return true;
    }
}
