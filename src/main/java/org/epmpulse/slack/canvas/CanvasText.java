package org.epmpulse.slack.canvas;

import java.util.regex.Pattern;
import org.epmpulse.slack.PlainText;

/**
 * Text that somebody else wrote, made inert for a canvas: no link, mention, emoji, formatting or table cell can come of
 * it, and it still reads as it was written.
 *
 * <p>A canvas takes markdown (https://docs.slack.dev/surfaces/canvases): a backslash takes the meaning of a special
 * character. What a backslash does not reach gets a look-alike: angle brackets, which begin Slack's own links and
 * mentions, the ampersand of an HTML entity, the colon of an {@code :emoji:}, and the colon or dot by which an address
 * is known. Slack does not say whether it makes links of bare addresses in a canvas, and nobody should be a tap away
 * from one that came in with a message. A look-alike is seen by whoever copies the text, which an invisible character
 * in between would not be.
 *
 * <p>For use within a line: what has a meaning only at the beginning of one is left alone.
 */
final class CanvasText {

    private static final String ESCAPED = "\\|*_~[]()`";

    private static final String EMOJI_COLON =
            ":(?=(?:[\\p{N}_+'-]*[\\p{L}\\p{M}][\\p{L}\\p{M}\\p{N}_+'-]*|\\+1|-1|100|1234):)";
    private static final String ADDRESS_MARK = ":(?=//)|(?<=mailto):|(?<=www)\\.";
    private static final Pattern LIVE =
            Pattern.compile("[<>]|&(?=#?\\w+;)|" + EMOJI_COLON + "|" + ADDRESS_MARK, Pattern.CASE_INSENSITIVE);

    private CanvasText() {}

    /** At most {@code limit} characters of the text, with {@code …} at the end where it was longer. */
    static String inert(String text, int limit) {
        String plain = LIVE.matcher(PlainText.of(text, limit)).replaceAll(match -> lookAlike(match.group()));
        StringBuilder inert = new StringBuilder(plain.length() + 16);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (ESCAPED.indexOf(c) >= 0) {
                inert.append('\\');
            }
            inert.append(c);
        }
        return inert.toString();
    }

    private static String lookAlike(String live) {
        return switch (live) {
            case "<" -> "‹";
            case ">" -> "›";
            case "&" -> "＆";
            case "." -> "․";
            default -> "∶";
        };
    }
}
