package org.epmpulse.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the OpenAPI document and finds where a reply differs from it. */
public final class ApiDocument {

    /** The code of a reply without an error. */
    static final String NO_CODE = "-";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /** Headers that every reply may have; the document describes them in prose only. */
    private static final Set<String> GENERAL = Set.of(
            "cache-control", "connection", "content-length", "content-type", "epmpulse-node", "transfer-encoding");

    /** A method of a path. */
    record Operation(String method, String path, JsonNode node) {

        boolean isGet() {
            return method.equals("GET");
        }

        boolean hasBody() {
            return node.has("requestBody");
        }

        String name() {
            return method + " " + path;
        }
    }

    /** A received reply; names of headers in lower case. */
    record Received(int status, Map<String, String> headers, String body) {

        static Received of(HttpResponse<String> response) {
            Map<String, String> headers = new TreeMap<>();
            response.headers()
                    .map()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join("\n", values)));
            return new Received(response.statusCode(), headers, response.body());
        }

        String code() {
            if (!"application/json".equals(headers.get("content-type"))) {
                return NO_CODE;
            }
            return json(body).at("/error/code").asText(NO_CODE);
        }
    }

    private final JsonNode root;
    private final Map<JsonNode, JsonSchema> compiled = new HashMap<>();
    private final JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private final SchemaValidatorsConfig strict =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    ApiDocument(String text) {
        this.root = json(text);
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    JsonNode root() {
        return root;
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
                    if (METHODS.contains(method.getKey())) {
                        String name = method.getKey().toUpperCase(Locale.ROOT);
                        operations.add(new Operation(name, path.getKey(), method.getValue()));
                    }
                }));
        return operations;
    }

    /** The target of a reference; any other node itself. */
    JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? root.at(node.get("$ref").asText().substring(1)) : node;
    }

    /** The responses of an operation by status, {@code default} among them. */
    Map<String, JsonNode> responses(Operation operation) {
        Map<String, JsonNode> responses = new TreeMap<>();
        operation
                .node()
                .path("responses")
                .fields()
                .forEachRemaining(response -> responses.put(response.getKey(), resolve(response.getValue())));
        return responses;
    }

    List<JsonNode> parameters(Operation operation) {
        List<JsonNode> parameters = new ArrayList<>();
        operation.node().path("parameters").forEach(parameter -> parameters.add(resolve(parameter)));
        return parameters;
    }

    /** The error codes that a response may have, {@link #NO_CODE} if it has none. */
    Set<String> codes(JsonNode response) {
        JsonNode content = response.path("content");
        Set<String> codes = new TreeSet<>();
        if (content.isEmpty()) {
            codes.add(NO_CODE);
        }
        content.forEach(media -> addCodes(media.path("schema"), codes));
        return codes;
    }

    private void addCodes(JsonNode schema, Set<String> codes) {
        if (schema.has("oneOf")) {
            schema.get("oneOf").forEach(choice -> addCodes(choice, codes));
            return;
        }
        JsonNode narrowed = schema.at("/properties/error/properties/code/enum");
        JsonNode named = resolve(schema).at("/properties/error/properties/code/enum");
        JsonNode error = narrowed.isMissingNode() ? named : narrowed;
        error.forEach(code -> codes.add(code.asText()));
        if (error.isMissingNode()) {
            codes.add(NO_CODE);
        }
    }

    /** Where a value violates a schema of this document; empty if it is valid. */
    List<String> problems(JsonNode schema, JsonNode value) {
        return compiled.computeIfAbsent(schema, this::compile).validate(value).stream()
                .map(message -> message.toString())
                .toList();
    }

    private JsonSchema compile(JsonNode schema) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", root.get("components"));
        return schemas.getSchema(whole, strict);
    }

    /** The value of a header or a query parameter. */
    List<String> problems(JsonNode schema, String text) {
        boolean number = resolve(schema).path("type").asText().equals("integer") && text.matches("-?[0-9]+");
        JsonNode value = number ? BigIntegerNode.valueOf(new BigInteger(text)) : TextNode.valueOf(text);
        return problems(schema, value);
    }

    /** Where a reply differs from its operation; empty if it is valid. */
    List<String> problems(Operation operation, Received reply) {
        Map<String, JsonNode> responses = responses(operation);
        JsonNode response = responses.getOrDefault(String.valueOf(reply.status()), responses.get("default"));
        if (response == null) {
            return List.of(operation.name() + " has no " + reply.status());
        }
        List<String> problems = new ArrayList<>(headerProblems(response.path("headers"), reply));
        problems.addAll(bodyProblems(response.path("content"), reply));
        return problems;
    }

    private List<String> headerProblems(JsonNode documented, Received reply) {
        List<String> problems = new ArrayList<>();
        Set<String> known = new TreeSet<>(GENERAL);
        documented.fields().forEachRemaining(field -> {
            JsonNode header = resolve(field.getValue());
            String name = field.getKey().toLowerCase(Locale.ROOT);
            String value = reply.headers().get(name);
            known.add(name);
            if (value != null) {
                problems(header.path("schema"), value).forEach(problem -> problems.add(name + ": " + problem));
            } else if (header.path("required").asBoolean()) {
                problems.add(name + " is missing");
            }
        });
        reply.headers().keySet().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> problems.add(name + " is not documented"));
        if (!"no-store".equals(reply.headers().get("cache-control"))) {
            problems.add("cache-control is " + reply.headers().get("cache-control"));
        }
        return problems;
    }

    private List<String> bodyProblems(JsonNode content, Received reply) {
        String type = reply.headers().getOrDefault("content-type", "");
        if (content.isEmpty()) {
            return reply.body().isEmpty() && type.isEmpty() ? List.of() : List.of("there is a body");
        }
        String plain = type.replaceFirst(";.*", "").strip();
        JsonNode media = content.get(plain);
        if (media == null) {
            return List.of("the body is " + type);
        }
        JsonNode value = plain.endsWith("json") ? json(reply.body()) : TextNode.valueOf(reply.body());
        return problems(media.path("schema"), value);
    }
}
