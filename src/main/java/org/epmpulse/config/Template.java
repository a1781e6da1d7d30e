package org.epmpulse.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A text of apps.json with its <code>${VAR}</code> and <code>${VAR:default}</code> replaced. The value of a variable is
 * not expanded again.
 *
 * @param text with unset variables without a default left in place
 * @param missing names of the unset variables without a default
 * @param defaulted names of the variables whose default was used
 * @param syntaxError null if the syntax is valid
 */
record Template(
        String text,
        List<String> missing,
        List<String> defaulted,
        @Nullable String syntaxError) {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?})?");

    /** The names of the variables in a text. */
    static Set<String> names(String text) {
        return VARIABLE.matcher(text)
                .results()
                .map(match -> match.group(1))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    static Template expand(String raw, Variables variables) {
        List<String> missing = new ArrayList<>();
        List<String> defaulted = new ArrayList<>();
        String syntaxError = null;
        StringBuilder text = new StringBuilder();
        Matcher matcher = VARIABLE.matcher(raw);
        while (matcher.find()) {
            String name = matcher.group(1);
            String defaultValue = matcher.group(2);
            String value = name == null ? null : variables.get(name);
            if (name == null) {
                syntaxError = "invalid variable (write ${VARIABLE} or ${VARIABLE:default})";
            } else if (value == null && defaultValue == null) {
                missing.add(name);
            } else if (value == null) {
                defaulted.add(name);
                value = defaultValue;
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(value == null ? matcher.group() : value));
        }
        matcher.appendTail(text);
        return new Template(text.toString(), missing, defaulted, syntaxError);
    }
}
