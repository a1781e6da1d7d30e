package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SECURITY.md names a test for each guard: it must be there. */
class SecurityDocumentTest {

    private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z0-9]+(?:Test|IT)\\b");
    private static final Pattern METHODS = Pattern.compile("\\b([A-Z][A-Za-z0-9]+(?:Test|IT)) (`\\w+`(?:, `\\w+`)*)");

    private static Map<String, String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            SecurityDocumentTest::read,
                            (one, other) -> one + other));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyTestItNamesIsThere() throws Exception {
        String document = Files.readString(Path.of("SECURITY.md"));
        Map<String, String> sources = sources();

        List<String> tests =
                TEST.matcher(document).results().map(MatchResult::group).toList();
        assertThat(tests).hasSizeGreaterThan(30);
        assertThat(sources).containsKeys(tests.toArray(String[]::new));
        assertThat(METHODS.matcher(document).results()).hasSizeGreaterThan(10).allSatisfy(named -> {
            for (String method : named.group(2).replace("`", "").split(", ")) {
                assertThat(sources.get(named.group(1)))
                        .withFailMessage("SECURITY.md names %s.%s, which does not exist", named.group(1), method)
                        .contains("void " + method + "(");
            }
        });
    }
}
