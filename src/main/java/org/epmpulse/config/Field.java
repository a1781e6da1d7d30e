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
 * A value of apps.json and its position. Reading it as the wrong type reports a problem and returns null. An absent
 * value or JSON null returns null without a problem. Read each field once: each read reports its problems.
 */
final class Field {

    static final int MAX_NAME_LENGTH = 100;

    /** The file of a field, its variables and its problems. */
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
        Template name = new Template(key, List.of(), List.of(), null);
        return new Field(name, MissingNode.getInstance(), parentPointer + "/" + escape(key), context);
    }

    /** A member of an object. The pointer holds the key as written in the file. */
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

    boolean isText() {
        return node.isTextual();
    }

    boolean isObject() {
        return node.isObject();
    }

    /** Whether this is {@code false}, without quotes. */
    boolean isFalse() {
        return node.isBoolean() && !node.booleanValue();
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

    /** A text; an unset variable without a default is an error. */
    @Nullable
    String text() {
        return text(true);
    }

    /** A text; null without a problem if a variable without a default is not set. */
    @Nullable
    String textIfSet() {
        return text(false);
    }

    private @Nullable String text(boolean required) {
        if (isAbsent()) {
            return null;
        }
        if (!node.isTextual()) {
            error("must be text in quotes, is " + typeName());
            return null;
        }
        Template template = Template.expand(node.textValue(), context.variables());
        return checkVariables(template, required) ? template.text() : null;
    }

    /** Whether all variables of a text are set; reports a problem if they are required and not set. */
    boolean checkVariables(Template template, boolean required) {
        if (template.syntaxError() != null) {
            error(template.syntaxError());
            return false;
        }
        if (required) {
            template.missing()
                    .forEach(name ->
                            error("unresolved variable " + name + " (set it or write ${" + name + ":default})"));
        }
        return template.missing().isEmpty();
    }

    /** The text as the name of an app, domain, channel or server. */
    @Nullable
    String name() {
        String text = text();
        return text != null && isName(text) ? text : null;
    }

    /** Whether a text is a valid name; reports a problem if not. */
    boolean isName(String text) {
        boolean valid = !text.isBlank()
                && text.codePointCount(0, text.length()) <= MAX_NAME_LENGTH
                && text.codePoints().noneMatch(Character::isISOControl);
        if (!valid) {
            error("a name must be 1 to " + MAX_NAME_LENGTH + " characters long, without control characters");
        }
        return valid;
    }

    /** The items of a list; a single value counts as a list of one item. */
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

    /** A number of units as a duration, also in quotes. */
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

    /** A whole number from 0 to {@code most}, also in quotes. */
    @Nullable
    Integer number(int most) {
        if (isAbsent()) {
            error("must be a whole number, is null");
            return null;
        }
        String text = node.isNumber() ? node.asText() : node.isTextual() ? text() : "";
        if (text == null) {
            return null;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) > most) {
            error("must be a whole number from 0 to " + most);
            return null;
        }
        return Integer.valueOf(text);
    }

    private static @Nullable Duration times(Duration unit, String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?([eE]\\d)?")) {
            return null;
        }
        BigDecimal millis = new BigDecimal(text).multiply(BigDecimal.valueOf(unit.toMillis()));
        return millis.compareTo(BigDecimal.valueOf(Quantities.MAX_DURATION.toMillis())) > 0
                ? null
                : Duration.ofMillis(millis.longValue());
    }

    /** An object; an unset variable in a key is an error. */
    @Nullable
    Section section() {
        return section(true);
    }

    /** An object without the members whose key has an unset variable. */
    @Nullable
    Section sectionOfResolvedKeys() {
        return section(false);
    }

    private @Nullable Section section(boolean keysRequired) {
        if (isAbsent()) {
            return null;
        }
        if (!node.isObject()) {
            error("must be an object in braces, is " + typeName());
            return null;
        }
        return new Section(this, node, keysRequired);
    }

    private String typeName() {
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
