package org.epmpulse.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** Finds errors in route files that Camel does not report, and violations of the project's rules. */
final class RouteFileRules {

    private static final int MAX_LINES = 60;
    private static final int MAX_STEPS = 7;
    private static final JsonSchema SCHEMA = schema();

    /** The schemes of due work, whose failures the source handles. */
    private static final Set<String> WORK_SCHEMES = Set.of("alerts", "canvas-edits", "epm-polls");

    private static final Set<String> HANDLERS = Set.of("onException", "doTry");

    /** @param isRun whether it is a shipped route and not an example */
    private record RouteFile(String stem, boolean isRun, String text, JsonNode content) {

        boolean isErrors() {
            return stem.equals("errors");
        }
    }

    private final Path folder;
    private final List<RouteFile> files = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private RouteFileRules(Path folder) {
        this.folder = folder;
    }

    private static JsonSchema schema() {
        try (InputStream in = RouteFileRules.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The problems of the route files below a folder, as {@code <file>: <rule>}. */
    static List<String> problems(Path folder) throws IOException {
        RouteFileRules routes = new RouteFileRules(folder);
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                routes.read(path);
            }
        }
        routes.check();
        return routes.problems;
    }

    private void read(Path path) throws IOException {
        String name = path.getFileName().toString();
        if (!name.matches("errors\\.camel\\.yaml|[a-z]+(-[a-z]+)+\\.camel\\.yaml")) {
            problems.add(name + ": a route file is named <domain>-<action>.camel.yaml");
            return;
        }
        String text = Files.readString(path);
        boolean isRun = folder.equals(path.getParent());
        files.add(new RouteFile(name.replace(".camel.yaml", ""), isRun, text, new YAMLMapper().readTree(text)));
    }

    private void check() {
        files.forEach(this::checkFile);
        files.forEach(file -> routes(file).forEach(route -> checkRoute(file, route)));
        checkIdsAreUnique();
    }

    private void report(RouteFile file, String rule) {
        problems.add(file.stem() + ": " + rule);
    }

    private void checkFile(RouteFile file) {
        SCHEMA.validate(file.content()).forEach(message -> report(file, "schema: " + message));
        if (!file.text().matches("(?s)# .+\n#\n# in     .+\n# out    .+\n# fails  .+\n\n(# .+\n)*- .*")) {
            report(file, "does not start with a sentence and in, out, fails");
        }
        if (file.text().lines().count() > MAX_LINES && !file.isErrors()) {
            report(file, "has more than " + MAX_LINES + " lines");
        }
        walk(file.content(), (name, value) -> {
            if (name.equals("onException") && !file.isErrors()) {
                report(file, "has an onException, which belongs into errors.camel.yaml");
            }
            if (Set.of("to", "toD", "log", "setBody", "setHeader").contains(name) && value.isTextual()) {
                report(file, "has a compact " + name);
            }
            if (name.equals("to") || name.equals("toD")) {
                checkTo(file, value);
            }
        });
    }

    private void checkTo(RouteFile file, JsonNode to) {
        String uri = to.path("uri").asText();
        if (uri.startsWith("bean:")) {
            report(file, "has a to: bean:, which does not fail at start on a wrong method");
        }
        if (!to.has("id")) {
            report(file, "calls out without an id");
        }
        if (uri.startsWith("direct:") && routeFrom(uri) == null) {
            report(file, uri + " has no route");
        }
    }

    private void checkRoute(RouteFile file, JsonNode route) {
        String id = route.path("id").asText();
        if (!id.equals(file.stem()) && !id.startsWith(file.stem() + "-")) {
            report(file, "route id " + id + " does not start with the file's name");
        }
        if (route.path("description").asText().isEmpty()) {
            report(file, id + " has no description");
        }
        JsonNode from = route.path("from");
        if (from.path("steps").size() > MAX_STEPS) {
            report(file, id + " has more than " + MAX_STEPS + " steps");
        }
        String configuration = route.path("routeConfigurationId").asText();
        if (!configuration.isEmpty() && !configurations().contains(configuration)) {
            report(file, "routeConfigurationId " + configuration + " does not exist");
        }
        checkFrom(file, route, id, from.path("uri").asText());
    }

    private void checkFrom(RouteFile file, JsonNode route, String id, String uri) {
        if (uri.startsWith("direct:")) {
            if (!uri.equals("direct:" + id)) {
                report(file, uri + " is not named like its route");
            }
        }
        boolean work = WORK_SCHEMES.contains(uri.replaceFirst(":.*", ""));
        if ((work || uri.startsWith("direct:")) && !route.path("errorHandler").has("noErrorHandler")) {
            report(file, id + " has an error handler of its own");
        }
        if (work) {
            if (route.has("routeConfigurationId")) {
                report(file, id + " names a routeConfiguration, but its failures belong to the source");
            }
            walk(route, (name, value) -> {
                if (HANDLERS.contains(name)) {
                    report(file, id + " has " + name + ", but its failures belong to the source");
                }
            });
        } else if (!uri.startsWith("direct:") && file.isRun() && !route.has("routeConfigurationId")) {
            report(file, id + " is without a routeConfigurationId");
        }
        if (uri.startsWith("platform-http:")) {
            JsonNode parameters = route.path("from").path("parameters");
            if (parameters.path("httpMethodRestrict").asText().isEmpty()) {
                report(file, id + " accepts every method");
            }
        }
    }

    private void checkIdsAreUnique() {
        Map<String, String> seen = new TreeMap<>();
        for (RouteFile file : files) {
            walk(file.content(), (name, value) -> {
                if (name.equals("id") && value.isTextual() && seen.put(value.asText(), file.stem()) != null) {
                    report(file, "id " + value.asText() + " is taken");
                }
            });
        }
    }

    private Set<String> configurations() {
        Set<String> ids = new HashSet<>();
        files.forEach(file -> file.content()
                .forEach(item ->
                        ids.add(item.path("routeConfiguration").path("id").asText())));
        return ids;
    }

    private JsonNode routeFrom(String uri) {
        return files.stream()
                .flatMap(file -> routes(file).stream())
                .filter(route -> route.path("from").path("uri").asText().equals(uri))
                .findFirst()
                .orElse(null);
    }

    private static List<JsonNode> routes(RouteFile file) {
        List<JsonNode> routes = new ArrayList<>();
        file.content().forEach(item -> {
            if (item.has("route")) {
                routes.add(item.get("route"));
            }
        });
        return routes;
    }

    private static void walk(JsonNode node, BiConsumer<String, JsonNode> visitor) {
        node.fields().forEachRemaining(field -> {
            visitor.accept(field.getKey(), field.getValue());
            walk(field.getValue(), visitor);
        });
        if (node.isArray()) {
            node.forEach(item -> walk(item, visitor));
        }
    }
}
