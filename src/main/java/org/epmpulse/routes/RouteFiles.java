package org.epmpulse.routes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/**
 * The routes folder: {@code *.camel.yaml} are shipped, {@code site/*.camel.yaml} are the site's own.
 *
 * @param folder what {@code EPMPULSE_ROUTES_DIR} says
 */
public record RouteFiles(Path folder) {

    /** Endpoints whose items one route gets, whatever its options are. */
    private static final Set<String> WORK = Set.of("alerts", "canvas-edits", "epm-polls");

    /** Endpoints at which Camel lets one route begin. */
    private static final Set<String> SINGLE = Set.of("direct", "status-changes");

    private static final String ENDING = ".camel.yaml";

    /** Camel tells the file and line of a route in the text of its exception only. */
    private static final Pattern SOURCE = Pattern.compile("\\(source: (?:file:)?([^)]+)\\)");

    /** Where the site's own files are; need not exist. */
    public Path site() {
        return folder.resolve("site");
    }

    /** The files that are loaded, the shipped ones first. */
    List<Path> files() {
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationException("EPMPULSE_ROUTES_DIR", "there is no folder " + folder);
        }
        List<Path> files = new ArrayList<>(files(folder));
        if (files.isEmpty()) {
            throw new ConfigurationException("EPMPULSE_ROUTES_DIR", "no *" + ENDING + " in " + folder);
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
            return files.filter(RouteFiles::isRoutes).sorted().toList();
        } catch (IOException e) {
            throw new ConfigurationException(folder.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /** Some editors and file systems keep hidden files beside the real ones, with the same ending. */
    private static boolean isRoutes(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(ENDING) && !name.startsWith(".") && Files.isRegularFile(file);
    }

    /**
     * The files as they are now, in the order of {@link #files}.
     *
     * @throws ConfigurationException if one cannot be read
     */
    public List<RouteFile> read() {
        List<RouteFile> read = new ArrayList<>();
        for (Path file : files()) {
            try {
                read.add(RouteFile.read(file, file.startsWith(site())));
            } catch (IOException e) {
                throw new ConfigurationException(file.toString(), "must be a file of UTF-8 that can be read");
            }
        }
        return read;
    }

    /** What is wrong with a route, found when Camel made it; null if the failure is about no route. */
    public static @Nullable ConfigurationException problem(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException problem) {
                return problem;
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route) {
                return new ConfigurationException(where(route), oneLine(rootOf(route)));
            }
            if (cause instanceof FailedToStartRouteException route) {
                return new ConfigurationException("route " + route.getRouteId(), oneLine(rootOf(route)));
            }
        }
        return null;
    }

    private static String where(FailedToCreateRouteException failure) {
        Matcher source = SOURCE.matcher(String.valueOf(failure.getMessage()));
        String file = source.find() ? source.group(1) + ", " : "";
        return file + "route " + failure.getRouteId();
    }

    /** Two routes that begin at one endpoint where only one may: Camel finds it when they start, so a check says it. */
    static List<Problem> sharedEndpoints(CamelContext context) {
        List<Problem> problems = new ArrayList<>(shared(context, WORK));
        problems.addAll(shared(context, SINGLE));
        return problems;
    }

    /** @throws ConfigurationException if two routes begin at one source of work: each of its items is sent once */
    public static void requireOneRouteForEachSource(CamelContext context) {
        List<Problem> problems = shared(context, WORK);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private static List<Problem> shared(CamelContext context, Set<String> schemes) {
        Map<String, String> first = new HashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (RouteDefinition route : RouteFile.definitions(context)) {
            String uri = context.resolvePropertyPlaceholders(route.getInput().getEndpointUri())
                    .split("\\?", 2)[0];
            String other = schemes.contains(uri.split(":", 2)[0]) ? first.putIfAbsent(uri, route.getRouteId()) : null;
            if (other != null) {
                problems.add(Problem.error(
                        "route " + route.getRouteId(), "begins at " + uri + " as route " + other + " does"));
            }
        }
        return problems;
    }

    /** What is wrong, as {@code check} prints it. */
    static Problem asProblem(Throwable failure) {
        ConfigurationException problem = problem(failure);
        return problem == null
                ? Problem.error("routes", oneLine(rootOf(failure)))
                : problem.problems().get(0);
    }

    /** What is wrong, without saying in which file. */
    public static String reason(Throwable failure) {
        return asProblem(failure).message();
    }

    static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    static String oneLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return message.strip().replaceAll("\\s+", " ");
    }
}
