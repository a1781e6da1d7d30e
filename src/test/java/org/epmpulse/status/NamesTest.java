package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @ParameterizedTest
    @CsvSource({
        "Actuals, Actual",
        "actual, Actual",
        "ACTUAL, Actual",
        "Budgte, Budget",
        "Forcast, Forecast",
        "Forecst2, Forecast",
        "udget, Budget"
    })
    void theIntendedNameIsSuggestedForAMisspeltOne(String misspelt, String meant) {
        assertThat(Names.nearest(misspelt, List.of("Actual", "Budget", "Forecast")))
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @CsvSource({"Plan", "A", "Actualizations", "''", "' '"})
    void nothingIsSuggestedIfMoreThanAThirdOfTheLettersDiffers(String name) {
        assertThat(Names.nearest(name, List.of("Actual", "Budget", "Forecast"))).isNull();
    }

    @Test
    void theNearestNameWinsAndOfEquallyNearNamesTheFirst() {
        assertThat(Names.nearest("Plan", List.of("Plans", "PLAN", "plan"))).isEqualTo("PLAN");
        assertThat(Names.nearest("Load3", List.of("Load1", "Load2"))).isEqualTo("Load1");
    }

    @Test
    void aShortNameMayDifferByOneLetterButNotByAllLetters() {
        assertThat(Names.nearest("OX", List.of("OK"))).isEqualTo("OK");
        assertThat(Names.nearest("O", List.of("OK"))).isEqualTo("OK");
        assertThat(Names.nearest("A", List.of("B"))).isNull();
        assertThat(Names.nearest("", List.of("B"))).isNull();
    }

    @Test
    void nothingIsSuggestedForAVeryLongText() {
        String name = "x".repeat(101);

        assertThat(Names.nearest(name, List.of(name))).isNull();
    }

    @Test
    void nothingIsSuggestedWithoutKnownNames() {
        assertThat(Names.nearest("Actual", Collections.emptyList())).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Mu\u0308nchen  | M\u00fcnchen | U+0075 (LATIN SMALL LETTER U) U+0308 (COMBINING DIAERESIS) at character 2
            m\u00fcnchen\u200b | M\u00fcnchen | U+006D (LATIN SMALL LETTER M)
            Act\u200bual    | Actual       | U+200B (ZERO WIDTH SPACE) at character 4, where "Actual" has nothing
            \u0410ctual     | Actual       | U+0410 (CYRILLIC CAPITAL LETTER A) at character 1
            New\u00a0York   | New York     | U+00A0 (NO-BREAK SPACE) at character 4, where "New York" has U+0020 (SPACE)
            New York        | New  York    | nothing at character 5, where "New  York" has U+0020 (SPACE)
            \uff21ctual     | Actual       | U+FF21 (FULLWIDTH LATIN CAPITAL LETTER A) at character 1""")
    void aDifferenceThatNobodySeesIsExplained(String name, String known, String difference) {
        assertThat(Names.hint(name, List.of("Other", known)))
                .startsWith(" It looks like \"" + known + "\", but has " + difference)
                .doesNotContain("Did you mean");
    }

    @Test
    void aDifferenceThatPeopleSeeIsNoLookAlike() {
        assertThat(Names.hint("munchen", List.of("M\u00fcnchen"))).isEqualTo(" Did you mean \"M\u00fcnchen\"?");
        assertThat(Names.hint("ACTUAL", List.of("Actual"))).isEqualTo(" Did you mean \"Actual\"?");
        assertThat(Names.hint("Actual ", List.of("Actual"))).isEqualTo(" Did you mean \"Actual\"?");
        assertThat(Names.hint("", List.of("Actual"))).isEmpty();
        assertThat(Names.hint("\u200b", List.of("Actual"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ` a`        | begins or ends with a blank
            `a\u00a0`   | begins or ends with a blank
            a  b        | has several blanks in a row
            a\u2028b    | has the invisible or unusual character U+2028 (LINE SEPARATOR)
            a\ufffdb    | has the invisible or unusual character U+FFFD (REPLACEMENT CHARACTER)
            u\u0308     | has letters composed of several characters""")
    void anUnusualNameIsExplained(String name, String oddity) {
        assertThat(Names.oddity(name)).startsWith(oddity);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Actual", "New York", "M\u00fcnchen", "\u0410\u0411\u0412", "2025", "\uD83D\uDE00"})
    void anOrdinaryNameIsNotUnusual(String name) {
        assertThat(Names.oddity(name)).isNull();
    }
}
