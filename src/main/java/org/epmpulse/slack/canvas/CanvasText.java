package org.epmpulse.slack.canvas;

import java.util.regex.Pattern;
import org.epmpulse.alerts.PlainText;

/**
 * Escapes text from outside for a canvas: it cannot become a link, mention, emoji, formatting or table cell, and it
 * stays readable.
 *
 * <p>A canvas is markdown (https://docs.slack.dev/surfaces/canvases), in which a backslash escapes a special character.
 * Characters that a backslash does not escape are replaced by look-alikes: angle brackets, which start Slack's links
 * and mentions, the ampersand of an HTML entity, the colon of an {@code :emoji:}, and the colon or dot of an address.
 * Slack does not document whether a canvas turns plain addresses into links, and an address from a message must not
 * become one. Unlike an invisible character, a look-alike is visible in copied text.
 *
 * <p>For use within a line: characters that are special only at the start of a line are not escaped.
 */
final class CanvasText {

    private static final String ESCAPED = "\\|*_~[]()`";

    private static final String EMOJI_COLON =
            ":(?=(?:[\\p{N}_+'-]*[\\p{L}\\p{M}][\\p{L}\\p{M}\\p{N}_+'-]*|\\+1|-1|100|1234):)";
    private static final String ADDRESS_MARK = ":(?=//)|(?<=mailto):|(?<=www)\\.";
    private static final Pattern UNESCAPABLE =
            Pattern.compile("[<>]|&(?=#?\\w+;)|" + EMOJI_COLON + "|" + ADDRESS_MARK, Pattern.CASE_INSENSITIVE);

    private CanvasText() {}

    /** Returns at most {@code limit} characters of the text, followed by {@code …} if it was longer. */
    static String escape(String text, int limit) {
        String plain = UNESCAPABLE.matcher(PlainText.of(text, limit)).replaceAll(match -> lookAlike(match.group()));
        StringBuilder escaped = new StringBuilder(plain.length() + 16);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (ESCAPED.indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }

    /** The target of a link, from an address that is a valid URI. */
    static String linkTarget(String address) {
        return address.replace("(", "%28")
                .replace(")", "%29")
                .replace("[", "%5B")
                .replace("]", "%5D");
    }

    private static String lookAlike(String special) {
        return switch (special) {
            case "<" -> "‹";
            case ">" -> "›";
            case "&" -> "＆";
            case "." -> "․";
            default -> "∶";
        };
    }
}
