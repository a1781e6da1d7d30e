package org.epmpulse.slack;

import java.util.regex.Pattern;
import org.epmpulse.alerts.PlainText;

/**
 * Makes text from outside inert in a message: it cannot become formatting, an emoji, a link or a mention, and it stays
 * readable.
 *
 * <p>A message is mrkdwn (https://docs.slack.dev/messaging/formatting-message-text), which has entities for {@code &},
 * {@code <} and {@code >} and no way to escape other characters. These are replaced by look-alikes, as on a canvas: the
 * characters of bold, strikethrough and code, the underscore except between two letters or digits, where it is no
 * markup, the colon of an {@code :emoji:}, the colon or dot of an address and the at sign of a mention of everyone.
 *
 * <p>For use within a line: the characters of a quote and of a list are special only at its start.
 */
public final class MessageText {

    /** Also without its second colon, because another text may follow that begins with one. */
    private static final String EMOJI_COLON =
            ":(?=(?:[\\p{N}_+'-]*[\\p{L}\\p{M}][\\p{L}\\p{M}\\p{N}_+'-]*|\\+1|-1|100|1234)(?::|$))";

    private static final String ADDRESS_MARK = ":(?=//)|(?<=mailto|tel|sms|sip|callto|skype):|(?<=www)\\.";
    private static final String FORMATTING = "[*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])";
    private static final String MENTION = "@(?=channel|here|everyone)";

    private static final Pattern SPECIAL = Pattern.compile(
            "[&<>]|" + FORMATTING + "|" + EMOJI_COLON + "|" + ADDRESS_MARK + "|" + MENTION, Pattern.CASE_INSENSITIVE);

    private MessageText() {}

    /** Returns at most {@code limit} characters of the text, followed by {@code …} if it was longer, as mrkdwn. */
    public static String escape(String text, int limit) {
        return SPECIAL.matcher(PlainText.of(text, limit)).replaceAll(match -> replacement(match.group()));
    }

    private static String replacement(String special) {
        return switch (special) {
            case "&" -> "&amp;";
            case "<" -> "&lt;";
            case ">" -> "&gt;";
            case "*" -> "∗";
            case "_" -> "＿";
            case "~" -> "∼";
            case "`" -> "ˋ";
            case "." -> "․";
            case "@" -> "＠";
            default -> "∶";
        };
    }
}
