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

/** The commands of the packaged program, and its exit codes and messages when it cannot start. */
class CommandsIT {

    @TempDir
    Path folder;

    private Map<String, String> settings;

    @BeforeEach
    void configure() {
        settings = PackagedProgram.settings(folder);
    }

    private record Result(int code, String output) {

        /** The last line, which holds the reason. */
        String reason() {
            return output.lines().reduce("", (before, line) -> line);
        }
    }

    private Result execute(String... arguments) throws Exception {
        try (PackagedProgram program = PackagedProgram.start(folder, settings, arguments)) {
            int code = program.exitCode();
            return new Result(code, program.output());
        }
    }

    private void site(String yaml) throws Exception {
        settings.put(
                "EPMPULSE_ROUTES_DIR",
                new SiteRoutes(folder).add("mine", yaml).folder().toString());
    }

    @Test
    void helpAndVersionArePrinted() throws Exception {
        Result help = execute("--help");
        assertThat(help.code()).isZero();
        assertThat(help.output()).contains("run", "check", "key", "demo", "help", "--port");
        assertThat(execute("help")).isEqualTo(help);
        assertThat(execute("help", "check").output()).contains("--strict", "--online");

        Result version = execute("--version");
        assertThat(version.code()).isZero();
        assertThat(version.output()).matches("EPMPulse \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void theOpenApiDescriptionHasTheVersionOfTheProgram() throws Exception {
        String version = execute("--version").output().strip().replace("EPMPulse ", "");

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertThat(program.get("/api/v1/openapi.json").body()).contains("\"version\":\"" + version + "\"");
        }
    }

    @Test
    void anUnknownCommandOrOptionExitsWithTwoAndPointsToHelp() throws Exception {
        Result command = execute("chekc");
        assertThat(command.code()).isEqualTo(2);
        assertThat(command.output()).contains("chekc").doesNotContain("\tat ");
        assertThat(command.reason()).contains("\"java -jar epmpulse.jar help\"");

        Result option = execute("run", "--prot", "1");
        assertThat(option.code()).isEqualTo(2);
        assertThat(option.reason()).contains("\"java -jar epmpulse.jar help run\"");
    }

    @Test
    void aNewKeyIsPrintedWithItsLineForTheKeysFile() throws Exception {
        Result key = execute("key", "odi");

        assertThat(key.code()).isZero();
        assertThat(key.output()).containsPattern("[A-Za-z0-9_-]{43}").containsPattern("odi:write:[0-9a-f]{64}");
        assertThat(execute("key", "a b").code()).isEqualTo(2);
        Result reader = execute("key", "--read", "wall");
        assertThat(reader.output())
                .containsPattern("wall:read:[0-9a-f]{64}")
                .containsPattern("\\?view=wall#key=[A-Za-z0-9_-]{43}");
    }

    @Test
    void checkShowsTheValuesInEffectWithoutAnySecret() throws Exception {
        settings.put("SLACK_BOT_TOKEN", "xoxb-123456-abcdef");
        settings.put("SLACK_MAIN_CANVAS_ID", "F0123456789");
        settings.put("SLACK_ARCS_CANVAS_ID", "F9876543210");
        settings.put("EPM_CLIENT_SECRET", "a-client-secret");

        Result check = execute("check");

        assertThat(check.code()).as(check.output()).isZero();
        assertThat(check.output()).contains("Planning", "***", "No problems found");
        assertThat(check.output()).doesNotContain(PackagedProgram.KEY, "xoxb-123456", "a-client-secret");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void checkShowsThePositionOfAnErrorInARoute() throws Exception {
        site("""
                - route:
                    id: mine
                    from:
                      uri: timer:mine
                      stepz: []
                """);

        Result check = execute("check");

        assertThat(check.code()).isEqualTo(1);
        assertThat(check.output()).contains("mine.camel.yaml:5: ", "stepz", "\nRoutes\n", "\nJars of extra/\n");
    }

    @Test
    void aStrictCheckFailsOnWarnings() throws Exception {
        settings.put("EPMPULSE_RATE_LIMITS", "5");

        assertThat(execute("check").code()).isZero();
        assertThat(execute("check", "--strict").code()).isEqualTo(1);
    }

    @Test
    void anInvalidSettingPreventsTheStart() throws Exception {
        settings.put("EPMPULSE_STALE_AFTER", "soon");

        Result result = execute();

        assertThat(result.code()).isEqualTo(78);
        assertThat(result.reason()).contains("EPMPULSE_STALE_AFTER").contains("soon");
        assertThat(result.output().lines()).hasSize(1);
    }

    @Test
    void anInvalidAppsFilePreventsTheStart() throws Exception {
        Path apps = folder.resolve("apps.json");
        Files.writeString(apps, "{\"apps\": {\"Planning\": {\"domains\": [\"A\"], \"server\": \"nowhere\"}}}");
        settings.put("EPMPULSE_APPS_CONFIG", apps.toString());

        Result result = execute();

        assertThat(result.code()).isEqualTo(78);
        assertThat(result.reason()).contains("/apps/Planning/server").contains("nowhere");
    }

    @Test
    void productionRequiresAStrongKey() throws Exception {
        settings.put("EPMPULSE_ENV", "production");
        settings.put("EPMPULSE_API_KEY", "your_secure_64_character_api_key_here");

        Result result = execute();

        assertThat(result.code()).isEqualTo(78);
        assertThat(result.reason()).contains("weak key");
        assertThat(result.output()).doesNotContain("your_secure_64");
    }

    @Test
    void anInvalidRoutePreventsTheStart() throws Exception {
        site("""
                - route:
                    id: mine
                    from:
                      uri: timer:mine
                      steps:
                        - to:
                            uri: nosuch:thing
                """);

        Result result = execute();

        assertThat(result.code()).isEqualTo(78);
        assertThat(result.reason()).contains("mine").contains("nosuch");
        assertThat(result.output()).doesNotContain("\tat ");
    }

    @Test
    void twoRoutesThatConsumeTheSameEndpointAreAnError() throws Exception {
        site("""
                - route:
                    id: mine
                    from:
                      uri: direct:status-record
                      steps:
                        - log:
                            message: mine
                """);

        Result check = execute("check");
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.output()).contains("mine", "direct:status-record");
        Result run = execute();
        assertThat(run.code()).isEqualTo(78);
        assertThat(run.reason()).contains("route ");
    }

