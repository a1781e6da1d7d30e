package org.epmpulse.slack;

import java.util.PrimitiveIterator;

/**
 * Text that somebody else wrote, made inert for a canvas: no link, mention, formatting or table cell can come of it.
 *
 * <p>A canvas takes markdown (https://docs.slack.dev/surfaces/canvases): a backslash takes the meaning of a special
 * character; angle brackets, which begin Slack's own links and mentions, are replaced by look-alikes.
 */
final class CanvasText {

    private static final String ESCAPED = "\\|*_~[]()`";

    private CanvasText() {}

    /** At most {@code limit} characters of the text, with {@code …} at the end where it was longer. */
    static String inert(String text, int limit) {
        StringBuilder inert = new StringBuilder(text.length() + 16);
        int count = 0;
        PrimitiveIterator.OfInt codePoints = text.codePoints().iterator();
        while (codePoints.hasNext()) {
            int c = codePoints.nextInt();
            int type = Character.getType(c);
            if (type == Character.FORMAT || type == Character.SURROGATE) {
                continue;
            }
            if (count == limit) {
                return inert.append('…').toString();
            }
            count++;
            switch (c) {
                case '<' -> inert.append('‹');
                case '>' -> inert.append('›');
                default -> {
                    boolean blank = type == Character.CONTROL
                            || type == Character.LINE_SEPARATOR
                            || type == Character.PARAGRAPH_SEPARATOR;
                    if (ESCAPED.indexOf(c) >= 0) {
                        inert.append('\\');
                    }
                    inert.appendCodePoint(blank ? ' ' : c);
                }
            }
        }
        return inert.toString();
    }
}
