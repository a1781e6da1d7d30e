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

/** One packaged program that runs while files of {@code routes/site/} come, change and go; each test has its own file. */
class RoutesReloadIT {

    @TempDir
    static Path folder;

    private static Path site;
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        Path routes = folder.resolve("routes");
        site = Files.createDirectories(routes.resolve("site"));
        try (var shipped = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
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

    /** A route that writes a line for every change of the board. */
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
                """.formatted(id, id, text, folder.resolve("heard"), id);
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

    private static List<String> heard(String id) throws IOException {
        try {
            return Files.readAllLines(folder.resolve("heard").resolve(id));
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

    private static void hears(String id, String line) {
        await().untilAsserted(() -> assertThat(heard(id)).contains(line));
    }

    private static List<String> told(String name) {
        return program.output()
                .lines()
                .filter(line -> line.contains(file(name).toString()))
                .toList();
    }

    private static void isTold(String name, int times, String... words) {
        await().untilAsserted(() ->
                assertThat(told(name)).hasSize(times).last().asString().contains(words));
    }

    @Test
    void aChangedListenerHearsTheNextChangeOnce() throws Exception {
        int before = change();
        hears("first", "at the start " + before);

        write("first", listener("first", "changed"));
        isTold("first", 1, "INFO", "is in effect: routes [first]");
        int after = change();
        int last = change();

        hears("first", "changed " + last);
        assertThat(heard("first"))
                .contains("at the start " + before, "changed " + after)
                .noneMatch(line -> line.equals("at the start " + after))
                .doesNotHaveDuplicates();
    }

    @Test
    void aNewFileRunsAndADeletedOneEnds() throws Exception {
        write("new", listener("new", "new"));
        isTold("new", 1, "INFO", "is in effect: routes [new]");
        hears("new", "new " + change());

        Files.delete(file("new"));
        isTold("new", 2, "INFO", "is gone: routes [new] have ended");
        int after = change();

        write("new-too", listener("new-too", "witness"));
        isTold("new-too", 1, "is in effect");
        hears("new-too", "witness " + change());
        assertThat(heard("new")).doesNotContain("new " + after);
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
    void aBrokenFileIsToldOnceAndItsOldRoutesGoOn(String flaw) throws Exception {
        String name = "broken" + Integer.toHexString(flaw.hashCode());
        write(name, listener(name, "old"));
        isTold(name, 1, "is in effect");

        write(name, listener(name, "new").replaceFirst("uri: file:.*", flaw));
        isTold(name, 2, "WARN", "is not in effect, what ran before goes on: ");
        hears(name, "old " + change());

        write(name, listener(name, "mended"));
        isTold(name, 3, "INFO", "is in effect");
        hears(name, "mended " + change());
    }

    @Test
    void aMissingBeanOrMethodIsToldBeforeAnythingIsStopped() throws Exception {
        write("beans", listener("beans", "old"));
        isTold("beans", 1, "is in effect");

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
                            () -> assertThat(told("beans")).last().asString().contains("WARN", "nosuch"));
            hears("beans", "old " + change());
        }
    }

    @Test
    void whereTheNewRoutesCannotStartTheOldOnesRunAgain() throws Exception {
        write("start", listener("start", "old"));
        isTold("start", 1, "is in effect");

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
        isTold("start", 2, "WARN", "Starting directory does not exist");
        int last = change();

        hears("start", "old " + last);
        assertThat(heard("start")).doesNotContain("new " + last);
    }

    @Test
    void theIdOfAnotherFilesRouteIsRefused() throws Exception {
        write("thief", listener("status-record", "stolen"));

        isTold("thief", 1, "WARN", "the route id status-record is taken by", "status-record.camel.yaml");
        assertThat(change()).isPositive();
    }

    @Test
    void aRouteMayMoveToAnotherFile() throws Exception {
        write("from", listener("moving", "old"));
        isTold("from", 1, "is in effect");

        write("at", listener("moving", "moved"));
        write("from", listener("stays", "stays"));

        await().untilAsserted(() -> assertThat(told("at")).last().asString().contains("is in effect: routes [moving]"));
        hears("moving", "moved " + change());
        hears("stays", "stays " + change());
    }

    @Test
    void routesThatAnswerHttpNeedARestart() throws Exception {
        write("web", http("web", "changed"));
        isTold("web", 1, "WARN", "a restart is needed, route web answers HTTP");
        write("web-new", http("web-new", "new"));
        isTold("web-new", 1, "WARN", "a restart is needed, route web-new answers HTTP");
        Files.delete(file("web"));
        isTold("web", 2, "WARN", "a restart is needed, route web answers HTTP");

        assertThat(program.get("/api/v1/site/web").body()).isEqualTo("at the start");
        assertThat(program.get("/api/v1/site/web-new").statusCode()).isEqualTo(404);
    }

    @Test
    void whatOtherFilesMayUseNeedsARestart() throws Exception {
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

        isTold("shared", 1, "WARN", "a restart is needed, it has \"routeConfiguration\"");
    }

    @Test
    void aMessageInFlightIsHandledByTheOldRoute() throws Exception {
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
        isTold("slow", 1, "is in effect");
        int revision = change();
        await().until(() -> program.output().contains("slow begins"));

        write("slow", slow.formatted("new"));
        isTold("slow", 2, "is in effect");

        assertThat(heard("slow")).contains("old " + revision);
        assertThat(program.get("/health").body()).contains("\"healthy\"");
    }

    @Test
    void whatEditorsWriteBesideAFileIsIgnored() throws Exception {
        for (String name : List.of(
                ".first.camel.yaml.swp",
                "._first.camel.yaml",
                "first.camel.yaml~",
                "#first.camel.yaml#",
                "first.yaml")) {
            Files.writeString(site.resolve(name), "nonsense: [");
        }
        write("witness", listener("witness", "witness"));
        isTold("witness", 1, "is in effect");

        assertThat(program.output()).doesNotContain("first.camel.yaml~", "/.", "first.yaml");
    }
}
