package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.epmpulse.store.postgres.TestingPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watched environment and two packaged programs that share a database, of which the active one is killed. */
class EpmWatchClusterIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String APPS = """
            {"epm": {"auth": {"type": "basic", "username": "robot", "password": "pass"},
                     "servers": {"planning": {"base_url": "%s", "watch": {}}}},
             "apps": {"Planning": {"domains": ["Actual", "Budget"], "server": "planning", "jobs": [
                 {"name": "Load*", "domain": "Actual"}, {"name": "Budget*", "domain": "Budget"}]}}}
            """;

    /** Far above the time that a takeover takes, for a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());
    private DatabaseSettings database;

    @BeforeEach
    void prepare() throws Exception {
        epm.addUser("robot", "pass");
        database = TestingPostgres.newSchema();
        Files.writeString(folder.resolve("watched.json"), APPS.formatted(epm.environmentUrl()));
    }

    @AfterEach
    void close() {
        epm.close();
    }

    private Map<String, String> settings(Path own) {
        Map<String, String> settings = PackagedProgram.settings(own);
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("watched.json").toString());
        settings.put("EPMPULSE_POLL_INTERVAL", "500ms");
        settings.put("EPMPULSE_DATABASE_URL", database.url());
        settings.put("EPMPULSE_DATABASE_USER", String.valueOf(database.user()));
        settings.put("EPMPULSE_DATABASE_PASSWORD", TestingPostgres.PASSWORD);
        settings.put("EPMPULSE_NODE", own.getFileName().toString());
        return settings;
    }

    private PackagedProgram node(String name) throws Exception {
        Path own = folder.resolve(name);
        return PackagedProgram.run(own, settings(own));
    }

    private String job(String name, Instant start, Instant end) {
        return epm.console().add("Planning", name, "RULES", "svc_epm", start, end, State.SUCCEEDED);
    }

    private int exports() {
        return (int) epm.calls().stream()
                .filter(call -> call.operation().equals("export"))
                .count();
    }

    /** Status and EPM job of each entry, the oldest first. */
    private static List<String> history(PackagedProgram program, String domain) throws Exception {
        JsonNode reply = JSON.readTree(
                program.get("/api/v1/history?app=Planning&domain=" + domain).body());
        List<String> lines = new ArrayList<>();
        for (JsonNode entry : reply.at("/data/entries")) {
            lines.add(
                    0,
                    entry.path("status").asText() + " "
                            + entry.path("epm_job_id").asText());
        }
        return lines;
    }

    private boolean hasPosition() throws Exception {
        return !TestingPostgres.documents(database, "watch/%").isEmpty();
    }

    @Test
    void theOtherNodeContinuesAtThePositionOfTheKilledOne() throws Exception {
        String running = job("Load Actuals", Instant.now().minusSeconds(30), Instant.MAX);
        String meanwhile;

        try (PackagedProgram a = node("a");
                PackagedProgram b = node("b")) {
            await().atMost(PATIENCE).until(this::hasPosition);
            int exports = exports();
            meanwhile = job("Budget Load", Instant.now().minusSeconds(20), Instant.now());
            a.kill();

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(history(b, "Budget"))
                    .containsExactly("Loading " + meanwhile, "OK " + meanwhile));
            epm.console().end(running, Instant.now());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(history(b, "Actual"))
                    .containsExactly("Loading " + running, "OK " + running));

            assertThat(exports()).isEqualTo(exports + 1);
        }
    }

    @Test
    void aKillInTheMiddleOfARoundRepeatsNothingAndMissesNothing() throws Exception {
        String first = job("Load Actuals", Instant.now().minusSeconds(30), Instant.MAX);
        String second = job("Budget Load", Instant.now().minusSeconds(20), Instant.MAX);
        epm.fail(
                CallMatcher.product(SandboxProduct.PLANNING).withSubject(second),
                Fault.slow(Duration.ofSeconds(25)),
                1);

        try (PackagedProgram a = node("a");
                PackagedProgram b = node("b")) {
            await().atMost(PATIENCE).until(() -> history(b, "Actual").size() == 1);
            assertThat(hasPosition()).isFalse();
            a.kill();

            await().atMost(PATIENCE).until(this::hasPosition);
            assertThat(history(b, "Actual")).containsExactly("Loading " + first);
            assertThat(history(b, "Budget")).containsExactly("Loading " + second);
        }
    }
}
