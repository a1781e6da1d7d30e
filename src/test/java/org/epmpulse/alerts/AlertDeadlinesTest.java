package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.alerts.TestingAlerts.D0;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.epmpulse.alerts.AlertDeadlines.Endangered;
import org.epmpulse.config.QuietHours;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alerts of deadlines that are in danger. */
class AlertDeadlinesTest {

    private static final Instant DEADLINE = Instant.parse("2026-04-01T01:00:00Z");

    private final TestingAlerts alerts = new TestingAlerts();
    private Instant windowStart = DEADLINE.minus(Duration.ofHours(6));
    private final TestingAnswers answers = new TestingAnswers();

    @BeforeEach
    void start() {
        start(EnumSet.allOf(AlertKind.class));
        alerts.post(D0, Status.LOADING, "L1");
    }

    private void start(Set<AlertKind> kinds) {
        alerts.alertRules = new AlertRules(
                kinds, true, Duration.ZERO, QuietHours.NONE, null, ZoneId.of("UTC"), answers, AlertCauses.NONE);
        alerts.start();
    }

    private void endanger(boolean late) {
        endanger(late, DEADLINE);
    }

    private void endanger(boolean late, Instant deadline) {
        alerts.deadlines = new AlertDeadlines.Now(
                windowStart, recipient -> Map.of(D0, new Endangered(late, deadline, "two wait for it")), Set.of());
        alerts.advance(Duration.ofMinutes(2));
    }

    private void finish() {
        alerts.post(D0, Status.OK, "L1");
        alerts.deadlines = new AlertDeadlines.Now(windowStart, recipient -> Map.of(), Set.of(D0));
        alerts.advance(Duration.ofMinutes(2));
    }

    private List<Alert> sent() {
        return alerts.sent.stream()
                .flatMap(message -> message.alerts().stream())
                .toList();
    }

    @Test
    void aDeadlineIsReportedBeforeAndAfterItHasPassedAndWhenTheDomainIsDone() {
        endanger(false);
        alerts.advance(Duration.ofHours(1));
        endanger(true);
        alerts.advance(Duration.ofHours(4));
        finish();

        assertThat(sent())
                .extracting(Alert::kind)
                .containsExactly(AlertKind.AT_RISK, AlertKind.LATE, AlertKind.RECOVERED);
        assertThat(sent()).extracting(Alert::id).containsOnly(sent().get(0).id());
        assertThat(sent()).extracting(Alert::since).containsOnly(DEADLINE);
        assertThat(sent().get(0).message()).isEqualTo("two wait for it");
        assertThat(sent().get(2).duration()).isBetween(Duration.ofHours(2), Duration.ofHours(3));
    }

    @Test
    void theEndOfADeadlineComesOnceAlsoIfItWasBeforeTheMessageThatItHasPassed() {
        endanger(false);
        alerts.sink = TestingAlerts.Sink.REFUSES_CHANNEL;
        endanger(true);
        finish();
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(30));

