package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One packaged program that runs while files of {@code routes/site/} are added, changed and deleted; each test has its
 * own file.
 */
class RoutesReloadIT {

    @TempDir
    static Path folder;

    private static Path site;
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        Path routes = new SiteRoutes(folder).folder();
        site = routes.resolve("site");
        write("first", listener("first", "at the start"));
        write("web", http("web", "at the start"));
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_ROUTES_DIR", routes.toString());
        settings.put("EPMPULSE_ROUTES_RELOAD", "true");
        program = PackagedProgram.run(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        program.close();
    }

    private static Path file(String name) {
        return site.resolve(name + ".camel.yaml");
    }

    private static void write(String name, String yaml) throws IOException {
        Files.writeString(file(name), yaml);
    }

    /** A route that writes one line per change of the board. */
    private static String listener(String id, String text) {
        return """
                - route:
                    id: %s
                    from:
                      uri: status-changes:%s
                      steps:
                        - setBody:
                            expression:
                              simple:
                                expression: "%s ${body.revision}"
                        - to:
                            uri: file:%s
                            parameters:
                              fileName: %s
                              fileExist: Append
                              appendChars: '\\n'
                """.formatted(id, id, text, folder.resolve("received"), id);
    }

    private static String http(String id, String text) {
        return """
                - route:
                    id: %s
                    from:
                      uri: platform-http:/api/v1/site/%s
                      parameters:
                        httpMethodRestrict: GET
                      steps:
                        - setBody:
                            expression:
                              constant:
                                expression: "%s"
                """.formatted(id, id, text);
    }

