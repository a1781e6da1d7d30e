package org.epmpulse.cli;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jars of the folder {@code extra/} beside the program: components of Camel that are not shipped, and libraries of a
 * site's routes. A shipped class wins over one of them. Immutable.
 *
 * @param folder null if there is none
 * @param jars in the order of their names
 */
public record ExtraJars(@Nullable Path folder, List<Path> jars) {

    /** With the value {@code none}, the system property makes the program start without these jars. */
    private static final String PROPERTY = "epmpulse.extra";

    public ExtraJars {
        jars = List.copyOf(jars);
    }

    /** Those of this installation; none if the folder cannot be read. */
    public static ExtraJars ofThisProgram() {
        Path folder = "none".equals(System.getProperty(PROPERTY)) ? null : Installation.folder("extra");
        return folder == null ? new ExtraJars(null, List.of()) : new ExtraJars(folder, jars(folder));
    }

    /** The jars of a folder in the order of their names; none if it cannot be read. */
    static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Their names without the folder. */
    public List<String> names() {
        return jars.stream().map(jar -> String.valueOf(jar.getFileName())).toList();
    }

    /** Whether Java already has all of them: with {@code -jar} it has only what is shipped. */
    public boolean areLoaded() {
        return ExtraJars.class.getClassLoader() != ClassLoader.getSystemClassLoader()
                || missing(classPath()).isEmpty();
    }

    private static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .toList();
    }

    private List<Path> missing(List<Path> classPath) {
        return jars.stream()
                .filter(jar -> !classPath.contains(jar.toAbsolutePath().normalize()))
                .toList();
    }

    /**
     * Calls a main method of this program in a class loader that has the class path and these jars. All classes are loaded
     * once more, by one loader: with a loader for these jars alone, a shipped library would not find theirs, such as the
     * driver of a database.
     */
    public void runMain(String mainClass, String[] arguments) {
        List<Path> classPath = new ArrayList<>(classPath());
        classPath.addAll(missing(classPath));
        ClassLoader loader =
                new ExtraClassLoader(classPath.stream().map(ExtraJars::url).toArray(URL[]::new));
        Thread.currentThread().setContextClassLoader(loader);
        try {
            loader.loadClass(mainClass).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
