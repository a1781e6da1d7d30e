package org.epmpulse.alerts;

import java.util.PrimitiveIterator;

/** Converts text from outside to one line without invisible characters. */
public final class PlainText {

    private PlainText() {}

    /**
     * Removes format characters and replaces control characters with spaces.
     *
     * @param limit in characters; a longer text ends with {@code …}
     */
    public static String of(String text, int limit) {
        StringBuilder plain = new StringBuilder(text.length());
        int count = 0;
        PrimitiveIterator.OfInt codePoints = text.codePoints().iterator();
        while (codePoints.hasNext()) {
            int c = codePoints.nextInt();
            int type = Character.getType(c);
            if (type == Character.FORMAT || type == Character.SURROGATE) {
                continue;
            }
            if (count == limit) {
                return plain.append('…').toString();
            }
            count++;
            boolean blank = type == Character.CONTROL
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            plain.appendCodePoint(blank ? ' ' : c);
        }
        return plain.toString();
    }
}
