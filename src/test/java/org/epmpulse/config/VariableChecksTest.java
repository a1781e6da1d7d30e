package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of settings that were probably not meant as they are: accepted, but not without a word. */
class VariableChecksTest {

    private static final String PASSWORD = "p\u00e4ssw\u00f6rd-\u20ac";

    private static final String APPS = """
            {"epm": {"auth": {"type": "basic", "username": "u", "password": "${EPM_CLIENT_SECRET:none}"}},
             "apps": {"Planning": {"domains": ["Actual"], "display_name": "${OTHER:x}"}}}""";

    @TempDir
    private Path path;

    private TestingFolder folder;

    @BeforeEach
    void createFolder() {
        folder = new TestingFolder(path).apps(APPS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"US-ASCII", "ISO-8859-1", "windows-1252"})
    void theFileWinsOverTheSameLineThatTheLocaleHasMangled(String charset) throws Exception {
        folder.write(".env", "EPM_CLIENT_SECRET=\"" + PASSWORD + "\" # of the pod");
        String mangled = new String(PASSWORD.getBytes(StandardCharsets.UTF_8), charset);

        for (String value : new String[] {mangled, "\"" + mangled + "\" # of the pod"}) {
            Configuration configuration = folder.load("EPM_CLIENT_SECRET", value);

            assertThat(configuration.variables().get("EPM_CLIENT_SECRET")).isEqualTo(PASSWORD);
            assertThat(configuration.variables().origin("EPM_CLIENT_SECRET")).isEqualTo(Origin.ENV_FILE);
            assertThat(configuration.problems()).isEmpty();
        }
    }

    @Test
    void theFileWinsOverTheSameLineWithQuestionMarks() {
        folder.write(".env", "EPM_CLIENT_SECRET=" + PASSWORD);

        for (String value : new String[] {"p??ssw??rd-???", "p?ssw?rd-?"}) {
            assertThat(folder.load("EPM_CLIENT_SECRET", value).variables().get("EPM_CLIENT_SECRET"))
                    .isEqualTo(PASSWORD);
        }
    }

    @Test
    void anotherValueOfTheEnvironmentStillWins() {
        folder.write(".env", "EPM_CLIENT_SECRET=" + PASSWORD);

        assertThat(folder.load("EPM_CLIENT_SECRET", "p?ssw?rd-!").variables().get("EPM_CLIENT_SECRET"))
                .isEqualTo("p?ssw?rd-!");
    }

    @Test
    void lostCharactersAreAWarningThatNamesTheLocaleAndNotTheValue() {
        assertThat(folder.problems("EPM_CLIENT_SECRET", "hunter\uFFFD\uFFFD2"))
                .singleElement()
                .asString()
                .startsWith("warning  EPM_CLIENT_SECRET: contains U+FFFD in place of lost characters")
                .contains("LC_ALL=C.UTF-8")
                .doesNotContain("hunter");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "hunter2"        | the quotes are part of the value
            'hunter2'        | the quotes are part of the value
            hunter2 # of me  | contains " #"
            `hunter2 `       | has blanks or a line end around the value
            ${BASE}-hunter2  | contains a reference such as ${NAME}
            $EPM_CLIENT_ID-hunter2 | contains a reference such as ${NAME}
            $(cat hunter2)   | contains a reference such as ${NAME}
            \u201chunter2\u201d | begins or ends with a typographic quote
            hunter2\u00a0x   | contains the invisible or unusual character U+00A0 (NO-BREAK SPACE)
            hun\u200bter2    | contains the invisible or unusual character U+200B (ZERO WIDTH SPACE)""")
    void aDoubtfulValueOfTheEnvironmentIsAWarningWithoutTheValue(String value, String warning) {
        assertThat(folder.problems("EPM_CLIENT_SECRET", value, "EPM_CLIENT_ID", "me"))
                .singleElement()
                .asString()
                .startsWith("warning  EPM_CLIENT_SECRET: " + warning)
                .doesNotContain("hunter");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            EPM_CLIENT_SECRET=hunter2 #3         | the part from # on is a comment
            EPM_CLIENT_SECRET=#hunter2           | the part from # on is a comment
            EPM_CLIENT_SECRET="hunter2 "         | begins or ends with a blank
            EPM_CLIENT_SECRET=hunter2\\          | ends with a backslash
            EPM_CLIENT_SECRET=${BASE}/hunter2    | contains a reference such as ${NAME}
            EPM_CLIENT_SECRET="${BASE:-hunter2}" | contains a reference such as ${NAME}
            EPM_CLIENT_SECRET="'hunter2'"        | has quotes inside of quotes
            EPM_CLIENT_SECRET=hunter2\uFFFD      | contains U+FFFD in place of lost characters
            EPM_CLIENT_SECRET=\u201chunter2\u201d | begins or ends with a typographic quote""")
    void aDoubtfulLineIsAWarningWithItsNumberAndWithoutTheValue(String line, String warning) {
        folder.write(".env", "A=1\n" + line + "\n");

        assertThat(folder.problems())
                .singleElement()
                .asString()
                .startsWith("warning  .env line 2 EPM_CLIENT_SECRET: " + warning)
                .doesNotContain("hunter");
    }

    @Test
    void aNameThatIsSetAgainIsAWarning() {
        folder.write(".env", "EPMPULSE_PORT=1\n\nEPMPULSE_PORT=2\n");

        assertThat(folder.problems())
                .containsExactly("warning  .env line 3: EPMPULSE_PORT is also set in line 1, which has no effect"
                        + " (the last line of a name wins)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"export EPMPULSE_PORT", "\uFEFFEPMPULSE_PORT", "\uFFFD\uFFFD\uFFFDEPMPULSE_PORT", "epmpulse_port"
            })
    void aNameThatOnlyLooksLikeASettingIsAWarning(String name) {
        assertThat(folder.problems(name, "1"))
                .singleElement()
                .asString()
                .contains("is not read as EPMPULSE_PORT", "write EPMPULSE_PORT=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EPM_CLIENT_SECRET=pa$word-1",
                "EPM_CLIENT_SECRET='${BASE} # x'",
                "EPM_CLIENT_SECRET=\"pa\\${BASE}\"",
                "EPM_CLIENT_SECRET=a'b\"c",
                "EPM_CLIENT_SECRET=" + PASSWORD,
                "export EPM_CLIENT_ID=me   # an ordinary comment",
                "EPM_CLIENT_ID=\"me\"\r"
            })
    void anOrdinaryLineIsNoWarning(String line) {
        folder.write(".env", line + "\n");

        assertThat(folder.problems()).isEmpty();
    }

    @Test
    void aVariableOfAppsJsonIsCheckedToo() {
        assertThat(folder.problems("OTHER", "'x'", "NOT_OURS", "'x'"))
                .singleElement()
                .asString()
                .startsWith("warning  OTHER: the quotes are part of the value");
    }
}
