package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.swagger.v3.parser.OpenAPIV3Parser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.epmpulse.api.ApiDocument.Operation;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.http.PathTemplate;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;

/** Checks the OpenAPI document itself; {@link DocumentedApiTest} compares the program with it. */
class OpenApiDocumentTest {

    private static final String TEXT = StandardCharsets.UTF_8
            .decode(new OpenApiReplies("1.2.3").show(Map.of()).body())
            .toString();
    private static final ApiDocument DOCUMENT = new ApiDocument(TEXT);

    /** The validator silently ignores other keywords, for example misspelt ones. */
    private static final Set<String> KEYWORDS = Set.of(
            "$ref",
            "additionalProperties",
            "const",
            "default",
            "description",
            "enum",
            "examples",
            "format",
            "items",
            "maxItems",
            "maxLength",
            "maximum",
            "minItems",
            "minLength",
            "minimum",
            "oneOf",
            "pattern",
            "properties",
            "required",
            "type");

    /** Requests in which an unknown field is an error. */
    private static final Set<String> CLOSED_REQUESTS =
            Set.of("/components/schemas/Acknowledgement", "/components/schemas/Mute");

    @Test
    void itIsValidForTheParserOfCodeGenerators() {
        assertThat(problems(TEXT)).isEmpty();
        assertThat(problems(TEXT.replaceFirst("\"summary\":\"Record the", "\"sumary\":\"Record the")))
                .hasSize(1);
        assertThat(problems(TEXT.replaceFirst("\"in\":\"header\"", "\"in\":\"head\"")))
                .isNotEmpty();
    }

    private static List<String> problems(String text) {
        return new OpenAPIV3Parser().readContents(text, null, null).getMessages();
    }

    @Test
    void itHasTheVersionOfTheProgram() {
        assertThat(DOCUMENT.root().at("/info/version").asText()).isEqualTo("1.2.3");
    }

    @Test
    void everySchemaIsValidAndHasOnlyKnownKeywords() {
        JsonSchema metaschema = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        schemas().forEach((place, schema) -> {
            assertThat(metaschema.validate(schema)).as(place).isEmpty();
            assertThat(KEYWORDS).as(place).containsAll(names(schema));
            if (schema.has("properties")) {
                assertThat(names(properties(schema))).as(place).containsAll(texts(schema.path("required")));
            }
        });
    }

    @Test
    void everyReferenceHasATargetAndEveryComponentIsUsed() {
        Set<String> references = new TreeSet<>();
        walk("", DOCUMENT.root(), (place, node) -> {
            if (node.has("$ref")) {
                references.add(node.get("$ref").asText());
            }
        });
        Set<String> components = new TreeSet<>();
        DOCUMENT.root().path("components").fields().forEachRemaining(kind -> kind.getValue()
                .fieldNames()
                .forEachRemaining(name -> components.add("#/components/" + kind.getKey() + "/" + name)));
        components.removeIf(name -> name.startsWith("#/components/securitySchemes/"));

        assertThat(references).isEqualTo(components);
    }

    @Test
    void everyExampleIsValidForItsSchema() {
        walk("", DOCUMENT.root(), (place, node) -> {
            if (!node.has("schema")) {
                return;
            }
            JsonNode schema = node.get("schema");
            node.path("examples").fields().forEachRemaining(example -> assertThat(
                            DOCUMENT.problems(schema, example.getValue().path("value")))
                    .as(place + "/" + example.getKey())
                    .isEmpty());
            if (node.has("example")) {
                assertThat(DOCUMENT.problems(schema, node.get("example")))
                        .as(place)
                        .isEmpty();
            }
        });
        schemas().forEach((place, schema) -> schema.path("examples")
                .forEach(example ->
                        assertThat(DOCUMENT.problems(schema, example)).as(place).isEmpty()));
    }

    @Test
    void everyErrorCodeOfAResponseHasAnExample() {
        responses((place, response) -> {
            Set<String> codes = new TreeSet<>(DOCUMENT.codes(response));
            codes.remove(ApiDocument.NO_CODE);

            assertThat(names(response.at("/content/application~1json/examples")))
                    .as(place)
                    .containsAll(codes);
            codes.forEach(
                    code -> assertThat(response.at("/content/application~1json/examples/" + code + "/value/error/code")
                                    .asText())
                            .as(place)
                            .isEqualTo(code));
        });
    }

