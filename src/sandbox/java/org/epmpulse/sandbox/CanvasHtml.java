package org.epmpulse.sandbox;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Code;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Renders a canvas as safe HTML: HTML in it becomes text, only web links stay links, images are named but not loaded.
 * Callouts and columns are not supported.
 */
final class CanvasHtml {

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(List.of(TablesExtension.create(), StrikethroughExtension.create()))
            .escapeHtml(true)
            .sanitizeUrls(true)
            .attributeProviderFactory(context -> (node, tag, attributes) -> {
                if (tag.equals("a")) {
                    attributes.put("rel", "noopener noreferrer nofollow");
                }
            })
            .build();

    private static final Pattern EMOJI = Pattern.compile(":([a-z0-9_+-]+):");
    private static final Map<String, String> SYMBOLS = Map.ofEntries(
            Map.entry("large_green_circle", "\uD83D\uDFE2"),
            Map.entry("large_blue_circle", "\uD83D\uDD35"),
            Map.entry("large_yellow_circle", "\uD83D\uDFE1"),
            Map.entry("large_orange_circle", "\uD83D\uDFE0"),
            Map.entry("large_purple_circle", "\uD83D\uDFE3"),
            Map.entry("red_circle", "\uD83D\uDD34"),
            Map.entry("white_circle", "\u26AA"),
            Map.entry("black_circle", "\u26AB"),
            Map.entry("hourglass_flowing_sand", "\u23F3"),
            Map.entry("warning", "\u26A0\uFE0F"),
            Map.entry("white_check_mark", "\u2705"),
            Map.entry("x", "\u274C"),
            Map.entry("question", "\u2753"),
            Map.entry("rotating_light", "\uD83D\uDEA8"),
            Map.entry("arrows_counterclockwise", "\uD83D\uDD04"));

    private CanvasHtml() {}

    static String render(String markdown) {
        Node document = CanvasMarkdown.of(markdown).document();
        for (Node node : CanvasMarkdown.descendants(document)) {
            if (node instanceof Text text) {
                text.setLiteral(withEmojiSymbols(checkbox(text.getLiteral())));
            } else if (node instanceof Image image) {
                replace(image, new Code(name(image)));
            } else if (node instanceof HtmlInline html && html.getLiteral().matches("(?i)<br\\s*/?>")) {
                replace(html, new HardLineBreak());
            }
        }
        return RENDERER.render(document);
    }

    /** Replaces known emoji names by their symbols. */
    static String withEmojiSymbols(String text) {
        return EMOJI.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(SYMBOLS.getOrDefault(found.group(1), found.group())));
    }

    private static String checkbox(String text) {
        if (text.startsWith("[ ] ")) {
            return "\u2610 " + text.substring(4);
        }
        return text.startsWith("[x] ") ? "\u2611 " + text.substring(4) : text;
    }

    /** In a canvas's markdown, mentions are images without a text. */
    private static String name(Image image) {
        String destination = image.getDestination();
        return destination.startsWith("@") || destination.startsWith("#") ? destination : "image: " + destination;
    }

    private static void replace(Node old, Node replacement) {
        old.insertAfter(replacement);
        old.unlink();
    }
}
