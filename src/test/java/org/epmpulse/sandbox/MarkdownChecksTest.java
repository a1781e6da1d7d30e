package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs.slack.dev/surfaces/canvases, and user reports of {@code canvas_editing_failed}. */
class MarkdownChecksTest {

    private static final String TABLE = "| A | B |\n|---|---|\n";

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(new SteppingClock());

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    static Stream<Arguments> faults() {
        return Stream.of(
                arguments("# a\n\n#### deep", 3, "Unsupported heading depth (4)"),
                arguments("a\n\n> - item", 3, "Unsupported block type (List) within block quote"),
                arguments("- a\n  1. b", 2, "Unsupported list type"),
                arguments("1. a\n   - b", 2, "Unsupported list type"),
                arguments("see <https://slack.com>", 1, "Unsupported input"),
                arguments("a\n\none | two", 3, "Unsupported input"),
                arguments("a <b>bold</b>", 1, "Unsupported input"),
                arguments("<div>\nx\n</div>", 1, "Unsupported input"),
                arguments(TABLE + "| a | b | c |", 3, "Unsupported input: table row has 3 cells, expected 2"),
                arguments(TABLE + "| a |", 3, "Unsupported input: table row has 1 cells, expected 2"),
                arguments(TABLE + "| a | <https://slack.com> |", 3, "Unsupported input"),
                arguments("| A | B |\n| a | b |", 1, "Malformed table"),
                arguments("| A | B |\n|---|\n| a | b |", 1, "Malformed table"),
                arguments("words\n" + TABLE + "| a | b |", 2, "Malformed table: no blank line before it"),
                arguments(TABLE + "| a | b |\n# head", 4, "Malformed table: no blank line after it"),
                arguments("- x\n\n  | A |\n  |---|\n  | a |", 3, "Unsupported block type (Table) within list"),
                arguments("> | A |\n> |---|\n> | a |", 1, "Unsupported block type (Table) within block quote"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void faultsHaveTheirLine(String markdown, int line, String what) {
        slack.addCanvas("F1", "Status");

        JsonNode response = client.replace("F1", markdown);

        assertThat(response.path("error").asText()).isEqualTo("canvas_editing_failed");
        assertThat(response.path("detail").asText()).isEqualTo("'content' error: line " + line + ": " + what);
        assertThat(slack.canvas("F1").revision()).isZero();
        assertThat(slack.violations()).extracting(Violation::rule).containsExactly(Violation.Rule.BAD_MARKDOWN);
    }

    @Test
    void aTableHasAtMostThreeHundredCellsIncludingItsHeader() {
        String table = "| A | B | C |\n|---|---|---|\n" + "| a | b | c |\n".repeat(99);

        assertThat(MarkdownChecks.fault(table, false)).isNull();
        assertThat(MarkdownChecks.fault(table + "| a | b | c |\n", false))
                .isEqualTo("'content' error: line 1: Table has 303 cells, the most are 300");
    }

    @Test
    void documentedMarkdownIsAccepted() {
        String text = """
                # One
                ## Two
                ### Three

                **bold** *italic* ~~struck~~ `a | code` [link](https://example.com) ![](@U123) ![](#C123)

                > quote

                - a
                  - b
                - [ ] open
                - [x] done

                1. a
                   1. b

                ---

                | A | B |
                |:--|--:|
                | one \\| bar | :red_circle: **Failed**<br>again |
                |  | [x](https://example.com) |

                ```
                | code | <https://example.com>
                ```

                less \\| more, 3 < 4
                """;

        assertThat(MarkdownChecks.fault(text, false)).isNull();
    }

    @Test
    void escapedUntrustedTextIsAccepted() {
        String hostile = "a \\| b \\*c\\* \\_d\\_ \\~e\\~ \\[f\\]\\(g\\) \\\\ \\` ‹https://x› !\\[\\]\\(@U1\\)";

        assertThat(MarkdownChecks.fault("| A | B |\n|---|---|\n| " + hostile + " | x |\n", false))
                .isNull();
        assertThat(MarkdownChecks.fault(hostile + "\n", false)).isNull();
    }

    @Test
    void anEscapedBackslashBeforeABarEndsTheCell() {
        assertThat(MarkdownChecks.fault("| A |\n|---|\n| x \\\\| y |\n", false)).contains("line 3");
    }

    @Test
    void allTablesCanBeRefused() {
        slack.addCanvas("F1", "Status");
        slack.quirk(SlackQuirk.TABLES_REFUSED, true);

        JsonNode response = client.replace("F1", "| A |\n|---|\n| a |\n");

        assertThat(response.path("detail").asText()).isEqualTo("'content' error: line 1: Unsupported table type");
        assertThat(client.replace("F1", "- a").path("ok").asBoolean()).isTrue();
    }

    @Test
    void aNewCanvasIsCheckedToo() {
        JsonNode response =
                client.call("canvases.create", "{\"document_content\":" + SlackClient.content("#### deep") + "}");

        assertThat(response.path("error").asText()).isEqualTo("canvas_creation_failed");
        assertThat(response.path("detail").asText()).contains("Unsupported heading depth (4)");
    }
}
