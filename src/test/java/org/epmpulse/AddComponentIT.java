package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/add-component.sh} in the unpacked tarball, with Maven's own repositories. */
class AddComponentIT {

    private static final String ROUTE = """
            - route:
                id: order-read
                from:
                  uri: platform-http:/orders
                  parameters:
                    httpMethodRestrict: POST
                  steps:
                    - setBody:
                        expression:
                          jsonpath:
                            expression: $.order.id
                            resultType: java.lang.String
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void unpack() throws Exception {
        Installed.require("Maven", Installed.works(List.of("mvn", "--version")));
        try (DirectoryStream<Path> tarballs = Files.newDirectoryStream(Path.of("target"), "epmpulse-*.tar.gz")) {
            String tarball = tarballs.iterator().next().toAbsolutePath().toString();
            assertThat(run("tar", "xzf", tarball, "--strip-components=1", "-C", folder.toString())
                            .code())
                    .isZero();
        }
    }

    private record Result(int code, String output) {}

    private static Result run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Result add(String... components) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(folder.resolve("deploy/add-component.sh").toString()));
        command.addAll(List.of(components));
        return run(command.toArray(String[]::new));
    }

    private List<String> jars() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("extra"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aComponentIsAddedWithoutWhatIsShippedAndARouteUsesIt() throws Exception {
        Result added = add("camel-jsonpath");

        assertThat(added.code()).as(added.output()).isZero();
        assertThat(jars())
                .hasSize(2)
                .anyMatch(name -> name.startsWith("camel-jsonpath-"))
                .anyMatch(name -> name.startsWith("json-path-"));
        assertThat(added.output()).contains("Added: extra/camel-jsonpath-").doesNotContain("jackson", "slf4j");

        Files.writeString(folder.resolve("routes/site/order-read.camel.yaml"), ROUTE);
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_ROUTES_DIR", folder.resolve("routes").toString());
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", "epmpulse.jar")
                .directory(folder.toFile());
        command.environment().putAll(settings);
        try (PackagedProgram program = PackagedProgram.start(command).awaitReady()) {
            assertThat(program.post("/orders", "{\"order\":{\"id\":\"A-17\"}}").body())
                    .isEqualTo("A-17");
        }
    }

    @Test
    void whatCannotBeResolvedChangesNothing() throws Exception {
        Result result = add("camel-jsonpath", "org.example:no-such-library:1.0");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.output()).contains("no-such-library", "nothing was changed");
        assertThat(jars()).isEmpty();
        assertThat(add("camel jsonpath").code()).isEqualTo(1);
        assertThat(add().output()).contains("usage: add-component.sh");
    }
}
