package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged program does with its command line, and how a start that cannot work ends. */
class CommandsIT {

    @TempDir
    Path folder;

    private Map<String, String> settings;

    @BeforeEach
    void configure() {
        settings = PackagedProgram.settings(folder);
    }

    private record Ended(int code, String output) {

        /** The last line, which is the one that says why. */
        String why() {
            return output.lines().reduce("", (before, line) -> line);
        }
    }

    private Ended execute(String... arguments) throws Exception {
        try (PackagedProgram program = PackagedProgram.start(folder, settings, arguments)) {
            int code = program.exitCode();
            return new Ended(code, program.output());
        }
    }

    private void site(String yaml) throws Exception {
        Path routes = folder.resolve("routes");
        Files.createDirectories(routes.resolve("site"));
        try (var shipped = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Files.writeString(routes.resolve("site").resolve("mine.camel.yaml"), yaml);
        settings.put("EPMPULSE_ROUTES_DIR", routes.toString());
    }

    @Test
    void helpAndVersionAreAsEverywhere() throws Exception {
        Ended help = execute("--help");
        assertThat(help.code()).isZero();
        assertThat(help.output()).contains("run", "check", "key", "--port");

        Ended version = execute("--version");
        assertThat(version.code()).isZero();
        assertThat(version.output()).matches("EPMPulse \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void theDescriptionOfTheApiHasTheVersionOfTheProgram() throws Exception {
        String version = execute("--version").output().strip().replace("EPMPulse ", "");

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertThat(program.get("/api/v1/openapi.json").body()).contains("\"version\":\"" + version + "\"");
        }
    }

    @Test
    void anUnknownCommandOrOptionExitsWithTwo() throws Exception {
        assertThat(execute("chekc").code()).isEqualTo(2);
        assertThat(execute("run", "--prot", "1").code()).isEqualTo(2);
    }

    @Test
    void aNewKeyComesWithItsLineForTheKeysFile() throws Exception {
        Ended key = execute("key", "odi");

        assertThat(key.code()).isZero();
        assertThat(key.output()).containsPattern("[A-Za-z0-9_-]{43}").containsPattern("odi:write:[0-9a-f]{64}");
        assertThat(execute("key", "a b").code()).isEqualTo(2);
    }

    @Test
    void checkShowsWhatIsInEffectWithoutAnySecret() throws Exception {
        settings.put("SLACK_BOT_TOKEN", "xoxb-123456-abcdef");
        settings.put("SLACK_MAIN_CANVAS_ID", "F0123456789");
        settings.put("SLACK_ARCS_CANVAS_ID", "F9876543210");
        settings.put("EPM_CLIENT_SECRET", "a-client-secret");

        Ended check = execute("check");

        assertThat(check.code()).as(check.output()).isZero();
        assertThat(check.output()).contains("Planning", "***", "Everything is in order");
        assertThat(check.output()).doesNotContain(PackagedProgram.KEY, "xoxb-123456", "a-client-secret");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void checkSaysWhereARouteIsWrong() throws Exception {
        site("""
                - route:
                    id: mine
                    from:
                      uri: timer:mine
                      stepz: []
                """);

        Ended check = execute("check");

        assertThat(check.code()).isEqualTo(1);
        assertThat(check.output()).contains("mine.camel.yaml", "stepz", "line 5");
    }

    @Test
    void warningsCountWhenCheckIsStrict() throws Exception {
        settings.put("EPMPULSE_RATE_LIMITS", "5");

        assertThat(execute("check").code()).isZero();
        assertThat(execute("check", "--strict").code()).isEqualTo(1);
    }

    @Test
    void aWrongSettingEndsTheStart() throws Exception {
        settings.put("EPMPULSE_STALE_AFTER", "soon");

        Ended ended = execute();

        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.why()).contains("EPMPULSE_STALE_AFTER").contains("soon");
        assertThat(ended.output().lines()).hasSize(1);
    }

    @Test
    void aBrokenAppsConfigEndsTheStart() throws Exception {
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, "{\"apps\": {\"Planning\": {\"domains\": [\"A\"], \"server\": \"nowhere\"}}}");
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());