        assertThat(sent())
                .extracting(Alert::kind)
                .containsExactly(AlertKind.AT_RISK, AlertKind.LATE, AlertKind.RECOVERED);
    }

    @Test
    void nothingIsRepeatedAfterARestart() {
        endanger(true);
        alerts.restart();
        alerts.advance(Duration.ofMinutes(5));
        alerts.restart();
        finish();
        alerts.restart();
        alerts.advance(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 LATE L1"), List.of("D0 OK L1"));
    }

    @Test
    void aRiskThatComesAndGoesIsReportedOnceInEachWindow() {
        endanger(false);
        alerts.deadlines = AlertDeadlines.Now.NONE;
        alerts.advance(Duration.ofMinutes(2));
        endanger(false);
        assertThat(sent()).hasSize(1);

        windowStart = windowStart.plus(Duration.ofDays(1));
        endanger(false, DEADLINE.plus(Duration.ofDays(1)));

        assertThat(sent()).extracting(Alert::kind).containsExactly(AlertKind.AT_RISK, AlertKind.AT_RISK);
    }

    @Test
    void severalDeadlinesBehindOneCauseAreReportedOnce() {
        endanger(false);
        endanger(false, DEADLINE.plus(Duration.ofMinutes(30)));
        endanger(true, DEADLINE.plus(Duration.ofMinutes(30)));
        endanger(true);
        endanger(false, DEADLINE.plus(Duration.ofHours(1)));

        assertThat(sent()).extracting(Alert::kind).containsExactly(AlertKind.AT_RISK, AlertKind.LATE);
        assertThat(sent()).extracting(Alert::id).containsOnly(sent().get(0).id());
    }

    @Test
    void aNewFailureDoesNotReplaceTheEndOfADeadline() {
        endanger(true);
        alerts.sink = TestingAlerts.Sink.REFUSES_CHANNEL;
        alerts.post(TestingAlerts.D1, Status.WARNING, "L2");
        alerts.advance(Duration.ofSeconds(5));
        alerts.post(D0, Status.WARNING, "L3");
        finish();
        alerts.post(D0, Status.WARNING, "L4");
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(30));

        Alert late = sent().get(0);
        assertThat(sent())
                .filteredOn(alert -> alert.id().equals(late.id()))
                .extracting(Alert::kind)
                .containsExactly(AlertKind.LATE, AlertKind.RECOVERED);
        assertThat(sent()).last().extracting(Alert::kind).isEqualTo(AlertKind.PROBLEM);
        assertThat(sent().get(sent().size() - 1).runs()).isEqualTo(2);
    }

    @Test
    void whatCouldNotBeSentAndIsNoLongerTrueIsNotSent() {
        alerts.sink = TestingAlerts.Sink.RATE_LIMITS;
        alerts.post(TestingAlerts.D1, Status.WARNING, "L2");
        alerts.advance(Duration.ofSeconds(5));
        endanger(false);
        endanger(true);
        finish();
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D1 WARNING L2"));
    }

    @Test
    void aMutedDomainIsReportedWhenTheMuteEnds() {
        answers.muted.add(D0);
        endanger(true);
        assertThat(sent()).isEmpty();

        answers.muted.clear();
        alerts.advance(Duration.ofMinutes(2));

        assertThat(sent()).extracting(Alert::kind).containsExactly(AlertKind.LATE);
    }

    @Test
    void aSinkThatWantsNoneGetsNoneAndNoEnd() {
        alerts.alertRules = AlertRules.SIMPLE;
        alerts.start();
        endanger(true);
        finish();

        assertThat(sent()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "recovered,              false, false, ''",
        "recovered,              true,  false, ''",
        "recovered problem,      true,  false, ''",
        "recovered problem,      true,  true,  PROBLEM RECOVERED",
        "recovered late,         false, false, ''",
        "recovered late,         true,  false, LATE RECOVERED",
        "recovered late,         true,  true,  LATE RECOVERED",
        "recovered at_risk,      false, true,  AT_RISK RECOVERED",
        "recovered at_risk,      true,  false, AT_RISK RECOVERED",
        "recovered at_risk late, true,  false, AT_RISK LATE RECOVERED",
        "late at_risk,           true,  true,  AT_RISK LATE",
    })
    void aRecoveryIsSentToWhoKnowsOfTheDeadline(String kinds, boolean late, boolean fails, String expected) {
        start(Arrays.stream(kinds.split(" ")).map(AlertKind::of).collect(Collectors.toSet()));
        endanger(false);
        if (late) {
            endanger(true);
        }
        if (fails) {
            alerts.post(D0, Status.WARNING, "L1");
            alerts.advance(Duration.ofMinutes(2));
            alerts.post(D0, Status.LOADING, "L1");
        }
        finish();

        assertThat(sent().stream().map(alert -> alert.kind().name()).collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }
}
