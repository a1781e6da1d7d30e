package org.epmpulse.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the file that {@code EPMPULSE_API_KEYS_FILE} names: {@code NAME:ROLE:SHA256HEX} lines, blank lines and
 * {@code #} comments, also behind a key.
 *
 * <p>No message shows anything of a line: who mixes up its parts has written a secret where a name belongs.
 */
public final class KeysFile {

    private static final int MAX_BYTES = 1024 * 1024;
    private static final Pattern COMMENT = Pattern.compile("#.*");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** A key of {@code EPMPULSE_API_KEY} is named so, and no other may be: the journal must tell them apart. */
    private static final Pattern NAME = Pattern.compile("(?!key-[0-9a-f]{8}$)[A-Za-z0-9._-]{1,50}");

    static final String NAME_RULE =
            "the name of a key must be 1 to 50 letters, digits or . _ - and not like key-1a2b3c4d";

    private KeysFile() {}

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * What the file holds, byte for byte where it is UTF-8.
     *
     * @throws IOException if it is no file that can be read, or larger than 1 MiB
     */
    public static String text(Path file) throws IOException {
        // Opening a pipe would wait for somebody to write.
        if (!Files.isRegularFile(file)) {
            throw new IOException("is no file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("is larger than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * The keys of a text, in its order; none if it holds only comments.
     *
     * @param file only to be named where the text is wrong
     * @throws ConfigurationException with a problem for each line that is wrong
     */
    public static List<ApiKey> parse(Path file, String text) {
        Problems problems = new Problems();
        List<ApiKey> keys = new ArrayList<>();
        Map<String, Integer> lineOfName = new HashMap<>();
        Map<String, Integer> lineOfHash = new HashMap<>();
        String[] lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r\n|\n|\r", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = COMMENT.matcher(lines[i]).replaceFirst("").strip();
            if (line.isEmpty()) {
                continue;
            }
            try {
                ApiKey key = key(line);
                keys.add(key);
                onlyOnce("name", key.name(), i + 1, lineOfName);
                onlyOnce("key", key.sha256(), i + 1, lineOfHash);
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
        check(parts.length == 3, "must be NAME:ROLE:SHA256HEX, as \"epmpulse key NAME\" prints it, or a # comment");
        check(isName(parts[0]), NAME_RULE);
        Role role = Role.ofLabel(parts[1]);
        if (role == null) {
            throw new IllegalArgumentException("the role must be read, write or admin");
        }
        check(SHA256.matcher(parts[2]).matches(), "the SHA-256 of the key must be 64 hex digits");
        return new ApiKey(parts[0], role, parts[2].toLowerCase(Locale.ROOT));
    }

    private static void onlyOnce(String what, String value, int line, Map<String, Integer> lineOf) {
        Integer before = lineOf.putIfAbsent(value, line);
        check(before == null, "the " + what + " is that of line " + before);
    }

    private static void check(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }
}
