package org.epmpulse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs.slack.dev/reference/methods/canvases.edit and docs.slack.dev/reference/methods/canvases.sections.lookup. */
class CanvasEditTest {

    private final SteppingClock clock = new SteppingClock();

    @AutoClose
    private final SlackSandbox slack = SlackSandbox.start(clock);

    private final SlackClient client = new SlackClient(slack, slack.botToken());

    @BeforeEach
    void addCanvas() {
        slack.addCanvas("F1", "Status");
    }

    @Test
    void replaceWithoutASectionReplacesTheWholeCanvas() {
        client.replace("F1", "# Old\n\ntext");
        clock.advance(Duration.ofSeconds(10));

        JsonNode response = client.replace("F1", "# New");

        assertThat(response.toString()).isEqualTo("{\"ok\":true}");
        SandboxCanvas canvas = slack.canvas("F1");
        assertThat(canvas.markdown()).isEqualTo("# New");
        assertThat(canvas.revision()).isEqualTo(2);
        assertThat(canvas.edits()).containsExactly(clock.instant().minusSeconds(10), clock.instant());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            {};                                                        must be a valid enum value
            {"operation":"update"};                                    must be a valid enum value
            {"operation":"insert_at_end"};                             missing required field: document_content
            {"operation":"insert_after","document_content":CONTENT};   missing required field: section_id
            {"operation":"insert_at_end","section_id":"temp:C:1","document_content":CONTENT}; invalid additional property: section_id
            {"operation":"delete"};                                    missing required field: section_id
            {"operation":"delete","section_id":"temp:C:1","document_content":CONTENT};  invalid additional property: document_content
            {"operation":"rename","document_content":CONTENT};         invalid additional property: document_content
            {"operation":"rename","section_id":"temp:C:1","title_content":CONTENT};     invalid additional property: section_id
            {"operation":"replace","document_content":{"type":"html","markdown":"x"}};  must be a valid enum value
            {"operation":"replace","document_content":{"type":"markdown"}};             missing required field: markdown""")
    void anInvalidChangeIsRefused(String change, String reason) {
        JsonNode response = client.edit("F1", change.replace("CONTENT", SlackClient.content("x")));

        assertThat(response.path("error").asText()).isEqualTo("invalid_arguments");
        assertThat(response.path("response_metadata").path("messages").path(0).asText())
                .contains(reason);
        assertThat(slack.canvas("F1").revision()).isZero();
        assertThat(slack.violations()).extracting(Violation::rule).containsExactly(Violation.Rule.BAD_ARGUMENTS);
    }

    @Test
    void aCallHasExactlyOneChange() {
        String change = "{\"operation\":\"insert_at_end\",\"document_content\":" + SlackClient.content("x") + "}";

        assertThat(client.edit("F1", "").path("error").asText()).isEqualTo("invalid_arguments");
        assertThat(client.edit("F1", change + "," + change)
                        .path("response_metadata")
                        .toString())
                .contains("no more than 1 items");
    }

    @Test
    void renameChangesTheTitleOnly() {
        client.replace("F1", "text");

        client.edit("F1", "{\"operation\":\"rename\",\"title_content\":" + SlackClient.content("Close") + "}");

        assertThat(slack.canvas("F1").title()).isEqualTo("Close");
        assertThat(slack.canvas("F1").markdown()).isEqualTo("text");
    }

    @Test
    void sectionsAreFoundByTypeAndTextAndChangeTheirIdsWithEachEdit() {
        client.replace("F1", "# Head\n\n| A | B |\n|---|---|\n| load | ok |\n\nplain words");
        String table = lookup("{\"section_types\":[\"table\"]}");
        String words = lookup("{\"contains_text\":\"plain\"}");

        client.edit(
                "F1",
                "{\"operation\":\"replace\",\"section_id\":\"" + table + "\",\"document_content\":"
                        + SlackClient.content("one line") + "}");

        assertThat(slack.canvas("F1").markdown()).isEqualTo("# Head\n\none line\n\nplain words\n");
        JsonNode stale = client.edit("F1", "{\"operation\":\"delete\",\"section_id\":\"" + words + "\"}");
        assertThat(stale.path("error").asText()).isEqualTo("canvas_editing_failed");
    }

    @Test
    void insertsAndDeletesApplyAtTheirSection() {
        client.replace("F1", "middle");
        String middle = lookup("{\"contains_text\":\"middle\"}");
        client.edit(
                "F1",
                "{\"operation\":\"insert_before\",\"section_id\":\"" + middle + "\",\"document_content\":"
                        + SlackClient.content("before") + "}");
        middle = lookup("{\"contains_text\":\"middle\"}");
        client.edit(
                "F1",
                "{\"operation\":\"insert_after\",\"section_id\":\"" + middle + "\",\"document_content\":"
                        + SlackClient.content("after") + "}");
        client.edit(
                "F1", "{\"operation\":\"insert_at_start\",\"document_content\":" + SlackClient.content("# T") + "}");
        client.edit("F1", "{\"operation\":\"insert_at_end\",\"document_content\":" + SlackClient.content("end") + "}");
        middle = lookup("{\"contains_text\":\"middle\"}");

        client.edit("F1", "{\"operation\":\"delete\",\"section_id\":\"" + middle + "\"}");

        assertThat(slack.canvas("F1").markdown()).isEqualTo("# T\n\nbefore\n\nafter\n\nend\n");
    }

    @Test
    void lookupRefusesEmptyCriteriaAndMoreThanThreeTypes() {
        assertThat(lookupError("{}")).isEqualTo("invalid_arguments");
        assertThat(lookupError("{\"section_types\":[\"h1\",\"h2\",\"h3\",\"table\"]}"))
                .isEqualTo("invalid_arguments");
    }

    @Test
    void moreThanAMillionCharactersAreTooLarge() {
        String most = "a".repeat(1_048_576);

        assertThat(client.replace("F1", most).path("ok").asBoolean()).isTrue();
        assertThat(client.replace("F1", most + "a").path("error").asText()).isEqualTo("canvas_too_large");
    }

    @Test
    void anUnknownDeletedOrUnsharedCanvasIsNotFound() {
        slack.addCanvas("F2", "Deleted");
        slack.deleteCanvas("F2");
        slack.addCanvas("F3", "Private");
        slack.shareCanvas("F3", slack.botUser(), "none");

        for (String canvas : new String[] {"F0", "F2", "F3"}) {
            assertThat(client.replace(canvas, "x").path("error").asText()).isEqualTo("canvas_not_found");
        }
    }

    @Test
    void aCanvasSharedForReadingCannotBeEdited() {
        slack.shareCanvas("F1", slack.botUser(), "read");

        assertThat(client.replace("F1", "x").path("error").asText()).isEqualTo("access_denied");
    }

    @Test
    void aTabIsEditedByMembersOfItsChannelOnly() {
        slack.put(SandboxChannel.of("C1", "close"));
        slack.put(SandboxChannel.of("C2", "other").withoutBot());
        slack.addChannelCanvas("F2", "Tab", "C1");
        slack.addChannelCanvas("F3", "Tab", "C2");

        assertThat(client.replace("F2", "x").path("ok").asBoolean()).isTrue();
        assertThat(client.replace("F3", "x").path("error").asText()).isEqualTo("canvas_not_found");
    }

    private String lookup(String criteria) {
        JsonNode sections = client.call(
                        "canvases.sections.lookup", "{\"canvas_id\":\"F1\",\"criteria\":" + criteria + "}")
                .path("sections");
        assertThat(sections).hasSize(1);
        return sections.path(0).path("id").asText();
    }

    private String lookupError(String criteria) {
        return client.call("canvases.sections.lookup", "{\"canvas_id\":\"F1\",\"criteria\":" + criteria + "}")
                .path("error")
                .asText();
    }
}
