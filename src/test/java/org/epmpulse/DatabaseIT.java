package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.epmpulse.store.postgres.TcpProxy;
import org.epmpulse.store.postgres.TestingPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged program with its journal in a database. */
class DatabaseIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private DatabaseSettings database;

    @BeforeEach
    void createSchema() throws Exception {
        database = TestingPostgres.newSchema();
    }

    private Map<String, String> settings(String node) {
        Map<String, String> settings = PackagedProgram.settings(folder.resolve(node));
        settings.put("EPMPULSE_DATABASE_URL", database.url());
        settings.put("EPMPULSE_DATABASE_USER", database.user());
        settings.put("EPMPULSE_DATABASE_PASSWORD", TestingPostgres.PASSWORD);
        return settings;
    }

    private PackagedProgram run(String node) throws Exception {
        return PackagedProgram.run(folder.resolve(node), settings(node));
    }

    private static long post(PackagedProgram program, String status, String job) throws Exception {
        HttpResponse<String> reply = program.post(
                "/api/v1/status",
                "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"%s\",\"job_id\":\"%s\"}"
                        .formatted(status, job));
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return JSON.readTree(reply.body()).at("/data/revision").asLong();
    }

    private static JsonNode get(PackagedProgram program, String path) throws Exception {
        HttpResponse<String> reply = program.get(path);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        return JSON.readTree(reply.body()).path("data");
    }

    @Test
    void acknowledgedUpdatesAreThereAfterAKill() throws Exception {
        JsonNode board;
        JsonNode history;
        try (PackagedProgram program = run("a")) {
            post(program, "Loading", "FIRST");
            post(program, "OK", "FIRST");
            board = get(program, "/api/v1/status");
            history = get(program, "/api/v1/history");
            program.kill();
        }

        try (PackagedProgram program = run("a")) {
            assertThat(get(program, "/api/v1/status").path("apps")).isEqualTo(board.path("apps"));
            assertThat(get(program, "/api/v1/history")).isEqualTo(history);
            assertThat(history.path("entries")).hasSize(2);
            assertThat(post(program, "Loading", "NEXT")).isEqualTo(3);
            assertThat(program.output()).contains("Journal: replayed 2 entries").doesNotContain("ERROR");
        }
        assertThat(folder.resolve("a/data/history")).isEmptyDirectory();
    }

    @Test
    void twoProgramsShowTheUpdatesOfEachOther() throws Exception {
        try (PackagedProgram first = run("a");
                PackagedProgram second = run("b")) {
            post(first, "Loading", "J1");
            await().untilAsserted(() -> assertThat(get(second, "/api/v1/status")
                            .at("/apps/Planning/Actual/job_id")
                            .asText())
                    .isEqualTo("J1"));
            assertThat(post(second, "OK", "J1")).isEqualTo(2);
            await().untilAsserted(() -> assertThat(get(first, "/api/v1/status")
                            .at("/apps/Planning/Actual/status")
                            .asText())
                    .isEqualTo("OK"));
            assertThat(get(first, "/api/v1/history")).isEqualTo(get(second, "/api/v1/history"));
            assertThat(get(second, "/api/v1/jobs/J1").path("status").asText()).isEqualTo("OK");
            await().untilAsserted(
                            () -> assertThat(active(first) + active(second)).isEqualTo(1));

            assertThat(first.terminate()).isIn(0, 143);

            await().untilAsserted(() -> assertThat(active(second)).isEqualTo(1));
            assertThat(post(second, "Loading", "J2")).isEqualTo(3);
        }
    }

    private static int active(PackagedProgram program) throws Exception {
        String metrics = program.get("/api/v1/metrics").body();
        return metrics.contains("\nepmpulse_active 1") ? 1 : 0;
    }

    @Test
    void itWaitsForADatabaseThatIsNotReachable() throws Exception {
        try (TcpProxy proxy = new TcpProxy(TestingPostgres.port())) {
            proxy.cut();
            int port = FreePort.find();
            Map<String, String> settings = settings("a");
            settings.put("EPMPULSE_PORT", Integer.toString(port));
            settings.put("EPMPULSE_DATABASE_URL", database.url().replaceFirst(":\\d+/", ":" + proxy.port() + "/"));
            try (PackagedProgram program = PackagedProgram.start(folder.resolve("a"), settings)) {
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(program.output()).contains("not reachable: "));
                HttpResponse<String> health = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/status"))
                                        .header("X-API-Key", PackagedProgram.KEY)
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(health.statusCode()).isEqualTo(503);
                assertThat(health.body()).contains("UNAVAILABLE", "starting");

                proxy.restore();

                program.awaitReady();
                assertThat(post(program, "OK", "J")).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EPMPULSE_DATABASE_PASSWORD, wrong-hunter2, password authentication failed",
        "EPMPULSE_DATABASE_MIGRATE, false, the tables have version 0",
        "EPMPULSE_DATABASE_URL, postgresql://127.0.0.1:PORT/nowhere, database \"nowhere\" does not exist"
    })
    void itExitsIfOnlyAPersonCanHelp(String setting, String value, String reason) throws Exception {
        Map<String, String> settings = settings("a");
        settings.put(setting, value.replace("PORT", Integer.toString(TestingPostgres.port())));

        try (PackagedProgram program = PackagedProgram.start(folder.resolve("a"), settings)) {
            assertThat(program.exitCode()).isEqualTo(78);
            assertThat(program.output())
                    .contains("epmpulse: EPMPULSE_DATABASE_URL: ", reason)
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void aPasswordIsNotPrinted() throws Exception {
        Map<String, String> settings = settings("a");
        settings.remove("EPMPULSE_DATABASE_PASSWORD");
        settings.put("EPMPULSE_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1/epm?password=hunter2&sslmode=prefer");

        try (PackagedProgram check = PackagedProgram.start(folder.resolve("a"), settings, "check")) {
            check.exitCode();
            assertThat(check.output())
                    .contains("EPMPULSE_DATABASE_URL", "postgresql://***@127.0.0.1/epm?***")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void theDemoRefusesADatabase() throws Exception {
        try (PackagedProgram demo = PackagedProgram.start(folder.resolve("a"), settings("a"), "demo")) {
            assertThat(demo.exitCode()).isEqualTo(78);
            assertThat(demo.output()).contains("EPMPULSE_DATABASE_URL: demo keeps its updates in files");
        }
    }

    @Test
    void withoutADatabaseAndAMailServerTheirClassesAreNotLoaded() throws Exception {
        Path working = folder.resolve("files");
        Files.createDirectories(working);
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-jar",
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString())
                .directory(working.toFile());
        command.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        command.environment().putAll(PackagedProgram.settings(working));

        try (PackagedProgram program = PackagedProgram.start(command).awaitReady()) {
            post(program, "OK", "J");

            assertThat(program.output())
                    .contains("org.epmpulse.store.journal.JournalStatusStore")
                    .doesNotContain(
                            "org.epmpulse.store.postgres", "org.postgresql", "com.zaxxer.hikari", "org.flywaydb")
                    .doesNotContain("org.epmpulse.alerts.mail", "org.eclipse.angus");
        }
    }
}