    @Test
    void theErrorCodesAndTheirStatusAreThoseOfTheProgram() {
        Set<String> seen = new TreeSet<>();
        for (Operation operation : DOCUMENT.operations()) {
            DOCUMENT.responses(operation).forEach((status, response) -> {
                Set<String> codes = new TreeSet<>(DOCUMENT.codes(response));
                codes.remove(ApiDocument.NO_CODE);
                seen.addAll(codes);
                if (!status.equals("default") && !status.equals("408")) {
                    assertThat(codes).as(operation.name() + " " + status).allSatisfy(code -> assertThat(
                                    ErrorCode.valueOf(code).status())
                            .hasToString(status));
                }
            });
        }

        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(ErrorCode.values()).map(Enum::name).toList());
        assertThat(texts(DOCUMENT.root().at("/components/schemas/Problem/properties/code/enum")))
                .containsExactlyInAnyOrderElementsOf(seen);
        assertThat(texts(DOCUMENT.root().at("/components/schemas/Status/enum"))).isEqualTo(Status.labels());
    }

    @Test
    void everyObjectOfAReplyIsClosed() {
        Map<String, JsonNode> all = schemas();
        Set<String> requests = Set.of("/components/schemas/Update", "/components/schemas/Batch");

        all.forEach((place, schema) -> {
            if (schema.path("type").asText().equals("object") && !requests.contains(place)) {
                JsonNode others = schema.path("additionalProperties");
                boolean isThisDocument = place.startsWith("/paths/~1api~1v1~1openapi.json/");
                assertThat(others.isObject() || others.equals(json("false")) || isThisDocument)
                        .as(place)
                        .isTrue();
            }
        });
    }

    @Test
    void everyFieldOfAReplyIsRequiredUnlessItsDescriptionSaysWhen() {
        schemas().forEach((place, schema) -> {
            if (schema.path("additionalProperties").isBoolean()
                    && !place.endsWith("/details")
                    && !CLOSED_REQUESTS.contains(place)) {
                Set<String> optional = new HashSet<>(names(properties(schema)));
                optional.removeAll(texts(schema.path("required")));
                optional.forEach(name -> assertThat(properties(schema)
                                .path(name)
                                .path("description")
                                .asText())
                        .as(place + "/" + name)
                        .containsIgnoringCase("only"));
            }
        });
    }

    @Test
    void everyElementHasADescription() {
        assertThat(DOCUMENT.operations()).allSatisfy(operation -> {
            assertThat(operation.node().path("summary").asText())
                    .as(operation.name())
                    .matches("[A-Z][^.]{5,60}");
            assertThat(operation.node().path("description").asText())
                    .as(operation.name())
                    .isNotEmpty();
            assertThat(operation.node().path("tags")).as(operation.name()).hasSize(1);
            assertThat(DOCUMENT.responses(operation))
                    .as(operation.name())
                    .containsKey("default")
                    .matches(all -> all.containsKey("503") || operation.path().equals("/health/live"), "has 503")
                    .allSatisfy((status, response) ->
                            assertThat(response.path("description").asText()).isNotEmpty());
        });
        assertThat(DOCUMENT.operations().stream()
                        .map(operation -> operation.node().path("operationId").asText()))
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(id).matches("[a-z][A-Za-z]+"));
        schemas().forEach((place, schema) -> properties(schema).fields().forEachRemaining(property -> {
            boolean narrows = schema.has("$ref") || place.contains("/properties/error");
            boolean refers = property.getValue().has("$ref");
            assertThat(narrows || refers || property.getValue().has("description"))
                    .as(place + "/" + property.getKey() + " has a description")
                    .isTrue();
        }));
    }

    @Test
    void everyTextAndNumberOfASchemaHasAnExample() {
        schemas().forEach((place, schema) -> {
            Set<String> types = new HashSet<>(texts(schema.path("type")));
            types.add(schema.path("type").asText());
            boolean plain = types.contains("string") || types.contains("integer");
            boolean ofComponents = place.startsWith("/components/schemas/") && !place.endsWith("/items");
            if (plain && ofComponents && !schema.has("enum")) {
                assertThat(schema.has("examples")).as(place + " has an example").isTrue();
            }
        });
    }

    @Test
    void everyParameterOfAPathIsDeclared() {
        assertThat(DOCUMENT.operations()).allSatisfy(operation -> {
            List<String> declared = DOCUMENT.parameters(operation).stream()
                    .filter(parameter -> parameter.path("in").asText().equals("path"))
                    .map(parameter -> parameter.path("name").asText())
                    .toList();

            assertThat(declared).isEqualTo(PathTemplate.of(operation.path()).parameters());
        });
    }

    private static void responses(BiConsumer<String, JsonNode> visitor) {
        for (Operation operation : DOCUMENT.operations()) {
            DOCUMENT.responses(operation)
                    .forEach((status, response) -> visitor.accept(operation.name() + " " + status, response));
        }
    }

    /** All schemas and nested schemas, by their path. */
    private static Map<String, JsonNode> schemas() {
        Map<String, JsonNode> schemas = new TreeMap<>();
        walk("", DOCUMENT.root(), (place, node) -> {
            if (place.matches("/components/schemas/[^/]+") || place.endsWith("/schema")) {
                addSchemas(place, node, schemas);
            }
        });
        return schemas;
    }

    private static void addSchemas(String place, JsonNode schema, Map<String, JsonNode> schemas) {
        if (!schema.isObject()) {
            return;
        }
        schemas.put(place, schema);
        properties(schema)
                .fields()
                .forEachRemaining(
                        field -> addSchemas(place + "/properties/" + field.getKey(), field.getValue(), schemas));
        schema.path("oneOf").forEach(choice -> addSchemas(place + "/oneOf" + schemas.size(), choice, schemas));
        Stream.of("items", "additionalProperties")
                .forEach(name -> addSchemas(place + "/" + name, schema.path(name), schemas));
    }

    private static JsonNode properties(JsonNode schema) {
        return schema.path("properties");
    }

    private static JsonNode json(String text) {
        return ApiDocument.json(text);
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    /** Visits every object below a node, but no examples. */
    private static void walk(String place, JsonNode node, BiConsumer<String, JsonNode> visitor) {
        if (node.isObject()) {
            visitor.accept(place, node);
        }
        node.fields().forEachRemaining(field -> {
            if (!field.getKey().equals("examples")) {
                walk(place + "/" + field.getKey().replace("/", "~1"), field.getValue(), visitor);
            }
        });
        if (node.isArray()) {
            node.forEach(item -> walk(place, item, visitor));
        }
    }
}
