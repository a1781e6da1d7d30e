package org.epmpulse.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the file of {@code EPMPULSE_API_KEYS_FILE}: {@code NAME:ROLE:SHA256HEX} lines, blank lines and
 * {@code #} comments, also after a key.
 *
 * <p>No message shows the content of a line: with swapped parts, the secret would be in the place of the name.
 */
public final class KeysFile {

    private static final int MAX_MEBIBYTES = 1;
    private static final Pattern COMMENT = Pattern.compile("#.*");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** Excludes names like {@code key-1a2b3c4d}: they are reserved for {@code EPMPULSE_API_KEY} in the journal. */
    private static final Pattern NAME = Pattern.compile("(?!key-[0-9a-f]{8}$)[A-Za-z0-9._-]{1,50}");

    static final String NAME_RULE =
            "the name of a key must be 1 to 50 letters, digits or . _ - and not like key-1a2b3c4d";

    private KeysFile() {}

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * The content of the file as UTF-8.
     *
     * @throws IOException if it is not a readable, regular file of at most 1 MiB; see {@link #reason}
     */
    public static String text(Path file) throws IOException {
        return new String(RegularFile.read(file, MAX_MEBIBYTES), StandardCharsets.UTF_8);
    }

    /** Why {@link #text} failed, without the path: "not found" or the rule for the file. */
    public static String reason(IOException failure) {
        return failure instanceof NoSuchFileException ? "not found" : RegularFile.rule(MAX_MEBIBYTES);
    }

    /**
     * The keys of a text, in its order; none if it holds only comments. A text without any content is invalid: it may be
     * a file that is being rewritten.
     *
     * @param file named in problems
     * @throws ConfigurationException with a problem for each invalid line
     */
    public static List<ApiKey> parse(Path file, String text) {
        Problems problems = new Problems();
        List<ApiKey> keys = new ArrayList<>();
        Map<String, Integer> lineOfName = new HashMap<>();
        Map<String, Integer> lineOfHash = new HashMap<>();
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (content.isBlank()) {
            throw new ConfigurationException(
                    file.toString(), "is empty (add a key, or a # comment if it is to hold no key)");
        }
        String[] lines = content.split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = COMMENT.matcher(lines[i]).replaceFirst("").strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                ApiKey key = key(line);
                keys.add(key);
                requireUnique("name", key.name(), i + 1, lineOfName);
                requireUnique("key", key.sha256(), i + 1, lineOfHash);
            } catch (IllegalArgumentException e) {
                problems.error(file.toString(), "line " + (i + 1) + ": " + e.getMessage());
            }
        }
        if (!problems.list().isEmpty()) {
            throw new ConfigurationException(problems.list());
        }
        return List.copyOf(keys);
    }

    private static ApiKey key(String line) {
        String[] parts = line.split(":", -1);
        check(
                parts.length == 3,
                "must be NAME:ROLE:SHA256HEX or a # comment (create a line with \"java -jar epmpulse.jar key NAME\")");
        check(isName(parts[0]), NAME_RULE);
        Role role = Role.ofLabel(parts[1]);
        if (role == null) {
            throw new IllegalArgumentException("the role must be read, write or admin");
        }
        check(SHA256.matcher(parts[2]).matches(), "the SHA-256 of the key must be 64 hex digits");
        return new ApiKey(parts[0], role, parts[2].toLowerCase(Locale.ROOT));
    }

    private static void requireUnique(String what, String value, int line, Map<String, Integer> lineOf) {
        Integer firstLine = lineOf.putIfAbsent(value, line);
        check(firstLine == null, "duplicate " + what + ", first used in line " + firstLine);
    }

    private static void check(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
