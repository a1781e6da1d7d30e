package org.epmpulse.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text of apps.json after its <code>${VAR}</code> and <code>${VAR:default}</code> were filled in, once: what a
 * variable holds is never filled in again.
 *
 * @param text with the variables that have neither value nor default left in place
 * @param missing names of those variables
 * @param defaulted names of the variables whose default was taken
 * @param flaw what is wrong with the form; null if nothing is
 */
record Template(
        String text,
        List<String> missing,
        List<String> defaulted,
        @Nullable String flaw) {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?})?");

    static Template expand(String raw, Variables variables) {
        List<String> missing = new ArrayList<>();
        List<String> defaulted = new ArrayList<>();
        String flaw = null;
        StringBuilder text = new StringBuilder();
        Matcher matcher = VARIABLE.matcher(raw);
        while (matcher.find()) {
            String name = matcher.group(1);
            String byDefault = matcher.group(2);
            String value = name == null ? null : variables.get(name);
            if (name == null) {
                flaw = "every ${ must begin ${VARIABLE} or ${VARIABLE:default}";
            } else if (value == null && byDefault == null) {
                missing.add(name);
            } else if (value == null) {
                defaulted.add(name);
                value = byDefault;
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(value == null ? matcher.group() : value));
        }
        matcher.appendTail(text);
        return new Template(text.toString(), missing, defaulted, flaw);
    }
}
