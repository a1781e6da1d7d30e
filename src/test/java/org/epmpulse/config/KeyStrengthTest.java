package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStrengthTest {

    private static final String STRONG = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path path;

    private TestingFolder folder;

    @BeforeEach
    void createFolder() {
        folder = new TestingFolder(path).apps(TestingFolder.MINIMAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "0123456789abcdef0123456789abcde",
                "your_secure_64_character_api_key_here",
                "YOUR-SECURE-64-CHARACTER-API-KEY-HERE",
                "your-secure-random-key-here-change-in-production",
                "your_secret_api_key_here",
                "your_very_own_secret_api_key_here_0001",
                "epmpulse_key_xxx...",
                "epmpulse_key_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            })
    void shortKeysAndPlaceholdersAreWeak(String key) {
        assertThat(KeyStrength.isWeak(key)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {STRONG, "epmpulse_key_0123456789abcdef0123456789abcdef", "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"})
    void anyOtherKeyOfThirtyTwoCharactersIsStrong(String key) {
        assertThat(KeyStrength.isWeak(key)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"EPMPULSE_ENV, production", "EPMPULSE_HOST, 0.0.0.0", "EPMPULSE_HOST, example.com", "EPMPULSE_HOST, ::"
    })
    void inProductionAndOnOtherAddressesThanLoopbackAStrongKeyIsRequired(String name, String value) {
        assertThat(folder.problems(name, value))
                .singleElement()
                .asString()
                .startsWith("error  EPMPULSE_API_KEY: no API key, required i")
                .endsWith("(set this or EPMPULSE_API_KEYS_FILE)");
        assertThat(folder.problems(name, value, "EPMPULSE_API_KEY", "hunter2"))
                .singleElement()
                .asString()
                .startsWith("error  EPMPULSE_API_KEY: weak key")
                .doesNotContain("hunter2");
        assertThat(folder.problems(name, value, "EPMPULSE_API_KEY", STRONG + ",hunter2"))
                .singleElement()
                .asString()
                .startsWith("error  EPMPULSE_API_KEY: weak key (number 2)");
        assertThat(folder.problems(name, value, "EPMPULSE_API_KEY", STRONG)).isEmpty();
    }

    @Test
    void onLoopbackInDevelopmentAWeakKeyIsAWarningAndNoKeyIsNoProblem() {
        assertThat(folder.problems()).isEmpty();
        assertThat(folder.problems("EPMPULSE_HOST", "localhost", "EPMPULSE_API_KEY", "hunter2"))
                .singleElement()
                .asString()
                .startsWith("warning  EPMPULSE_API_KEY: weak key");
    }

    @Test
    void aReadableKeysFileCountsAsAKey() {
        folder.write("keys", NewKey.named("odi").line());

        assertThat(folder.problems("EPMPULSE_ENV", "production", "EPMPULSE_API_KEYS_FILE", "keys"))
                .isEmpty();
        assertThat(folder.problems("EPMPULSE_API_KEYS_FILE", "nokeys"))
                .containsExactly("error  EPMPULSE_API_KEYS_FILE: file " + path.resolve("nokeys") + " not found");
    }
}
