package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvFileTest {

    @TempDir
    private Path folder;

    private final Problems problems = new Problems();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            A=x                        | x
            A="x"                      | x
            A='x'                      | x
            export A=x                 | x
              A = x                    | x
            A=C0123456789  # Your id   | C0123456789
            A="x"   # a comment        | x
            A='x'# a comment           | x
            A=a#b                      | a#b
            A="a # b"                  | a # b
            A='a=b # c'                | a=b # c
            A=https://x/?a=b           | https://x/?a=b
            A="say \\"yes\\" \\\\ C:\\x" | say "yes" \\ C:\\x
            A=it's                     | it's
            A="it's"                   | it's
            A=${B}                     | ${B}
            A=                         | ``
            A=""                       | ``
            A=  # nothing              | ``
            A=#nothing                 | ``""")
    void everyFormOfALineIsParsed(String line, String value) {
        assertThat(read(line)).containsExactly(Map.entry("A", value));
        assertThat(problems.list()).isEmpty();
    }

    @Test
    void commentsBlankLinesByteOrderMarkAndWindowsLineEndsAreSkipped() {
        assertThat(read("\uFEFF# first\r\n\r\n   \r\nA=1\r\n  # B=2\r\nC=\"3\"\r\n"))
                .containsOnly(Map.entry("A", "1"), Map.entry("C", "3"));
        assertThat(problems.list()).isEmpty();
    }

    @Test
    void theLastLineOfANameWins() {
        assertThat(read("A=1\nA=2")).containsExactly(Map.entry("A", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"hunter2", "A B=hunter2", "=hunter2", "1A=hunter2", "A=\"hunter2", "A='hunter2", "A=\"x\"hunter2"
            })
    void anInvalidLineIsAnErrorWithItsNumberAndWithoutItsValue(String line) {
        assertThat(read("OK=1\n" + line + "\nALSO=2")).containsOnlyKeys("OK", "ALSO");

        assertThat(problems.list()).singleElement().satisfies(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.where()).isEqualTo(".env line 2");
            assertThat(problem.message()).doesNotContain("hunter2");
        });
    }

    @Test
    void aFileThatIsNotUtf8IsAnErrorWithItsLine() throws Exception {
        Files.write(folder.resolve(".env"), new byte[] {'A', '=', '1', '\n', 'B', '=', (byte) 0xE9, '\n'});

        assertThat(EnvFile.read(folder.resolve(".env"), problems)).isEmpty();
        assertThat(problems.list()).containsExactly(Problem.error(".env line 2", "must be UTF-8"));
    }

    @Test
    void anIncompleteLastCharacterIsAnError() throws Exception {
        Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xC3});

        EnvFile.read(folder.resolve(".env"), problems);
        assertThat(problems.list()).containsExactly(Problem.error(".env line 1", "must be UTF-8"));
    }

    @Test
    void aFolderOfThatNameIsAnError() throws Exception {
        Files.createDirectory(folder.resolve(".env"));

        assertThat(EnvFile.read(folder.resolve(".env"), problems)).isEmpty();
        assertThat(problems.list()).containsExactly(Problem.error(".env", "is a folder, must be a file"));
    }

    @Test
    void aMissingFileIsNoProblem() {
        assertThat(EnvFile.read(folder.resolve(".env"), problems)).isEmpty();
        assertThat(problems.list()).isEmpty();
    }

    private Map<String, String> read(String content) {
        new TestingFolder(folder).write(".env", content);
        return EnvFile.read(folder.resolve(".env"), problems).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().value()));
    }
}
