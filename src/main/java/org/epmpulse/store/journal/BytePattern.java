package org.epmpulse.store.journal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds a text in bytes with Horspool's algorithm, which skips most bytes of a line. Immutable.
 *
 * @see <a href="https://doi.org/10.1002/spe.4380100608">R. N. Horspool, Practical fast searching in strings</a>
 */
final class BytePattern {

    private final byte[] text;
    private final int[] shifts = new int[256];

    /** @param text at least one character */
    BytePattern(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        Arrays.fill(shifts, this.text.length);
        for (int i = 0; i < this.text.length - 1; i++) {
            shifts[this.text[i] & 0xff] = this.text.length - 1 - i;
        }
    }

    /** Index of the first occurrence, or -1. */
    int indexIn(byte[] bytes, int from, int to) {
        int last = text.length - 1;
        int at = from;
        while (at + last < to) {
            byte end = bytes[at + last];
            if (end == text[last] && Arrays.equals(bytes, at, at + last, text, 0, last)) {
                return at;
            }
            at += shifts[end & 0xff];
        }
        return -1;
    }

    /** Whether the text occurs. */
    boolean isIn(byte[] bytes, int from, int to) {
        return indexIn(bytes, from, to) >= 0;
    }

    /** In bytes. */
    int length() {
        return text.length;
    }
}
