package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysFileTest {

    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);

    @TempDir
    private Path folder;

    @Test
    void eachLineIsAKeyWithItsRole() {
        List<ApiKey> keys = parse("""
                # Operations
                board-1:read:%s

                  odi.eu_2:write:%s  # until March
                """.formatted(A.toUpperCase(Locale.ROOT), B));

        assertThat(keys).containsExactly(new ApiKey("board-1", Role.READ, A), new ApiKey("odi.eu_2", Role.WRITE, B));
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsAreIgnored() {
        assertThat(parse("\uFEFFa:admin:" + A + "\r\nb:read:" + B))
                .containsExactly(new ApiKey("a", Role.ADMIN, A), new ApiKey("b", Role.READ, B));
    }

    @Test
    void aFileOfCommentsHasNoKeys() {
        assertThat(parse("# none yet\n")).isEmpty();
    }

    @Test
    void theLineOfANewKeyIsValid() {
        NewKey key = NewKey.named("odi");

        assertThat(parse(key.line())).singleElement().satisfies(read -> {
            assertThat(read.name()).isEqualTo("odi");
            assertThat(read.role()).isEqualTo(Role.WRITE);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a:read                    | must be NAME:ROLE:SHA256HEX
            a:read:HASH:              | must be NAME:ROLE:SHA256HEX
            :read:HASH                | the name of a key must be 1 to 50 letters
            a b:read:HASH             | the name of a key must be 1 to 50 letters
            key-1a2b3c4d:read:HASH    | not like key-1a2b3c4d
            a:READ:HASH               | the role must be read, write or admin
            a:owner:HASH              | the role must be read, write or admin
            a:read:hunter2            | the SHA-256 of the key must be 64 hex digits
            a:read:HASHa              | the SHA-256 of the key must be 64 hex digits
            taken:read:HASH           | duplicate name, first used in line 1
            a:read:TAKEN              | duplicate key, first used in line 1""")
    void anInvalidLineIsReportedByItsNumberAndNotShown(String line, String why) {
        String invalid = line.replace("HASH", A).replace("TAKEN", B.toUpperCase(Locale.ROOT));

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse("taken:read:" + B + "\n\n" + invalid))
                .withMessageStartingWith("keys: line 3: ")
                .withMessageContaining(why)
                .withMessageNotContaining("hunter2")
                .withMessageNotContaining(A);
    }

    @Test
    void everyInvalidLineIsAProblem() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> parse("x\na:read:" + A + "\ny"))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(problem -> problem.message().substring(0, 7))
                        .containsExactly("line 1:", "line 3:"));
    }

    @Test
    void onlyARegularFileOfAtMostOneMebibyteIsRead() throws Exception {
        Path large = Files.write(folder.resolve("large"), new byte[2 * 1024 * 1024]);

        for (Path invalid : List.of(large, folder)) {
            assertThatIOException()
                    .isThrownBy(() -> KeysFile.text(invalid))
                    .satisfies(e -> assertThat(KeysFile.reason(e)).contains("at most 1 MiB"));
        }
        assertThatIOException()
                .isThrownBy(() -> KeysFile.text(folder.resolve("none")))
                .satisfies(e -> assertThat(KeysFile.reason(e)).isEqualTo("not found"));
    }

    @Test
    void theConfigurationReportsEveryInvalidLineAndNoHash() {
        TestingFolder working = new TestingFolder(folder)
                .apps(TestingFolder.MINIMAL)
                .write("keys", "a:read:" + A + "\nb:reed:" + B + "\nc:read:" + B + "0\n");

        assertThat(working.problems("EPMPULSE_API_KEYS_FILE", "keys"))
                .containsExactly(
                        "error  " + folder.resolve("keys") + ": line 2: the role must be read, write or admin",
                        "error  " + folder.resolve("keys") + ": line 3: the SHA-256 of the key must be 64 hex digits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t\r\n", "\uFEFF", "{}"})
    void aFileWithoutContentIsAnErrorAlsoWithAnotherKey(String content) {
        TestingFolder working =
                new TestingFolder(folder).apps(TestingFolder.MINIMAL).write("keys", content);

        assertThat(working.problems("EPMPULSE_API_KEYS_FILE", "keys", "EPMPULSE_API_KEY", "k".repeat(31) + "1"))
                .singleElement()
                .asString()
                .startsWith("error  " + folder.resolve("keys") + ": ");
    }

    @Test
    void withoutAnyKeyInTheFileEpmpulseApiKeyIsRequired() {
        TestingFolder working =
                new TestingFolder(folder).apps(TestingFolder.MINIMAL).write("keys", "# none yet\n");

        assertThat(working.problems("EPMPULSE_API_KEYS_FILE", "keys"))
                .singleElement()
                .asString()
                .startsWith("error  EPMPULSE_API_KEYS_FILE: no key in ");
        assertThat(working.problems("EPMPULSE_API_KEYS_FILE", "keys", "EPMPULSE_API_KEY", "k".repeat(31) + "1"))
                .isEmpty();
    }

    private static List<ApiKey> parse(String text) {
        return KeysFile.parse(Path.of("keys"), text);
    }
}
