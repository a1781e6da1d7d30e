package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.epmpulse.sandbox.EpmSandbox;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code jobs} and {@code check --online} of the packaged program against a job console. */
class JobsCommandIT {

    private static final String APPS = """
            {"epm": {"auth": {"type": "basic", "username": "robot", "password": "pass"},
                     "servers": {"planning": {"base_url": "%s", "application": "Vision"%s},
                                 "arcs": {"base_url": "%1$s"}}},
             "apps": {"Planning": {"domains": ["Actual"], "server": "planning", "jobs": [{"name": "Load*"}]},
                      "ARCS": {"domains": ["Close"]}}}
            """;

    @TempDir
    Path folder;

    private final EpmSandbox epm = EpmSandbox.start(InstantSource.system());
    private final Map<String, String> settings = new TreeMap<>();

    @BeforeEach
    void prepare() {
        epm.addUser("robot", "pass");
        epm.addApplication("Vision");
        settings.putAll(PackagedProgram.settings(folder));
        settings.put("EPMPULSE_APPS_CONFIG", folder.resolve("watched.json").toString());
        Instant now = Instant.now();
        epm.console().add("Vision", "Load Actuals", "RULES", "u", now.minusSeconds(60), now, State.SUCCEEDED);
        epm.console().add("Vision", "Agg \"1\"", "RULES", "u", now.minusSeconds(60), now, State.SUCCEEDED);
    }

    @AfterEach
    void close() {
        epm.close();
    }

    private void apps(String watch) throws Exception {
        Files.writeString(folder.resolve("watched.json"), APPS.formatted(epm.environmentUrl(), watch));
    }

    @Test
    void jobsListsRulesAlsoBeforeTheServerIsWatched() throws Exception {
        apps("");

        try (PackagedProgram jobs = PackagedProgram.start(folder, settings, "jobs", "--server", "planning")) {
            assertThat(jobs.exitCode()).as(jobs.output()).isZero();
            assertThat(jobs.output())
                    .contains("Vision: 2 jobs in 7 days, 1 match a rule")
                    .endsWith("{\"name\": \"Agg \\\"1\\\"\", \"type\": \"RULES\", \"domain\": \"\"}");
        }
    }

    @Test
    void jobsSaysThatNoJobNeedsAFurtherRule() throws Exception {
        apps("");
        Path file = folder.resolve("watched.json");
        Files.writeString(file, Files.readString(file).replace("\"Load*\"", "\"*\""));

        try (PackagedProgram jobs = PackagedProgram.start(folder, settings, "jobs", "--server", "planning")) {
            assertThat(jobs.exitCode()).as(jobs.output()).isZero();
            assertThat(jobs.output()).endsWith("Vision: 2 jobs in 7 days, 2 match a rule; no job needs a further rule");
        }
    }

    @Test
    void jobsNamesWhatCannotBeAsked() throws Exception {
        apps("");

        try (PackagedProgram jobs = PackagedProgram.start(folder, settings, "jobs", "--server", "arcs")) {
            assertThat(jobs.exitCode()).isEqualTo(1);
            assertThat(jobs.output())
                    .contains(
                            "server \"arcs\" cannot be asked: Oracle documents no list of the jobs of the product arcs");
        }
        try (PackagedProgram jobs = PackagedProgram.start(folder, settings, "jobs", "--server", "other")) {
            assertThat(jobs.exitCode()).isEqualTo(1);
            assertThat(jobs.output()).contains("is not in apps.json; it has planning, arcs");
        }
    }

    @Test
    void checkOnlineSaysWhatItSaw() throws Exception {
        apps(", \"watch\": {}");

        try (PackagedProgram check = PackagedProgram.start(folder, settings, "check", "--online")) {
            check.exitCode();
            assertThat(check.output())
                    .contains(
                            "Watch of planning: 2 jobs in 24 h, 1 match a rule, such as Load Actuals -> Planning/Actual")
                    .contains("names that no rule matches: Agg \"1\"")
                    .contains("watched by console every 5m");
        }
    }
}