    private static List<String> received(String id) throws IOException {
        try {
            return Files.readAllLines(folder.resolve("received").resolve(id));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Changes the board and returns its revision. */
    private static int change() throws Exception {
        String body = program.post(
                        "/api/v1/status",
                        "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"job_id\":\"%d\"}"
                                .formatted(System.nanoTime()))
                .body();
        return Integer.parseInt(body.replaceFirst("(?s).*\"revision\":(\\d+).*", "$1"));
    }

    private static void awaitReceived(String id, String line) {
        await().untilAsserted(() -> assertThat(received(id)).contains(line));
    }

    private static List<String> logged(String name) {
        return program.output()
                .lines()
                .filter(line -> line.contains(file(name).toString()))
                .toList();
    }

    private static void awaitLogged(String name, int times, String... texts) {
        await().untilAsserted(() ->
                assertThat(logged(name)).hasSize(times).last().asString().contains(texts));
    }

    @Test
    void aChangedListenerReceivesTheNextChangeOnce() throws Exception {
        int before = change();
        awaitReceived("first", "at the start " + before);

        write("first", listener("first", "changed"));
        awaitLogged("first", 1, "INFO", "loaded: routes [first]");
        int after = change();
        int last = change();

        awaitReceived("first", "changed " + last);
        assertThat(received("first"))
                .contains("at the start " + before, "changed " + after)
                .noneMatch(line -> line.equals("at the start " + after))
                .doesNotHaveDuplicates();
    }

    @Test
    void aNewFileIsLoadedAndADeletedOneIsRemoved() throws Exception {
        write("new", listener("new", "new"));
        awaitLogged("new", 1, "INFO", "loaded: routes [new]");
        awaitReceived("new", "new " + change());

        Files.delete(file("new"));
        awaitLogged("new", 2, "INFO", "removed: routes [new] stopped");
        int after = change();

        write("new-too", listener("new-too", "witness"));
        awaitLogged("new-too", 1, ": loaded: ");
        awaitReceived("new-too", "witness " + change());
        assertThat(received("new")).doesNotContain("new " + after);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uri: nosuch:thing",
                "uri: log:thing?nosuch=1",
                "uri: log:{{no.such.placeholder}}",
                "urii: log:thing",
                "uri: \"log:thing",
                "uri: bean:nosuch?method=x"
            })
    void aBrokenFileIsLoggedOnceAndItsOldRoutesKeepRunning(String flaw) throws Exception {
        String name = "broken" + Integer.toHexString(flaw.hashCode());
        write(name, listener(name, "old"));
        awaitLogged(name, 1, ": loaded: ");

        write(name, listener(name, "new").replaceFirst("uri: file:.*", flaw));
        awaitLogged(name, 2, "WARN", "change not applied: ", "; the routes stay as they were");
        awaitReceived(name, "old " + change());

        write(name, listener(name, "repaired"));
        awaitLogged(name, 3, "INFO", ": loaded: ");
        awaitReceived(name, "repaired " + change());
    }

    @Test
    void aMissingBeanOrMethodIsReportedBeforeAnythingIsStopped() throws Exception {
        write("beans", listener("beans", "old"));
        awaitLogged("beans", 1, ": loaded: ");

        for (String bean : List.of("ref: nosuch, method: x", "ref: statusRecorder, method: nosuch")) {
            write("beans", """
                    - route:
                        id: beans
                        from:
                          uri: status-changes:beans
                          steps:
                            - bean: {%s}
                    """.formatted(bean));
            await().untilAsserted(
                            () -> assertThat(logged("beans")).last().asString().contains("WARN", "nosuch"));
            awaitReceived("beans", "old " + change());
        }
    }

    @Test
    void ifTheNewRoutesCannotStartTheOldOnesAreStartedAgain() throws Exception {
        write("start", listener("start", "old"));
        awaitLogged("start", 1, ": loaded: ");

        write("start", listener("start", "new") + """
                - route:
                    id: start-second
                    from:
                      uri: file:no-such-folder
                      parameters:
                        autoCreate: false
                        startingDirectoryMustExist: true
                      steps:
                        - to:
                            uri: log:second
                """);
        awaitLogged("start", 2, "WARN", "Starting directory does not exist");
        int last = change();

        awaitReceived("start", "old " + last);
        assertThat(received("start")).doesNotContain("new " + last);
    }

    @Test
    void theRouteIdOfAnotherFileIsRejected() throws Exception {
        write("thief", listener("status-record", "stolen"));

        awaitLogged("thief", 1, "WARN", "route id status-record is already used in", "status-record.camel.yaml");
        assertThat(change()).isPositive();
    }

    @Test
    void aRouteMayMoveToAnotherFile() throws Exception {
        write("from", listener("moving", "old"));
        awaitLogged("from", 1, ": loaded: ");

        write("at", listener("moving", "moved"));
        write("from", listener("stays", "stays"));

        await().untilAsserted(() -> assertThat(logged("at")).last().asString().contains("loaded: routes [moving]"));
        awaitReceived("moving", "moved " + change());
        awaitReceived("stays", "stays " + change());
    }

    @Test
    void routesThatServeHttpRequireARestart() throws Exception {
        write("web", http("web", "changed"));
        awaitLogged("web", 1, "WARN", "restart required: route web serves HTTP");
        write("web-new", http("web-new", "new"));
        awaitLogged("web-new", 1, "WARN", "restart required: route web-new serves HTTP");
        Files.delete(file("web"));
        awaitLogged("web", 2, "WARN", "restart required: route web serves HTTP");

        assertThat(program.get("/api/v1/site/web").body()).isEqualTo("at the start");
        assertThat(program.get("/api/v1/site/web-new").statusCode()).isEqualTo(404);
    }

    @Test
    void itemsThatOtherFilesMayUseRequireARestart() throws Exception {
        write("shared", """
                - routeConfiguration:
                    id: shared-errors
                    onException:
                      - onException:
                          exception:
                            - java.lang.Exception
                          handled:
                            constant:
                              expression: "true"
                """);

        awaitLogged("shared", 1, "WARN", "restart required: other files may use its \"routeConfiguration\"");
    }

    @Test
    void aMessageInFlightIsProcessedByTheOldRoute() throws Exception {
        String slow = listener("slow", "%s").replace("      steps:\n", """
                      steps:
                        - log:
                            message: "slow begins"
                            loggingLevel: ERROR
                        - delay:
                            expression:
                              constant:
                                expression: "2500"
                """);
        write("slow", slow.formatted("old"));
        awaitLogged("slow", 1, ": loaded: ");
        int revision = change();
        await().until(() -> program.output().contains("slow begins"));

        write("slow", slow.formatted("new"));
        awaitLogged("slow", 2, ": loaded: ");

        assertThat(received("slow")).contains("old " + revision);
        assertThat(program.get("/health").body()).contains("\"healthy\"");
    }

    @Test
    void temporaryFilesOfEditorsAreIgnored() throws Exception {
        for (String name : List.of(
                ".first.camel.yaml.swp",
                "._first.camel.yaml",
                "first.camel.yaml~",
                "#first.camel.yaml#",
                "first.yaml")) {
            Files.writeString(site.resolve(name), "nonsense: [");
        }
        write("witness", listener("witness", "witness"));
        awaitLogged("witness", 1, ": loaded: ");

        assertThat(program.output()).doesNotContain("first.camel.yaml~", "/.", "first.yaml");
    }
}
