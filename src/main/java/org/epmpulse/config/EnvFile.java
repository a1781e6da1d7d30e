package org.epmpulse.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code .env}: {@code NAME=value} lines, also with {@code export}, in single or double quotes, with a trailing
 * {@code # comment}, a byte order mark or Windows line ends.
 *
 * <p>Not dotenv-java 3.2: it rejects {@code export} and a byte order mark, keeps single quotes, cuts {@code a#b},
 * silently drops everything after an unclosed quote, and its error message shows the whole line with the secret.
 */
final class EnvFile {

    private static final int MAX_MEBIBYTES = 1;

    /** The patterns are slow with longer lines. */
    private static final int MAX_LINE = 16 * 1024;

    private static final Pattern LINE =
            Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.]*)\\s*=\\s*(.*?)\\s*");
    private static final Pattern IGNORED = Pattern.compile("\\s*(#.*)?");
    private static final Pattern SINGLE_QUOTED = Pattern.compile("'([^']*)'\\s*(#.*)?");
    private static final Pattern DOUBLE_QUOTED = Pattern.compile("\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"\\s*(#.*)?");
    private static final Pattern UNQUOTED_COMMENT = Pattern.compile("(^|\\s+)#.*");

    private EnvFile() {}

    /**
     * A variable of the file.
     *
     * @param raw the text after {@code =}, with quotes and comment
     * @param line counted from 1
     */
    record Entry(String value, String raw, int line) {

        /** Hides the value, which may be a secret. */
        @Override
        public String toString() {
            return "line " + line;
        }
    }

    /** Reads the variables of a file. The last line of a name wins; a missing file has no variables. */
    static Map<String, Entry> read(Path file, Problems problems) {
        String name = String.valueOf(file.getFileName());
        byte[] bytes;
        try {
            bytes = RegularFile.read(file, MAX_MEBIBYTES);
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            problems.error(
                    name, Files.isDirectory(file) ? "is a folder, must be a file" : RegularFile.rule(MAX_MEBIBYTES));
            return Map.of();
        }
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (utf8.decode(in, out, true).isError()) {
            long line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            problems.error(name + " line " + line, "must be UTF-8");
            return Map.of();
        }
        return parse(out.flip().toString(), name, problems);
    }

    private static Map<String, Entry> parse(String content, String name, Problems problems) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        String[] lines = (content.startsWith("\uFEFF") ? content.substring(1) : content).split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            String where = name + " line " + (i + 1);
            if (lines[i].length() > MAX_LINE) {
                problems.error(where, "must have at most " + MAX_LINE + " characters");
                continue;
            }
            if (IGNORED.matcher(lines[i]).matches()) {
                continue;
            }
            Matcher line = LINE.matcher(lines[i]);
            if (!line.matches()) {
                problems.error(where, "must be NAME=value or a comment");
                continue;
            }
            String raw = line.group(2);
            String value = value(raw);
            if (value == null) {
                problems.error(
                        where,
                        "value of " + line.group(1)
                                + " must end with its opening quote, followed by nothing but a # comment");
                continue;
            }
            Entry before = entries.put(line.group(1), new Entry(value, raw, i + 1));
            if (before != null) {
                problems.warning(
                        where,
                        line.group(1) + " is also set in line " + before.line()
                                + ", which has no effect (the last line of a name wins)");
            }
        }
        return entries;
    }

    private static @Nullable String value(String raw) {
        if (raw.startsWith("'")) {
            Matcher quoted = SINGLE_QUOTED.matcher(raw);
            return quoted.matches() ? quoted.group(1) : null;
        }
        if (raw.startsWith("\"")) {
            Matcher quoted = DOUBLE_QUOTED.matcher(raw);
            return quoted.matches() ? quoted.group(1).replaceAll("\\\\([\"\\\\$`])", "$1") : null;
        }
        return UNQUOTED_COMMENT.matcher(raw).replaceFirst("");
    }

    /**
     * The value that systemd reads: quotes only where a value or its next part begins, no comments, a backslash before
     * any character outside of quotes and before {@code "\\`$} in double quotes
     * (https://github.com/systemd/systemd/blob/main/src/basic/env-file.c).
     *
     * @param raw the text after {@code =}, without blanks around it
     */
    static String ofSystemd(String raw) {
        StringBuilder value = new StringBuilder();
        char quote = 0;
        boolean plain = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            boolean escape = c == '\\' && quote != '\'';
            if (escape && i + 1 < raw.length()) {
                char next = raw.charAt(++i);
                value.append(quote == '"' && "\"\\`$".indexOf(next) < 0 ? "\\" : "")
                        .append(next);
                plain = quote == 0;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && !plain && (c == '"' || c == '\'')) {
                quote = c;
            } else if (!escape && (quote != 0 || plain || c != ' ' && c != '\t')) {
                value.append(c);
                plain = quote == 0;
            }
        }
        return value.toString();
    }
}
