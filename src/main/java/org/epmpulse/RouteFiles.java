package org.epmpulse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.dsl.yaml.common.exception.YamlDeserializationException;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The routes folder: {@code *.camel.yaml} are shipped, {@code site/*.camel.yaml} are the site's own.
 *
 * @param folder what {@code EPMPULSE_ROUTES_DIR} says
 */
record RouteFiles(Path folder) {

    private static final String ENDING = ".camel.yaml";

    /** Camel's YAML reader tells the file in its text only. */
    private static final Pattern FILE = Pattern.compile("file:([^,;]+?" + Pattern.quote(ENDING) + ")");

    /** Camel tells the file and line of a route in the text of its exception only. */
    private static final Pattern SOURCE = Pattern.compile("\\(source: (?:file:)?([^)]+)\\)");

    /** The files that are loaded, the shipped ones first. */
    List<Path> files() {
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationException("EPMPULSE_ROUTES_DIR", "there is no folder " + folder);
        }
        List<Path> files = new ArrayList<>(files(folder));
        if (files.isEmpty()) {
            throw new ConfigurationException("EPMPULSE_ROUTES_DIR", "no *" + ENDING + " in " + folder);
        }
        Path site = folder.resolve("site");
        if (Files.isDirectory(site)) {
            files.addAll(files(site));
        }
        return files;
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ConfigurationException(folder.toString(), "cannot be read: " + e.getMessage());
        }
    }

    /**
     * Adds the routes of all files; Camel makes them when it starts.
     *
     * @throws ConfigurationException if a file is not of Camel's YAML
     */
    void addTo(CamelContext context) {
        List<Resource> resources = files().stream()
                .map(file -> ResourceHelper.resolveResource(context, "file:" + file))
                .toList();
        try {
            // All at once: Camel reads the routeConfigurations first, whatever their file is called.
            PluginHelper.getRoutesLoader(context).loadRoutes(resources);
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    private ConfigurationException unreadable(Exception failure) {
        Throwable told = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof YamlDeserializationException) {
                told = cause;
            }
        }
        String message = oneLine(told);
        Matcher file = FILE.matcher(message);
        return new ConfigurationException(file.find() ? file.group(1) : folder.toString(), message);
    }

    /** What is wrong with a route, found when Camel made it; null if the failure is about no route. */
    static @Nullable ConfigurationException problem(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException problem) {
                return problem;
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route) {
                return new ConfigurationException(where(route), oneLine(rootOf(route)));
            }
        }
        return null;
    }

    private static String where(FailedToCreateRouteException failure) {
        Matcher source = SOURCE.matcher(String.valueOf(failure.getMessage()));
        String file = source.find() ? source.group(1) + ", " : "";
        return file + "route " + failure.getRouteId();
    }

    /** What is wrong, as {@code check} prints it. */
    static Problem asProblem(Throwable failure) {
        ConfigurationException problem = problem(failure);
        return problem == null
                ? Problem.error("routes", oneLine(rootOf(failure)))
                : problem.problems().get(0);
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
