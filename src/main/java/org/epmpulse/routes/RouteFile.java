package org.epmpulse.routes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceSupport;
import org.epmpulse.changes.BeforeRecord;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.epmpulse.config.RegularFile;
import org.epmpulse.http.EventLoopPolicy;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * A route file as it was read: the checked text is the one that runs, even if the file changes in between.
 *
 * @param yaml the whole text
 * @param ofSite whether the file is in {@code routes/site/} and not shipped
 */
public record RouteFile(Path path, String yaml, boolean ofSite) {

    /** Items that apply only to the routes of the same file. Other items apply to all files and cannot be removed. */
    private static final Set<String> FILE_LOCAL = Set.of(
            "route",
            "from",
            "onException",
            "onCompletion",
            "errorHandler",
            "intercept",
            "interceptFrom",
            "interceptSendToEndpoint");

    private static final Pattern EVENT_LOOP =
            Pattern.compile("(^|,)\\s*#?(bean:)?" + EventLoopPolicy.NAME + "\\s*(,|$)");

    private static final Set<String> HTTP_SCHEMES = Set.of("platform-http", "rest", "rest-api");

    /** @throws IOException if the file is not UTF-8, or not a readable, regular file of at most 1 MiB */
    static RouteFile read(Path path, boolean ofSite) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(RegularFile.read(path, 1));
        return new RouteFile(
                path, StandardCharsets.UTF_8.newDecoder().decode(content).toString(), ofSite);
    }

    /**
     * Adds the routes of the files; a started context creates and starts them.
     *
     * @throws ConfigurationException if a file is not valid YAML of Camel, uses the id of another file's route, is a
     *     site's file and uses the event loop or, in a started context, cannot be started
     */
    public static void add(List<RouteFile> files, CamelContext context) {
        Map<RouteFile, Collection<RoutesBuilder>> builders = new LinkedHashMap<>();
        for (RouteFile file : files) {
            file.attempt(() -> builders.put(file, file.builders(context)));
        }
        // All routeConfigurations first: a route gets its routeConfiguration when it is added.
        builders.forEach((file, all) -> file.attempt(() -> {
            for (RoutesBuilder builder : all) {
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    context.addRoutesConfigurations(configurations);
                }
            }
        }));
        builders.forEach((file, all) -> file.attempt(() -> file.add(all, context)));
    }

    Collection<RoutesBuilder> builders(CamelContext context) throws Exception {
        return PluginHelper.getRoutesLoader(context).findRoutesBuilders(new Text(path, yaml));
    }

    void add(Collection<RoutesBuilder> builders, CamelContext context) throws Exception {
        List<RouteDefinition> existing = List.copyOf(definitions(context));
        for (RoutesBuilder builder : builders) {
            context.addRoutes(builder);
            context.addTemplatedRoutes(builder);
        }
        // Camel silently replaces a route by another one with the same id.
        for (RouteDefinition other : existing) {
            if (!definitions(context).contains(other)) {
                throw new ConfigurationException(
                        path.toString(), "route id " + other.getRouteId() + " is already used in " + location(other));
            }
        }
        // Includes routes of templates, which have no location.
        for (RouteDefinition route : definitions(context)) {
            if (!existing.contains(route)) {
                checkPolicies(route, context);
            }
        }
    }

    /**
     * Checks the policies of a route, and binds those for signed bodies.
     *
     * @throws ConfigurationException if one may not be used
     */
    void checkPolicies(RouteDefinition route, CamelContext context) {
        String policies = resolved(route, route.getRoutePolicyRef(), context);
        // A blocking step on the event loop delays every HTTP request; only the shipped routes are known not to block.
        if (ofSite && EVENT_LOOP.matcher(policies).find()) {
            throw new ConfigurationException(
                    path.toString(),
                    "route " + route.getRouteId() + " must not use routePolicy " + EventLoopPolicy.NAME
                            + ", which is for shipped routes only; remove the line");
        }
        String problem =
                SignedRoutes.bind(route, policies, text -> resolved(route, text, context), context.getRegistry());
        if (problem != null) {
            throw new ConfigurationException(path.toString(), "route " + route.getRouteId() + ": " + problem);
        }
    }

    /** A text of the route, resolved with the parameters of its template; "null" for null. */
    private static String resolved(RouteDefinition route, @Nullable String text, CamelContext context) {
        PropertiesComponent properties = context.getPropertiesComponent();
        Properties parameters = new Properties();
        if (route.getTemplateParameters() != null) {
            route.getTemplateParameters().forEach((name, value) -> parameters.put(name, String.valueOf(value)));
        }
        properties.setLocalProperties(parameters);
        try {
            return String.valueOf(context.resolvePropertyPlaceholders(text));
        } finally {
            properties.setLocalProperties(null);
        }
    }

    /** As the routes of the file have it. */
    String location() {
        return new Text(path, yaml).getLocation();
    }

    private interface Step {
        void run() throws Exception;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (Exception | LinkageError e) {
            throw problem(e);
        }
    }

    /** The failure to read this file, or to create its routes, as a problem. */
    ConfigurationException problem(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYamlEngineException yaml
                    && yaml.getProblemMark().isPresent()) {
                int line = yaml.getProblemMark().get().getLine() + 1;
                return new ConfigurationException(
                        path + ":" + line, yaml.getProblem().strip().replaceAll("\\s+", " "));
            }
        }
        ConfigurationException known = RouteFiles.problem(failure);
        if (known != null
                && known.problems().stream().allMatch(problem -> problem.where().startsWith("route "))) {
            // Of the rest DSL: Camel does not know its file.
            Problem problem = known.problems().get(0);
            return new ConfigurationException(path + ", " + problem.where(), problem.message());
        }
        return known != null
                ? known
                : new ConfigurationException(path.toString(), RouteFiles.singleLine(RouteFiles.rootCause(failure)));
    }

    /** The routes of this file in a context, in their order. */
    public List<RouteDefinition> routes(CamelContext context) {
        return definitions(context).stream()
                .filter(route -> location().equals(location(route)))
                .toList();
    }

    /**
     * Why the file can be added or removed only with a restart; null if no restart is required.
     *
     * @param context has the routes of the file
     */
    @Nullable
    String restartReason(CamelContext context) {
        for (String item : items()) {
            if (!FILE_LOCAL.contains(item)) {
                return "other files may use its \"" + item + "\"";
            }
        }
        for (RouteDefinition route : routes(context)) {
            String uri = context.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
            if (RouteMessages.base(uri).equals(BeforeRecord.URI)) {
                return "route " + route.getRouteId() + " is called for each update";
            }
            if (HTTP_SCHEMES.contains(uri.split("[:?]", 2)[0])) {
                return "route " + route.getRouteId() + " serves HTTP";
            }
        }
        return null;
    }

    /** The names of the top-level items of the file. */
    private List<String> items() {
        Object items = new Load(LoadSettings.builder().setLabel(path.toString()).build()).loadFromString(yaml);
        if (!(items instanceof List<?> list)) {
            return List.of();
        }
        return list.stream()
                .flatMap(item -> item instanceof Map<?, ?> map ? map.keySet().stream() : null)
                .map(String::valueOf)
                .toList();
    }

    /** All routes of a context. */
    static List<RouteDefinition> definitions(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
    }

    private static String location(RouteDefinition route) {
        return route.getResource() == null ? "" : route.getResource().getLocation();
    }

    /** The text of a file with its location, which Camel shows in error messages. */
    private static final class Text extends ResourceSupport {

        private final String text;

        Text(Path path, String text) {
            super("file", "file:" + path);
            this.text = text;
        }

        @Override
        public boolean exists() {
            return true;
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
