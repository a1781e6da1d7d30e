package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs that are written in Python get from the client, with the names that clients of 1.0 had. */
class PythonClientIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    @AutoClose
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        ClientProcess.requirePython();
        program = PackagedProgram.run(folder);
    }

    private static ClientProcess python(String address, String script, String... flags) throws Exception {
        Map<String, String> settings = ClientProcess.settings(address);
        settings.put("EPMPULSE_DEADLINE", "20");
        List<String> command = new ArrayList<>(List.of(ClientProcess.PYTHON));
        command.addAll(List.of(flags));
        command.addAll(List.of("-c", script));
        return ClientProcess.run(folder, settings, command);
    }

    private static ClientProcess python(String script) throws Exception {
        return python(program.address(), script);
    }

    private static JsonNode data(String path) throws Exception {
        return JSON.readTree(program.get(path).body()).path("data");
    }

    @Test
    void singleBatchAndPipelineHelpersKeepTheirNames() throws Exception {
        ClientProcess ended = python("""
                from epmpulse import EPMPulseClient, update_status
                import os
                client = EPMPulseClient(os.environ["EPMPULSE_URL"] + "/", os.environ["EPMPULSE_API_KEY"])
                first = client.update_status("Planning", "Budget", "Loading", job_id=4711, message=None)
                again = update_status("Planning", "Budget", "Loading", 4711)
                batch = client.batch_update([
                    {"app": "Planning", "domain": "Budget", "status": "OK"},
                    {"app": "ARCS", "status": "OK", "job_id": "OWN", "message": "mine"}], "NIGHT")
                start = client.notify_pipeline_start(["FCCS", "ARCS"], None, "PIPE")
                end = client.notify_pipeline_complete(["FCCS", "ARCS"], None, "PIPE", False, "2 rejected")
                for result in (first, again, batch, start, end):
                    print(bool(result), result.ok, result.outcome, result.error)
                print(batch.revision - first.revision, end.revision - batch.revision)
                """);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().lines())
                .containsExactly(
                        "True True recorded None",
                        "True True recorded None",
                        "True True recorded None",
                        "True True recorded None",
                        "True True recorded None",
                        "3 4");
        assertThat(program.entries("4711", "status")).containsExactly("Loading", "Loading");
        assertThat(program.entries("NIGHT", "status")).containsExactly("OK");
        assertThat(program.entries("OWN", "status")).containsExactly("OK");
        assertThat(program.entries("PIPE", "status")).containsExactly("Warning", "Warning", "Loading", "Loading");
        assertThat(data("/api/v1/jobs/PIPE").path("status").asText()).isEqualTo("Warning");
    }

    @Test
    void aLargeBatchIsSplitAndEndsAtTheFirstRefusal() throws Exception {
        String many = """
                from epmpulse import EPMPulseClient
                updates = [{"app": "Planning", "domain": "Actual", "status": "OK", "job_id": "%s-%%d" %% i,
                            "message": "🔥" * 200} for i in range(2100)]
                updates[1500].update(%s)
                print(EPMPulseClient().batch_update(updates))
                """;
        long before = data("/api/v1/status").path("revision").asLong();
        try (TroubledServer server = new TroubledServer(TroubledServer.pass(program.uri("")))) {
            ClientProcess ended = python(server.address(), many.formatted("ALL", ""));

            assertThat(ended.out()).contains("ok=True, outcome='recorded', revision=" + (before + 2100));
            assertThat(server.requests()).hasSizeBetween(3, 5).allSatisfy(request -> assertThat(
                            JSON.readTree(request.body()).path("updates").size())
                    .isBetween(1, 1000));
            assertThat(server.requests().stream()
                            .map(request -> request.headers().get("Idempotency-Key"))
                            .distinct())
                    .hasSameSizeAs(server.requests());
        }

        ClientProcess refused = python(many.formatted("PART", "{\"domain\": \"Actuals\"}"));

        assertThat(refused.code()).isZero();
        assertThat(refused.out())
                .contains("ok=False")
                .containsPattern("Did you mean .*index \\d+\\) \\(updates from \\d+ on, of 2100");
        assertThat(program.entries("PART-0", "status")).hasSize(1);
        assertThat(program.entries("PART-1499", "status")).isEmpty();
        assertThat(program.entries("PART-2099", "status")).isEmpty();
    }

    @Test
    void aJobIsLoadingThenOkOrWarningAndItsOwnExceptionGoesOn() throws Exception {
        ClientProcess ended = python("""
                from epmpulse import EPMPulseClient
                import sys
                client = EPMPulseClient()
                with client.job("Planning", "Actual", "GOOD"):
                    print("loads")
                mine = ValueError("14 records\\nrejected")
                try:
                    with client.job("Planning", "Actual", "BAD"):
                        raise mine
                except ValueError as e:
                    print(e is mine, e.__cause__, e.__context__)
                try:
                    with client.job("Planning", "Actual", "LEFT"):
                        sys.exit(0)
                finally:
                    with client.job("Planning", "Actual", "BROKEN"):
                        sys.exit(3)
                """);

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out().lines()).containsExactly("loads", "True None None");
        assertThat(program.entries("GOOD", "status")).containsExactly("OK", "Loading");
        assertThat(program.entries("BAD", "status")).containsExactly("Warning", "Loading");
        assertThat(program.entries("BAD", "message").get(0)).isEqualTo("ValueError: 14 records rejected");
        assertThat(program.entries("LEFT", "status")).containsExactly("OK", "Loading");
        assertThat(program.entries("BROKEN", "status")).containsExactly("Warning", "Loading");
    }

    @Test
    void nothingThatIsPassedRaises() throws Exception {
        ClientProcess ended = python("""
                from epmpulse import EPMPulseClient
                class Hostile:
                    def __str__(self):
                        raise RuntimeError("no text")
                client = EPMPulseClient(deadline="soon")
                for result in (
                    client.update_status(Hostile(), None, "OK"),
                    client.update_status("Planning", "Actual", "OK", "SURROGATE", "\\udcff lost"),
                    client.batch_update(None),
                    client.batch_update([]),
                    client.batch_update([7]),
                    client.notify_pipeline_start(7, None, "J"),
                    client.notify_pipeline_start("ARCS", None, "ONE"),
                    EPMPulseClient("no address").start("ARCS", None, "J"),
                    EPMPulseClient(api_key="a\\nb").complete("ARCS", None, "J"),
                    EPMPulseClient("http://[broken").fail("ARCS", None, "J"),
                ):
                    print(result.ok, end=" ")
                """);

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).isEqualTo("False True False False False False True False False False ");
        assertThat(ended.err().lines())
                .hasSize(8)
                .allMatch(line -> line.startsWith("EPMPulse did not accept the status: "));
        assertThat(program.entries("ONE", "status")).containsExactly("Loading");
    }

    @Test
    void aJobGoesOnThoughTheServerHangsOrRequestsIsMissing() throws Exception {
        String job = """
                from epmpulse import EPMPulseClient
                with EPMPulseClient(deadline=0.5).job("Planning", "Actual", "J"):
                    print("loads")
                """;
        try (TroubledServer server = new TroubledServer(TroubledServer.hang())) {
            ClientProcess hanging = python(server.address(), job);
            // Without site packages.
            ClientProcess missing = python(server.address(), job, "-S");

            assertThat(hanging.code()).isZero();
            assertThat(hanging.out()).isEqualTo("loads\n");
            assertThat(hanging.err().lines()).hasSize(2);
            assertThat(missing.code()).isZero();
            assertThat(missing.out()).isEqualTo("loads\n");
            assertThat(missing.err()).contains("requests is not installed");
        }
    }

    @Test
    void theCommandLineFailsOnlyWhereThatIsAskedFor() throws Exception {
        String client = ClientProcess.PYTHON_CLIENT.toString();
        List<String> bad = List.of(ClientProcess.PYTHON, client, "--app", "Planning", "--status", "OK");
        List<String> wrong = List.of(ClientProcess.PYTHON, client, "--status");

        for (List<String> command : List.of(bad, wrong)) {
            assertThat(ClientProcess.run(folder, Map.of(), command).code()).isZero();
            List<String> strict = new ArrayList<>(command);
            strict.add(2, "--strict");
            assertThat(ClientProcess.run(folder, Map.of(), strict).code()).isPositive();
        }
        assertThat(ClientProcess.run(folder, Map.of(), List.of(client, "--help"))
                        .out())
                .contains("--app", "--job-id", "--strict");
    }

    @Test
    void itCanBeInstalledAndRunsAsAProgram() throws Exception {
        List<String> pip = List.of(ClientProcess.PYTHON, "-m", "pip");
        Installed.require("python3-pip", Installed.works(List.of(ClientProcess.PYTHON, "-m", "pip", "--version")));
        // The build writes into the folder of the sources.
        Path sources = Files.createDirectory(folder.resolve("sources"));
        for (String file : List.of("epmpulse.py", "pyproject.toml")) {
            Files.copy(ClientProcess.PYTHON_CLIENT.resolveSibling(file), sources.resolve(file));
        }
        Path target = folder.resolve("installed");
        List<String> install = new ArrayList<>(pip);
        install.addAll(List.of("install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"));
        install.addAll(List.of("--target", target.toString(), sources.toString()));
        Map<String, String> settings = ClientProcess.settings(program.address());
        settings.put("PYTHONPATH", target.toString());

        ClientProcess installed = ClientProcess.run(folder, Map.of(), install);
        ClientProcess ended = ClientProcess.run(
                folder,
                settings,
                List.of(
                        target.resolve("bin/epmpulse").toString(),
                        "exec",
                        "--app",
                        "ARCS",
                        "--job-id",
                        "PIP",
                        "--",
                        "true"));

        assertThat(installed.code()).as(installed.err()).isZero();
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(program.entries("PIP", "status")).containsExactly("OK", "Loading");
    }

    @Test
    void theIdOfTheEpmJobIsRecordedEverywhere() throws Exception {
        ClientProcess ended = python("""
                from epmpulse import EPMPulseClient, update_status
                client = EPMPulseClient()
                with client.job("Planning", "Actual", "EPM", epm_job_id="4711"):
                    pass
                client.fail("Planning", "Actual", "EPM", epm_job_id="4711")
                update_status("Planning", "Actual", "OK", "EPM", epm_job_id="4711")
                """);

        assertThat(ended.err()).isEmpty();
        assertThat(program.entries("EPM", "epm_job_id")).containsExactly("4711", "4711", "4711", "4711");
    }
}
