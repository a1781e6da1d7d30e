package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.demo.TestingDemo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code demo} of the packaged program. */
class DemoIT {

    private static final String MAIN = "org.epmpulse.EpmPulse";
    private static final Pattern BOARD = Pattern.compile("The board: +(http://\\S+)#key=(\\S+)");
    private static final Pattern CANVASES = Pattern.compile("The canvases: +(http://\\S+)");

    @TempDir
    Path folder;

    /** Settings that a demo must ignore. */
    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("EPMPULSE_API_KEYS_FILE", "/nowhere");
        settings.put("SLACK_BOT_TOKEN", "xoxb-somebodys-real-token");
        settings.put("SLACK_API_URL", "http://192.0.2.1/api/");
        return settings;
    }

    private static String get(String address, String key) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(10));
        return PackagedProgram.send(key.isEmpty() ? request : request.header("X-API-Key", key))
                .body();
    }

    @Test
    void aDemoRunsInAnyFolderWithoutConfigurationAndWritesNothingThere() throws Exception {
        Files.writeString(folder.resolve(".env"), "EPMPULSE_PORT=not-a-port\n");

        try (PackagedProgram demo = PackagedProgram.run(folder, settings(), "demo", "--port", "0")) {
            await().until(() -> CANVASES.matcher(demo.output()).find());
            Matcher board = BOARD.matcher(demo.output());
            Matcher canvases = CANVASES.matcher(demo.output());
            assertThat(board.find() && canvases.find()).isTrue();

            assertThat(get(board.group(1), "")).contains("<title>");
            // The simulated close has a failure in 13 s of each minute.
            await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> {
                assertThat(get(board.group(1) + "api/v1/status", board.group(2)))
                        .contains("\"Warning\"")
                        .as("found in the job console")
                        .contains("\"job_id\":\"Nightly Allocation\"");
                assertThat(get(canvases.group(1), "")).contains("1 failed", "CC", "Planning / Budget");
            });
            assertThat(demo.terminate()).isIn(0, 143);
            assertThat(demo.output()).doesNotContain("WARN", "ERROR", " access ");
            assertThat(folder.toFile().list()).containsExactly(".env");
        }
    }

    @Test
    void aDemoBeginsWithFortyDaysOfHistoryAndADeadlineGetsAtRisk() throws Exception {
        try (PackagedProgram demo = PackagedProgram.run(folder, settings(), "demo", "--port", "0")) {
            await().until(() -> CANVASES.matcher(demo.output()).find());
            Matcher board = BOARD.matcher(demo.output());
            Matcher canvases = CANVASES.matcher(demo.output());
            assertThat(board.find() && canvases.find()).isTrue();
            String api = board.group(1) + "api/v1/";
            String key = board.group(2);

            JsonNode close = data(api + "domains/FCCS/Group%20Consolidation", key);
            assertThat(close.path("runs")).hasSize(20);
            assertThat(close.at("/rule/after/0").asText()).isEqualTo("FCCS/Journals");
            assertThat(close.at("/upstream/0/state").asText()).isEqualTo("running");
            assertThat(close.at("/downstream/0/domain").asText()).isEqualTo("Certification");
            assertThat(close.at("/current/state").asText()).isEqualTo("not_started");
            Instant monthAgo = Instant.now().minus(Duration.ofDays(30));
            assertThat(data(api + "window?at=" + monthAgo, key)
                            .at("/counts/done")
                            .asInt())
                    .isGreaterThan(8);
            await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> {
                JsonNode current =
                        data(api + "domains/FCCS/Group%20Consolidation", key).path("current");
                assertThat(current.path("deadline_state").asText()).isEqualTo("at_risk");
                assertThat(current.path("waiting_for").get(0).asText()).isEqualTo("FCCS/Journals");
            });
            assertThat(data(api + "window", key).at("/counts/at_risk").asInt()).isBetween(1, 2);
            await().untilAsserted(() -> assertThat(get(canvases.group(1), ""))
                    .contains("Close window since", "At risk", "Close desk", "group-consolidation"));
        }
    }

    private static JsonNode data(String address, String key) throws Exception {
        return new ObjectMapper().readTree(get(address, key)).path("data");
    }

    private static Path installation(Path folder, String siteRoute) throws Exception {
        Path installation = Files.createDirectory(folder.resolve("installation"));
        Path jar = Files.copy(Path.of("target/epmpulse.jar"), installation.resolve("epmpulse.jar"));
        Files.createSymbolicLink(
                installation.resolve("lib"), Path.of("target/lib").toAbsolutePath());
        new SiteRoutes(installation).add("alarm", siteRoute);
        return jar;
    }

    @Test
    void aDemoDoesNotLoadTheRoutesOfTheSite() throws Exception {
        Path jar = installation(folder, "this file cannot be loaded");
        Map<String, String> settings = settings();
        settings.put("EPMPULSE_ROUTES_DIR", jar.resolveSibling("routes").toString());

        for (Map<String, String> each : List.of(settings(), settings)) {
            try (PackagedProgram demo = start(each, "-jar", jar.toString(), "demo", "--port", "0")) {
                await().until(() -> CANVASES.matcher(demo.output()).find());
            }
        }
    }

    @Test
    void theRoutesOfTheSiteRunOnRequestAndSendNothing() throws Exception {
        try (TroubledServer target = new TroubledServer(TroubledServer.reply(200, Map.of(), "ok"))) {
            Path inbox = Files.createDirectory(folder.resolve("inbox"));
            Path file = Files.writeString(inbox.resolve("a"), "{}");
            Path jar = installation(folder, """
                    - route:
                        id: forward
                        from:
                          uri: status-changes:forward
                          steps:
                            - setBody:
                                expression:
                                  simple:
                                    expression: "${body.app} is ${body.status}"
                            - to:
                                uri: %s/hook?token=hidden-token
                    - route:
                        id: inbox
                        from:
                          uri: file:%s
                          steps:
                            - log:
                                message: "${body}"
                    """.formatted(target.address(), inbox));

            try (PackagedProgram demo = start(settings(), "-jar", jar.toString(), "demo", "--port", "0", "--site")) {
                await().until(() -> CANVASES.matcher(demo.output()).find());
                await().until(() -> demo.output().contains("Demo: route forward would send to " + target.address()));
                assertThat(demo.output())
                        .contains(" is Loading", "alarm.camel.yaml: not started: it reads from file:")
                        .doesNotContain("hidden-token", "ERROR");
            }
            assertThat(target.requests()).isEmpty();
            assertThat(file).exists();
        }
    }

    @Test
    void theLogLevelIsObeyed() throws Exception {
        Map<String, String> quiet = settings();
        quiet.put("EPMPULSE_LOG_LEVEL", "WARN");
        Map<String, String> talkative = settings();
        talkative.put("EPMPULSE_LOG_LEVEL", "INFO");

        try (PackagedProgram demo = PackagedProgram.start(folder, quiet, "demo", "--port", "0");
                PackagedProgram other = PackagedProgram.start(folder, talkative, "demo", "--port", "0")) {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> CANVASES.matcher(demo.output()).find());
            await().atMost(Duration.ofMinutes(1)).until(() -> other.output().contains(" access "));

            assertThat(demo.output()).doesNotContain("INFO", "is ready on");
            assertThat(other.output()).contains("is ready on");
        }
    }

    @Test
    void aFolderOfAnEarlierDemoGetsTheNightsSinceThen() throws Exception {
        Path data = folder.resolve("kept");
        Instant earlier = Instant.now().minus(Duration.ofDays(5));
        TestingDemo.write(data, earlier);
        Map<String, String> settings = settings();
        settings.put("EPMPULSE_DATA_DIR", data.toString());

        try (PackagedProgram demo = PackagedProgram.run(folder, settings, "demo", "--port", "0")) {
            await().until(() -> CANVASES.matcher(demo.output()).find());
            Matcher board = BOARD.matcher(demo.output());
            assertThat(board.find()).isTrue();
            JsonNode runs = data(
                            board.group(1) + "api/v1/runs?app=ARCS&domain=Certification&since=" + earlier,
                            board.group(2))
                    .path("runs");
            assertThat(runs.size()).isBetween(4, 8);
            assertThat(demo.output()).doesNotContain("WARN", "ERROR");
        }
    }

    @Test
    void aDemoThatWasKilledWhileItWroteItsHistoryStartsAgain() throws Exception {
        Path data = folder.resolve("kept");
        TestingDemo.write(data, Instant.now().minus(Duration.ofDays(5)));
        Path mark = Files.createFile(data.resolve("INCOMPLETE"));
        Map<String, String> settings = settings();
        settings.put("EPMPULSE_DATA_DIR", data.toString());

        try (PackagedProgram demo = PackagedProgram.run(folder, settings, "demo", "--port", "0")) {
            await().until(() -> CANVASES.matcher(demo.output()).find());
            assertThat(mark).doesNotExist();
            assertThat(demo.output()).doesNotContain("WARN", "ERROR");
        }
    }

    @Test
    void aDemoNeverWritesIntoARealJournal() throws Exception {
        try (PackagedProgram real = PackagedProgram.run(folder, PackagedProgram.settings(folder))) {
            real.post("/api/v1/status", "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}");
        }
        Map<String, String> settings = settings();
        settings.put("EPMPULSE_DATA_DIR", folder.resolve("data").toString());

        try (PackagedProgram demo = PackagedProgram.start(folder, settings, "demo", "--port", "0")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.output()).contains("not created by the demo");
        }
    }

    @Test
    void withoutTheJarOfTheSandboxEverythingButTheDemoWorks() throws Exception {
        String jar = "epmpulse-sandbox.jar";
        // The manifest of a copied jar finds no other jar: only the class path counts.
        List<String> jars = new ArrayList<>();
        jars.add(Files.copy(Path.of("target/epmpulse.jar"), folder.resolve("epmpulse.jar"))
                .toString());
        try (var lib = Files.newDirectoryStream(Path.of("target/lib"), file -> !file.endsWith(jar))) {
            lib.forEach(file -> jars.add(file.toAbsolutePath().toString()));
        }
        String classPath = String.join(File.pathSeparator, jars);

        try (PackagedProgram check = start(PackagedProgram.settings(folder), "-cp", classPath, MAIN, "check")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
        }
        try (PackagedProgram run = start(PackagedProgram.settings(folder), "-cp", classPath, MAIN, "run")) {
            assertThat(run.awaitReady().get("/health").statusCode()).isEqualTo(200);
        }
        try (PackagedProgram demo = start(settings(), "-cp", classPath, MAIN, "demo")) {
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.output()).isEqualTo("epmpulse: demo: lib/" + jar + " not found (copy it from the release)");
        }
    }

    private PackagedProgram start(Map<String, String> settings, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx192m");
        command.addAll(List.of(arguments));
        ProcessBuilder java = new ProcessBuilder(command).directory(folder.toFile());
        java.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        java.environment().putAll(settings);
        return PackagedProgram.start(java);
    }
}
