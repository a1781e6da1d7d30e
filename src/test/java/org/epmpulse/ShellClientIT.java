package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shell script that runs EPM Automate gets from the client, in each shell it is for. */
class ShellClientIT {

    @TempDir
    static Path folder;

    @AutoClose
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = PackagedProgram.run(folder);
    }

    private static ClientProcess run(Map<String, String> more, String shell, String script) throws Exception {
        Map<String, String> settings = ClientProcess.settings(program.address());
        settings.putAll(more);
        List<String> command = new ArrayList<>(List.of(shell.split(" ")));
        command.addAll(List.of("-c", "exit 0"));
        Installed.require(shell, Installed.works(command));
        command.set(command.size() - 1, "set -eu\n. " + ClientProcess.SHELL_CLIENT + "\n" + script);
        return ClientProcess.run(folder, settings, command);
    }

    private static ClientProcess run(String shell, String script) throws Exception {
        return run(Map.of(), shell, script);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "mksh", "busybox sh"})
    void aCommandIsLoadingThenOkOrWarningAndItsExitCodeIsReturned(String shell) throws Exception {
        String job = shell.replace(' ', '-');

        ClientProcess ended = run(shell, """
                printf 'from above\\n' | epmpulse_run Planning Actual GOOD-%1$s -- sed 's/above/below/'
                if epmpulse_run Planning Budget 'BAD-%1$s' -- sh -c 'exit 7' --password 'a secret'; then exit 1; fi
                epmpulse_run Planning Forecast NONE-%1$s -- /no/such/command 2>/dev/null || echo "none: $?"
                epmpulse_run Planning Budget BAD-%1$s -- sh -c 'exit 9'
                echo not reached
                """.formatted(job));

        assertThat(ended.code()).isEqualTo(9);
        assertThat(ended.out()).isEqualTo("from below\nnone: 127\n");
        assertThat(ended.err()).isEmpty();
        assertThat(program.entries("GOOD-" + job, "status")).containsExactly("OK", "Loading");
        assertThat(program.entries("BAD-" + job, "status")).containsExactly("Warning", "Loading", "Warning", "Loading");
        assertThat(program.entries("BAD-" + job, "message"))
                .anyMatch(message -> message.startsWith("sh ended with exit code 7 after "))
                .anyMatch(message -> message.startsWith("sh ended with exit code 9 after "));
        assertThat(program.entries("NONE-" + job, "message"))
                .anyMatch(message -> message.startsWith("command ended with exit code 127 after "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "mksh", "busybox sh"})
    void aJobThatIsToldToEndSaysSoAndEnds(String shell) throws Exception {
        String job = "KILLED-" + shell.replace(' ', '-');

        // The parent of the command is what waits for it.
        ClientProcess ended = run(shell, """
                code=0
                job='trap "exit 5" TERM; kill -s TERM "$PPID"; while :; do sleep 0.1; done'
                epmpulse_run Planning Actual %s -- sh -c "$job" || code=$?
                echo "$code"
                """.formatted(job));

        assertThat(ended.out()).isEqualTo("5\n");
        assertThat(program.entries(job, "message"))
                .anyMatch(message -> message.startsWith("sh ended with exit code 5 (SIGTERM) after "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "mksh", "busybox sh"})
    void theScriptKeepsItsInputVariablesOptionsAndTraps(String shell) throws Exception {
        ClientProcess ended = run(shell, """
                body=mine code=mine reply=mine IFS=0123456789
                trap 'echo "at the end"' EXIT
                printf 'one\\ntwo\\n' | while read -r line; do
                  epmpulse_status Planning Actual OK "$line" ''
                  echo "$line"
                done
                case $- in *e*u* | *u*e*) echo "$body $code $reply" ;; esac
                epmpulse_status
                echo "$?"
                """);

        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines()).containsExactly("one", "two", "mine mine mine", "0", "at the end");
        assertThat(ended.err()).contains("INVALID_APP").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "mksh", "busybox sh"})
    void theKeyIsNeitherAnArgumentNorInATrace(String shell) throws Exception {
        Path curl = Files.createDirectories(folder.resolve("bin")).resolve("curl");
        Files.writeString(
                curl,
                "#!/bin/sh\nprintf '%s\\n' \"$@\" >> " + folder.resolve("arguments")
                        + "\nPATH=${PATH#*:} exec curl \"$@\"\n");
        Files.setPosixFilePermissions(curl, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> path = Map.of("PATH", curl.getParent() + ":" + System.getenv("PATH"));
        String job = "TRACED-" + shell.replace(' ', '-');

        ClientProcess ended = run(path, shell, "set -x; epmpulse_run Planning Actual " + job + " -- true");

        assertThat(ended.err()).contains(job).doesNotContain(PackagedProgram.KEY);
        assertThat(folder.resolve("arguments")).content().contains(job).doesNotContain(PackagedProgram.KEY);
        assertThat(program.entries(job, "status")).containsExactly("OK", "Loading");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash", "mksh", "busybox sh"})
    void aFunctionOfTheScriptSeesItsOwnVariables(String shell) throws Exception {
        String job = "FUNCTION-" + shell.replace(' ', '-');

        ClientProcess ended = run(shell, """
                app=mine url=mine last=mine code=mine errors=mine
                load() { echo "$1 $app $url $last $code $errors"; cat; return 3; }
                EPMPULSE_EPM_JOB_ID=4711
                echo input | epmpulse_run Planning Actual %1$s -- load it || echo "$?"
                epmpulse_status Planning Actual OK %1$s '' '' 4711
                """.formatted(job));

        assertThat(ended.out().lines()).containsExactly("it mine mine mine mine mine", "input", "3");
        assertThat(program.entries(job, "epm_job_id")).containsExactly("4711", "4711", "4711");
    }

    @Test
    void aCallWithoutACommandSaysHow() throws Exception {
        ClientProcess ended = run("dash", "epmpulse_run Planning Actual J true");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("usage: epmpulse_run APP DOMAIN JOB_ID -- COMMAND [ARGUMENT]...\n");
    }

    @Test
    void shellcheckFindsNothing() throws Exception {
        Installed.require("shellcheck", Installed.works(List.of("shellcheck", "--version")));

        ClientProcess ended =
                ClientProcess.run(folder, Map.of(), List.of("shellcheck", ClientProcess.SHELL_CLIENT.toString()));

        assertThat(ended.out()).isEmpty();
        assertThat(ended.code()).isZero();
    }
}
