package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.alerts.TestingAlerts.CHANNEL;
import static org.epmpulse.alerts.TestingAlerts.D0;
import static org.epmpulse.alerts.TestingAlerts.D1;
import static org.epmpulse.alerts.TestingAlerts.DOMAINS;

import java.time.Duration;
import java.util.List;
import org.epmpulse.alerts.TestingAlerts.Sink;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;

/** When a sender has work, and what it keeps. */
class AlertSenderTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestingAlerts alerts = new TestingAlerts().start();

    @Test
    void nothingPendingMeansALookAtTheBoardEveryThirtySeconds() {
        alerts.pass(LONG);
        alerts.polls = 0;

        alerts.pass(Duration.ofHours(1));

        assertThat(alerts.polls).isEqualTo(120);
    }

    @Test
    void anOutageCostsFewPolls() {
        alerts.sink = Sink.FAILS;
        alerts.post(D0, Status.WARNING);
        alerts.pass(Duration.ofHours(2));

        assertThat(alerts.polls).isLessThan(240 + 4 * alerts.tries.size());
    }

    @Test
    void aMessageGoesOutAsSoonAsItsSecondIsOver() {
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING);
        alerts.pass(LONG);

        assertThat(Duration.between(alerts.now.minus(LONG), alerts.sent.get(0).at()))
                .isEqualTo(AlertQueue.SETTLE);
    }

    @Test
    void aChangeThatMattersToNoChannelIsNoNews() {
        alerts.pass(LONG);
        alerts.polls = 0;

        alerts.post(D0, Status.LOADING);
        alerts.post(D0, Status.OK);
        alerts.pass(Duration.ZERO);

        assertThat(alerts.polls).isZero();
    }

    @Test
    void whatIsPendingIsOnDiskBeforeItIsSent() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(Duration.ZERO);

        assertThat(alerts.log.kept.channels().get(CHANNEL))
                .singleElement()
                .satisfies(domain -> assertThat(domain.pending()).hasSize(1));
        assertThat(alerts.tries).isEmpty();
    }

    @Test
    void aMessageThatWasSentIsOnDiskBeforeItIsReportedDone() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(AlertQueue.SETTLE);

        assertThat(alerts.log.kept.channels().get(CHANNEL))
                .singleElement()
                .satisfies(domain -> assertThat(domain.pending()).isEmpty());
    }

    @Test
    void aWriteThatFailedIsRetriedAndAlertsGoOn() {
        alerts.log.writable = false;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
        assertThat(alerts.sender.problem()).isEqualTo("the file of alerts cannot be written: disk full");
        assertThat(alerts.polls).isLessThan(80);

        alerts.log.writable = true;
        alerts.pass(Duration.ofSeconds(1));

        assertThat(alerts.sender.problem()).isNull();
        assertThat(alerts.log.kept.channels().get(CHANNEL)).hasSize(1);
    }

    @Test
    void aMessageThatIsUnderWayIsNotGivenOutTwice() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.now = alerts.now.plus(LONG);

        List<String> first = alerts.sender.poll(10);
        alerts.now = alerts.now.plus(TestingSink.LIMITS.sinkInterval());
        List<String> second = alerts.sender.poll(10);
        alerts.now = alerts.now.plus(LONG);

        assertThat(first).containsExactly(CHANNEL);
        assertThat(second).containsExactly("C2");
        assertThat(alerts.sender.poll(10)).isEmpty();

        alerts.sender.failed("C2", new IllegalStateException("the route was removed"));
        alerts.now = alerts.now.plus(LONG);

        assertThat(alerts.sender.poll(10)).containsExactly("C2");
    }

    @Test
    void aClockThatStepsBackDelaysNothingForLongerThanTheStep() {
        Duration step = Duration.ofHours(1);
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.setClock(step.negated());
        alerts.polls = 0;
        alerts.post(D1, Status.WARNING, "L2");
        alerts.pass(step.plus(LONG));

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D1 WARNING L2"));
        assertThat(alerts.polls).isLessThan(200);
    }

    @Test
    void aClockThatStepsForwardDelaysNothing() {
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.setClock(Duration.ofHours(1));
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
    }
}
