package org.epmpulse.sandbox;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Document;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Link;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.jspecify.annotations.Nullable;

/**
 * Finds markdown that Slack refuses in a canvas (docs.slack.dev/surfaces/canvases and errors reported by users). Stricter
 * than the documentation where it is incomplete: no HTML except {@code <br>}, and tables only at the top level.
 */
final class MarkdownChecks {

    private static final int MAX_HEADING_LEVEL = 3;

    private final CanvasMarkdown markdown;

    private MarkdownChecks(CanvasMarkdown markdown) {
        this.markdown = markdown;
    }

    /** The first fault in the format of Slack's {@code detail}, such as {@code 'content' error: line 3: …}; null if none. */
    static @Nullable String fault(String text, boolean tablesRefused) {
        CanvasMarkdown markdown = CanvasMarkdown.of(text);
        return new MarkdownChecks(markdown)
                .faults(tablesRefused)
                .min(Comparator.comparingInt(MarkdownFault::line))
                .map(MarkdownFault::detail)
                .orElse(null);
    }

    private Stream<MarkdownFault> faults(boolean tablesRefused) {
        List<Node> nodes = CanvasMarkdown.descendants(markdown.document());
        return nodes.stream().flatMap(node -> {
            if (node instanceof TableBlock table && table.getParent() instanceof Document) {
                return tablesRefused
                        ? Stream.of(MarkdownFault.at(node, "Unsupported table type"))
                        : TableChecks.faults(markdown, table);
            }
            String what = fault(node);
            return what == null ? Stream.empty() : Stream.of(MarkdownFault.at(node, what));
        });
    }

    private @Nullable String fault(Node node) {
        if (node instanceof Heading heading && heading.getLevel() > MAX_HEADING_LEVEL) {
            return "Unsupported heading depth (" + heading.getLevel() + ")";
        }
        if (node instanceof ListBlock list) {
            return listFault(list);
        }
        if (node instanceof TableBlock) {
            return "Unsupported block type (Table) within " + (inQuote(node) ? "block quote" : "list");
        }
        if (node instanceof Paragraph) {
            return looksLikeTable(node) ? "Malformed table" : null;
        }
        if (node instanceof Text) {
            boolean inTable = node.getParent() instanceof TableCell;
            return !inTable && markdown.source(node).stream().anyMatch(TableChecks::hasBarePipe)
                    ? "Unsupported input"
                    : null;
        }
        if (node instanceof Link) {
            return markdown.source(node).stream().anyMatch(source -> source.startsWith("<"))
                    ? "Unsupported input"
                    : null;
        }
        if (node instanceof HtmlInline html) {
            return html.getLiteral().matches("(?i)<br\\s*/?>") ? null : "Unsupported input";
        }
        return node instanceof HtmlBlock ? "Unsupported input" : null;
    }

    private static @Nullable String listFault(ListBlock list) {
        if (inQuote(list)) {
            return "Unsupported block type (List) within block quote";
        }
        for (Node at = list.getParent(); at != null; at = at.getParent()) {
            if (at instanceof ListBlock outer && outer instanceof BulletList != list instanceof BulletList) {
                return "Unsupported list type";
            }
        }
        return null;
    }

    private static boolean inQuote(Node node) {
        for (Node at = node.getParent(); at != null; at = at.getParent()) {
            if (at instanceof BlockQuote) {
                return true;
            }
        }
        return false;
    }

    private boolean looksLikeTable(Node paragraph) {
        return markdown.source(paragraph).stream()
                .anyMatch(line -> line.stripLeading().startsWith("|"));
    }
}
