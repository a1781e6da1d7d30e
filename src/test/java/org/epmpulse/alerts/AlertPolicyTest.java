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
    void aProblemAndItsEndAreEachToldOnce() {
        alerts.post(D0, Status.LOADING, "L1");
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(Duration.ofMinutes(12));
        alerts.post(D0, Status.OK, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
        assertThat(alerts.sent.get(1).alerts().get(0).event().downSec()).isEqualTo(720);
    }

    @Test
    void anotherWarningOfTheSameProblemSaysNothing() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void anotherFailedRunIsToldAndTheTimeRunsFromTheFirst() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.post(D0, Status.LOADING, "L1");
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.post(D0, Status.OK, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said())
                .containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING_AGAIN L1"), List.of("D0 OK L2"));
        assertThat(alerts.sent.get(2).alerts().get(0).event().downSec()).isEqualTo(180);
    }

    @Test
    void whatIsLoadedAndOkWasNoProblem() {
        alerts.post(D0, Status.LOADING);
        alerts.post(D0, Status.OK);
        alerts.pass(LONG);

        assertThat(alerts.sent).isEmpty();
    }

    @Test
    void blankEndsAProblemWithoutAWord() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.post(D0, Status.BLANK);
        alerts.post(D0, Status.OK);
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING L2"));
    }

    @Test
    void aProblemThatEndsBeforeItIsToldIsToldAndThenItsEnd() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D0, Status.OK, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void aDomainThatFlapsWhileSinkIsAwayIsThreeEventsAtMost() {
        alerts.post(D0, Status.WARNING, "L0");
        alerts.pass(LONG);
        alerts.sink = Sink.FAILS;
        alerts.post(D1, Status.WARNING, "away");
        alerts.pass(LONG);
        for (int i = 1; i <= 50; i++) {
            alerts.post(D0, Status.OK, "O" + i);
            alerts.pass(LONG);
            alerts.post(D0, Status.WARNING, "L" + i);
            alerts.pass(LONG);
        }
        alerts.post(D0, Status.OK, "end");
        alerts.sink = Sink.TAKES;
        alerts.pass(Duration.ofMinutes(10));

        assertThat(alerts.said())
                .containsExactly(
                        List.of("D0 WARNING L0"),
                        List.of("D1 WARNING away"),
                        List.of("D0 OK O1"),
                        List.of("D0 WARNING L50"),
                        List.of("D0 OK end"));
        assertThat(alerts.sent.get(3).alerts().get(0).event().runs()).isEqualTo(50);
    }

    @Test
    void fiveProblemsAreAMessageEachAtMostOneASecond() {
        DOMAINS.subList(0, 5).forEach(id -> alerts.post(id, Status.WARNING));
        alerts.pass(LONG);

        assertThat(alerts.sent).hasSize(5).allSatisfy(message -> assertThat(message.alerts())
                .hasSize(1));
        assertPace();
    }

    @Test
    void aBatchOfMoreIsOneMessage() {
        DOMAINS.forEach(id -> alerts.post(id, Status.WARNING));
        alerts.pass(LONG);

        assertThat(alerts.sent).hasSize(1);
        assertThat(alerts.sent.get(0).alerts()).hasSize(40);
    }

    @Test
    void manyRecoveriesAreOneMessage() {
        DOMAINS.forEach(id -> alerts.post(id, Status.WARNING));
        alerts.pass(LONG);
        DOMAINS.forEach(id -> alerts.post(id, Status.OK));
        alerts.pass(LONG);

        assertThat(alerts.sent).hasSize(2);
        assertThat(alerts.sent.get(1).alerts())
                .hasSize(40)
                .allSatisfy(alert -> assertThat(alert.event().kind()).isEqualTo(DomainEvent.Kind.OK));
    }

    @Test
    void aLongBurstIsAMessageEveryTenSeconds() {
        for (DomainId id : DOMAINS) {
            alerts.post(id, Status.WARNING);
            alerts.pass(Duration.ofSeconds(1));
        }
        alerts.pass(LONG);

        // Those that were sent before anybody could know, and four more for the other 35 seconds.
        assertThat(alerts.sent).hasSizeLessThanOrEqualTo(9);
        assertThat(alerts.sent.stream().mapToInt(message -> message.alerts().size()))
                .satisfies(sizes -> assertThat(
                                sizes.stream().mapToInt(Integer::intValue).sum())
                        .isEqualTo(40));
        assertPace();
    }

    @Test
    void slowProblemsAreNotHeldUp() {
        for (DomainId id : DOMAINS.subList(0, 10)) {
            alerts.post(id, Status.WARNING);
            alerts.pass(Duration.ofSeconds(2));
            assertThat(alerts.sent.get(alerts.sent.size() - 1).alerts().get(0).id())
                    .isEqualTo(id);
            alerts.pass(Duration.ofSeconds(8));
        }
    }

    @Test
    void whatPiledUpWhileSlackWasAwayIsOneMessage() {
        alerts.sink = Sink.FAILS;
        for (DomainId id : DOMAINS.subList(0, 20)) {
            alerts.post(id, Status.WARNING);
            alerts.pass(LONG);
        }
        alerts.sink = Sink.TAKES;
        alerts.pass(Duration.ofMinutes(10));

        assertThat(alerts.sent).hasSize(2);
        assertThat(alerts.sent.get(0).said()).containsExactly("D0 WARNING J1");
        assertThat(alerts.sent.get(1).alerts()).hasSize(19);
    }

    @Test
    void triesBecomeRareWhileSlackDoesNotAnswer() {
        alerts.sink = Sink.FAILS;
        alerts.post(D0, Status.WARNING);
        alerts.pass(Duration.ofHours(2));

        assertThat(alerts.tries).hasSizeBetween(20, 40);
        int last = alerts.tries.size() - 1;
        assertThat(Duration.between(alerts.tries.get(last - 1), alerts.tries.get(last)))
                .isBetween(Duration.ofMinutes(5), Duration.ofMinutes(5).plusSeconds(1));
    }

    @Test
    void whenSlackAsksToWaitNoChannelGetsAMessage() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.sink = Sink.ASKS_TO_WAIT;
        alerts.post(D0, Status.WARNING);
        alerts.pass(Duration.ofSeconds(29));
        alerts.sink = Sink.TAKES;

        assertThat(alerts.tries).hasSize(1);

        alerts.pass(LONG);

        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactlyInAnyOrder(CHANNEL, "C2");
    }

    @Test
    void aChannelThatRefusesIsTriedEveryQuarterOfAnHourAndTheOthersGoOn() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.sink = Sink.REFUSES_CHANNEL;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(Duration.ofMillis(1_100));
        alerts.sink = Sink.TAKES;
        alerts.pass(Duration.ofMinutes(14));

        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactly("C2");

        alerts.pass(Duration.ofMinutes(2));

        assertThat(alerts.sent).extracting(TestingAlerts.Sent::channel).containsExactly("C2", CHANNEL);
    }

    @Test
    void aRefusedTokenLeavesOneTryAMinute() {
        alerts.channels.put("C2", DOMAINS);
        alerts.start();
        alerts.sink = Sink.REFUSES_CREDENTIAL;
        DOMAINS.subList(0, 3).forEach(id -> alerts.post(id, Status.WARNING));
        alerts.pass(Duration.ofMinutes(10));

        assertThat(alerts.tries).hasSizeBetween(9, 11);

        alerts.sink = Sink.TAKES;
        alerts.pass(Duration.ofMinutes(2));

        assertThat(alerts.sent).hasSize(6);
    }

    @Test
    void aTextThatIsRefusedIsTriedOncePlainlyAndThenDropped() {
        alerts.sink = Sink.REFUSES_TEXT;
        alerts.post(D0, Status.WARNING);
        alerts.pass(Duration.ofMinutes(30));

        assertThat(alerts.plain).containsExactly(false, true);

        alerts.sink = Sink.TAKES;
        alerts.post(D1, Status.WARNING, "L2");
        alerts.pass(LONG);

        assertThat(alerts.tries).hasSize(3);
        assertThat(alerts.said()).containsExactly(List.of("D1 WARNING L2"));
    }

    @Test
    void allChannelsTogetherStayBelowTheWorkspacesLimit() {
        for (int i = 0; i < 100; i++) {
            alerts.channels.put("C" + i, DOMAINS);
        }
        alerts.start();
        DOMAINS.subList(0, 4).forEach(id -> alerts.post(id, Status.WARNING));
        alerts.pass(Duration.ofMinutes(5));

        assertThat(alerts.sent).hasSize(400);
        for (int i = 240; i < alerts.sent.size(); i++) {
            Instant before = alerts.sent.get(i - 240).at();
            assertThat(alerts.sent.get(i).at()).isAfterOrEqualTo(before.plus(LONG));
        }
    }

    @Test
    void whatIsAWarningAtTheVeryFirstStartIsNotAnnouncedButItsEndIs() {
        TestingAlerts upgraded = new TestingAlerts();
        upgraded.postUnheard(D0, Status.WARNING, "old");
        upgraded.start();
        upgraded.pass(LONG);

        assertThat(upgraded.sent).isEmpty();

        upgraded.post(D0, Status.OK, "new");
        upgraded.pass(LONG);

        assertThat(upgraded.said()).containsExactly(List.of("D0 OK new"));
    }

    @Test
    void aFirstWarningRightBeforeACrashIsAnnounced() {
        alerts.postUnheard(D0, Status.WARNING, "L1");
        alerts.crash();
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void alertsThatWereSwitchedOffBeginAsAtAFirstStart() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.channels.clear();
        alerts.restart();
        alerts.pass(LONG);
        alerts.postUnheard(D1, Status.WARNING, "L2");
        alerts.channels.put(CHANNEL, DOMAINS);
        alerts.restart();
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void aRestartTellsNothingTwice() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D0, Status.WARNING, "L2");
        alerts.pass(LONG);
        alerts.crash();
        alerts.pass(LONG);
        alerts.post(D0, Status.WARNING, "L3");
        alerts.pass(LONG);
        alerts.crash();
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void aMessageThatSlackTookRightBeforeTheCrashMayComeTwice() {
        alerts.sink = Sink.TAKES_AND_CRASHES;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING L1"));
    }

    @Test
    void whatIsPendingOutlivesACrash() {
        alerts.sink = Sink.FAILS;
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.post(D0, Status.OK, "L2");
        alerts.pass(LONG);
        alerts.crash();
        alerts.sink = Sink.TAKES;
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void anotherFailedRunDuringACrashIsTold() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.postUnheard(D0, Status.LOADING, "L1");
        alerts.pass(Duration.ofMillis(100));
        alerts.postUnheard(D0, Status.WARNING, "L1");
        alerts.crash();
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 WARNING_AGAIN L1"));
    }

    @Test
    void changesThatWereDroppedAreFoundOnTheBoard() {
        alerts.postUnheard(D0, Status.WARNING, "L1");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));

        alerts.postUnheard(D0, Status.OK, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"));
    }

    @Test
    void theChangeAfterADroppedOneTellsOfBoth() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.postUnheard(D0, Status.OK, "L2");
        alerts.post(D0, Status.WARNING, "L3");
        alerts.pass(LONG);

        assertThat(alerts.said())
                .containsExactly(List.of("D0 WARNING L1"), List.of("D0 OK L2"), List.of("D0 WARNING L3"));
    }

    @Test
    void aBoardThatBeganAnewHasNoProblems() {
        alerts.post(D0, Status.WARNING, "L1");
        alerts.pass(LONG);
        alerts.board = Board.EMPTY;
        alerts.restart();
        alerts.post(D0, Status.OK, "L2");
        alerts.pass(LONG);

        assertThat(alerts.said()).containsExactly(List.of("D0 WARNING L1"));
    }

    @Test
    void onlyTheDomainsOfAChannelAreToldThere() {
        alerts.channels.clear();
        alerts.channels.put("CA", List.of(D0));
        alerts.channels.put("CB", List.of(D1));
        alerts.start();
        alerts.post(D0, Status.WARNING, "L1");
        alerts.post(D1, Status.WARNING, "L2");
        alerts.pass(LONG);

        assertThat(alerts.sent).hasSize(2).allSatisfy(message -> assertThat(message.said())
                .containsExactly(message.channel().equals("CA") ? "D0 WARNING L1" : "D1 WARNING L2"));
    }

    private void assertPace() {
        for (int i = 1; i < alerts.sent.size(); i++) {
            assertThat(alerts.sent.get(i).at())
                    .isAfterOrEqualTo(alerts.sent.get(i - 1).at().plus(TestingSink.LIMITS.channelInterval()));
        }
    }
}
