package org.epmpulse.routes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import org.apache.camel.dsl.yaml.common.exception.YamlDeserializationException;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceSupport;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.http.EventLoopPolicy;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A file of routes as it was read. What is checked is what runs, even if somebody writes the file in between.
 *
 * @param yaml the whole text
 * @param ofSite whether it is the site's own, not a shipped one
 */
public record RouteFile(Path path, String yaml, boolean ofSite) {

    /** What counts only for the routes of the same file. Other things are seen by all files, and stay when it goes. */
    private static final Set<String> OWN = Set.of(
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

    private static final Set<String> HTTP = Set.of("platform-http", "rest", "rest-api");

    /** @throws IOException if the file is not UTF-8 or cannot be read */
    static RouteFile read(Path path, boolean ofSite) throws IOException {
        return new RouteFile(path, Files.readString(path), ofSite);
    }

    /**
     * Adds the routes of the files; a context that has been started makes and starts them.
     *
     * @throws ConfigurationException if a file is not of Camel's YAML, takes the id of another file's route, is a site's
     *     and claims the event loop or, in a started context, cannot be started
     */
    public static void add(List<RouteFile> files, CamelContext context) {
        Map<RouteFile, Collection<RoutesBuilder>> builders = new LinkedHashMap<>();
        for (RouteFile file : files) {
            file.attempt(() -> builders.put(file, file.builders(context)));
        }
        // A route gets its routeConfiguration when it is added, whatever the files are called.
        builders.forEach((file, all) -> file.attempt(() -> {
            for (RoutesBuilder builder : all) {
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    context.addRoutesConfigurations(configurations);
                }
            }
        }));
        builders.forEach((file, all) -> file.attempt(() -> file.add(all, context)));
    }

    private Collection<RoutesBuilder> builders(CamelContext context) throws Exception {
        return PluginHelper.getRoutesLoader(context).findRoutesBuilders(new Text(path, yaml));
    }

    private void add(Collection<RoutesBuilder> builders, CamelContext context) throws Exception {
        List<RouteDefinition> others = List.copyOf(definitions(context));
        for (RoutesBuilder builder : builders) {
            context.addRoutes(builder);
            context.addTemplatedRoutes(builder);
        }
        // Camel lets the second route of an id replace the first without a word.
        for (RouteDefinition other : others) {
            if (!definitions(context).contains(other)) {
                throw new ConfigurationException(
                        path.toString(), "the route id " + other.getRouteId() + " is taken by " + location(other));
            }
        }
        if (ofSite) {
            // Those of templates, too: they have no location of their own.
            definitions(context).stream()
                    .filter(route -> !others.contains(route))
                    .forEach(route -> refuseEventLoop(route, context));
        }
    }

    /** One step that waits there holds up every HTTP request, and nobody but us knows which do not. */
    private void refuseEventLoop(RouteDefinition route, CamelContext context) {
        if (EVENT_LOOP.matcher(policies(route, context)).find()) {
            throw new ConfigurationException(
                    path.toString(),
                    "route " + route.getRouteId() + " must not name routePolicy " + EventLoopPolicy.NAME
                            + ", which only shipped routes may; remove the line");
        }
    }

    /** Names of the route's policies; with the parameters of its template, as Camel resolves them. */
    private static String policies(RouteDefinition route, CamelContext context) {
        PropertiesComponent properties = context.getPropertiesComponent();
        Properties parameters = new Properties();
        if (route.getTemplateParameters() != null) {
            route.getTemplateParameters().forEach((name, value) -> parameters.put(name, String.valueOf(value)));
        }
        properties.setLocalProperties(parameters);
        try {
            return String.valueOf(context.resolvePropertyPlaceholders(route.getRoutePolicyRef()));
        } finally {
            properties.setLocalProperties(null);
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private void attempt(Step step) {
        try {
            step.run();
        } catch (Exception e) {
            throw problem(e);
        }
    }

    private ConfigurationException problem(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof YamlDeserializationException yaml) {
                return new ConfigurationException(path.toString(), RouteFiles.oneLine(yaml));
            }
        }
        ConfigurationException known = RouteFiles.problem(failure);
        return known != null
                ? known
                : new ConfigurationException(path.toString(), RouteFiles.oneLine(RouteFiles.rootOf(failure)));
    }

    /** The routes of this file that a context has, in their order. */
    List<RouteDefinition> routes(CamelContext context) {
        return definitions(context).stream()
                .filter(route -> new Text(path, yaml).getLocation().equals(location(route)))
                .toList();
    }

    /**
     * Why the file can only come or go with a restart; null if it can do so while others run.
     *
     * @param context one that has the routes of the file
     */
    @Nullable
    String whyRestart(CamelContext context) {
        for (String item : items()) {
            if (!OWN.contains(item)) {
                return "it has \"" + item + "\", which other files may use";
            }
        }
        for (RouteDefinition route : routes(context)) {
            String uri = context.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
            if (HTTP.contains(uri.split("[:?]", 2)[0])) {
                return "route " + route.getRouteId() + " answers HTTP";
            }
        }
        return null;
    }

    /** The names of the items at the top of the file. */
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

    /** All routes that a context has. */
    static List<RouteDefinition> definitions(CamelContext context) {
        return context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
    }

    private static String location(RouteDefinition route) {
        return route.getResource() == null ? "" : route.getResource().getLocation();
    }

    /** Under the location that Camel names where a route is wrong. */
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
