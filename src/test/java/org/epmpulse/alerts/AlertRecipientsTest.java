package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.epmpulse.alerts.TestingAlerts.Sink;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.window.Deadline;
import org.epmpulse.window.DomainRule;
import org.junit.jupiter.api.Test;

/**
 * Recipients that get the alerts of some of the domains that wait for each other: D1 and D2 wait for D0, D3 for D1. D0
 * has to be done at 22:00, D1 at 22:30, D2 at 22:40 and D3 at 23:00; each takes half an hour.
 */
class AlertRecipientsTest {

    private static final DomainId D0 = TestingAlerts.DOMAINS.get(0);
    private static final DomainId D1 = TestingAlerts.DOMAINS.get(1);
    private static final DomainId D2 = TestingAlerts.DOMAINS.get(2);
    private static final DomainId D3 = TestingAlerts.DOMAINS.get(3);
    private static final List<DomainId> ALL = List.of(D0, D1, D2, D3);

    /** At risk is left out, so that these tests are about deadlines that have passed. */
    private static final Set<AlertKind> KINDS = EnumSet.complementOf(EnumSet.of(AlertKind.AT_RISK));

    private static DomainRule rule(String by, DomainId... after) {
        return new DomainRule(Deadline.parse(by), List.of(after), null, null);
    }

    private static final Map<DomainId, DomainRule> RULES =
            Map.of(D0, rule("22:00"), D1, rule("22:30", D0), D2, rule("22:40", D0), D3, rule("23:00", D1));

    private TestingClose close = new TestingClose(ALL, RULES, KINDS);
    private TestingAlerts alerts = close.alerts;

    private void reset(Map<DomainId, DomainRule> rules, Set<AlertKind> kinds) {
        close = new TestingClose(ALL, rules, kinds);
        alerts = close.alerts;
    }

    private void channel(String id, DomainId... domains) {
        alerts.channels.put(id, List.of(domains));
    }

    /** What a channel got, such as {@code D1 LATE}. */
    private List<String> sentTo(String channel) {
        return alerts.sent.stream()
                .filter(sent -> sent.channel().equals(channel))
                .flatMap(sent -> sent.alerts().stream())
                .map(alert -> alert.domain() + " " + alert.kind())
                .toList();
    }

    @Test
    void eachRecipientGetsTheFirstDomainOfAChainOfItsOwn() {
        channel("all", D0, D1, D2, D3);
        channel("behind", D1, D2, D3);
        channel("last", D3);
        close.start("21:30").until("23:30");

        assertThat(sentTo("all")).containsExactly("D0 LATE");
        assertThat(sentTo("behind")).containsExactly("D1 LATE", "D2 LATE");
        assertThat(sentTo("last")).containsExactly("D3 LATE");
        assertThat(alerts.sent.stream()
                        .filter(sent -> sent.channel().equals("last"))
                        .flatMap(sent -> sent.alerts().stream()))
                .singleElement()
                .satisfies(alert -> assertThat(alert.cause().text()).isEqualTo("waits for Close/D0, late since 22:00"));
    }

    @Test
    void anEarlierEndOfTheCauseIsNoSecondAlertAndTheEndGoesToTheSameRecipient() {
        channel("behind", D1);
        close.start("21:30").until("22:35");
        alerts.post(D0, Status.LOADING, "A");
        close.restart();
        close.pass(10);
        alerts.post(D0, Status.OK, "A");
        close.pass(10);
        alerts.post(D1, Status.LOADING, "B");
        close.pass(10);
        close.crash();
        alerts.post(D1, Status.OK, "B");
        close.pass(10);

        assertThat(sentTo("behind")).containsExactly("D1 LATE", "D1 RECOVERED");
    }

    @Test
    void anotherCauseIsNoSecondAlert() {
        channel("behind", D1, D3);
        close.start("21:30").until("22:35");
        alerts.post(D0, Status.WARNING, "A");
        close.pass(10);
        alerts.post(D0, Status.OK, "A2");
        close.pass(30);

        assertThat(sentTo("behind")).containsExactly("D1 LATE");
    }

