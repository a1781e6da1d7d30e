package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may use which, and how long a file may be. */
class LayerTest {

    /**
     * The packages from the bottom to the top. A package uses only those before it, so there is no circle; the root,
     * which puts the parts together, uses all. A new package gets a place here.
     */
    private static final List<String> ORDER = List.of(
            "threads",
            "status",
            "window",
            "config",
            "outbound",
            "client",
            "store",
            "store.journal",
            "cluster",
            "store.postgres",
            "changes",
            "work",
            "alerts",
            "alerts.http",
            "alerts.mail",
            "slack",
            "slack.canvas",
            "slack.socket",
            "epm",
            "epm.watch",
            "security",
            "http",
            "api",
            "board",
            "routes",
            "cli",
            "");

    private static final String ROOT = "org.epmpulse";
    private static final Path SOURCES = Path.of("src/main/java");
    private static final int LONGEST_FILE = 400;

    private static JavaClasses classes(String folder) {
        // Of the libraries' classes only the names count.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(Path.of("target", folder));
    }

    /** The name of the package below the root, which is empty itself. */
    private static String packageOf(JavaClass type) {
        return type.getPackageName().equals(ROOT) ? "" : type.getPackageName().substring(ROOT.length() + 1);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    /** What the classes use of each other. */
    private static Stream<Dependency> uses(JavaClasses classes) {
        return classes.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(use -> isOurs(use.getTargetClass().getBaseComponentType()));
    }

    private static boolean goesUp(Dependency use) {
        int from = ORDER.indexOf(packageOf(use.getOriginClass()));
        return from < ORDER.indexOf(packageOf(use.getTargetClass().getBaseComponentType()));
    }

    private static String asText(Dependency use) {
        JavaClass used = use.getTargetClass().getBaseComponentType();
        return packageOf(use.getOriginClass()) + " uses " + packageOf(used) + ": "
                + use.getOriginClass().getSimpleName() + " uses " + used.getSimpleName();
    }

    @Test
    void everyPackageHasItsPlaceInTheOrder() {
        Set<String> packages =
                classes("classes").stream().map(LayerTest::packageOf).collect(Collectors.toCollection(TreeSet::new));

        assertThat(packages).isNotEmpty().isSubsetOf(ORDER);
    }

    @Test
    void noPackageUsesOneAboveIt() {
        Set<String> upward = uses(classes("classes"))
                .filter(LayerTest::goesUp)
                .map(LayerTest::asText)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(upward).isEmpty();
    }

    @Test
    void theSandboxKnowsNothingOfTheProgram() {
        Set<String> used = uses(classes("sandbox-classes"))
                .filter(use -> packageOf(use.getOriginClass()).equals("sandbox"))
                .map(use -> packageOf(use.getTargetClass().getBaseComponentType()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).containsExactly("sandbox");
    }

    @Test
    void noFileIsTooLong() throws IOException {
        Set<String> tooLong = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                int lines = Files.readAllLines(file).size();
                if (lines > LONGEST_FILE) {
                    tooLong.add(SOURCES.relativize(file) + " has " + lines + " lines");
                }
            }
        }

        assertThat(tooLong).isEmpty();
    }
}
