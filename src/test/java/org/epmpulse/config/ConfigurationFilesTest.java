package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the configuration that cannot be read as a whole: huge, endless, or no files. */
@Timeout(30)
class ConfigurationFilesTest {

    private static final String KEY = "k".repeat(31) + "1";

    @TempDir
    private Path folder;

    private TestingFolder working;

    @BeforeEach
    void configure() {
        working = new TestingFolder(folder)
                .apps(TestingFolder.MINIMAL)
                .write(".env", "A=b\n")
                .write("keys", "a:read:" + "a".repeat(64) + "\n");
    }

    /** Replaces a file by one that no program can read as a whole. */
    private void replace(Path file, String kind) throws IOException, InterruptedException {
        Files.delete(file);
        switch (kind) {
            case "huge" -> {
                try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                    sparse.setLength(600_000_000);
                }
            }
            case "endless" -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
            case "pipe" ->
                assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                        .isZero();
            default -> Files.createDirectory(file);
        }
    }

    private List<String> problems() {
        return working.problems("EPMPULSE_API_KEYS_FILE", "keys", "EPMPULSE_API_KEY", KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"huge", "endless", "pipe", "folder"})
    void eachFileThatIsNoSmallRegularFileIsAnError(String kind) throws Exception {
        for (String file : List.of(".env", "keys", "config/apps.json")) {
            configure();
            assertThat(problems()).as(file).isEmpty();

            replace(folder.resolve(file), kind);

            assertThat(problems())
                    .as("%s as %s", file, kind)
                    .singleElement()
                    .asString()
                    .startsWith("error  ")
                    .containsAnyOf("must be a readable, regular file of at most", "is a folder, must be a file");
            Files.delete(folder.resolve(file));
        }
    }

    @Test
    void aLongLineOfTheEnvFileIsReadOrAnError() {
        String quoted = "x\\\\\\\"".repeat(2_000);

        working.write(".env", "A=\"" + quoted + "\"\nB=" + " ".repeat(10_000) + "c\n");
        assertThat(problems()).isEmpty();
        assertThat(working.load().variables().get("A")).hasSize(3 * 2_000);

        working.write(".env", "C=" + " ".repeat(500_000) + "c\n");
        assertThat(problems()).containsExactly("error  .env line 1: must have at most 16384 characters");
    }
}
