package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.epmpulse.routes.RouteCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Help and errors of the command line. */
class CommandsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... arguments) {
        CommandLine commands = Commands.commandLine(
                (configuration, demo, started) -> {
                    throw new IllegalStateException("must not start");
                },
                new RouteCheck((main, configuration, store) -> {}),
                (configuration, routes, file, messages, out) -> {
                    throw new IllegalStateException("must not run");
                });
        return commands.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void helpListsTheCommandsAndTheOptionsOfRun() {
        assertThat(execute("help")).isZero();

        assertThat(out.toString())
                .contains("Usage: java -jar epmpulse.jar ", "--port")
                .contains("  run ", "  demo ", "  check ", "  try ", "  exec ", "  jobs ", "  key ", "  help ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpOfACommandShowsItsOptions() {
        assertThat(execute("help", "check")).isZero();

        assertThat(out.toString()).contains("Usage: java -jar epmpulse.jar check ", "--strict", "--online");
    }

    @ParameterizedTest
    @CsvSource({
        "chekc, chekc, help",
        "help chekc, chekc, help",
        "--prot 1, --prot, help",
        "check now, now, help check",
        "run --prot 1, --prot, help run",
        "key odi --admin, --admin, help key",
        "key a/b, the name of a key, help key",
        "jobs, --server, help jobs",
        "jobs --server planning --days 3, --days must be, help jobs"
    })
    void anInvalidCommandLineExitsWithTwoAndPointsToHelp(String arguments, String named, String help) {
        assertThat(execute(arguments.split(" "))).isEqualTo(2);

        assertThat(err.toString())
                .contains(named)
                .endsWith("Run \"java -jar epmpulse.jar %s\" to see what is allowed.%n".formatted(help));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void theRoutesOfTheInstallationAreBesideTheJar(@TempDir Path folder) throws Exception {
        Path jar = folder.resolve("epmpulse.jar");
        assertThat(Installation.folder(jar, "routes")).isNull();

        Path routes = Files.createDirectory(folder.resolve("routes"));

        assertThat(Installation.folder(jar, "routes")).isEqualTo(routes);
        assertThat(Installation.folder(folder.resolve("target/epmpulse.jar"), "routes"))
                .isEqualTo(routes);
        assertThat(Installation.folder(folder.resolve("other/epmpulse.jar"), "routes"))
                .isNull();
        Path installedInTarget = Files.createDirectories(folder.resolve("target/routes"));
        assertThat(Installation.folder(folder.resolve("target/epmpulse.jar"), "routes"))
                .isEqualTo(installedInTarget);
    }
}
