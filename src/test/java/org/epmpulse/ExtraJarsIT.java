package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jars in {@code extra/} of the packaged program. */
class ExtraJarsIT {

    /** A component of Camel that is not shipped, with a function that uses it. */
    private static final String COMPONENT = """
            package example;
            public class Greeter {
                public String greet(String name) { return "Hello " + name + " from " + getClass().getClassLoader().getName(); }
            }
            """;

    private static final String ROUTE = """
            - route:
                id: greet-log
                from:
                  uri: platform-http:/greet
                  steps:
                    - setBody:
                        expression:
                          constant:
                            expression: operator
                    - bean:
                        beanType: example.Greeter
                        method: greet
            """;

    @TempDir
    Path folder;

    private Path home;
    private Map<String, String> settings;

    @BeforeEach
    void install() throws Exception {
        home = Files.createDirectories(folder.resolve("home"));
        Files.copy(Path.of("target/epmpulse.jar"), home.resolve("epmpulse.jar"));
        Files.createSymbolicLink(home.resolve("lib"), Path.of("target/lib").toAbsolutePath());
        Files.createDirectories(home.resolve("extra"));
        settings = PackagedProgram.settings(folder);
        settings.put(
                "EPMPULSE_ROUTES_DIR",
                new SiteRoutes(home).add("greet-log", ROUTE).folder().toString());
    }

    private void jar(String name) throws Exception {
        Path source = Files.writeString(
                Files.createDirectories(folder.resolve("source")).resolve("Greeter.java"), COMPONENT);
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "--release", "17", "-d", folder.toString(), source.toString()))
                .isZero();
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(home.resolve("extra").resolve(name)))) {
            add(jar, "example/Greeter.class", Files.readAllBytes(folder.resolve("example/Greeter.class")));
        }
    }

    private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private PackagedProgram start(String form, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx192m"));
        command.addAll(
                form.equals("-jar")
                        ? List.of("-jar", home + "/epmpulse.jar")
                        : List.of("-cp", home + "/epmpulse.jar:" + home + "/extra/*", "org.epmpulse.EpmPulse"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        builder.environment().putAll(settings);
        return PackagedProgram.start(builder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-jar", "-cp"})
    void aRouteUsesThemHoweverTheProgramIsStarted(String form) throws Exception {
        jar("greeter-1.jar");

        try (PackagedProgram program = start(form).awaitReady()) {
            assertThat(program.get("/greet").body()).startsWith("Hello operator from ");
            assertThat(program.output()).contains("Jars of extra/: greeter-1.jar");
            assertThat(program.post("/api/v1/status", "{\"app\":\"FCCS\",\"status\":\"OK\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(program.terminate()).isIn(0, 143);
            await().until(() -> program.output().contains("EPMPulse has stopped"));
        }
    }

    @Test
    void withoutThemTheClassIsUnknown() throws Exception {
        try (PackagedProgram check = start("-jar", "check")) {
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.output()).contains("greet-log.camel.yaml:10, route greet-log: ", "example.Greeter");
        }
        try (PackagedProgram program = start("-cp")) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output()).contains("greet-log.camel.yaml:10, route greet-log: ", "example.Greeter");
        }
    }

    @Test
    void checkListsThemAndWhatDoesNotFitTogether() throws Exception {
        Path extra = home.resolve("extra");
        jar("greeter-1.jar");
        jar("greeter-2.jar");
        try (DirectoryStream<Path> shipped = Files.newDirectoryStream(home.resolve("lib"), "picocli-*.jar")) {
            Files.copy(shipped.iterator().next(), extra.resolve("picocli-1.0.jar"));
        }
        try (OutputStream file = Files.newOutputStream(extra.resolve("camel-kafka-4.14.0.jar"));
                JarOutputStream jar = new JarOutputStream(file)) {
            add(jar, "META-INF/maven/org.apache.camel/camel-kafka/pom.properties", "version=4.14.0\n".getBytes());
        }
        Files.writeString(extra.resolve("broken.jar"), "no jar");
        Files.writeString(extra.resolve("driver.zip"), "");
        Files.writeString(extra.resolve("README.md"), "");

        try (PackagedProgram check = start("-jar", "check")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
            assertThat(check.output().lines().filter(line -> line.startsWith("warning  extra/")))
                    .satisfiesExactly(
                            line -> assertThat(line).contains("driver.zip: is ignored: only *.jar"),
                            line -> assertThat(line).contains("broken.jar: is no readable jar"),
                            line -> assertThat(line)
                                    .contains(
                                            "camel-kafka-4.14.0.jar: is of Camel 4.14.0, but EPMPulse runs with Camel 4."),
                            line -> assertThat(line)
                                    .contains("greeter-2.jar: has 1 class that extra/greeter-1.jar has, too"),
                            line -> assertThat(line)
                                    .containsPattern(
                                            "picocli-1.0.jar: has \\d+ classes of the shipped lib/picocli-.*which wins"));
            assertThat(check.output()).contains("\nJars of extra/\n  broken.jar\n", "  greeter-1.jar\n");
        }
    }
}
