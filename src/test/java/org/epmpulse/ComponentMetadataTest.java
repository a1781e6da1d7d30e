package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The metadata of our components in the jar, for Kaoto and Camel's catalog. */
class ComponentMetadataTest {

    private static final Path META_INF = Path.of("target/classes/META-INF");
    private static final Path SERVICES = META_INF.resolve("services/org/apache/camel");

    private static List<String> schemes() throws IOException {
        try (Stream<Path> files = Files.list(SERVICES.resolve("component"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }

    @Test
    void theCatalogContainsEveryComponent() throws Exception {
        assertThat(schemes())
                .containsExactly(
                        "alerts", "canvas-edits", "epm-polls", "slack-canvas", "slack-message", "status-changes");

        assertThat(properties(SERVICES.resolve("component.properties"))
                        .getProperty("components")
                        .split(" "))
                .containsExactlyElementsOf(schemes());
    }

    @TestFactory
    Stream<DynamicTest> everyOptionIsDescribed() throws Exception {
        return schemes().stream().map(scheme -> dynamicTest(scheme, () -> assertDescribed(scheme)));
    }

    private static void assertDescribed(String scheme) throws Exception {
        String type = properties(SERVICES.resolve("component").resolve(scheme)).getProperty("class");
        Path folder = META_INF.resolve(Class.forName(type).getPackageName().replace('.', '/'));
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve(scheme + ".json").toFile());

        assertThat(json.at("/component/javaType").asText()).isEqualTo(type);
        for (String field : List.of("title", "description", "firstVersion", "syntax", "label")) {
            assertThat(json.at("/component/" + field).asText()).as(field).isNotBlank();
        }
        assertThat(json.path("properties").size()).isPositive();
        for (String group : List.of("componentProperties", "properties")) {
            json.path(group).fields().forEachRemaining(option -> assertThat(
                            option.getValue().path("description").asText())
                    .as("description of " + option.getKey())
                    .isNotBlank());
        }
        for (String configured : List.of("-component", "-endpoint")) {
            Path configurer = SERVICES.resolve("configurer").resolve(scheme + configured);
            assertThat(Class.forName(properties(configurer).getProperty("class")))
                    .as("generated class that sets the options of the " + configured.substring(1))
                    .isNotNull();
        }
    }
}
