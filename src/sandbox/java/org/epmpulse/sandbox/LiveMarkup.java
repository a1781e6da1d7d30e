package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;

/**
 * Part of a canvas or message that Slack does not show as plain text, such as a link or mention. Undocumented cases
 * count, so a text without any is certainly plain. Immutable.
 *
 * @param target the URL, id or name
 */
public record LiveMarkup(Kind kind, String target) {

    /** What Slack makes of it. */
    public enum Kind {
        LINK,
        IMAGE,
        USER,
        CHANNEL,
        BROADCAST,
        EMOJI
    }

    /** Digits alone are part of a time of day, not an emoji, except in these names. */
    private static final Pattern EMOJI =
            Pattern.compile(":((?=[a-z0-9_+'-]*[a-z])[a-z0-9_+'-]+|\\+1|-1|100|1234):", Pattern.CASE_INSENSITIVE);

    private static final Pattern URL =
            Pattern.compile("\\b(?:https?://|mailto:|www\\.)[^\\s<>|]+", Pattern.CASE_INSENSITIVE);
    private static final Pattern FORMATTED =
            Pattern.compile("([*~`])[^\\n]*?\\1|(?<![A-Za-z0-9])_[^\\n]*?_(?![A-Za-z0-9])|(?m:^)(?:>|&gt;)[^\\n]*");
    private static final Pattern ANGLE = Pattern.compile("<([@#!]?)([^<>|\\s][^<>|]*)(?:\\|[^<>]*)?>");
    private static final Pattern BARE_BROADCAST = Pattern.compile("(?<!\\w)@(channel|here|everyone)\\b");

    /** All live markup of a canvas, in the order of its text; code has none. */
    public static List<LiveMarkup> inCanvas(String markdown) {
        List<LiveMarkup> live = new ArrayList<>();
        for (Node node : CanvasMarkdown.descendants(CanvasMarkdown.of(markdown).document())) {
            if (node instanceof Link link) {
                live.add(new LiveMarkup(Kind.LINK, link.getDestination()));
            } else if (node instanceof Image image) {
                live.add(image(image.getDestination()));
            } else if (node instanceof Text text) {
                collect(text.getLiteral(), live, !(text.getParent() instanceof Link));
            } else if (node instanceof HtmlInline html) {
                collect(html.getLiteral(), live, true);
            } else if (node instanceof HtmlBlock html) {
                collect(html.getLiteral(), live, true);
            }
        }
        return List.copyOf(live);
    }

    /**
     * All live markup of a message in Slack's markup.
     *
     * @param parsesNames whether the message was sent with {@code link_names}
     */
    public static List<LiveMarkup> inMessage(String mrkdwn, boolean parsesNames) {
        List<LiveMarkup> live = new ArrayList<>();
        collect(mrkdwn, live, true);
        if (parsesNames) {
            Matcher names = BARE_BROADCAST.matcher(mrkdwn);
            while (names.find()) {
                live.add(new LiveMarkup(Kind.BROADCAST, names.group(1)));
            }
        }
        return List.copyOf(live);
    }

    /** All parts of a message that are bold, italic, struck through, code or a quote, with their markup. */
    public static List<String> formattedInMessage(String mrkdwn) {
        return FORMATTED.matcher(mrkdwn).results().map(MatchResult::group).toList();
    }

    private static LiveMarkup image(String destination) {
        if (destination.startsWith("@")) {
            return named(destination.substring(1));
        }
        return destination.startsWith("#")
                ? new LiveMarkup(Kind.CHANNEL, destination.substring(1))
                : new LiveMarkup(Kind.IMAGE, destination);
    }

    private static LiveMarkup named(String id) {
        boolean person = id.startsWith("U") || id.startsWith("W");
        return new LiveMarkup(person ? Kind.USER : Kind.BROADCAST, id);
    }

    private static void collect(String text, List<LiveMarkup> live, boolean urls) {
        Matcher angles = ANGLE.matcher(text);
        while (angles.find()) {
            String target = angles.group(2);
            switch (angles.group(1)) {
                case "@" -> live.add(named(target));
                case "#" -> live.add(new LiveMarkup(Kind.CHANNEL, target));
                case "!" -> {
                    if (!target.startsWith("date^")) {
                        live.add(new LiveMarkup(Kind.BROADCAST, target));
                    }
                }
                default -> {
                    if (target.contains(":")) {
                        live.add(new LiveMarkup(Kind.LINK, target));
                    }
                }
            }
        }
        String rest = angles.reset().replaceAll(" ");
        Matcher addresses = URL.matcher(rest);
        while (urls && addresses.find()) {
            live.add(new LiveMarkup(Kind.LINK, addresses.group()));
        }
        Matcher emoji = EMOJI.matcher(rest);
        while (emoji.find()) {
            live.add(new LiveMarkup(Kind.EMOJI, emoji.group(1)));
        }
    }
}
