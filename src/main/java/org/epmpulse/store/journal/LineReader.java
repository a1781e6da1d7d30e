package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a stream into lines of bytes with their offsets. A line ends with its newline, or where the next entry begins:
 * a damaged newline then affects no other line. Not thread-safe.
 */
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
    private boolean last;

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
        last = false;
        boolean complete = false;
        while (!complete && length < MAX_LENGTH) {
            if (chunkAt == chunkEnd && !fill()) {
                last = true;
                break;
            }
            int end = chunkAt;
            while (end < chunkEnd && chunk[end] != '\n' && !(chunk[end] == '{' && length + end > chunkAt)) {
                end++;
            }
            append(end);
            if (end < chunkEnd) {
                complete = chunk[end] == '\n' || isEntryNext();
                terminated = complete && chunk[chunkAt] == '\n';
                if (terminated) {
                    chunkAt++;
                } else if (!complete) {
                    append(chunkAt + 1);
                }
            }
        }
        next = offset + length + (terminated ? 1 : 0);
        return next > offset;
    }

    /** Reads the next bytes; keeps those that were not used. */
    private boolean fill() throws IOException {
        int kept = chunkEnd - chunkAt;
        System.arraycopy(chunk, chunkAt, chunk, 0, kept);
        chunkAt = 0;
        int more = Math.max(0, in.read(chunk, kept, chunk.length - kept));
        chunkEnd = kept + more;
        return more > 0;
    }

    /** Whether an entry begins at the next byte. */
    private boolean isEntryNext() throws IOException {
        boolean more = true;
        while (more && chunkEnd - chunkAt < LineChecksum.START_LENGTH) {
            more = fill();
        }
        return LineChecksum.isStart(chunk, chunkAt, chunkEnd);
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

    /** Length of the intact entry at the start of the line, in bytes; 0 if there is none. */
    int intactLength() {
        return LineChecksum.intactLength(line, 0, length);
    }

    /** Offset of the line in the file. */
    long offset() {
        return offset;
    }

    /** Offset of the next line. */
    long end() {
        return next;
    }

    /** Whether the line ends with a newline. */
    boolean isTerminated() {
        return terminated;
    }

    /** Whether the stream ended in this line, before a newline. */
    boolean isLast() {
        return last;
    }

    /**
     * Whether the line has no content: only white space, as after a repair, or a long run of zeros, as after a file was
     * cut while it was written.
     */
    boolean isBlank() {
        return isBlank(0) || (length >= MAX_LENGTH && isZero());
    }

    /** Whether the line has only white space from an index on. */
    boolean isBlank(int from) {
        for (int i = from; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\r' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    private boolean isZero() {
        for (int i = 0; i < length; i++) {
            if (line[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
