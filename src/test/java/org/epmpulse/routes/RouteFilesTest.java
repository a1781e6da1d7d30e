package org.epmpulse.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for route files; Camel does not check most of them. */
class RouteFilesTest {

    private static final String GOOD = """
            # Reads a thing.
            #
            # in     GET /x
            # out    direct:thing-do
            # fails  http-errors

            - route:
                id: thing-read
                description: Read a thing
                routeConfigurationId: http-errors
                from:
                  uri: platform-http:/x
                  parameters:
                    httpMethodRestrict: GET
                  steps:
                    - to:
                        id: do-thing
                        uri: direct:thing-do
            """;

    private static final String DIRECT = """
            # Does it.
            #
            # in     anything
            # out    nothing
            # fails  never

            - route:
                id: thing-do
                description: Do a thing
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct:thing-do
                  steps:
                    - stop: {}
            """;

    private static final String ERRORS = """
            # What failures mean.
            #
            # in     an exception
            # out    a reply
            # fails  never

            - routeConfiguration:
                id: http-errors
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void writeGoodFiles() throws IOException {
        Files.writeString(folder.resolve("thing-read.camel.yaml"), GOOD);
        Files.writeString(folder.resolve("thing-do.camel.yaml"), DIRECT);
        Files.writeString(folder.resolve("errors.camel.yaml"), ERRORS);
    }

    @Test
    void theShippedRoutesFollowTheRules() throws IOException {
        assertThat(RouteFileRules.problems(Path.of("routes"))).isEmpty();
    }

    @Test
    void goodFilesHaveNoProblems() throws IOException {
        assertThat(RouteFileRules.problems(folder)).isEmpty();
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(delimiter = '|', textBlock = """
            steps:                             | stepz:                          | schema
            '# Reads a thing'                  | Reads a thing                   | does not start with a sentence
            '# fails'                          | '# may'                         | does not start with a sentence
            id: thing-read                     | id: other                       | does not start with the file's name
            description: Read a thing          | # none                          | has no description
            Id: http-errors                    | Id: no-errors                   | routeConfigurationId no-errors does not exist
            routeConfigurationId: http-errors  | # none                          | without a routeConfigurationId
            httpMethodRestrict: GET            | consumes: text/plain            | accepts every method
            uri: direct:thing-do               | uri: direct:nobody              | direct:nobody has no route
            uri: direct:thing-do               | uri: bean:x?method=y            | has a to: bean:
            id: do-thing                       | description: x                  | calls out without an id
            id: do-thing                       | id: thing-do                    | id thing-do is taken
            - to:                              | - log: hello\\n        - to:     | has a compact log""")
    void aRouteThatBreaksARuleIsFound(String good, String bad, String problem) throws IOException {
        String text = GOOD.replaceFirst("\\Q" + good.replace("\\n", "\\E\n\\Q") + "\\E", bad.replace("\\n", "\n"));
        Files.writeString(folder.resolve("thing-read.camel.yaml"), text);

        assertThat(RouteFileRules.problems(folder))
                .anySatisfy(
                        found -> assertThat(found).startsWith("thing-read: ").contains(problem));
    }

    @Test
    void aSubRouteWithItsOwnErrorHandlerIsFound() throws IOException {
        String text = DIRECT.replace("    errorHandler:\n      noErrorHandler: {}\n", "");
        Files.writeString(folder.resolve("thing-do.camel.yaml"), text);

        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-do: thing-do has an error handler of its own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quartz:thing-read", "status-changes:thing-read", "platform-http:/x"})
    void aRouteWithoutARouteConfigurationIsFound(String uri) throws IOException {
        String text =
                GOOD.replace("    routeConfigurationId: http-errors\n", "").replace("platform-http:/x", uri);
        Files.writeString(folder.resolve("thing-read.camel.yaml"), text);

        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-read: thing-read is without a routeConfigurationId");
    }

    @Test
    void aRouteOfASiteNeedsNoRouteConfiguration() throws IOException {
        String text =
                GOOD.replace("    routeConfigurationId: http-errors\n", "").replace("thing-read", "thing-log");
        Files.writeString(Files.createDirectory(folder.resolve("examples")).resolve("thing-log.camel.yaml"), text);

        assertThat(RouteFileRules.problems(folder)).noneMatch(found -> found.contains("routeConfigurationId"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alerts:slack", "canvas-edits:publish", "epm-polls:due"})
    void aRouteOfDueWorkLeavesFailuresToTheSource(String uri) throws IOException {
        String handler = "    errorHandler:\n      noErrorHandler: {}\n";
        String good =
                GOOD.replace("    routeConfigurationId: http-errors\n", handler).replace("platform-http:/x", uri);
        Path file = folder.resolve("thing-read.camel.yaml");
        Files.writeString(file, good);
        assertThat(RouteFileRules.problems(folder)).isEmpty();

        Files.writeString(file, good.replace(handler, handler + "    routeConfigurationId: http-errors\n"));
        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-read: thing-read names a routeConfiguration, but its failures belong to the"
                        + " source");

        Files.writeString(file, good.replace(handler, ""));
        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-read: thing-read has an error handler of its own");

        Files.writeString(file, good.replace("- to:", "- doTry:\n            steps: []\n        - to:"));
        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-read: thing-read has doTry, but its failures belong to the source");
    }

    @Test
    void anEndpointThatIsNotNamedLikeItsRouteIsFound() throws IOException {
        Files.writeString(folder.resolve("thing-do.camel.yaml"), DIRECT.replace("id: thing-do", "id: thing-do-it"));

        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-do: direct:thing-do is not named like its route");
    }

    @Test
    void anOnExceptionOutsideTheErrorsIsFound() throws IOException {
        String text =
                DIRECT.replace("- route:", "- onException:\n    exception:\n      - java.lang.Exception\n\n- route:");
        Files.writeString(folder.resolve("thing-do.camel.yaml"), text);

        assertThat(RouteFileRules.problems(folder))
                .containsExactly("thing-do: has an onException, which belongs into errors.camel.yaml");
    }

    @Test
    void aLongFileAndALongRouteAreFound() throws IOException {
        Files.writeString(folder.resolve("thing-do.camel.yaml"), DIRECT + "        - stop: {}\n".repeat(50));

        List<String> problems = RouteFileRules.problems(folder);

        assertThat(problems)
                .containsExactly("thing-do: has more than 60 lines", "thing-do: thing-do has more than 7 steps");
    }

    @Test
    void aFileWithAnotherNameIsFound() throws IOException {
        Files.writeString(folder.resolve("Things.yaml"), DIRECT);

        assertThat(RouteFileRules.problems(folder))
                .anySatisfy(found -> assertThat(found).startsWith("Things.yaml: "));
    }
}
