package org.epmpulse.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.alerts.TestingAlerts.CHANNEL;
import static org.epmpulse.alerts.TestingAlerts.D0;
import static org.epmpulse.alerts.TestingAlerts.D1;
import static org.epmpulse.alerts.TestingAlerts.DOMAINS;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.epmpulse.alerts.TestingAlerts.Sink;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;

class AlertPolicyTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestingAlerts alerts = new TestingAlerts().start();

    @Test
    void aProblemAndItsRecoveryAreEachSentOnce() {
        alerts.post(D0, Status.LOADING, "L1");
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofMinutes(12));
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
        assertThat(alerts.sent.get(1).alerts().get(0).duration()).hasSeconds(720);
    }

    @Test
    void whileNothingCanBeSentEachDomainKeepsAFewEvents() {
        alerts.sink = TestingAlerts.Sink.REFUSES_CHANNEL;
        for (int round = 0; round < 100; round++) {
            for (Status status : List.of(Status.LOADING, Status.WARNING, Status.LOADING, Status.WARNING, Status.OK)) {
                TestingAlerts.DOMAINS.forEach(domain -> alerts.post(domain, status));
            }
            alerts.advance(LONG);
        }
        alerts.sender.save();

        assertThat(alerts.store.stored.channels().get(TestingAlerts.CHANNEL))
                .hasSize(TestingAlerts.DOMAINS.size())
                .allSatisfy(domain -> assertThat(domain.pending()).hasSizeBetween(2, 6));
    }

    @Test
    void anotherWarningOfTheSameProblemIsNotSent() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.post(D0, Status.WARNING, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void anotherFailedRunIsSentAndTheDurationCountsFromTheFirst() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.post(D0, Status.LOADING, "L1");
        alerts.advance(LONG);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents())
                .containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING_AGAIN L1"), List.of("D0 OK L2"));
        assertThat(alerts.sent.get(2).alerts().get(0).duration()).hasSeconds(180);
    }

    @Test
    void loadingAndOkWithoutAProblemSendNothing() {
        alerts.post(D0, Status.LOADING);
        alerts.post(D0, Status.OK);
        alerts.advance(LONG);

        assertThat(alerts.sent).isEmpty();
    }

    @Test
    void blankEndsAProblemWithoutAMessage() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.post(D0, Status.BLANK);
        alerts.post(D0, Status.OK);
        alerts.advance(LONG);
        alerts.post(D0, Status.WARNING, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING L2"));
    }

    @Test
    void aProblemThatEndsBeforeItIsSentIsSentWithItsRecovery() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void aDomainThatChangesOftenDuringAnOutageHasAtMostThreeEvents() {
        alerts.post(D0, Status.WARNING, "L0");
        alerts.advance(LONG);
        alerts.sink = Sink.FAILS;
        alerts.post(D1, Status.WARNING, "outage");
        alerts.advance(LONG);
        for (int i = 1; i <= 50; i++) {
            alerts.post(D0, Status.OK, "O" + i);
            alerts.advance(LONG);
            alerts.post(D0, Status.WARNING, "L" + i);
            alerts.advance(LONG);
        }
        alerts.post(D0, Status.OK, "end");
        alerts.sink = Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(10));

        assertThat(alerts.sentEvents())
                .containsExactly(
                        List.of("D0 WARNING L0"),
                        List.of("D1 WARNING outage"),
                        List.of("D0 OK O1"),
                        List.of("D0 WARNING L50"),
                        List.of("D0 OK end"));
        assertThat(alerts.sent.get(3).alerts().get(0).runs()).isEqualTo(50);
    }

    @Test
    void fiveProblemsAreOneMessageEachAtMostOnePerSecond() {
        DOMAINS.subList(0, 5).forEach(id -> alerts.post(id, Status.WARNING));
        alerts.advance(LONG);

        assertThat(alerts.sent).hasSize(5).allSatisfy(message -> assertThat(message.alerts())
                .hasSize(1));
        assertPace();
    }

    @Test
    void aLargerBatchIsOneMessage() {
        DOMAINS.forEach(id -> alerts.post(id, Status.WARNING));
        alerts.advance(LONG);

        assertThat(alerts.sent).hasSize(1);
        assertThat(alerts.sent.get(0).alerts()).hasSize(40);
    }

    @Test
    void manyRecoveriesAreOneMessage() {
        DOMAINS.forEach(id -> alerts.post(id, Status.WARNING));
        alerts.advance(LONG);
        DOMAINS.forEach(id -> alerts.post(id, Status.OK));
        alerts.advance(LONG);

        assertThat(alerts.sent).hasSize(2);
        assertThat(alerts.sent.get(1).alerts()).hasSize(40).allSatisfy(alert -> assertThat(alert.kind())
                .isEqualTo(AlertKind.RECOVERED));
    }

    @Test
    void aLongBurstIsOneMessageEveryTenSeconds() {
        for (DomainId id : DOMAINS) {
            alerts.post(id, Status.WARNING);
            alerts.advance(Duration.ofSeconds(1));
        }
        alerts.advance(LONG);

        // The single messages before the burst was detected, and four more for the other 35 seconds.
        assertThat(alerts.sent).hasSizeLessThanOrEqualTo(9);
        assertThat(alerts.sent.stream().mapToInt(message -> message.alerts().size()))
                .satisfies(sizes -> assertThat(
                                sizes.stream().mapToInt(Integer::intValue).sum())
                        .isEqualTo(40));
        assertPace();
    }

    @Test
    void problemsAtALowRateAreNotDelayed() {
        for (DomainId id : DOMAINS.subList(0, 10)) {
            alerts.post(id, Status.WARNING);
            alerts.advance(Duration.ofSeconds(2));
            assertThat(alerts.sent.get(alerts.sent.size() - 1).alerts().get(0).domainId())
                    .isEqualTo(id);
            alerts.advance(Duration.ofSeconds(8));
        }
    }

    @Test
    void alertsOfAnOutageAreSentAsOneMessage() {
        alerts.sink = Sink.FAILS;
        for (DomainId id : DOMAINS.subList(0, 20)) {
            alerts.post(id, Status.WARNING);
            alerts.advance(LONG);
        }
        alerts.sink = Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(10));

        assertThat(alerts.sent).hasSize(2);
        assertThat(alerts.sent.get(0).sentEvents()).containsExactly("D0 WARNING J1");
        assertThat(alerts.sent.get(1).alerts()).hasSize(19);
    }

    @Test
    void retriesBecomeRareDuringAnOutage() {
        alerts.sink = Sink.FAILS;
        alerts.post(D0, Status.WARNING);
        alerts.advance(Duration.ofHours(2));

        assertThat(alerts.attempts).hasSizeBetween(20, 40);
        int last = alerts.attempts.size() - 1;
        assertThat(Duration.between(alerts.attempts.get(last - 1), alerts.attempts.get(last)))
                .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plusSeconds(1));
    }

    @Test
    void aRateLimitAppliesToAllChannels() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.sink = Sink.RATE_LIMITS;
        alerts.post(D0, Status.WARNING);
        alerts.advance(Duration.ofSeconds(29));
        alerts.sink = Sink.ACCEPTS;

        assertThat(alerts.attempts).hasSize(1);

        alerts.advance(LONG);

        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactlyInAnyOrder(CHANNEL, "C2");
    }

    @Test
    void aRateLimitOfOneOfSeveralServicesAppliesToItsChannel() {
        alerts.channels.put("C2", DOMAINS);
        alerts.limits = new AlertLimits(Duration.ofSeconds(1), Duration.ofMillis(250), false, Duration.ofMinutes(1));
        alerts.start();
        alerts.sink = Sink.RATE_LIMITS;
        alerts.post(D0, Status.WARNING);
        alerts.advance(Duration.ofMillis(1_100));
        alerts.sink = Sink.ACCEPTS;
        assertThat(alerts.attempts).hasSize(1);

        alerts.advance(Duration.ofSeconds(5));

        assertThat(alerts.sent).hasSize(1);
        alerts.advance(LONG);
        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactlyInAnyOrder(CHANNEL, "C2");
    }

    @Test
    void aRefusedPasswordIsTriedAgainSeldom() {
        alerts.limits = new AlertLimits(Duration.ofSeconds(1), Duration.ofMillis(250), true, Duration.ofMinutes(15));
        alerts.start();
        alerts.sink = Sink.REFUSES_CREDENTIAL;
        alerts.post(D0, Status.WARNING);

        alerts.advance(Duration.ofMinutes(59));

        assertThat(alerts.attempts).hasSize(4);
    }

    @Test
    void aRefusedChannelIsRetriedEvery15MinutesWithoutDelayingOtherChannels() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.sink = Sink.REFUSES_CHANNEL;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(Duration.ofMillis(1_100));
        alerts.sink = Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(14));

        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactly("C2");

        alerts.advance(Duration.ofMinutes(2));

        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactly("C2", CHANNEL);
    }

    @Test
    void aRefusedTokenAllowsOneAttemptPerMinute() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.sink = Sink.REFUSES_CREDENTIAL;
        DOMAINS.subList(0, 3).forEach(id -> alerts.post(id, Status.WARNING));
        alerts.advance(Duration.ofMinutes(10));

        assertThat(alerts.attempts).hasSizeBetween(9, 11);

        alerts.sink = Sink.ACCEPTS;
        alerts.advance(Duration.ofMinutes(2));

        assertThat(alerts.sent).hasSize(6);
    }

    @Test
    void aRefusedTextIsRetriedOnceAsPlainTextAndThenDropped() {
        alerts.sink = Sink.REFUSES_TEXT;
        alerts.post(D0, Status.WARNING);
        alerts.advance(Duration.ofMinutes(30));

        assertThat(alerts.plain).containsExactly(false, true);

        alerts.sink = Sink.ACCEPTS;
        alerts.post(D1, Status.WARNING, "L2");
        alerts.advance(LONG);

        assertThat(alerts.attempts).hasSize(3);
        assertThat(alerts.sentEvents()).containsExactly(List.of("D1 WARNING L2"));
    }

    @Test
    void allChannelsTogetherStayBelowTheWorkspaceLimit() {
        for (int i = 0; i < 100; i++) {
            alerts.channels.put("C" + i, DOMAINS);
        }
        alerts.start();
        DOMAINS.subList(0, 4).forEach(id -> alerts.post(id, Status.WARNING));
        alerts.advance(Duration.ofMinutes(5));

        assertThat(alerts.sent).hasSize(400);
        for (int i = 240; i < alerts.sent.size(); i++) {
            Instant before = alerts.sent.get(i - 240).at();
            assertThat(alerts.sent.get(i).at()).isAfterOrEqualTo(before.plus(LONG));
        }
    }

    @Test
    void aWarningFromBeforeTheFirstStartIsNotSentButItsRecoveryIs() {
        TestingAlerts upgraded = new TestingAlerts();
        upgraded.postDropped(D0, Status.WARNING, "old");
        upgraded.start();
        upgraded.advance(LONG);

        assertThat(upgraded.sent).isEmpty();

        upgraded.post(D0, Status.OK, "new");
        upgraded.advance(LONG);

        assertThat(upgraded.sentEvents()).containsExactly(List.of("D0 OK new"));
    }

    @Test
    void aFirstWarningRightBeforeACrashIsSent() {
        alerts.postDropped(D0, Status.WARNING, "L1");
        alerts.crash();
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void reenabledAlertsStartAsAtAFirstStart() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.channels.clear();
        alerts.restart();
        alerts.advance(LONG);
        alerts.postDropped(D1, Status.WARNING, "L2");
        alerts.channels.put(CHANNEL, DOMAINS);
        alerts.restart();
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void aRestartSendsNothingTwice() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D0, Status.WARNING, "L2");
        alerts.advance(LONG);
        alerts.crash();
        alerts.advance(LONG);
        alerts.post(D0, Status.WARNING, "L3");
        alerts.advance(LONG);
        alerts.crash();
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void aMessageSentRightBeforeACrashMayBeSentTwice() {
        alerts.sink = Sink.ACCEPTS_AND_CRASHES;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING L1"));
    }

    @Test
    void pendingAlertsSurviveACrash() {
        alerts.sink = Sink.FAILS;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(LONG);
        alerts.crash();
        alerts.sink = Sink.ACCEPTS;
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void aFailedRunDuringACrashIsSent() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.postDropped(D0, Status.LOADING, "L1");
        alerts.advance(Duration.ofMillis(100));
        alerts.postDropped(D0, Status.WARNING, "L1");
        alerts.crash();
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING_AGAIN L1"));
    }

    @Test
    void droppedChangesAreFoundOnTheBoard() {
        alerts.postDropped(D0, Status.WARNING, "L1");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));

        alerts.postDropped(D0, Status.OK, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void theChangeAfterADroppedOneReportsBoth() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.postDropped(D0, Status.OK, "L2");
        alerts.post(D0, Status.WARNING, "L3");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents())
                .containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"), List.of("D0 WARNING L3"));
    }

    @Test
    void anEmptyBoardHasNoProblems() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.advance(LONG);
        alerts.board = Board.EMPTY;
        alerts.restart();
        alerts.post(D0, Status.OK, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sentEvents()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void aChannelReceivesOnlyItsOwnDomains() {
        alerts.channels.clear();
        alerts.channels.put("CA", List.of(D0));
        alerts.channels.put("CB", List.of(D1));
        alerts.start();
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D1, Status.WARNING, "L2");
        alerts.advance(LONG);

        assertThat(alerts.sent).hasSize(2).allSatisfy(message -> assertThat(message.sentEvents())
                .containsExactly(message.channel().equals("CA") ? "D0 WARNING L1" : "D1 WARNING L2"));
    }

    private void assertPace() {
        for (int i = 1; i < alerts.sent.size(); i++) {
            assertThat(alerts.sent.get(i).at())
                    .isAfterOrEqualTo(alerts.sent.get(i - 1).at().plus(TestingSink.LIMITS.channelInterval()));
        }
    }
}
