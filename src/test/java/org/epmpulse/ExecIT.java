package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code exec} of each client does with a command, its input, output, signals and exit code, and what it reports. */
class ExecIT {

    private static final Path NOTHING = Path.of("/dev/null");

    @TempDir
    static Path folder;

    @AutoClose
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = PackagedProgram.run(folder);
    }

    private static Map<String, String> settings() {
        return ClientProcess.settings(program.address());
    }

    private static List<String> options(String jobId) {
        return List.of("--app", "Planning", "--domain", "Actual", "--job-id", jobId);
    }

    private static ExecRunner.Ended run(
            ExecRunner runner, Map<String, String> settings, List<String> options, String... command) throws Exception {
        List<String> words = runner.require().commandLine(options, command);
        return ExecRunner.start(folder, settings, NOTHING, words).await();
    }

    private static List<String> statuses(String jobId) throws Exception {
        return program.entries(jobId, "status");
    }

    private static String message(String jobId) throws Exception {
        return program.entries(jobId).get(0).path("message").asText();
    }

    @ParameterizedTest
    @EnumSource
    void theExitCodeIsPassedThroughAndReported(ExecRunner runner) throws Exception {
        ExecRunner.Ended good =
                run(runner, settings(), options("good-" + runner), "sh", "-c", "echo 'a  b'; echo c >&2");
        ExecRunner.Ended bad = run(runner, settings(), options("bad-" + runner), "sh", "-c", "exit 7", "a secret");
        ExecRunner.Ended none = run(runner, settings(), options("none-" + runner), "/no/such/command");

        assertThat(good.code()).isZero();
        assertThat(good.out()).isEqualTo("a  b\n");
        assertThat(good.err()).isEqualTo("c\n");
        assertThat(statuses("good-" + runner)).containsExactly("OK", "Loading");
        assertThat(message("good-" + runner)).matches("sh ended after \\d+ s");
        assertThat(bad.code()).isEqualTo(7);
        assertThat(bad.err()).isEmpty();
        assertThat(statuses("bad-" + runner)).containsExactly("Warning", "Loading");
        assertThat(message("bad-" + runner)).matches("sh ended with exit code 7 after \\d+ s");
        assertThat(none.code()).isEqualTo(127);
        assertThat(none.err()).contains("/no/such/command");
        assertThat(message("none-" + runner)).startsWith("command ended with exit code 127 after ");
    }

    @ParameterizedTest
    @EnumSource
    void everyOptionIsReported(ExecRunner runner) throws Exception {
        List<String> options = new ArrayList<>(options("options-" + runner));
        options.addAll(List.of("--epm-job-id", "4711", "--url=https://logs.example.com/1", "--message-from-stderr"));

        ExecRunner.Ended ended = run(
                runner,
                settings(),
                options,
                "sh",
                "-c",
                "echo first >&2; echo out; printf 'ORA-1: \"no\"\\n\\n' >&2; exit 3");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.out()).isEqualTo("out\n");
        assertThat(ended.err()).isEqualTo("first\nORA-1: \"no\"\n\n");
        assertThat(program.entries("options-" + runner)).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.path("epm_job_id").asText()).isEqualTo("4711");
            assertThat(entry.path("url").asText()).isEqualTo("https://logs.example.com/1");
        });
        assertThat(message("options-" + runner)).matches("sh ended with exit code 3 after \\d+ s: ORA-1: \"no\"");
    }

    @ParameterizedTest
    @EnumSource
    void theDomainMayBeLeftOut(ExecRunner runner) throws Exception {
        ExecRunner.Ended ended =
                run(runner, settings(), List.of("--app", "ARCS", "--job-id", "short-" + runner), "true");

        assertThat(ended.code()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(statuses("short-" + runner)).containsExactly("OK", "Loading");
    }

    @ParameterizedTest
    @EnumSource
    void largeBinaryInputAndOutputArePassedThrough(ExecRunner runner) throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);
        Path input = Files.write(folder.resolve("input-" + runner), bytes);
        List<String> options = new ArrayList<>(options("binary-" + runner));
        options.add("--message-from-stderr");

        ExecRunner.Running running = ExecRunner.start(
                folder,
                settings(),
                input,
                runner.require().commandLine(options, "sh", "-c", "tee /dev/stderr; exit 1"));
        ExecRunner.Ended ended = running.await();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.bytes()).isEqualTo(bytes);
        assertThat(Files.readAllBytes(running.err())).isEqualTo(bytes);
        assertThat(statuses("binary-" + runner)).containsExactly("Warning", "Loading");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "POWERSHELL")
    void aSignalEndsTheCommandAndIsReported(ExecRunner runner) throws Exception {
        Path ready = folder.resolve("ready-" + runner);
        ExecRunner.Running dies = ExecRunner.start(
                folder,
                settings(),
                NOTHING,
                runner.require()
                        .commandLine(options("dies-" + runner), "sh", "-c", "touch " + ready + "; exec sleep 600"));
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(ready));
        dies.process().destroy();
        ExecRunner.Ended dead = dies.await();

        Path trapping = folder.resolve("trapping-" + runner);
        ExecRunner.Running cleans = ExecRunner.start(
                folder,
                settings(),
                NOTHING,
                runner.commandLine(
                        options("cleans-" + runner),
                        "sh",
                        "-c",
                        "trap 'echo cleaned; exit 5' TERM; touch " + trapping + "; while :; do sleep 0.1; done"));
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(trapping));
        cleans.process().destroy();
        ExecRunner.Ended clean = cleans.await();

        assertThat(dead.code()).isEqualTo(143);
        assertThat(statuses("dies-" + runner)).containsExactly("Warning", "Loading");
        assertThat(message("dies-" + runner)).startsWith("sh ended with exit code 143 (SIGTERM) after ");
        assertThat(clean.code()).isEqualTo(5);
        assertThat(clean.out()).isEqualTo("cleaned\n");
        assertThat(message("cleans-" + runner)).startsWith("sh ended with exit code 5 (SIGTERM) after ");
    }

    @ParameterizedTest
    @EnumSource
    void aServiceInTroubleChangesNothingForTheCommand(ExecRunner runner) throws Exception {
        for (TroubledServer.Answer trouble : List.of(
                TroubledServer.hang(),
                TroubledServer.reset(),
                TroubledServer.garbage(),
                TroubledServer.reply(503, Map.of("Retry-After", "3600"), ""),
                TroubledServer.reply(403, Map.of(), "{\"success\":false,\"error\":{\"code\":\"INVALID_KEY\"}}"))) {
            try (TroubledServer server = new TroubledServer(trouble)) {
                Map<String, String> settings = ClientProcess.settings(server.address());
                settings.put("EPMPULSE_DEADLINE", "1");

                ExecRunner.Ended ended = run(runner, settings, options("trouble"), "sh", "-c", "echo out; exit 9");

                assertThat(ended.code()).isEqualTo(9);
                assertThat(ended.out()).isEqualTo("out\n");
                assertThat(ended.err().lines())
                        .hasSizeBetween(1, 2)
                        .allMatch(line -> line.startsWith("EPMPulse did not accept the status: "))
                        .noneMatch(line -> line.contains(PackagedProgram.KEY));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCommandStartsBeforeTheServiceReplies(ExecRunner runner) throws Exception {
        Path started = folder.resolve("started-" + runner);
        try (TroubledServer server = new TroubledServer((request, connection) -> {
            await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(started));
            TroubledServer.pass(program.uri("")).give(request, connection);
        })) {
            ExecRunner.Ended ended = run(
                    runner,
                    ClientProcess.settings(server.address()),
                    options("early-" + runner),
                    "touch",
                    started.toString());

            assertThat(ended.code()).isZero();
            assertThat(ended.err()).isEmpty();
            assertThat(statuses("early-" + runner)).containsExactly("OK", "Loading");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCommandWithWrongOptionsRunsWithoutAStatus(ExecRunner runner) throws Exception {
        for (List<String> options : List.of(List.<String>of(), List.of("--app", "Planning", "--colour=red"))) {
            ExecRunner.Ended ended = run(runner, settings(), options, "sh", "-c", "echo runs; exit 4");

            assertThat(ended.code()).isEqualTo(4);
            assertThat(ended.out()).isEqualTo("runs\n");
            assertThat(ended.err()).contains("EPMPulse gets no status of this command");
        }
    }

    @Test
    void withoutACommandTheyExplainThemselves() throws Exception {
        for (ExecRunner runner : List.of(ExecRunner.PYTHON, ExecRunner.DASH, ExecRunner.JAVA)) {
            List<String> words = new ArrayList<>(runner.require().commandLine(List.of("--app", "Planning")));
            ExecRunner.Ended ended =
                    ExecRunner.start(folder, settings(), NOTHING, words).await();

            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.err()).containsIgnoringCase("command");
        }
    }
}
