package org.epmpulse.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.DomainEvent;
import org.epmpulse.alerts.DomainEvent.Kind;
import org.epmpulse.alerts.TestingAlert;
import org.epmpulse.sandbox.LiveMarkup;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertTextTest {

    private static final String LINK = "https://example.slack.com/docs/T1/F1";

    private static final Catalog CATALOG = new Catalog(Map.of(
            "Planning",
            new Catalog.App(
                    "Planning", "Planning EU", new LinkedHashSet<>(List.of("Actual", "Budget")), List.of(), false)));

    private final AlertText text = new AlertText();

    private static Alert alert(String domain, Kind kind, String job, String message, int runs, long downSec) {
        DomainEvent event = new DomainEvent(kind, Instant.EPOCH, job, message, runs, downSec);
        return TestingAlert.of(CATALOG, new DomainId("Planning", domain), event);
    }

    private static Alert warning(String domain, String message) {
        return alert(domain, Kind.WARNING, "LOAD_1", message, 1, 0);
    }

    private static Alert ok(String domain) {
        return alert(domain, Kind.OK, "LOAD_2", "73,118 rows", 1, 720);
    }

    @Test
    void aProblemHasAppDomainJobMessageAndCanvasLink() {
        assertThat(text.of(List.of(warning("Actual", "row 7 rejected")), LINK))
                .isEqualTo("🔴 *Planning EU / Actual*: Failed · job LOAD_1 · row 7 rejected · <" + LINK + "|canvas>");
    }

    @Test
    void aRecoveryHasTheDurationOfTheProblem() {
        assertThat(text.of(List.of(ok("Actual")), null))
                .isEqualTo("🟢 *Planning EU / Actual*: OK again after 12 min · job LOAD_2 · 73,118 rows");
    }

    @Test
    void unknownPartsAreLeftOut() {
        assertThat(text.of(List.of(alert("Actual", Kind.WARNING_AGAIN, null, null, 1, 0)), null))
                .isEqualTo("🔴 *Planning EU / Actual*: Failed again");
    }

    @Test
    void failedRunsThatWereNotSentAreCounted() {
        assertThat(text.of(List.of(alert("Actual", Kind.WARNING, null, null, 3, 0)), null))
                .isEqualTo("🔴 *Planning EU / Actual*: Failed, 3 failed runs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!channel> & <@U1> <#C1> <!subteam^S1> <https://evil.example|here>",
                "&lt;!channel&gt;",
                ":100:",
                "*bold* _it_ ~no~ `code` > quote",
                "https://evil.example www.evil.example",
                "\n<!here>\u2028<!everyone>\u202e",
                "<\u200b!channel>"
            })
    void hostileTextOfAJobStaysPlainText(String hostile) {
        List<Alert> one = List.of(alert("Actual", Kind.WARNING, hostile, hostile, 1, 0));
        List<Alert> list = List.of(
                alert("Actual", Kind.WARNING, hostile, hostile, 1, 0), alert(hostile, Kind.OK, hostile, hostile, 1, 0));

        for (String written : List.of(text.of(one, null), text.of(list, null), text.plain(one), text.plain(list))) {
            assertThat(LiveMarkup.inMessage(written, true)).as(written).isEmpty();
            assertThat(written).doesNotContain("<", ">", "\u2028", "\u202e");
        }
        assertThat(text.of(one, null)).doesNotContain("\n");
    }

    @Test
    void aListHasCountsAndOneLinePerDomainProblemsFirst() {
        List<Alert> alerts = List.of(ok("Budget"), warning("Actual", "row 7 rejected"));

        assertThat(text.of(alerts, LINK).lines())
                .containsExactly(
                        "*1 failed, 1 OK again* · <" + LINK + "|canvas>",
                        "🔴 Planning EU / Actual: Failed · job LOAD_1 · row 7 rejected",
                        "🟢 Planning EU / Budget: OK again after 12 min · job LOAD_2 · 73,118 rows");
    }

    @Test
    void aDomainThatFailedAndRecoveredIsOneLineWithTheFailure() {
        List<Alert> alerts =
                List.of(warning("Actual", "row 7 rejected"), ok("Actual"), ok("Budget"), warning("Budget", "full"));

        assertThat(text.of(alerts, null).lines())
                .containsExactly(
                        "*1 failed, 1 OK again*",
                        "🔴 Planning EU / Budget: OK again after 12 min, then failed · job LOAD_1 · full",
                        "🟢 Planning EU / Actual: Failed, then OK again after 12 min · job LOAD_1 · row 7 rejected");
    }

    @Test
    void aLongListEndsWithTheNumberOfOmittedDomains() {
        List<Alert> alerts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            alerts.add(warning("D" + i, "&".repeat(200)));
        }

        String written = text.of(alerts, LINK);

        assertThat(written).hasSizeLessThanOrEqualTo(AlertText.MAX_LENGTH).startsWith("*500 failed*");
        long shown = written.lines().filter(line -> line.startsWith("🔴")).count();
        assertThat(shown).isPositive();
        assertThat(written).endsWith("\n… and " + (500 - shown) + " more");
    }

    @Test
    void thePlainTextHasNoMarkupAndNoJobTexts() {
        assertThat(text.plain(List.of(warning("Act*ual`", "secret")))).isEqualTo("Planning EU / Act?ual?: Failed");
        assertThat(text.plain(List.of(warning("Actual", "x"), ok("Budget")))).isEqualTo("1 failed, 1 OK again");
    }
}
