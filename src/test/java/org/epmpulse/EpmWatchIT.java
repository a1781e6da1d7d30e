package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.SandboxConsole;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A watched environment and a process that is killed. */
class EpmWatchIT {

    private static final String APPS = """
            {"epm": {"auth": {"type": "basic", "username": "robot", "password": "pass"},
                     "servers": {"planning": {"base_url": "%s", "watch": {}}}},
             "apps": {"Planning": {"domains": ["Actual", "Budget"], "server": "planning", "jobs": [
                 {"name": "Load*", "domain": "Actual"}, {"name": "Budget*", "domain": "Budget"}]}}}
            """;

    @TempDir
    Path folder;

    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());

    @AfterEach
    void close() {
        epm.close();
    }

    private void job(String name, Instant end) {
        SandboxConsole console = epm.console();
        console.add("Planning", name, "RULES", "svc_epm", Instant.now().minusSeconds(30), end, State.SUCCEEDED);
    }

    private static long count(PackagedProgram program, String status) throws Exception {
        String history = program.get("/api/v1/history").body();
        return Pattern.compile("\"status\":\"" + status + "\"")
                .matcher(history)
                .results()
                .count();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20000  | complete
            100000 | complete
            100001 | the list has more than 100000 lines
            """)
    void aListFitsIntoTheMemoryOrTheReasonIsShown(int lines, String result) throws Exception {
        epm.addUser("robot", "pass");
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("watched.json").toString());
        Files.writeString(folder.resolve("watched.json"), APPS.formatted(epm.environmentUrl()));
        String start = "2026-01-02 03:04:05";
        StringBuilder list = new StringBuilder("Job ID,Job Name,Job Type,Status,User,Start Time,End Time\n");
        for (int i = 0; i < lines; i++) {
            list.append(10_000_000 + i)
                    .append(",Load of all the data of the entity number ")
                    .append(i)
                    .append(",RULES,Completed,service_user_of_the_loads,")
                    .append(start + "," + start + "\n");
        }
        epm.console().exportedFile(SandboxConsole.zip(list.toString()));

        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            if (result.equals("complete")) {
                await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(folder.resolve("data/watch")));
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(program.get("/health").body())
                            .contains(result.equals("complete") ? "\"epm_api\":\"ok\"" : result));
            assertThat(program.output()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void aKillAfterTheFirstRecordRepeatsNothingAndMissesNothing() throws Exception {
        epm.addUser("robot", "pass");
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("watched.json").toString());
        settings.put("EPMPULSE_POLL_INTERVAL", "200ms");
        Files.writeString(folder.resolve("watched.json"), APPS.formatted(epm.environmentUrl()));
        job("Load Actuals", Instant.MAX);
        job("Budget Load", Instant.MAX);

        try (PackagedProgram first = PackagedProgram.run(folder, settings)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> count(first, "Loading") > 0);
            first.kill();
        }
        try (PackagedProgram second = PackagedProgram.run(folder, settings)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> count(second, "Loading") == 2);
            await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("data/watch")));

            assertThat(count(second, "Loading")).isEqualTo(2);
            assertThat(second.get("/api/v1/status").body()).contains("Load Actuals", "Budget Load");
        }
    }
}
