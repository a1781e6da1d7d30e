package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.jspecify.annotations.Nullable;

/** Checks and parses canvas markdown with the sandbox, for tests of other packages. */
public final class SandboxMarkdown {

    private SandboxMarkdown() {}

    /** Why Slack would refuse it; null if it would not. */
    public static @Nullable String fault(String markdown) {
        return MarkdownChecks.fault(markdown, false);
    }

    /** The visible texts: one for each heading, paragraph, list item and table cell. */
    public static List<String> visibleTexts(String markdown) {
        List<String> texts = new ArrayList<>();
        for (Node node : CanvasMarkdown.descendants(CanvasMarkdown.of(markdown).document())) {
            if (node instanceof Heading || node instanceof TableCell || node instanceof Paragraph) {
                texts.add(text(node));
            }
        }
        return texts;
    }

    private static String text(Node parent) {
        StringBuilder text = new StringBuilder();
        for (Node node : CanvasMarkdown.descendants(parent)) {
            if (node instanceof Text literal) {
                text.append(literal.getLiteral());
            }
        }
        return text.toString();
    }
}
