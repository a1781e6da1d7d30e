package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.alerts.TestingAlerts.D0;
import static org.epmpulse.alerts.TestingAlerts.D1;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.epmpulse.config.QuietHours;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Reminders, digests, quiet hours and muted domains. */
class AlertRulesTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final QuietHours NIGHT =
            new QuietHours(List.of(new QuietHours.Period(LocalTime.of(22, 0), LocalTime.of(6, 0))), BERLIN);

    private final TestingAlerts alerts = new TestingAlerts();
    private final TestingAnswers answers = new TestingAnswers();

    private AlertRules rules(Duration reminder, QuietHours quiet, LocalTime digest) {
        return new AlertRules(
                EnumSet.allOf(AlertKind.class), true, reminder, quiet, digest, BERLIN, answers, AlertCauses.NONE);
    }

    private void start(Duration reminder) {
        alerts.alertRules = rules(reminder, QuietHours.NONE, null);
        alerts.start();
    }

    private double counted(String result) {
        return alerts.meters
                .get("epmpulse.alerts")
                .tag("result", result)
                .counter()
                .count();
    }

    @Test
    void anOpenProblemIsRepeatedAfterTheIntervalUntilItIsOver() {
        start(Duration.ofHours(4));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(9));
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(Duration.ofHours(9));

        assertThat(alerts.sentEvents())
                .containsExactly(
                        List.of("D0 WARNING L1"),
                        List.of("D0 REMINDER L1"),
                        List.of("D0 REMINDER L1"),
                        List.of("D0 OK L2"));
        assertThat(alerts.sent.get(2).alerts().get(0).duration()).isBetween(Duration.ofHours(8), Duration.ofHours(9));
    }

    @Test
    void aProblemThatSomebodyTakesCareOfGetsNoReminder() {
        start(Duration.ofHours(4));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D1, Status.WARNING, "L2");
        answers.acknowledged.add(D0);
        alerts.advance(Duration.ofHours(5));

        assertThat(alerts.sentEvents())
                .containsExactly(List.of("D0 WARNING L1"), List.of("D1 WARNING L2"), List.of("D1 REMINDER L2"));
    }

    @Test
    void theTimeOfTheNextReminderSurvivesARestart() {
        start(Duration.ofHours(4));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(3));
        alerts.restart();
        alerts.advance(Duration.ofMinutes(59));
        assertThat(alerts.sent).hasSize(1);

        alerts.advance(Duration.ofMinutes(2));

        assertThat(alerts.sent).hasSize(2);
    }

    @Test
    void aClockThatWasAheadDelaysNoReminder() {
        start(Duration.ofHours(4));
        alerts.setClock(Duration.ofDays(500));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofMinutes(5));
        alerts.setClock(Duration.ofDays(-500));

        alerts.advance(Duration.ofHours(3));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 REMINDER L1"));
    }

    @Test
    void aReminderThatWasNotSentIsDroppedWhenTheProblemIsOver() {
        start(Duration.ofHours(4));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(4).minusSeconds(1));
        alerts.sink = TestingAlerts.Sink.RATE_LIMITS;
        alerts.post(D1, Status.WARNING, "L2");
        // The reminder is queued while the sink accepts nothing.
        alerts.advance(Duration.ofSeconds(35));
        alerts.post(D0, Status.BLANK, "L3");
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D1 WARNING L2"));
    }

    @Test
    void problemsOfAMutedDomainAreCountedAndNotSent() {
        start(Duration.ofHours(4));
        answers.muted.add(D0);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D0, Status.LOADING, "L2");
        alerts.post(D0, Status.WARNING, "L2");
        alerts.post(D0, Status.OK, "L3");
        alerts.advance(Duration.ofHours(9));

        assertThat(alerts.sent).isEmpty();
        assertThat(counted("muted")).isEqualTo(2);
    }

    @Test
    void aProblemThatIsOpenWhenTheMutingEndsIsSentThenAlsoAfterARestart() {
        start(Duration.ofHours(4));
        answers.muted.add(D0);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(1));
        alerts.restart();
        alerts.advance(Duration.ofHours(5));
        assertThat(alerts.sent).isEmpty();
        answers.muted.clear();
        alerts.advance(Duration.ofMinutes(1));
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(Duration.ofMinutes(1));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void theRecoveryOfAKnownProblemIsSentAlsoOfAMutedDomain() {
        start(Duration.ofHours(4));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofMinutes(1));
        answers.muted.add(D0);
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(Duration.ofMinutes(1));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void alertsOfQuietHoursAreOneMessageAtTheirEndAlsoAfterARestart() {
        // 22:30 in Berlin, in summer time.
        alerts.now = Instant.parse("2026-06-01T20:30:00Z");
        alerts.alertRules = rules(Duration.ZERO, NIGHT, null);
        alerts.start();
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(2));
        alerts.post(D0, Status.OK, "L2");
        alerts.post(D1, Status.WARNING, "L3");
        alerts.restart();
        alerts.advance(Duration.between(alerts.now, Instant.parse("2026-06-02T03:59:50Z")));
        assertThat(alerts.sent).isEmpty();

        alerts.advance(Duration.ofMinutes(1));

        assertThat(alerts.sent).singleElement().satisfies(message -> assertThat(message.digest())
                .isTrue());
        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1", "D0 OK L2", "D1 WARNING L3"));
    }

    @Test
    void aDigestListsTheOpenProblemsOnceADay() {
        alerts.now = Instant.parse("2026-06-01T04:00:00Z");
        alerts.alertRules = rules(Duration.ZERO, QuietHours.NONE, LocalTime.of(8, 0));
        alerts.start();
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(1));
        assertThat(alerts.sent).hasSize(1);

        alerts.advance(Duration.ofHours(2));
        alerts.restart();
        alerts.advance(Duration.ofHours(2));

        assertThat(alerts.sent).hasSize(2);
        assertThat(alerts.sent.get(1).digest()).isTrue();
        assertThat(alerts.sentEvents().get(1)).containsExactly("D0 REMINDER L1");
    }

    @Test
    void aClockThatWasAheadDelaysNoDigest() {
        alerts.now = Instant.parse("2026-06-01T04:00:00Z");
        alerts.alertRules = rules(Duration.ZERO, QuietHours.NONE, LocalTime.of(8, 0));
        alerts.setClock(Duration.ofDays(500));
        alerts.start();
        alerts.advance(Duration.ofMinutes(5));
        alerts.setClock(Duration.ofDays(-500));
        alerts.post(D0, Status.WARNING, "L1");

        alerts.advance(Duration.ofHours(4));

        assertThat(alerts.sent).hasSize(2);
        assertThat(alerts.sent.get(1).digest()).isTrue();
    }

    @Test
    void aClockThatIsSetBackJustAfterTheDigestSendsNoSecondOne() {
        alerts.now = Instant.parse("2026-06-01T04:00:00Z");
        alerts.alertRules = rules(Duration.ZERO, QuietHours.NONE, LocalTime.of(8, 0));
        alerts.start();
        alerts.advance(Duration.ofHours(2).plusSeconds(3));
        assertThat(alerts.sent).hasSize(1);
        alerts.setClock(Duration.ofSeconds(-30));

        alerts.advance(Duration.ofHours(1));

        assertThat(alerts.sent).hasSize(1);
    }

    @Test
    void aDigestInTheHourThatComesTwiceComesOnce() {
        alerts.now = Instant.parse("2026-10-24T20:00:00Z");
        alerts.alertRules = rules(Duration.ZERO, QuietHours.NONE, LocalTime.of(2, 30));
        alerts.start();

        alerts.advance(Duration.ofHours(8));

        assertThat(alerts.sent).hasSize(1);
    }

    @Test
    void aDigestWhoseTimeTheServiceMissedIsSentAtItsStart() {
        alerts.now = Instant.parse("2026-06-01T04:00:00Z");
        alerts.alertRules = rules(Duration.ZERO, QuietHours.NONE, LocalTime.of(8, 0));
        alerts.start();
        alerts.advance(Duration.ofMinutes(1));
        alerts.sender.save();
        alerts.now = Instant.parse("2026-06-01T09:00:00Z");
        alerts.start();
        alerts.advance(Duration.ofMinutes(1));

        assertThat(alerts.sent).singleElement().satisfies(message -> assertThat(message.alerts())
                .isEmpty());
    }

    @Test
    void allAlertsOfAProblemHaveItsId() {
        start(Duration.ofHours(4));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(5));
        alerts.post(D0, Status.LOADING, "L2");
        alerts.post(D0, Status.WARNING, "L2");
        alerts.advance(Duration.ofMinutes(1));
        alerts.restart();
        alerts.post(D0, Status.OK, "L3");
        alerts.advance(Duration.ofMinutes(1));
        alerts.post(D0, Status.WARNING, "L4");
        alerts.advance(Duration.ofMinutes(1));

        List<String> ids = alerts.sent.stream()
                .map(message -> message.alerts().get(0).id())
                .toList();
        assertThat(ids).hasSize(5);
        assertThat(Set.copyOf(ids.subList(0, 4))).hasSize(1);
        assertThat(ids.get(4)).isNotEqualTo(ids.get(0));
    }

    /** Otherwise an incident of the first problem would stay open for ever. */
    @Test
    void aProblemThatFollowsWhileTheRecoveryIsPendingKeepsTheIdThatTheRecipientKnows() {
        start(Duration.ZERO);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofMinutes(1));
        alerts.sink = TestingAlerts.Sink.RATE_LIMITS;
        alerts.post(D1, Status.WARNING, "L2");
        alerts.advance(Duration.ofSeconds(5));
        alerts.post(D0, Status.LOADING, "L3");
        alerts.post(D0, Status.WARNING, "L3");
        alerts.post(D0, Status.OK, "L4");
        alerts.post(D0, Status.WARNING, "L5");
        alerts.post(D0, Status.OK, "L6");
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(5));

        List<Alert> ofD0 = alerts.sent.stream()
                .flatMap(message -> message.alerts().stream())
                .filter(alert -> alert.domain().equals(D0.domain()))
                .toList();
        assertThat(ofD0)
                .extracting(Alert::kind)
                .containsExactly(AlertKind.PROBLEM, AlertKind.PROBLEM, AlertKind.RECOVERED);
        assertThat(ofD0).extracting(Alert::id).containsOnly(ofD0.get(0).id());
    }

    private void start(Set<AlertKind> kinds) {
        alerts.alertRules = new AlertRules(
                kinds,
                true,
                Duration.ofHours(4),
                QuietHours.NONE,
                LocalTime.of(8, 0),
                BERLIN,
                answers,
                AlertCauses.NONE);
        alerts.start();
    }

    /** The test begins at midnight in Berlin; a digest comes at 8:00, a reminder after four hours. */
    @ParameterizedTest
    @CsvSource({
        "recovered,                  1, ''",
        "recovered,                  9, ''",
        "recovered reminder,         1, ''",
        "recovered reminder,         5, REMINDER OK",
        "recovered digest,           1, ''",
        "recovered digest,           9, REMINDER OK",
        "recovered late at_risk,     9, ''",
        "problem recovered,          1, WARNING OK",
        "problem recovered reminder, 5, WARNING REMINDER OK",
        "problem,                    1, WARNING",
        "problem reminder digest,    5, WARNING REMINDER",
    })
    void aRecoveryIsSentToWhoKnowsOfTheProblem(String kinds, int hours, String expected) {
        start(Arrays.stream(kinds.split(" ")).map(AlertKind::of).collect(Collectors.toSet()));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(hours));
        alerts.restart();
        alerts.post(D0, Status.OK, "L1");
        alerts.advance(Duration.ofMinutes(5));

        assertThat(sentKinds()).isEqualTo(expected);
    }

    private String sentKinds() {
        return alerts.sent.stream()
                .flatMap(message -> message.alerts().stream())
                .map(alert -> TestingAlerts.kind(alert).name())
                .collect(Collectors.joining(" "));
    }

    @Test
    void aProblemThatFailsAgainAfterItsReminderIsStillKnown() {
        start(EnumSet.of(AlertKind.REMINDER, AlertKind.RECOVERED));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(5));
        alerts.post(D0, Status.LOADING, "L2");
        alerts.post(D0, Status.WARNING, "L2");
        alerts.advance(Duration.ofHours(1));
        alerts.post(D0, Status.OK, "L3");
        alerts.advance(Duration.ofMinutes(5));

        assertThat(sentKinds()).isEqualTo("REMINDER OK");
    }

    @Test
    void theRecoveryOfOneProblemDoesNotMakeTheNextOneKnown() {
        start(EnumSet.of(AlertKind.REMINDER, AlertKind.RECOVERED));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofHours(5));
        alerts.post(D0, Status.OK, "L1");
        alerts.post(D0, Status.LOADING, "L2");
        alerts.post(D0, Status.WARNING, "L2");
        alerts.advance(Duration.ofMinutes(5));
        alerts.post(D0, Status.OK, "L3");
        alerts.advance(Duration.ofMinutes(5));

        assertThat(sentKinds()).isEqualTo("REMINDER OK");
    }

    @ParameterizedTest
    @EnumSource(
            value = AlertKind.class,
            names = {"REMINDER", "DIGEST"})
    void aProblemThatEndsWhileItsOnlyMessageIsBeingSentGetsItsRecovery(AlertKind kind) {
        start(EnumSet.of(kind, AlertKind.RECOVERED));
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofMinutes(5));
        alerts.sink = TestingAlerts.Sink.REFUSES_CHANNEL;
        alerts.advance(Duration.ofHours(9));
        alerts.post(D0, Status.OK, "L1");
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.advance(Duration.ofHours(1));

        assertThat(sentKinds()).isEqualTo("REMINDER OK");
    }

    @Test
    void aProblemFromBeforeTheFirstStartIsUnknownToWhoGetsNoProblems() {
        alerts.postDropped(D0, Status.WARNING, "L1");
        start(EnumSet.of(AlertKind.RECOVERED));
        alerts.post(D0, Status.OK, "L1");
        alerts.advance(Duration.ofMinutes(5));

        assertThat(alerts.sent).isEmpty();
    }
}
