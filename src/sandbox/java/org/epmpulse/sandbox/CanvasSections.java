package org.epmpulse.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.Heading;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.ThematicBreak;
import org.jspecify.annotations.Nullable;

/**
 * The sections of a canvas: one per block. Their ids are valid for one revision only: Slack changes them with each edit.
 * Immutable.
 */
final class CanvasSections {

    private final CanvasMarkdown markdown;
    private final List<Section> sections;

    private CanvasSections(CanvasMarkdown markdown, List<Section> sections) {
        this.markdown = markdown;
        this.sections = sections;
    }

    static CanvasSections of(String canvasId, long revision, String text) {
        CanvasMarkdown markdown = CanvasMarkdown.of(text);
        List<Section> sections = new ArrayList<>();
        for (Node block : CanvasMarkdown.children(markdown.document())) {
            int hash = (canvasId + '/' + revision + '/' + sections.size()).hashCode();
            String id = "temp:C:%s%08x".formatted(canvasId.replaceAll("\\W", ""), hash);
            int first = CanvasMarkdown.firstLine(block);
            int last = CanvasMarkdown.lastLine(block);
            String content = String.join("\n", markdown.lines().subList(first, last + 1));
            sections.add(new Section(id, type(block), first, last, content));
        }
        return new CanvasSections(markdown, List.copyOf(sections));
    }

    /** Ids of the sections that have one of the types and contain the text; empty types or a null text match all. */
    List<String> find(List<String> types, @Nullable String text) {
        return sections.stream()
                .filter(section -> types.isEmpty() || types.stream().anyMatch(section::hasType))
                .filter(section -> text == null || section.content().contains(text))
                .map(Section::id)
                .toList();
    }

    @Nullable
    Section get(String id) {
        return sections.stream()
                .filter(section -> section.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** The whole text with a section's lines replaced. */
    String replacing(Section section, String text) {
        List<String> blocks = new ArrayList<>();
        blocks.add(String.join("\n", markdown.lines().subList(0, section.first())));
        blocks.add(text);
        blocks.add(String.join(
                "\n",
                markdown.lines().subList(section.last() + 1, markdown.lines().size())));
        return join(blocks);
    }

    /** The texts with a blank line between them. */
    static String join(List<String> blocks) {
        StringBuilder all = new StringBuilder();
        for (String block : blocks) {
            String text = block.replaceAll("^\\n+", "").stripTrailing();
            if (!text.isEmpty()) {
                all.append(all.isEmpty() ? "" : "\n\n").append(text);
            }
        }
        return all.append('\n').toString();
    }

    private static String type(Node block) {
        if (block instanceof Heading heading) {
            return "h" + heading.getLevel();
        }
        if (block instanceof TableBlock) {
            return "table";
        }
        if (block instanceof ListBlock) {
            return "list";
        }
        if (block instanceof BlockQuote) {
            return "blockquote";
        }
        return block instanceof ThematicBreak ? "horizontal_line" : "";
    }

    /** @param type empty for a paragraph, for which Slack has no type */
    record Section(String id, String type, int first, int last, String content) {

        boolean hasType(String requested) {
            String name = requested.toLowerCase(Locale.ROOT);
            return name.equals(type) || (name.equals("any_header") && type.startsWith("h") && type.length() == 2);
        }
    }
}