    @Test
    void aCauseThatIsLateAfterItsConsequenceIsPartOfThatAlert() {
        reset(Map.of(D0, rule("23:00"), D1, rule("22:00", D0), D2, rule("22:40", D0)), KINDS);
        channel("all", D0, D1, D2);
        close.start("21:30").until("22:30");
        close.restart();
        close.until("23:30");

        assertThat(sentTo("all")).containsExactly("D1 LATE", "D2 LATE");

        alerts.post(D1, Status.OK, "B");
        alerts.post(D2, Status.OK, "C");
        close.pass(5);

        assertThat(sentTo("all"))
                .containsExactlyInAnyOrder("D1 LATE", "D2 LATE", "D1 RECOVERED", "D2 RECOVERED", "D0 LATE");
    }

    @Test
    void theSameAlertReportsThatADeadlineOfItsCauseHasPassed() {
        reset(Map.of(D0, rule("22:40"), D1, rule("23:00", D0)), EnumSet.allOf(AlertKind.class));
        channel("all", D0, D1);
        close.start("21:50").until("22:45");

        assertThat(sentTo("all")).containsExactly("D1 AT_RISK", "D1 LATE");
        List<Alert> sent = alerts.sent.stream()
                .flatMap(message -> message.alerts().stream())
                .toList();
        assertThat(sent).extracting(Alert::id).containsOnly(sent.get(0).id());
        assertThat(sent.get(1).message()).isEqualTo("deadline of Close/D0 22:40");
        assertThat(sent.get(1).cause().text()).isEqualTo("waits for Close/D0, late since 22:40");
    }

    @Test
    void aFailedCauseHoldsBackOnlyWhereItsFailureIsReported() {
        channel("all", D0, D1);
        channel("behind", D1);
        close.start("21:30");
        alerts.post(D0, Status.WARNING, "A");
        close.until("22:35");

        assertThat(sentTo("all")).containsExactly("D0 PROBLEM");
        assertThat(sentTo("behind")).containsExactly("D1 LATE");
    }

    @Test
    void aSinkOfDeadlinesAloneGetsTheDeadlineOfAFailedCause() {
        reset(RULES, EnumSet.of(AlertKind.LATE, AlertKind.RECOVERED));
        channel("all", D0, D1);
        close.start("21:30");
        alerts.post(D0, Status.WARNING, "A");
        close.until("22:35");

        assertThat(sentTo("all")).containsExactly("D0 LATE");
    }

    @Test
    void aMutedCauseHoldsNothingBackAndIsNoSecondAlertAfterItsMute() {
        channel("all", D0, D1);
        close.answers.muted.add(D0);
        close.start("21:30").until("22:35");
        assertThat(sentTo("all")).containsExactly("D1 LATE");

        close.answers.muted.clear();
        close.pass(10);

        assertThat(sentTo("all")).containsExactly("D1 LATE");
    }

    @Test
    void aCauseThatWasReportedBeforeItsMuteIsStillKnown() {
        channel("all", D0, D1);
        close.start("21:30").until("22:10");
        close.answers.muted.add(D0);
        close.until("22:50");

        assertThat(sentTo("all")).containsExactly("D0 LATE");
    }

    @Test
    void whatCouldNotBeSentYetFollowsTheCause() {
        channel("all", D0, D1);
        close.answers.muted.add(D0);
        alerts.sink = Sink.REFUSES_CHANNEL;
        close.start("21:30");
        alerts.post(D1, Status.WARNING, "B");
        close.until("22:35");
        alerts.post(D1, Status.BLANK, "B");
        close.pass(5);
        close.answers.muted.clear();
        close.pass(5);
        alerts.sink = Sink.ACCEPTS;
        close.pass(20);

        assertThat(sentTo("all")).containsExactly("D1 PROBLEM", "D0 LATE");
    }
}
