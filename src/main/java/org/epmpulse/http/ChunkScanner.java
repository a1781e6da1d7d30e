package org.epmpulse.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Checks the framing of a chunked body before Netty reads it, which accepts spaces and other characters after the size of
 * a chunk. Limits extensions and trailers, which are ignored. Used by one event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, Chunked Transfer Coding</a>
 */
final class ChunkScanner {

    /** For all chunks of a body together. */
    private static final int MAX_EXTENSION_BYTES = 4 * 1024;

    /** With leading zeros. */
    private static final int MAX_SIZE_DIGITS = 16;

    private static final long MAX_SIZE = 0xffff_ffffL;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_END,
        DATA,
        DATA_RETURN,
        DATA_END,
        TRAILER,
        COMPLETE
    }

    private final HeadScanner trailer = new HeadScanner();
    private State state = State.SIZE;
    private int digits;
    private long size;
    private int extensionBytes;
    private @Nullable MalformedRequestException problem;

    /**
     * Checks bytes that it has not seen.
     *
     * @param from index of the first one
     * @return the index after the last byte that belongs to the body
     * @throws MalformedRequestException if they are no chunks
     */
    int scan(ByteBuf in, int from) throws MalformedRequestException {
        int at = from;
        int end = in.writerIndex();
        while (at < end && state != State.COMPLETE) {
            if (state == State.DATA) {
                int skipped = (int) Math.min(size, end - at);
                at += skipped;
                size -= skipped;
                state = size == 0 ? State.DATA_RETURN : State.DATA;
            } else {
                process(in.getByte(at));
                at++;
            }
            if (problem != null) {
                throw problem;
            }
        }
        return at;
    }

    private void process(byte value) {
        switch (state) {
            case SIZE -> size(value);
            case EXTENSION -> extension(value);
            case SIZE_END -> sizeEnd(value);
            case DATA_RETURN -> expect(value, '\r', State.DATA_END);
            case DATA_END -> expect(value, '\n', State.SIZE);
            default -> trailer(value);
        }
    }

    private void size(byte value) {
        int digit = Character.digit(value, 16);
        if (digit >= 0 && digits < MAX_SIZE_DIGITS) {
            size = size * 16 + digit;
            digits++;
            if (size > MAX_SIZE) {
                fail("A chunk must have at most " + MAX_SIZE + " bytes.");
            }
        } else if (value == ';' && digits > 0) {
            state = State.EXTENSION;
        } else if (value == '\r' && digits > 0) {
            state = State.SIZE_END;
        } else {
            fail("The size of a chunk must be 1 to " + MAX_SIZE_DIGITS + " hexadecimal digits.");
        }
    }

    private void extension(byte value) {
        if (value == '\r') {
            state = State.SIZE_END;
        } else if ((value >= 0 && value < ' ' && value != '\t') || ++extensionBytes > MAX_EXTENSION_BYTES) {
            fail("The extensions of chunks must have at most " + MAX_EXTENSION_BYTES
                    + " bytes and no control characters.");
        }
    }

    private void sizeEnd(byte value) {
        expect(value, '\n', size == 0 ? State.TRAILER : State.DATA);
        if (state == State.TRAILER) {
            trailer.resetToFields();
        }
        digits = 0;
    }

    private void expect(byte value, char expected, State next) {
        if (value == expected) {
            state = next;
        } else {
            fail("A chunk must have the announced size, and lines must end with a carriage return and a line feed.");
        }
    }

    private void trailer(byte value) {
        if (!trailer.process(value)) {
            problem = trailer.problem();
            state = State.COMPLETE;
        }
    }

    private void fail(String message) {
        problem = new MalformedRequestException(400, message);
    }
}
