package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariablesTest {

    @TempDir
    private Path folder;

    @Test
    void theCommandLineWinsOverTheEnvironmentAndTheEnvironmentOverTheFile() {
        Variables variables = load("A=file\nB=file\nC=file", Map.of("A", "env", "B", "env"), Map.of("A", "line"));

        assertThat(variables.get("A")).isEqualTo("line");
        assertThat(variables.origin("A")).isEqualTo(Origin.COMMAND_LINE);
        assertThat(variables.get("B")).isEqualTo("env");
        assertThat(variables.origin("B")).isEqualTo(Origin.ENVIRONMENT);
        assertThat(variables.get("C")).isEqualTo("file");
        assertThat(variables.origin("C")).isEqualTo(Origin.ENV_FILE);
        assertThat(variables.origin("D")).isEqualTo(Origin.DEFAULT);
    }

    @Test
    void anEmptyVariableOfTheEnvironmentWinsOverTheFile() {
        assertThat(load("SLACK_BOT_TOKEN=x", Map.of("SLACK_BOT_TOKEN", ""), Map.of())
                        .get("SLACK_BOT_TOKEN"))
                .isNull();
    }

    @Test
    void aCommentThatSystemdTookFromTheSameLineIsIgnored() {
        Variables variables = load("A=C0123456789  # Your id", Map.of("A", "C0123456789  # Your id"), Map.of());

        assertThat(variables.get("A")).isEqualTo("C0123456789");
    }

    @Test
    void aCommentAfterAQuotedValueIsIgnored() {
        String ofSystemd = "a-key# of odi";
        Variables variables = load("A=\"a-key\" # of odi", Map.of("A", ofSystemd), Map.of());

        assertThat(variables.get("A")).isEqualTo("a-key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            a-key                 | ^a-key  ^
            a-key  # of odi       | a-key
            a-key  # of odi       | a-key  # of odi
            "a-key" # of odi      | a-key# of odi
            "a-key" # of odi      | "a-key" # of odi
            'a-key'               | a-key
            'a-key'               | 'a-key'
            "a-key"               | "a-key"
            'a "b" \\c'            | a "b" \\c
            "a \\"b\\" \\$c \\d"     | a "b" $c \\d
            a\\b\\\\c               | ab\\c
            a\\b\\\\c               | a\\b\\\\c""")
    void whatSystemdOrDockerMakeOfTheSameLineIsTheFile(String line, String given) {
        Variables variables = load("A=" + line, Map.of("A", given), Map.of());

        assertThat(variables.origin("A")).isEqualTo(Origin.ENV_FILE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            pass word             | password
            password              | pass word
            pass  word            | pass word
            pass"word             | password
            password              | pass"word
            pass'word             | password
            'pass\\word'           | password
            password              | pass\\word
            'pass\\word'           | pass\\\\word
            "pass word"           | "password"
            password              | "password"
            pässword              | p ?ssword
            pässword              | passwörd
            password # of odi     | password # of mdm""")
    void aValueThatDiffersInBlanksQuotesOrBackslashesIsOfTheEnvironment(String line, String given) {
        Variables variables = load("A=" + line, Map.of("A", given), Map.of());

        assertThat(variables.origin("A")).isEqualTo(Origin.ENVIRONMENT);
        assertThat(variables.get("A")).isEqualTo(given);
    }

    @Test
    void theTextHoldsNoValue() {
        assertThat(Variables.of(Map.of("A", "hunter2"), Map.of())).hasToString("Variables[A]");
    }

    private Variables load(String file, Map<String, String> environment, Map<String, String> overrides) {
        new TestingFolder(folder).write(".env", file);
        return Variables.load(folder, environment, overrides, new Problems());
    }
}
