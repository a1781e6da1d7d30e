package org.epmpulse.sandbox;

import static org.apache.commons.text.StringEscapeUtils.escapeHtml4;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Renders a message in Slack's markup as safe HTML: links, bold, emoji and line breaks. */
final class MessageHtml {

    private static final Pattern LINK = Pattern.compile("<(https?://[^|<>\\s]+)(?:\\|([^<>]*))?>");
    private static final Pattern BOLD = Pattern.compile("(?<!\\w)\\*(\\S(?:[^*\\n]*\\S)?)\\*(?!\\w)");

    private MessageHtml() {}

    static String render(String mrkdwn) {
        StringBuilder html = new StringBuilder();
        Matcher links = LINK.matcher(mrkdwn);
        int from = 0;
        while (links.find()) {
            html.append(renderText(mrkdwn.substring(from, links.start())));
            String label = links.group(2) == null ? links.group(1) : links.group(2);
            html.append("<a rel=\"noopener noreferrer nofollow\" href=\"%s\">%s</a>"
                    .formatted(escapeHtml4(unescape(links.group(1))), renderText(label)));
            from = links.end();
        }
        return html.append(renderText(mrkdwn.substring(from))).toString();
    }

    private static String renderText(String mrkdwn) {
        String escaped = escapeHtml4(CanvasHtml.withEmojiSymbols(unescape(mrkdwn)));
        return BOLD.matcher(escaped).replaceAll("<b>$1</b>").replace("\n", "<br>");
    }

    /** Replaces Slack's three entities (docs.slack.dev/messaging/formatting-message-text). */
    private static String unescape(String mrkdwn) {
        return mrkdwn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }
}
