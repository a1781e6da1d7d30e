package org.epmpulse.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.epmpulse.config.Problem;
import org.jspecify.annotations.Nullable;

/** Finds jars of {@code extra/} that do not fit to the shipped ones, or to each other. For one thread. */
final class ExtraCheck {

    private static final String MAVEN = "META-INF/maven/org.apache.camel/";

    /** Files that belong to the folder. */
    private static final Set<String> SHIPPED = Set.of("README.md", "pom.xml");

    private final ExtraJars extra;
    private final Path home;

    /** The jar that provides each class, the shipped ones first. */
    private final Map<String, Path> owners = new HashMap<>();

    private final List<Problem> problems = new ArrayList<>();
    private @Nullable String camelVersion;

    private ExtraCheck(ExtraJars extra, Path home) {
        this.extra = extra;
        this.home = home;
    }

    /** What is wrong with these jars, as warnings: the service starts with them. */
    static List<Problem> run(ExtraJars extra) {
        Path folder = extra.folder();
        if (folder == null) {
            return List.of();
        }
        Path lib = Installation.folder("lib");
        return new ExtraCheck(extra, folder.resolveSibling(".").normalize())
                .run(folder, lib == null ? List.of() : ExtraJars.jars(lib));
    }

    private List<Problem> run(Path folder, List<Path> shipped) {
        otherFiles(folder);
        if (!extra.jars().isEmpty()) {
            shipped.forEach(this::addShipped);
            extra.jars().forEach(this::check);
        }
        return problems;
    }

    private void otherFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> !extra.jars().contains(file) && !SHIPPED.contains(String.valueOf(file.getFileName())))
                    .sorted()
                    .forEach(file -> warn(file, "is ignored: only *.jar files in the folder itself are loaded"));
        } catch (IOException e) {
            warn(folder, "cannot be read: " + e.getMessage());
        }
    }

    private void addShipped(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            classes(file).forEach(name -> owners.putIfAbsent(name, jar));
            String name = String.valueOf(jar.getFileName());
            if (name.startsWith("camel-api-")) {
                camelVersion = name.substring("camel-api-".length(), name.length() - ".jar".length());
            }
        } catch (IOException e) {
            warn(jar, "is no readable jar: " + e.getMessage());
        }
    }

    private void check(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Map<Path, Integer> clashes = new TreeMap<>();
            for (String name : classes(file)) {
                Path owner = owners.putIfAbsent(name, jar);
                if (owner != null) {
                    clashes.merge(owner, 1, Integer::sum);
                }
            }
            clashes.forEach((other, count) -> warn(jar, clash(other, count)));
            String version = camelVersion(file);
            if (version != null && camelVersion != null && !version.equals(camelVersion)) {
                warn(
                        jar,
                        "is of Camel " + version + ", but EPMPulse runs with Camel " + camelVersion
                                + "; replace it by that version");
            }
        } catch (IOException e) {
            warn(jar, "is no readable jar, so Java ignores it: " + e.getMessage());
        }
    }

    private String clash(Path other, int count) {
        String classes = count == 1 ? "1 class" : count + " classes";
        return extra.jars().contains(other)
                ? "has " + classes + " that " + relative(other) + " has, too; which of them are used is not defined;"
                        + " delete one of the two"
                : "has " + classes + " of the shipped " + relative(other) + ", which wins; delete the one in extra/";
    }

    private static List<String> classes(JarFile jar) {
        return jar.stream()
                .map(JarEntry::getName)
                .filter(name ->
                        name.endsWith(".class") && !name.startsWith("META-INF/") && !name.equals("module-info.class"))
                .toList();
    }

    /** The version of a jar of Camel; null if it is another jar. */
    private static @Nullable String camelVersion(JarFile jar) throws IOException {
        List<JarEntry> found = jar.stream()
                .filter(entry ->
                        entry.getName().startsWith(MAVEN) && entry.getName().endsWith("/pom.properties"))
                .toList();
        if (found.size() != 1) {
            return null;
        }
        Properties properties = new Properties();
        try (InputStream in = jar.getInputStream(found.get(0))) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    private Path relative(Path jar) {
        return home.relativize(jar);
    }

    private void warn(Path file, String message) {
        problems.add(Problem.warning(relative(file).toString(), message));
    }
}
