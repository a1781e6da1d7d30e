package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

    private final Variables variables =
            Variables.of(Map.of("A", "one", "B", "${A}", "EMPTY", "", "MONEY", "$1\\2"), Map.of());

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "plain, plain",
                "${A}, one",
                "<${A}-${A}>, <one-one>",
                "${A:two}, one",
                "${X:two}, two",
                "${X:}, ``",
                "${X:https://x/}, https://x/",
                "${EMPTY:two}, two",
                "${B}, ${A}",
                "${X:$A}, $A",
                "${MONEY}, $1\\2",
                "$A {A} $, $A {A} $"
            })
    void variablesAndDefaultsAreExpandedOnce(String raw, String text) {
        Template template = Template.expand(raw, variables);

        assertThat(template.text()).isEqualTo(text);
        assertThat(template.missing()).isEmpty();
        assertThat(template.syntaxError()).isNull();
    }

    @Test
    void missingAndDefaultedVariablesAreListed() {
        Template template = Template.expand("${X}${EMPTY}${Y:1}", variables);

        assertThat(template.missing()).containsExactly("X", "EMPTY");
        assertThat(template.defaulted()).containsExactly("Y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${}", "${1A}", "${A", "a ${A:", "${A B}", "${-A}"})
    void anInvalidVariableIsASyntaxError(String raw) {
        assertThat(Template.expand(raw, variables).syntaxError()).isNotNull();
    }
}
