package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks and applies changes of a canvas's content. Callers must hold the workspace's monitor. */
final class CanvasContent {

    /** In characters (docs.slack.dev/reference/methods/canvases.edit). */
    static final int MAX_LENGTH = 1_048_576;

    private final SlackWorkspace workspace;

    CanvasContent(SlackWorkspace workspace) {
        this.workspace = workspace;
    }

    /**
     * The text of a new canvas.
     *
     * @throws SlackRefusal if Slack would refuse it
     */
    String initial(@Nullable JsonNode documentContent) {
        if (documentContent == null) {
            return "";
        }
        String markdown = CanvasChange.markdown(documentContent, "/document_content");
        check(markdown, "canvas_creation_failed");
        return markdown;
    }

    void apply(StoredCanvas canvas, CanvasChange change) {
        String text = Objects.requireNonNullElse(change.text(), "");
        if (change.operation().equals("rename")) {
            canvas.rename(text, workspace.now());
            return;
        }
        check(text, "canvas_editing_failed");
        String result = changedText(canvas, change, text);
        if (result.length() > MAX_LENGTH) {
            throw new SlackRefusal("canvas_too_large");
        }
        canvas.write(result, workspace.now());
    }

    private static String changedText(StoredCanvas canvas, CanvasChange change, String text) {
        String old = canvas.markdown();
        String sectionId = change.sectionId();
        if (sectionId == null) {
            return switch (change.operation()) {
                case "insert_at_start" -> CanvasSections.join(List.of(text, old));
                case "insert_at_end" -> CanvasSections.join(List.of(old, text));
                default -> text;
            };
        }
        CanvasSections sections = canvas.sections();
        CanvasSections.Section section = sections.get(sectionId);
        if (section == null) {
            throw new SlackRefusal("canvas_editing_failed").with("detail", "section not found: " + sectionId);
        }
        return switch (change.operation()) {
            case "insert_before" -> sections.replacing(section, CanvasSections.join(List.of(text, section.content())));
            case "insert_after" -> sections.replacing(section, CanvasSections.join(List.of(section.content(), text)));
            default -> sections.replacing(section, text);
        };
    }

    private void check(String markdown, String code) {
        if (markdown.length() > MAX_LENGTH) {
            throw new SlackRefusal("canvas_too_large");
        }
        String fault = MarkdownChecks.fault(markdown, workspace.quirks().contains(SlackQuirk.TABLES_REFUSED));
        if (fault != null) {
            throw new SlackRefusal(code).with("detail", fault);
        }
    }
}