    @Test
    void aYamlSyntaxErrorIsReportedWithItsLine() throws Exception {
        site("- route:\n    id: [mine\n");

        Result result = execute("check");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.output()).containsPattern("mine\\.camel\\.yaml:\\d+: ");
    }

    @Test
    void aPortInUsePreventsTheStart() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Result result = execute("run", "--port", String.valueOf(other.getLocalPort()));

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.reason()).contains("port " + other.getLocalPort()).contains("in use");
        }
    }

    @Test
    void aFileInPlaceOfTheDataFolderPreventsTheStart() throws Exception {
        Files.createFile(folder.resolve("data"));

        Result result = execute();

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.reason()).contains(folder.resolve("data").toString());
        assertThat(result.output()).doesNotContain("\tat ");
    }

    @Test
    void aDataFolderInUseByAnotherProcessPreventsTheStart() throws Exception {
        try (PackagedProgram first = PackagedProgram.run(folder, settings)) {
            Result result = execute();

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.reason()).contains("in use by another EPMPulse (process " + first.pid() + ")");
        }
    }

    @Test
    void withoutAKeyOneIsGeneratedAndOnlyItsFileIsLogged() throws Exception {
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
    void theEnvFileIsReadAndTheEnvironmentWins() throws Exception {
        settings.remove("EPMPULSE_API_KEY");
        Files.writeString(folder.resolve(".env"), """
                # as in the guide of 1.0
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
    void everyLineOfAJsonLogIsAJsonObject() throws Exception {
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
    void aTerminatedProgramStopsCleanly() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            program.post("/api/v1/status", "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}");

            assertThat(program.terminate()).isIn(0, 143);
            assertThat(program.output()).contains("EPMPulse has stopped").doesNotContain("ERROR");
        }
        assertThat(folder.resolve("data").resolve("apps_status.json")).content().contains("\"revision\":1");
    }

    /** Runs {@code check} as systemd does: it reads {@code .env} in UTF-8 and hands each line over as bytes. */
    private Result checkInTheLocaleC(String env) throws Exception {
        Path script = folder.resolve("start.sh");
        Files.writeString(script, "set -a\n. ./exported\nLC_ALL=C\nexec \"$1\" -Xmx192m -jar \"$2\" check\n");
        Files.writeString(folder.resolve("exported"), env);
        ProcessBuilder command = new ProcessBuilder(
                        "sh",
                        script.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString())
                .directory(folder.toFile());
        command.environment().putAll(settings);
        try (PackagedProgram program = PackagedProgram.start(command)) {
            return new Result(program.exitCode(), program.output());
        }
    }

    @Test
    void aSecretThatTheLocaleMangledIsTakenFromTheEnvFile() throws Exception {
        String line = "EPM_CLIENT_SECRET='p\u00e4ssw\u00f6rd-\u20ac'\n";
        Files.writeString(folder.resolve(".env"), line);

        Result check = checkInTheLocaleC(line);

        assertThat(check.output())
                .containsPattern("EPM_CLIENT_SECRET +\\*\\*\\* +\\.env\\n")
                .doesNotContain("U+FFFD");
    }

    @Test
    void aSecretThatTheLocaleMangledIsAWarningIfThereIsNoFile() throws Exception {
        Result check = checkInTheLocaleC("EPM_CLIENT_SECRET='p\u00e4ssw\u00f6rd-\u20ac'\n");

        assertThat(check.output())
                .contains("EPM_CLIENT_SECRET: contains U+FFFD", "LC_ALL=C.UTF-8")
                .doesNotContain("ssw");
    }

    @Test
    void aFileNameThatTheLocaleCannotHoldIsExplained() throws Exception {
        settings.remove("EPMPULSE_DATA_DIR");
        Files.writeString(folder.resolve(".env"), "EPMPULSE_DATA_DIR=d\u00e4ta\n");

        Result check = checkInTheLocaleC("");

        assertThat(check.code()).isEqualTo(1);
        assertThat(check.output())
                .contains("EPMPULSE_DATA_DIR: must be a path, is \"d\u00e4ta\"", "(start it with LC_ALL=C.UTF-8)");
    }
}
