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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a sender is polled, and what it saves. */
class AlertSenderTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestingAlerts alerts = new TestingAlerts().start();

    @Test
    void withoutPendingAlertsTheBoardIsComparedEveryThirtySeconds() {
        alerts.advance(LONG);
        alerts.polls = 0;

        alerts.advance(Duration.ofHours(1));

        assertThat(alerts.polls).isEqualTo(120);
    }

    @Test
    void anOutageNeedsFewPolls() {
        alerts.sink = Sink.FAILS;
        alerts.post(D0, Status.WARNING);
        alerts.advance(Duration.ofHours(2));

        assertThat(alerts.polls).isLessThan(240 + 4 * alerts.attempts.size());
    }

    @Test
    void aMessageIsSentAfterTheBatchDelay() {
        alerts.advance(LONG);
        alerts.post(D0, Status.WARNING);
        alerts.advance(LONG);

        assertThat(Duration.between(alerts.now.minus(LONG), alerts.sent.get(0).at()))
                .isEqualTo(AlertQueue.BATCH_DELAY);
    }

    @Test
    void aChangeWithoutAnAlertCausesNoPoll() {
        alerts.advance(LONG);
        alerts.polls = 0;

        alerts.post(D0, Status.LOADING);
        alerts.post(D0, Status.OK);
        alerts.advance(Duration.ZERO);

        assertThat(alerts.polls).isZero();
    }

    @Test
    void aPendingAlertIsOnDiskBeforeItIsSent() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ZERO);

        assertThat(alerts.store.stored.channels().get(CHANNEL))
                .singleElement()
                .satisfies(domain -> assertThat(domain.pending()).hasSize(1));
        assertThat(alerts.attempts).isEmpty();
    }

    @Test
    void aSentMessageIsOnDiskBeforeTheNextPoll() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(AlertQueue.BATCH_DELAY);

        assertThat(alerts.store.stored.channels().get(CHANNEL))
                .singleElement()
                .satisfies(domain -> assertThat(domain.pending()).isEmpty());
    }

    @Test
    void aFailedWriteIsRetriedAndDoesNotStopAlerts() {
        alerts.store.writable = false;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
        assertThat(alerts.sender.problem()).isEqualTo("cannot write the alert file, see the log");
        assertThat(alerts.polls).isLessThan(80);

        alerts.store.writable = true;
        alerts.advance(Duration.ofSeconds(1));

        assertThat(alerts.sender.problem()).isNull();
        assertThat(alerts.store.stored.channels().get(CHANNEL)).hasSize(1);
    }

    @Test
    void aMessageInFlightIsNotPolledAgain() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.advance(LONG);
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

    @ParameterizedTest
    @ValueSource(ints = {-12_000, -1, 1, 12_000})
    void settingTheClockDelaysNoAlert(int hours) {
        Duration step = Duration.ofHours(hours);
        alerts.advance(LONG);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.setClock(step);
        alerts.advance(LONG);
        alerts.post(D1, Status.WARNING, "L2");
        alerts.setClock(step.negated());
        alerts.advance(LONG);
        alerts.setClock(step);
        alerts.postDropped(D0, Status.OK, "L1");
        alerts.advance(LONG.plus(Duration.ofMinutes(1)));

        assertThat(alerts.sentEvents())
                .containsExactly(List.of("D0 WARNING L1"), List.of("D1 WARNING L2"), List.of("D0 OK L1"));
    }

    @Test
    void anAlertSavedUnderAClockThatWasAheadIsSentAtOnceAfterARestart() {
        alerts.setClock(Duration.ofDays(500));
        alerts.sink = TestingAlerts.Sink.FAILS;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.sink = TestingAlerts.Sink.ACCEPTS;
        alerts.setClock(Duration.ofDays(-500));
        alerts.restart();
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
    }
}
