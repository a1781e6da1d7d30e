package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.node.SourceSpan;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A markdown text with its syntax tree and source positions. The tree is shared: parse the text again before changing
 * it.
 */
final class CanvasMarkdown {

    private static final Parser PARSER = Parser.builder()
            .extensions(List.of(TablesExtension.create(), StrikethroughExtension.create()))
            .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
            .maxOpenBlockParsers(100)
            .maxInlineNesting(100)
            .build();

    private final String text;
    private final List<String> lines;
    private final Node document;

    private CanvasMarkdown(String text) {
        this.text = text;
        this.lines = List.of(text.split("\r\n|\r|\n", -1));
        this.document = PARSER.parse(text);
    }

    static CanvasMarkdown of(String text) {
        return new CanvasMarkdown(text);
    }

    Node document() {
        return document;
    }

    /** The lines without their line breaks. */
    List<String> lines() {
        return lines;
    }

    /** The line; empty before the first and after the last. */
    String line(int index) {
        return index < 0 || index >= lines.size() ? "" : lines.get(index);
    }

    /** The source text of the node, one string per line. */
    List<String> source(Node node) {
        return node.getSourceSpans().stream()
                .map(span -> text.substring(span.getInputIndex(), span.getInputIndex() + span.getLength()))
                .toList();
    }

    /** The first line of a block, or of the block around an inline node, from 0. */
    static int firstLine(Node node) {
        for (Node at = node; at != null; at = at.getParent()) {
            List<SourceSpan> spans = at.getSourceSpans();
            if (!spans.isEmpty()) {
                return spans.get(0).getLineIndex();
            }
        }
        return 0;
    }

    /** The last line of a block, from 0. */
    static int lastLine(Node block) {
        List<SourceSpan> spans = block.getSourceSpans();
        return spans.isEmpty() ? firstLine(block) : spans.get(spans.size() - 1).getLineIndex();
    }

    /** The child nodes. */
    static List<Node> children(Node parent) {
        List<Node> children = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
            children.add(child);
        }
        return children;
    }

    /** All descendants, in the order of the text. */
    static List<Node> descendants(Node parent) {
        List<Node> all = new ArrayList<>();
        collect(parent, all);
        return all;
    }

    private static void collect(Node parent, List<Node> all) {
        for (Node child : children(parent)) {
            all.add(child);
            collect(child, all);
        }
    }
}
