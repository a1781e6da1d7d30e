package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The routes as Kaoto and IDEs see them: with Camel's catalog and the metadata of our components. */
class CatalogTest {

    private static final Path CLASSES = Path.of("target/classes");

    private final CamelCatalog catalog = catalog();

    private static CamelCatalog catalog() {
        CamelCatalog catalog = new DefaultCamelCatalog();
        // What they find in the jar.
        for (String scheme : ours()) {
            try (Stream<Path> files = Files.walk(CLASSES.resolve("META-INF/org/epmpulse"))) {
                Path json = files.filter(file -> file.endsWith(scheme + ".json"))
                        .findFirst()
                        .orElseThrow();
                String text = Files.readString(json);
                String type = new ObjectMapper()
                        .readTree(text)
                        .at("/component/javaType")
                        .asText();
                catalog.addComponent(scheme, type, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return catalog;
    }

    private static List<String> ours() {
        try (Stream<Path> files = Files.list(CLASSES.resolve("META-INF/services/org/apache/camel/component"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Endpoint(String scheme, String uri, boolean consumer) {}

    /** The endpoints of a route file, with their parameters as a part of the address. */
    private static void collect(JsonNode node, boolean consumer, Map<String, Endpoint> found) {
        String uri = node.path("uri").asText();
        if (uri.matches("[a-z-]+:.*")) {
            Map<String, String> parameters = new TreeMap<>();
            node.path("parameters")
                    .fields()
                    .forEachRemaining(each ->
                            parameters.put(each.getKey(), each.getValue().asText()));
            StringBuilder all = new StringBuilder(uri);
            parameters.forEach((name, value) -> all.append(all.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(value));
            found.put(all.toString(), new Endpoint(uri.split(":")[0], all.toString(), consumer));
        }
        node.fields()
                .forEachRemaining(each -> collect(each.getValue(), each.getKey().equals("from"), found));
        node.elements().forEachRemaining(each -> {
            if (node.isArray()) {
                collect(each, false, found);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> everyEndpointIsValid() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().toList().stream()
                    .map(file -> dynamicTest(file.toString(), () -> {
                        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
                        collect(new YAMLMapper().readTree(file.toFile()), false, endpoints);
                        for (Endpoint endpoint : endpoints.values()) {
                            EndpointValidationResult result = catalog.validateEndpointProperties(
                                    endpoint.uri(), true, endpoint.consumer(), !endpoint.consumer());
                            assertThat(result.isSuccess())
                                    .as("%s: %s", endpoint.uri(), result.summaryErrorMessage(false))
                                    .isTrue();
                        }
                    }));
        }
    }

    @Test
    void theExamplesUseOurComponents() throws IOException {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .toList()) {
                collect(new YAMLMapper().readTree(file.toFile()), false, endpoints);
            }
        }

        assertThat(endpoints.values())
                .extracting(Endpoint::scheme)
                .contains("status-changes", "alerts", "slack-canvas");
        assertThat(catalog.findComponentNames()).containsAll(ours());
    }

    @Test
    void aMistakeIsFoundAndTheRightNameIsSuggested() {
        DefaultCamelCatalog suggesting = (DefaultCamelCatalog) catalog;
        suggesting.setSuggestionStrategy((names, unknown) -> names.stream()
                .filter(name -> name.startsWith(unknown.substring(0, 4)))
                .toArray(String[]::new));

        EndpointValidationResult unknown =
                catalog.validateEndpointProperties("status-changes:mine?statusses=Warning", false, true, false);
        assertThat(unknown.getUnknown()).containsExactly("statusses");
        assertThat(unknown.getUnknownSuggestions().get("statusses")).contains("statuses");

        assertThat(catalog.validateEndpointProperties("status-changes:mine?nodes=some")
                        .getInvalidEnumChoices())
                .containsKey("nodes");
        assertThat(catalog.validateEndpointProperties("status-changes:mine?queueSize=many")
                        .getInvalidInteger())
                .containsKey("queueSize");
        assertThat(catalog.validateEndpointProperties("status-changes:").isSuccess())
                .isFalse();
    }

    @Test
    void anAddressIsCompletedFromItsOptionsAndReadAgain() throws Exception {
        Map<String, String> options =
                new LinkedHashMap<>(Map.of("name", "mine", "statuses", "Warning", "apps", "FCCS"));

        String uri = catalog.asEndpointUri("status-changes", options, false);

        assertThat(uri).startsWith("status-changes:mine?");
        assertThat(catalog.endpointProperties(uri)).isEqualTo(options);
        assertThat(catalog.endpointComponentName(uri)).isEqualTo("status-changes");
    }
}
