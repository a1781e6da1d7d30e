package org.epmpulse.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.model.RouteDefinition;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes folder: {@code *.camel.yaml} are shipped, {@code site/*.camel.yaml} belong to the site.
 *
 * @param folder the value of {@code EPMPULSE_ROUTES_DIR}
 */
public record RouteFiles(Path folder) {

    /** Schemes of endpoints from which only one route may read, with any options. */
    private static final Set<String> WORK_SCHEMES = Set.of("alerts", "canvas-edits", "epm-polls", "status-changes");

    /** Schemes of endpoints from which Camel permits only one route, or calls only the last one. */
    private static final Set<String> SINGLE_CONSUMER_SCHEMES = Set.of("direct", "quartz");

    private static final Logger LOG = LoggerFactory.getLogger(RouteFiles.class);

    private static final String SUFFIX = ".camel.yaml";

    /** The file and line of a route in Camel's exception, which has them only in its message. */
    private static final Pattern SOURCE = Pattern.compile("\\(source: (?:file:)?([^)]+)\\)");

    /** The folder of the site's own files; it need not exist. */
    public Path site() {
        return folder.resolve("site");
    }

    /** The files to load, the shipped ones first. */
    List<Path> files() {
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationException("EPMPULSE_ROUTES_DIR", "folder " + folder + " not found");
        }
        List<Path> files = new ArrayList<>(files(folder));
        if (files.isEmpty()) {
            throw new ConfigurationException("EPMPULSE_ROUTES_DIR", "no *" + SUFFIX + " in " + folder);
        }
        if (Files.isDirectory(site())) {
            files.addAll(files(site()));
        }
        return files;
    }

    /**
     * The files of one folder.
     *
     * @throws ConfigurationException if it cannot be read
     */
    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(RouteFiles::isRouteFile).sorted().toList();
        } catch (IOException e) {
            throw new ConfigurationException(folder.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /** Files of the folders that look like routes but are not loaded, with the reason. */
    List<Problem> ignored() {
        List<Problem> ignored = new ArrayList<>();
        for (Path each : List.of(folder, site())) {
            if (Files.isDirectory(each)) {
                try (Stream<Path> files = Files.walk(each, each.equals(folder) ? 1 : 2, FileVisitOption.FOLLOW_LINKS)) {
                    files.filter(file -> Files.isRegularFile(file) && !isHidden(each.relativize(file)))
                            .filter(file -> !(isRouteFile(file) && each.equals(file.getParent())))
                            .sorted()
                            .map(file -> ignored(file, each))
                            .flatMap(Optional::stream)
                            .forEach(ignored::add);
                } catch (IOException | UncheckedIOException e) {
                    throw new ConfigurationException(each.toString(), "cannot be read: " + e.getMessage());
                }
            }
        }
        return ignored;
    }

    /** Also in a hidden folder, as Kubernetes has one in each mounted ConfigMap. */
    private static boolean isHidden(Path relative) {
        return Stream.of(relative.toString().split("/")).anyMatch(name -> name.startsWith("."));
    }

    private static Optional<Problem> ignored(Path file, Path folder) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        String reason = null;
        if (!folder.equals(file.getParent()) && name.endsWith(SUFFIX)) {
            reason = "it is in a subfolder; move it to " + folder;
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            reason = "its name does not end with " + SUFFIX;
        } else if (name.endsWith(".xml")) {
            reason = "routes in Camel's XML DSL are not supported; write them in YAML";
        } else if (name.endsWith(".java") || name.endsWith(".groovy") || name.endsWith(".kts")) {
            reason = "routes in Camel's Java DSL are not supported; write them in YAML";
        }
        return reason == null
                ? Optional.empty()
                : Optional.of(Problem.warning(file.toString(), "is not loaded: " + reason));
    }

    /** Logs the files that look like routes but are not loaded. */
    public void logIgnored() {
        ignored().forEach(file -> LOG.warn("Routes: {} {}", file.where(), file.message()));
    }

    /** Ignores hidden files: some editors and file systems create them with the same suffix. */
    private static boolean isRouteFile(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(SUFFIX) && !name.startsWith(".") && Files.isRegularFile(file);
    }

    /**
     * Reads the files, in the order of {@link #files}.
     *
     * @throws ConfigurationException if one cannot be read
     */
    public List<RouteFile> read() {
        List<Problem> problems = new ArrayList<>();
        List<RouteFile> read = read(problems);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return read;
    }

    /** Reads those files that can be read, and adds a problem for each other one. */
    List<RouteFile> read(List<Problem> problems) {
        List<RouteFile> read = new ArrayList<>();
        for (Path file : files()) {
            try {
                read.add(read(file, file.startsWith(site())));
            } catch (ConfigurationException e) {
                problems.addAll(e.problems());
            }
        }
        return read;
    }

    /**
     * Reads only the shipped files.
     *
     * @throws ConfigurationException if one cannot be read
     */
    public List<RouteFile> readShipped() {
        return files().stream()
                .filter(file -> !file.startsWith(site()))
                .map(file -> read(file, false))
                .toList();
    }

    /**
     * Reads one file of a site.
     *
     * @throws ConfigurationException if it cannot be read
     */
    public static RouteFile readOfSite(Path file) {
        return read(file, true);
    }

    private static RouteFile read(Path file, boolean ofSite) {
        try {
            return RouteFile.read(file, ofSite);
        } catch (IOException e) {
            throw new ConfigurationException(file.toString(), "must be a readable UTF-8 file");
        }
    }

    /** The problem of a route that Camel could not create or start; null if the failure is not about a route. */
    public static @Nullable ConfigurationException problem(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException problem) {
                return problem;
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route) {
                return new ConfigurationException(location(route), singleLine(rootCause(route)));
            }
            if (cause instanceof FailedToStartRouteException route) {
                return new ConfigurationException("route " + route.getRouteId(), singleLine(rootCause(route)));
            }
        }
        return null;
    }

    private static String location(FailedToCreateRouteException failure) {
        Matcher source = SOURCE.matcher(String.valueOf(failure.getMessage()));
        String file = source.find() ? source.group(1) + ", " : "";
        return file + "route " + failure.getRouteId();
    }

    /** Routes that read from the same endpoint where only one may: Camel detects this only when they start. */
    static List<Problem> duplicateEndpoints(CamelContext context, List<RouteDefinition> routes) {
        List<Problem> problems = new ArrayList<>(duplicates(context, routes, WORK_SCHEMES));
        problems.addAll(duplicates(context, routes, SINGLE_CONSUMER_SCHEMES));
        return problems;
    }

    /**
     * @throws ConfigurationException if two routes read from the same source of work, which sends each item once, or are the
     *     same listener, which has one position
     */
    public static void requireOneRouteForEachSource(CamelContext context) {
        List<Problem> problems = duplicates(context, RouteFile.definitions(context), WORK_SCHEMES);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private static List<Problem> duplicates(CamelContext context, List<RouteDefinition> routes, Set<String> schemes) {
        Map<String, String> first = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (RouteDefinition route : routes) {
            String uri = RouteMessages.base(resolved(context, route));
            String other = schemes.contains(uri.split(":", 2)[0]) ? first.putIfAbsent(uri, route.getRouteId()) : null;
            if (other != null) {
                problems.add(Problem.error(
                        RouteMessages.location(route, route.getInput()),
                        "reads from " + uri + ", as route " + other + " does; only one route may"));
            }
        }
        return problems;
    }

    private static String resolved(CamelContext context, RouteDefinition route) {
        String uri = route.getInput().getEndpointUri();
        try {
            return context.resolvePropertyPlaceholders(uri);
        } catch (RuntimeException e) {
            return uri;
        }
    }

    /** The problem as {@code check} prints it. */
    static Problem asProblem(Throwable failure) {
        ConfigurationException problem = problem(failure);
        return problem == null
                ? Problem.error("routes", singleLine(rootCause(failure)))
                : problem.problems().get(0);
    }

    /** The problem without its location. */
    public static String reason(Throwable failure) {
        return asProblem(failure).message();
    }

    static Throwable rootCause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    /** The innermost cause as one line. */
    public static String describe(Throwable failure) {
        return singleLine(rootCause(failure));
    }

    static String singleLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String text = failure instanceof LinkageError ? failure.getClass().getSimpleName() + ": " + message : message;
        return text.strip().replaceAll("\\s+", " ");
    }
}
