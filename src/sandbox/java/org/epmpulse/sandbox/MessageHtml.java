package org.epmpulse.sandbox;

import static org.apache.commons.text.StringEscapeUtils.escapeHtml4;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows a message in Slack's own markup as HTML that is safe whatever it says: links, bold, emoji and line ends. */
final class MessageHtml {

    private static final Pattern LINK = Pattern.compile("<(https?://[^|<>\\s]+)(?:\\|([^<>]*))?>");
    private static final Pattern BOLD = Pattern.compile("(?<!\\w)\\*(\\S(?:[^*\\n]*\\S)?)\\*(?!\\w)");

    private MessageHtml() {}

    static String render(String mrkdwn) {
        StringBuilder html = new StringBuilder();
        Matcher links = LINK.matcher(mrkdwn);
        int from = 0;
        while (links.find()) {
            html.append(text(mrkdwn.substring(from, links.start())));
            String label = links.group(2) == null ? links.group(1) : links.group(2);
            html.append("<a rel=\"noopener noreferrer nofollow\" href=\"%s\">%s</a>"
                    .formatted(escapeHtml4(unescaped(links.group(1))), text(label)));
            from = links.end();
        }
        return html.append(text(mrkdwn.substring(from))).toString();
    }

    private static String text(String mrkdwn) {
        String escaped = escapeHtml4(CanvasHtml.withSymbols(unescaped(mrkdwn)));
        return BOLD.matcher(escaped).replaceAll("<b>$1</b>").replace("\n", "<br>");
    }

    /** Slack's three entities (docs.slack.dev/messaging/formatting-message-text). */
    private static String unescaped(String mrkdwn) {
        return mrkdwn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }
}
