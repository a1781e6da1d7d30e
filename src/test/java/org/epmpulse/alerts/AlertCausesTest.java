package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.alerts.TestingAlerts.CHANNEL;
import static org.epmpulse.alerts.TestingAlerts.D0;
import static org.epmpulse.alerts.TestingAlerts.D1;
import static org.epmpulse.alerts.TestingAlerts.DOMAINS;

import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.config.QuietHours;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.StateWord;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Domains that fail behind a failed one: D2 waits for D1, and D1 for D0. */
class AlertCausesTest {

    private static final DomainId D2 = DOMAINS.get(2);

    private final TestingAlerts alerts = new TestingAlerts();
    private final TestingAnswers answers = new TestingAnswers();

    @BeforeEach
    void start() {
        AlertCauses causes = new AlertCauses() {
            @Override
            public List<DomainId> upstream(DomainId id) {
                return id.equals(D2) ? List.of(D1) : id.equals(D1) ? List.of(D0) : List.of();
            }

            @Override
            public List<DomainId> waitingFor(DomainId id) {
                return alerts.board.of(id).status() == Status.OK ? List.of() : upstream(id);
            }

            @Override
            public Related related(Set<DomainId> reported) {
                return new Related(
                        Map.of(D0, List.of(D1, D2)),
                        Map.of(D1, new AlertCause(D0, StateWord.FAILED, null, "waits for Close/D0, failed")));
            }
        };
        alerts.alertRules = new AlertRules(
                EnumSet.of(AlertKind.PROBLEM, AlertKind.RECOVERED, AlertKind.REMINDER),
                true,
                Duration.ofHours(4),
                QuietHours.NONE,
                null,
                ZoneId.of("UTC"),
                answers,
                causes);
        alerts.start();
    }

    private void fail(DomainId id, String job) {
        alerts.post(id, Status.LOADING, job);
        alerts.post(id, Status.WARNING, job);
    }

    private void pass(Duration time) {
        alerts.advance(time);
    }

    @Test
    void aDomainThatFailsBehindAFailedOneIsPartOfItsAlert() {
        fail(D0, "A");
        pass(Duration.ofMinutes(5));
        fail(D1, "B");
        fail(D2, "C");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING A"));
        assertThat(alerts.sent.get(0).alerts().get(0).affected()).containsExactly(D1, D2);
        assertThat(AlertSummary.of(alerts.sent.get(0).alerts()).get(0).text())
                .isEqualTo("Failed, 2 domains wait for it");
    }

    @Test
    void theOrderInWhichTheyAreReportedDoesNotMatter() {
        fail(D2, "C");
        fail(D1, "B");
        fail(D0, "A");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING A"));
    }

    @Test
    void whatRecoversWithItsCauseIsNeverReported() {
        fail(D0, "A");
        fail(D1, "B");
        pass(Duration.ofMinutes(5));
        alerts.post(D0, Status.OK, "A2");
        alerts.post(D1, Status.LOADING, "B2");
        pass(Duration.ofMinutes(5));
        alerts.post(D1, Status.OK, "B2");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING A"), List.of("D0 OK A2"));
    }

    @Test
    void whatIsStillFailedAfterItsCauseHasAnAlertOfItsOwnAlsoAfterARestart() {
        fail(D0, "A");
        fail(D1, "B");
        fail(D2, "C");
        pass(Duration.ofMinutes(5));
        alerts.restart();
        alerts.post(D0, Status.OK, "A2");
        pass(Duration.ofMinutes(5));
        alerts.restart();
        pass(Duration.ofMinutes(5));
        alerts.post(D1, Status.OK, "B2");
        alerts.post(D2, Status.OK, "C2");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents())
                .containsExactly(
                        List.of("D0 WARNING A"), List.of("D0 OK A2"), List.of("D1 WARNING B"), List.of("D1 OK B2"));
    }

    @Test
    void aProblemThatWasReportedBeforeItsCauseEndsWithARecovery() {
        fail(D1, "B");
        pass(Duration.ofMinutes(5));
        fail(D0, "A");
        pass(Duration.ofMinutes(5));
        alerts.post(D1, Status.OK, "B2");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents())
                .containsExactly(List.of("D1 WARNING B"), List.of("D0 WARNING A"), List.of("D1 OK B2"));
    }

    @Test
    void aCauseOfWhichTheChannelWasNotToldHoldsNothingBack() {
        answers.muted.add(D0);
        fail(D0, "A");
        pass(Duration.ofMinutes(5));
        fail(D1, "B");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D1 WARNING B"));
    }

    @Test
    void aChannelWithoutTheCauseGetsTheAlert() {
        alerts.channels.put(CHANNEL, List.of(D1, D2));
        alerts.start();
        fail(D0, "A");
        fail(D1, "B");
        fail(D2, "C");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D1 WARNING B"));
    }

    @Test
    void anAlertNamesTheCauseAfterItsOwnMessage() {
        alerts.channels.put(CHANNEL, List.of(D1, D2));
        alerts.start();
        fail(D0, "A");
        fail(D1, "B");
        pass(Duration.ofMinutes(5));
        alerts.post(D1, Status.OK, "B2");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sent)
                .extracting(sent -> AlertSummary.of(sent.alerts()).get(0).message())
                .containsExactly("waits for Close/D0, failed", null);
    }

    @Test
    void aDomainOfAnotherAppInBetweenDoesNotHideTheCause() {
        alerts.channels.put(CHANNEL, List.of(D0, D2));
        alerts.start();
        fail(D0, "A");
        pass(Duration.ofMinutes(5));
        fail(D2, "C");
        pass(Duration.ofMinutes(5));
        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING A"));

        alerts.post(D2, Status.OK, "C2");
        alerts.post(D1, Status.OK, "B");
        fail(D2, "C3");
        pass(Duration.ofMinutes(5));

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING A"), List.of("D2 WARNING C3"));
    }
}
