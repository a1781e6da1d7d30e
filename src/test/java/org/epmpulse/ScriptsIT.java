package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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
}
