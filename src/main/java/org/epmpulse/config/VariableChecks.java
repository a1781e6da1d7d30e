package org.epmpulse.config;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.status.Names;

/**
 * Warns of values that were probably not meant as they are: programs that hand over {@code .env} files differ in what
 * they do with quotes, comments and {@code ${NAME}}. A warning never contains the value.
 */
final class VariableChecks {

    private static final Pattern REFERENCE = Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)[^}]*}|\\(|`)");
    private static final Pattern PLAIN_REFERENCE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)");
    private static final Pattern COMMENT = Pattern.compile(".*\\s#.*", Pattern.DOTALL);

    /** Quotes of word processors and chat programs. */
    private static final String TYPOGRAPHIC = "\u2018\u2019\u201A\u201C\u201D\u201E\u00AB\u00BB\u00B4`";

    private final Set<String> names;
    private final Problems problems;

    /** @param names of all variables */
    VariableChecks(Set<String> names, Problems problems) {
        this.names = names;
        this.problems = problems;
    }

    /** Whether a name belongs to EPMPulse, so that its value is checked even if nothing reads it. */
    static boolean isOurs(String name) {
        return name.startsWith("EPMPULSE_") || name.startsWith("SLACK_") || name.startsWith("EPM_");
    }

    /** Checks a value of the environment, or of the command line, as the process received it. */
    void fromEnvironment(String name, String value, String where) {
        String text = value.strip();
        if (isInQuotes(text)) {
            warn(where, "the quotes are part of the value (Docker's env_file keeps them; remove them)");
        } else if (COMMENT.matcher(text).matches()) {
            warn(where, "contains \" #\": what looks like a comment is part of the value (remove it)");
        }
        if (Secrets.isSecretName(name) && !text.equals(value)) {
            warn(where, "has blanks or a line end around the value, which are ignored");
        }
        references(text, where);
        characters(text, where);
    }

    /** Checks a line of {@code .env}. */
    void fromFile(String name, EnvFile.Entry entry, String where) {
        String raw = entry.raw();
        boolean quoted = raw.startsWith("'") || raw.startsWith("\"");
        if (!quoted && raw.length() > entry.value().length() && Secrets.isSecretName(name)) {
            warn(where, "the part from # on is a comment, not part of the value (put the value in quotes if it is)");
        }
        if (!quoted && raw.endsWith("\\")) {
            warn(where, "ends with a backslash: systemd would join it with the next line (put the value in quotes)");
        }
        if (!raw.startsWith("'")) {
            references(raw.replaceAll("\\\\.", ""), where);
        }
        if (quoted && isInQuotes(entry.value())) {
            warn(where, "has quotes inside of quotes; the inner ones are part of the value");
        }
        characters(entry.value(), where);
    }

    /** Warns of a name that only looks like a setting. */
    void name(String name) {
        String bare = name.replaceFirst("^[\uFEFF\uFFFD]+", "").strip().replaceFirst("^export\\s+", "");
        String meant = bare.toUpperCase(Locale.ROOT);
        if (meant.equals(name) || !isOurs(meant)) {
            return;
        }
        String difference = bare.equals(name)
                ? "it has lower case letters"
                : name.contains("export")
                        ? "\"export\" is part of the name (Docker's env_file keeps it)"
                        : "the name begins or ends with a blank or an invisible character";
        problems.warning(name, "is not read as " + meant + ": " + difference + "; write " + meant + "=…");
    }

    private static boolean isInQuotes(String text) {
        int end = text.length() - 1;
        return end > 0 && (text.charAt(0) == '"' || text.charAt(0) == '\'') && text.charAt(end) == text.charAt(0);
    }

    private void references(String text, String where) {
        boolean found = REFERENCE.matcher(text).find();
        Matcher plain = PLAIN_REFERENCE.matcher(text);
        while (!found && plain.find()) {
            // A password may well contain a dollar sign: only a name that exists is probably meant.
            found = names.contains(plain.group(1));
        }
        if (found) {
            warn(
                    where,
                    "contains a reference such as ${NAME}, which is not replaced here (write the value itself; in .env,"
                            + " put it in single quotes if the dollar sign is part of it)");
        }
    }

    private void characters(String value, String where) {
        if (value.isEmpty()) {
            return;
        }
        String unusual = Names.unusualCharacters(value);
        if (value.indexOf('\uFFFD') >= 0) {
            warn(
                    where,
                    "contains U+FFFD in place of lost characters: the environment has the character set "
                            + Charsets.ofEnvironment() + " (start the process with LC_ALL=C.UTF-8, or write the value"
                            + " again)");
        } else if (unusual != null) {
            warn(where, "contains the invisible or unusual character " + unusual);
        }
        if (!value.equals(value.strip())) {
            warn(where, "begins or ends with a blank, which is part of the value");
        }
        if (isTypographicQuote(value.charAt(0)) || isTypographicQuote(value.charAt(value.length() - 1))) {
            warn(where, "begins or ends with a typographic quote, which is part of the value");
        }
    }

    private static boolean isTypographicQuote(char c) {
        return TYPOGRAPHIC.indexOf(c) >= 0;
    }

    private void warn(String where, String message) {
        problems.warning(where, message);
    }
}
