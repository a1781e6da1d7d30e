package org.epmpulse.routes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.RouteDefinition;
import org.epmpulse.http.PathTemplate;
import org.jspecify.annotations.Nullable;

/** The paths that routes serve, in the order in which they are loaded; finds routes that no request reaches. For one thread. */
final class HttpPaths {

    private static final Set<String> NEVER_CALLED = Set.of("TRACE", "CONNECT");

    private final Predicate<String> answeredWithoutRoute;
    private final List<HttpPath> paths = new ArrayList<>();

    /** A path that a route serves. */
    private record HttpPath(RouteDefinition route, PathTemplate template, Set<String> methods) {

        boolean hides(HttpPath other) {
            boolean sameMethod = methods.isEmpty()
                    || other.methods.isEmpty()
                    || other.methods.stream().anyMatch(methods::contains);
            return sameMethod && template.matches(sample(other.template));
        }
    }

    /** @param answeredWithoutRoute whether the server answers a path itself, before any route */
    HttpPaths(Predicate<String> answeredWithoutRoute) {
        this.answeredWithoutRoute = answeredWithoutRoute;
    }

    /** Adds a route; returns why requests do not reach it. */
    List<String> add(RouteFile file, RouteDefinition route, PlatformHttpEndpoint http) {
        List<String> problems = new ArrayList<>();
        addMethods(problems, http);
        addSyntax(problems, http);
        addHidden(problems, file, route, http);
        return problems;
    }

    private static void addMethods(List<String> problems, PlatformHttpEndpoint http) {
        Set<String> methods = methods(http);
        for (String method : methods) {
            if (NEVER_CALLED.contains(method)) {
                problems.add("httpMethodRestrict \"" + method + "\": such requests are rejected");
            } else if (method.equals("HEAD") && !methods.contains("GET")) {
                problems.add("httpMethodRestrict \"HEAD\": such requests call the route for GET; add GET");
            }
        }
    }

    private static Set<String> methods(PlatformHttpEndpoint http) {
        return items(http.getHttpMethodRestrict())
                .map(method -> method.toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<String> items(@Nullable String commaSeparated) {
        return commaSeparated == null
                ? Stream.of()
                : Stream.of(commaSeparated.split(",")).map(String::strip);
    }

    private static void addSyntax(List<String> problems, PlatformHttpEndpoint http) {
        String path = http.getPath();
        String literal = path.replaceAll("\\{[^/{}]+}", "").replaceFirst("\\*$", "");
        if (literal.matches(".*[{}*].*")) {
            problems.add("path \"" + path + "\" must have parameters such as {id}, and * only at its end");
        }
        Stream.concat(items(http.getConsumes()), items(http.getProduces()))
                .filter(type -> !type.matches("[^/\\s]+/[^/\\s]+(\\s*;.*)?"))
                .forEach(type -> problems.add("media type \"" + type + "\" must be such as application/json"));
    }

    private void addHidden(List<String> problems, RouteFile file, RouteDefinition route, PlatformHttpEndpoint http) {
        String text =
                http.getPath() + (http.isMatchOnUriPrefix() && !http.getPath().endsWith("*") ? "*" : "");
        HttpPath path = new HttpPath(route, PathTemplate.of(text), methods(http));
        if (file.ofSite()) {
            boolean get = path.methods().isEmpty() || path.methods().contains("GET");
            if (get && answeredWithoutRoute.test(sample(path.template()))) {
                problems.add("GET " + http.getPath() + " is answered by EPMPulse itself, not by this route");
            }
            paths.stream()
                    .filter(other -> other.hides(path))
                    .findFirst()
                    .ifPresent(other -> problems.add(http.getPath() + " is answered by route "
                            + other.route().getRouteId() + ", which is loaded before this one"));
        }
        paths.add(path);
    }

    /** A path that a template matches. */
    private static String sample(PathTemplate template) {
        return template.text().replaceAll("\\{[^/}]+}|:[A-Za-z0-9_]+|\\*$", "-");
    }
}
