package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
