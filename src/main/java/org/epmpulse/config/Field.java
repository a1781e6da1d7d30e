package org.epmpulse.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A value of apps.json and where it stands. Reading it as the wrong type tells a problem and gives null, as an absent
 * one or JSON null does without a problem. A field is read once, so that its problems are told once.
 */
final class Field {

    static final int LONGEST_NAME = 100;

    /** What every field of a file needs to know. */
    record Context(String file, Variables variables, Problems problems) {}

    private final Template key;
    private final JsonNode node;
    private final String pointer;
    private final Context context;

    private Field(Template key, JsonNode node, String pointer, Context context) {
        this.key = key;
        this.node = node;
        this.pointer = pointer;
        this.context = context;
    }

    static Field root(JsonNode node, Context context) {
        return new Field(Template.expand("", context.variables()), node, "", context);
    }

    static Field absent(String key, String parentPointer, Context context) {
        Template plain = new Template(key, List.of(), List.of(), null);
        return new Field(plain, MissingNode.getInstance(), parentPointer + "/" + escape(key), context);
    }

    /** A member of an object; the pointer keeps the key as it stands in the file. */
    static Field member(String rawKey, JsonNode node, String parentPointer, Context context) {
        return new Field(
                Template.expand(rawKey, context.variables()), node, parentPointer + "/" + escape(rawKey), context);
    }

    String key() {
        return key.text();
    }

    Template keyTemplate() {
        return key;
    }

    String pointer() {
        return pointer;
    }

    Context context() {
        return context;
    }

    boolean isAbsent() {
        return node.isMissingNode() || node.isNull();
    }

    String where() {
        return pointer.isEmpty() ? context.file() : context.file() + " " + pointer;
    }

    void error(String message) {
        context.problems().error(where(), message);
    }

    void warning(String message) {
        context.problems().warning(where(), message);
    }

    /** A text whose variables must all be there. */
    @Nullable
    String text() {
        return text(true);
    }

    /** A text; null if a variable without a default is not set. */
    @Nullable
    String textIfSet() {
        return text(false);
    }

    private @Nullable String text(boolean needed) {
        if (isAbsent()) {
            return null;
        }
        if (!node.isTextual()) {
            error("must be text in quotes, is " + kind());
            return null;
        }
        Template template = Template.expand(node.textValue(), context.variables());
        return complete(template, needed) ? template.text() : null;
    }

    /** Whether a text has all its variables; tells a problem if it has not and they are needed. */
    boolean complete(Template template, boolean needed) {
        if (template.flaw() != null) {
            error(template.flaw());
            return false;
        }
        if (needed) {
            template.missing().forEach(name -> error("unresolved variable " + name + ": it is not set"));
        }
        return template.missing().isEmpty();
    }

    /** The text as a name that people read. */
    @Nullable
    String name() {
        String text = text();
        return text != null && isName(text) ? text : null;
    }

    /** Whether a text may be a name; tells a problem if not. */
    boolean isName(String text) {
        boolean fits = !text.isBlank()
                && text.codePointCount(0, text.length()) <= LONGEST_NAME
                && text.codePoints().noneMatch(Character::isISOControl);
        if (!fits) {
            error("a name must be 1 to " + LONGEST_NAME + " characters long, without control characters");
        }
        return fits;
    }

    /** The items of a list; a single value is a list of one. */
    List<Field> items() {
        if (isAbsent()) {
            return List.of();
        }
        if (!node.isArray()) {
            return List.of(this);
        }
        List<Field> items = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            items.add(new Field(key, node.get(i), pointer + "/" + i, context));
        }
        return items;
    }

    /** True or false, also in quotes. */
    @Nullable
    Boolean flag() {
        if (isAbsent()) {
            return null;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        String text = node.isTextual() ? text() : "";
        if (text == null) {
            return null;
        }
        Boolean flag = SettingsReader.flag(text);
        if (flag == null) {
            error("must be true or false");
        }
        return flag;
    }

    /** A number of a unit of time, also in quotes. */
    @Nullable
    Duration duration(Duration unit, boolean zeroAllowed) {
        if (isAbsent()) {
            return null;
        }
        String text = node.isNumber() ? node.asText() : node.isTextual() ? text() : "";
        if (text == null) {
            return null;
        }
        Duration duration = times(unit, text);
        if (duration == null || (duration.isZero() && !zeroAllowed)) {
            String name = unit.equals(Duration.ofMinutes(1)) ? "minutes" : "seconds";
            error("must be a number of " + name + (zeroAllowed ? ", 0 or more" : ", more than 0"));
            return null;
        }
        return duration;
    }

    private static @Nullable Duration times(Duration unit, String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?([eE]\\d)?")) {
            return null;
        }
        BigDecimal millis = new BigDecimal(text).multiply(BigDecimal.valueOf(unit.toMillis()));
        return millis.compareTo(BigDecimal.valueOf(Quantities.LONGEST.toMillis())) > 0
                ? null
                : Duration.ofMillis(millis.longValue());
    }

    /** An object, the variables in whose keys must all be there. */
    @Nullable
    Section section() {
        return section(true);
    }

    /** An object; members with a variable in their key that is not set are left out. */
    @Nullable
    Section sectionOfSetKeys() {
        return section(false);
    }

    private @Nullable Section section(boolean keysNeeded) {
        if (isAbsent()) {
            return null;
        }
        if (!node.isObject()) {
            error("must be an object in braces, is " + kind());
            return null;
        }
        return new Section(this, node, keysNeeded);
    }

    private String kind() {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "text";
            default -> "a " + node.getNodeType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
