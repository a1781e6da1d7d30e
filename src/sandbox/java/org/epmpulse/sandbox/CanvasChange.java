package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one change that {@code canvases.edit} accepts (docs.slack.dev/reference/methods/canvases.edit). Immutable.
 *
 * @param sectionId null if the operation has none
 * @param text the markdown, or the new title; null for {@code delete}
 */
record CanvasChange(
        String operation,
        @Nullable String sectionId,
        @Nullable String text) {

    private static final Set<String> OPERATIONS =
            Set.of("insert_at_start", "insert_at_end", "insert_before", "insert_after", "replace", "delete", "rename");
    private static final Set<String> SECTION_OPERATIONS = Set.of("insert_before", "insert_after", "delete");
    private static final String POINTER = " [json-pointer:/changes/0]";

    /** @throws SlackRefusal if this is not exactly one valid change */
    static CanvasChange of(@Nullable JsonNode changes) {
        if (changes == null) {
            throw SlackRefusal.arguments("missing required field: changes");
        }
        if (!changes.isArray()) {
            throw new SlackRefusal("invalid_array_arg");
        }
        if (changes.size() != 1) {
            String which = changes.isEmpty() ? "no less than 1 items" : "no more than 1 items";
            throw SlackRefusal.arguments(which + " allowed [json-pointer:/changes]");
        }
        JsonNode change = changes.get(0);
        String operation = change.path("operation").asText();
        if (!OPERATIONS.contains(operation)) {
            throw SlackRefusal.arguments("must be a valid enum value [json-pointer:/changes/0/operation]");
        }
        String content = operation.equals("rename") ? "title_content" : "document_content";
        boolean hasContent = !operation.equals("delete");
        boolean needsSection = SECTION_OPERATIONS.contains(operation);
        boolean mayHaveSection = needsSection || operation.equals("replace");
        change.fieldNames().forEachRemaining(name -> {
            boolean known = name.equals("operation")
                    || (name.equals("section_id") && mayHaveSection)
                    || (name.equals(content) && hasContent);
            if (!known) {
                throw SlackRefusal.arguments("invalid additional property: " + name + POINTER);
            }
        });
        if (needsSection && !change.path("section_id").isTextual()) {
            throw SlackRefusal.arguments("missing required field: section_id" + POINTER);
        }
        if (hasContent && !change.path(content).isObject()) {
            throw SlackRefusal.arguments("missing required field: " + content + POINTER);
        }
        String text = hasContent ? markdown(change.path(content), "/changes/0/" + content) : null;
        return new CanvasChange(operation, change.path("section_id").textValue(), text);
    }

    /** The text of a {@code document_content}. */
    static String markdown(JsonNode content, String pointer) {
        if (!content.path("type").asText().equals("markdown")) {
            throw SlackRefusal.arguments("must be a valid enum value [json-pointer:" + pointer + "/type]");
        }
        String markdown = content.path("markdown").textValue();
        if (markdown == null) {
            throw SlackRefusal.arguments("missing required field: markdown [json-pointer:" + pointer + "]");
        }
        return markdown;
    }
}