        Ended ended = execute();

        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.why()).contains("/apps/Planning/server").contains("nowhere");
    }

    @Test
    void productionNeedsAStrongKey() throws Exception {
        settings.put("EPMPULSE_ENV", "production");
        settings.put("EPMPULSE_API_KEY", "your_secure_64_character_api_key_here");

        Ended ended = execute();

        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.why()).contains("weak key");
        assertThat(ended.output()).doesNotContain("your_secure_64");
    }

    @Test
    void aBrokenRouteEndsTheStart() throws Exception {
        site("""
                - route:
                    id: mine
                    from:
                      uri: timer:mine
                      steps:
                        - to:
                            uri: nosuch:thing
                """);

        Ended ended = execute();

        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.why()).contains("mine").contains("nosuch");
        assertThat(ended.output()).doesNotContain("\tat ");
    }

    @Test
    void twoRoutesThatBeginAtOneEndpointAreTold() throws Exception {
        site("""
                - route:
                    id: mine
                    from:
                      uri: direct:status-record
                      steps:
                        - log:
                            message: mine
                """);

        Ended check = execute("check");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.output()).contains("mine", "direct:status-record");
        Ended run = execute();
        assertThat(run.code()).isEqualTo(78);
        assertThat(run.why()).contains("route ");
    }

    @Test
    void aSyntaxErrorOfYamlIsToldWithItsPlace() throws Exception {
        site("- route:\n    id: [mine\n");

        Ended ended = execute("check");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("mine.camel.yaml").contains("line ");
    }

    @Test
    void aPortInUseEndsTheStart() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Ended ended = execute("run", "--port", String.valueOf(other.getLocalPort()));

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.why()).contains("port " + other.getLocalPort()).contains("in use");
        }
    }

    @Test
    void aDataFolderThatIsAFileEndsTheStart() throws Exception {
        Files.createFile(folder.resolve("data"));

        Ended ended = execute();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.why()).contains(folder.resolve("data").toString());
        assertThat(ended.output()).doesNotContain("\tat ");
    }

    @Test
    void aDataFolderOfAnotherProcessEndsTheStart() throws Exception {
        try (PackagedProgram first = PackagedProgram.run(folder, settings)) {
            Ended ended = execute();

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.why()).contains("in use by another EPMPulse (process " + first.pid() + ")");
        }
    }

    @Test
    void withoutAKeyOneIsMadeAndOnlyItsFileIsNamed() throws Exception {
        settings.remove("EPMPULSE_API_KEY");

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            String key =
                    Files.readString(folder.resolve("data").resolve("api-key")).strip();

            assertThat(program.output()).contains("api-key").doesNotContain(key);
            var request = java.net.http.HttpRequest.newBuilder(program.uri("/api/v1/status"))
                    .header("Authorization", "Bearer " + key);
            assertThat(PackagedProgram.send(request).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void dotEnvIsReadAndTheRealEnvironmentWins() throws Exception {
        settings.remove("EPMPULSE_API_KEY");
        Files.writeString(folder.resolve(".env"), """
                # as the guide of 1.0 has it
                EPMPULSE_API_KEY="%s"
                EPMPULSE_PORT="1"
                EPMPULSE_DEBUG="false"
                """.formatted(PackagedProgram.KEY));

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertThat(program.get("/api/v1/status").statusCode()).isEqualTo(200);
            assertThat(program.output().lines().filter(line -> line.contains("WARN")))
                    .isEmpty();
        }
    }

    @Test
    void everyLineOfAJsonLogIsAnObject() throws Exception {
        settings.put("EPMPULSE_LOG_FORMAT", "json");

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            program.post("/api/v1/status", "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}");
            program.terminate();

            assertThat(program.output().lines()).isNotEmpty().allSatisfy(line -> assertThat(
                            new com.fasterxml.jackson.databind.ObjectMapper()
                                    .readTree(line)
                                    .isObject())
                    .isTrue());
        }
    }

    @Test
    void aTerminatedProgramEndsCleanly() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            program.post("/api/v1/status", "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}");

            assertThat(program.terminate()).isIn(0, 143);
            assertThat(program.output()).contains("EPMPulse has stopped").doesNotContain("ERROR");
        }
        assertThat(folder.resolve("data").resolve("apps_status.json")).content().contains("\"revision\":1");
    }
}
