package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptsIT {

    @Test
    void shellcheckFindsNothingInTheShippedScripts() throws Exception {
        Installed.require("shellcheck", Installed.works(List.of("shellcheck", "--version")));
        List<String> command = new ArrayList<>(List.of("shellcheck", "--", "bin/epmpulse"));
        try (Stream<Path> files = Files.walk(Path.of("deploy"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".sh")).forEach(command::add);
        }

        Process shellcheck =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        String found = new String(shellcheck.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(command).contains("deploy/install.sh", "deploy/backup/restore.sh");
        assertThat(shellcheck.waitFor()).as(found).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            A=a b                      | a b
            A="a b"                    | a b
            A='a b'                    | a b
            export   A=x               | x
            `  A = x `                 | x
            A=C0123456789  # Your id   | C0123456789
            A="x"   # a comment        | x
            A='x'# a comment           | x
            A=a#b                      | a#b
            A="a # b"                  | a # b
            A="say \\"yes\\" \\\\ C:\\x" | say "yes" \\ C:\\x
            A="it's ${B}"              | it's ${B}
            A=ä                        | ä
            A=                         | ``
            A=""                       | ``
            A=  # nothing              | ``
            A=#nothing                 | ``
            AA=x                       | former
            `#A=x`                     | former""")
    void theScriptsReadEveryFormOfALineOfEnvAsTheProgram(String line, String value, @TempDir Path folder)
            throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "\uFEFFA=former\r\n" + line + "\r\nB=other\r\n");

        Process script = new ProcessBuilder(
                        "sh", "-c", ". deploy/env-setting.sh; env_setting \"$1\" A", "sh", file.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(script.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo(value);
        assertThat(script.waitFor()).isZero();
    }
}
