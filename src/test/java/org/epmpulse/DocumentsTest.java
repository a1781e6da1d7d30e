package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.epmpulse.config.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents name exists: types, route files, settings, requests and links. */
class DocumentsTest {

    private static final Set<String> TYPES_OF_LIBRARIES = Set.of("InstantSource", "CircuitBreaker");

    private static Stream<String> groups(String text, String regex) {
        return Pattern.compile(regex).matcher(text).results().map(match -> match.group(1));
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file));
    }

    private static Set<String> typesIn(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/design.md", "CONTRIBUTING.md"})
    void everyTypeThatADocumentForMaintainersNamesExists(String document) throws IOException {
        Set<String> known = new TreeSet<>(TYPES_OF_LIBRARIES);
        known.addAll(typesIn("src/main/java"));
        known.addAll(typesIn("src/test/java"));

        assertThat(groups(read(document), "`([A-Z]\\w*[a-z]\\w*)`"))
                .hasSizeGreaterThan(30)
                .isSubsetOf(known);
        assertThat(groups(read(document), "(?s)```text\n(.*?)```")
                        .flatMap(diagram -> groups(diagram, "\\b([A-Z][a-z]+[A-Z]\\w+)")))
                .isSubsetOf(known);
    }

    @Test
    void everyRouteFileThatTheDesignNamesExists() throws IOException {
        assertThat(groups(read("docs/design.md"), "`([a-z-]+\\.camel\\.yaml)`"))
                .hasSizeGreaterThan(5)
                .allMatch(name -> Files.exists(Path.of("routes", name)));
    }

    @Test
    void theJournalLineOfTheDesignIsOneOfTheStore() throws IOException {
        assertThat(groups(read("docs/design.md"), "```json\n(.*)\n```"))
                .isNotEmpty()
                .isSubsetOf(Files.readAllLines(Path.of("src/test/resources/store/2026-03-31.jsonl")));
    }

    /** A row may hold several settings with their defaults in the same order. */
    @Test
    void theReadmeHasEverySettingWithItsDefault() throws IOException {
        Set<String> documented = new TreeSet<>();
        read("README.md")
                .lines()
                .filter(line -> line.matches("\\| `[A-Z_]+`.*"))
                .forEach(row -> {
                    List<String> cells = List.of(row.split(" *\\| *"));
                    List<String> names = groups(cells.get(1), "`([^`]+)`").toList();
                    List<String> defaults = groups(cells.get(2), "`([^`]+)`").toList();
                    for (int i = 0; i < names.size(); i++) {
                        String expected = defaults.isEmpty() ? null : defaults.get(i);
                        assertThat(Setting.valueOf(names.get(i)).defaultText())
                                .as(names.get(i))
                                .isEqualTo(expected);
                        documented.add(names.get(i));
                    }
                });

        assertThat(documented)
                .containsAll(Stream.of(Setting.values())
                        .map(Setting::name)
                        .filter(name -> name.startsWith("EPMPULSE_"))
                        .toList());
    }

    @Test
    void everyRequestOfTheReadmeIsInTheDescriptionOfTheApi() throws IOException {
        JsonNode paths = new ObjectMapper()
                .readTree(Path.of("src/main/resources/openapi.json").toFile())
                .path("paths");

        assertThat(groups(read("README.md"), "`(?:[A-Z]+ )?(/(?:api/|health)[^`?]*)"))
                .hasSizeGreaterThan(10)
                .allMatch(paths::has);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "CHANGELOG.md",
                "CONTRIBUTING.md",
                "SECURITY.md",
                "deploy/README.md",
                "deploy/alerts.md",
                "deploy/clients/README.md",
                "docs/design.md",
                "routes/site/README.md",
                "extra/README.md"
            })
    void everyLinkLeadsToAFileAndItsHeading(String document) throws IOException {
        List<String> links =
                groups(read(document), "\\]\\(((?!https?:)[^)]+)\\)").toList();
        for (String link : links) {
            String[] parts = link.split("#", 2);
            Path folder = Objects.requireNonNullElse(Path.of(document).getParent(), Path.of(""));
            Path file = parts[0].isEmpty() ? Path.of(document) : folder.resolve(parts[0]);
            assertThat(file).as(link).exists();
            if (parts.length == 2) {
                assertThat(anchors(file)).as(link).contains(parts[1]);
            }
        }
    }

    /** As GitHub makes them. */
    private static List<String> anchors(Path file) throws IOException {
        return groups(Files.readString(file), "(?m)^#+ (.*)$")
                .map(title -> title.toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
