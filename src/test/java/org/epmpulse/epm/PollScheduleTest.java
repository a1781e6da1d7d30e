package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.Auth;
import org.epmpulse.config.Product;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.work.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("records the log of all classes")
class PollScheduleTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final DomainId ACTUAL = new DomainId("Planning", "D0");

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private Instant now = Instant.parse("2026-03-31T14:00:00Z");
    private Board board = Board.EMPTY;
    private PollSchedule schedule = schedule(Duration.ofMinutes(60));

    private PollSchedule schedule(Duration maxDuration) {
        Map<String, AppsConfig.Server> servers = new LinkedHashMap<>();
        Map<String, AppsConfig.App> apps = new LinkedHashMap<>();
        for (String name : List.of("Planning", "FCCS")) {
            String id = name.toLowerCase(java.util.Locale.ROOT);
            Auth auth = new Auth.Basic("robot", "pass");
            servers.put(
                    id,
                    new AppsConfig.Server(
                            id, name, URI.create("https://" + id + ".example"), Product.PLANNING, null, auth));
            List<String> domains = IntStream.range(0, 20).mapToObj(i -> "D" + i).toList();
            apps.put(name, new AppsConfig.App(name, name, domains, List.of(), id));
        }
        AppsConfig config = new AppsConfig(apps, servers, Map.of(), null, new AppsConfig.Pull(true, null, maxDuration));
        return new PollSchedule(config, () -> board, INTERVAL, ZoneId.of("UTC"), () -> now, new SimpleMeterRegistry());
    }

    private void post(DomainId id, Status status, String epmJobId) {
        ValidatedUpdate update = new ValidatedUpdate(id, status, "JOB", null, null, epmJobId, Source.API, "k");
        board = board.after(rules.decide(board, update, now, null, null));
    }

    /** The polls that begin in the next round. */
    private List<Poll> tick() {
        now = now.plus(INTERVAL);
        return begun();
    }

    private List<Poll> begun() {
        List<Poll> polls = schedule.poll(100);
        for (Poll poll : polls) {
            assertThat(schedule.begin(poll)).isEqualTo(new Work(poll, Map.of("poll", poll)));
        }
        return polls;
    }

    /** As the route does. */
    private List<StatusUpdate> answer(Poll poll, JobState answer) {
        List<StatusUpdate> ends = schedule.answered(poll, answer);
        schedule.succeeded(poll);
        return ends;
    }

    /** A little later: a rest of a minute is over after it. */
    private List<Poll> tickAfterRest() {
        now = now.plusMillis(1);
        return tick();
    }

    private List<Poll> answering(JobState answer, int rounds) {
        List<Poll> asked = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (Poll poll : tick()) {
                asked.add(poll);
                answer(poll, answer);
            }
        }
        return asked;
    }

    private void failing(Throwable failure, int rounds) {
        for (int i = 0; i < rounds; i++) {
            tick().forEach(poll -> schedule.failed(poll, failure));
        }
    }

    private String reason() {
        return schedule.remarks().reason(ACTUAL);
    }

    @Test
    void whatIsLoadingWithAnEpmJobIsAskedForEachRound() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("Planning", "D1"), Status.LOADING, null);
        post(new DomainId("Planning", "D2"), Status.OK, "225");

        assertThat(answering(new JobState.Running(null), 3))
                .extracting(Poll::epmJobId)
                .containsExactly("224", "224", "224");
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void anAnswerThatIsAwaitedIsNotAskedForAgain() {
        post(ACTUAL, Status.LOADING, "224");

        Poll poll = tick().get(0);

        assertThat(tick()).isEmpty();
        answer(poll, new JobState.Running(null));
        assertThat(tick()).hasSize(1);
    }

    @Test
    void anEnvironmentIsAskedForFourJobsAtOnceAndTheOthersFollow() {
        for (int i = 0; i < 10; i++) {
            post(new DomainId("Planning", "D" + i), Status.LOADING, "1" + i);
        }
        post(new DomainId("FCCS", "D0"), Status.LOADING, "7");

        List<Poll> due = tick();

        assertThat(due).hasSize(5);
        assertThat(begun()).isEmpty();
        List<Poll> all = new ArrayList<>(due);
        for (int i = 0; i < all.size(); i++) {
            answer(all.get(i), new JobState.Running(null));
            all.addAll(begun());
        }
        assertThat(all).hasSize(11).doesNotHaveDuplicates();
    }

    @Test
    void domainsOfOneJobEndWithOneQuestion() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("Planning", "D1"), Status.LOADING, "224");

        List<Poll> due = tick();
        List<StatusUpdate> ends = answer(due.get(0), new JobState.Ended(Status.WARNING, "12 rows rejected"));

        assertThat(due).hasSize(1);
        assertThat(ends)
                .extracting(StatusUpdate::domain, StatusUpdate::status, StatusUpdate::message, StatusUpdate::source)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("D0", "Warning", "12 rows rejected", Source.EPM),
                        org.assertj.core.groups.Tuple.tuple("D1", "Warning", "12 rows rejected", Source.EPM));
    }

    @Test
    void anEndThatCouldNotBeRecordedIsAskedForAgain() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        schedule.answered(poll, new JobState.Ended(Status.OK, null));

        schedule.failed(poll, new IllegalStateException("the disk is full"));

        assertThat(tick()).containsExactly(poll);
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void whileAnEndIsBeingRecordedItsJobIsNotAskedForAgain() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        schedule.answered(poll, new JobState.Ended(Status.OK, null));

        assertThat(tick()).isEmpty();

        schedule.succeeded(poll);
        assertThat(tick()).as("somebody said that it runs, again").containsExactly(poll);
    }

    @Test
    void aJobThatRunsLongIsAskedForAtATenthOfTheRate() {
        post(ACTUAL, Status.LOADING, "224");

        assertThat(answering(new JobState.Running(null), 119)).hasSize(119);
        assertThat(answering(new JobState.Running(null), 100)).hasSize(10);
        assertThat(reason()).isNull();
    }

    @Test
    void aJobThatDoesNotEndInADayIsGivenUpWithAReason() {
        post(ACTUAL, Status.LOADING, "224");
        answering(new JobState.Running(null), (int) (Duration.ofHours(24).toSeconds() / INTERVAL.toSeconds()));

        assertThat(answering(new JobState.Running(null), 20)).isEmpty();
        assertThat(reason()).contains("224", "not asked any more");

        post(ACTUAL, Status.LOADING, "225");
        assertThat(answering(new JobState.Running(null), 2)).hasSize(2);
        assertThat(reason()).isNull();
    }

    @Test
    void aRestartDoesNotBeginTheDayAnew() {
        post(ACTUAL, Status.LOADING, "224");
        now = now.plus(Duration.ofHours(25));

        schedule = schedule(Duration.ofMinutes(60));

        assertThat(tick()).isEmpty();
        assertThat(reason()).contains("not asked any more");
    }

    @Test
    void aJobThatIsNotKnownFiveTimesIsAskedForLessOftenWithTheReason() {
        post(ACTUAL, Status.LOADING, "224");

        answering(new JobState.Missing("EPM does not know the job"), 4);
        assertThat(reason()).isNull();
        answering(new JobState.Missing("EPM does not know the job"), 1);
        assertThat(reason()).isEqualTo("EPM does not know the job");
        assertThat(answering(new JobState.Missing("EPM does not know the job"), 30))
                .hasSize(3);

        answering(new JobState.Running(null), 10);
        assertThat(reason()).isNull();
        assertThat(answering(new JobState.Running(null), 5)).hasSize(5);
    }

    @Test
    void afterFiveFailuresAnEnvironmentRestsForTenIntervalsAtMostAMinute() {
        post(ACTUAL, Status.LOADING, "224");
        failing(new EpmUnavailableException("HTTP 503: down"), 5);
        assertThat(reason()).isEqualTo("Planning EPM not reachable since 14:00 UTC");
        assertThat(schedule.health())
                .isEqualTo("error: planning: Planning EPM not reachable since 2026-03-31T14:00:30Z: HTTP 503: down");
        assertThat(schedule.remarks().outages()).containsOnlyKeys("Planning");

        assertThat(tick()).as("30 s later").isEmpty();
        List<Poll> trial = tickAfterRest();
        assertThat(trial).as("a minute later").hasSize(1);
        schedule.failed(trial.get(0), new EpmUnavailableException("HTTP 503: down"));
        assertThat(tick()).isEmpty();
        Poll second = tickAfterRest().get(0);
        answer(second, new JobState.Running(null));

        assertThat(tick()).hasSize(1);
        assertThat(schedule.health()).isEqualTo("ok");
        assertThat(schedule.remarks().outages()).isEmpty();
    }

    @Test
    void anEnvironmentInTroubleIsNoReasonForAnother() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("FCCS", "D0"), Status.LOADING, "7");

        for (int i = 0; i < 10; i++) {
            for (Poll poll : tick()) {
                if (poll.server().id().equals("planning")) {
                    schedule.failed(poll, new IOException("connection reset"));
                } else {
                    answer(poll, new JobState.Running(null));
                }
            }
        }

        assertThat(schedule.remarks().outages()).containsOnlyKeys("Planning");
        assertThat(schedule.remarks().reason(new DomainId("FCCS", "D0"))).isNull();
        assertThat(tick()).extracting(poll -> poll.server().id()).contains("fccs");
    }

    @Test
    void refusedCredentialsAreNotTriedAgainAtOnce() {
        post(ACTUAL, Status.LOADING, "224");

        failing(new EpmCredentialsException("invalid_client: check the secret"), 1);

        assertThat(reason()).isEqualTo("Planning EPM refuses our credentials since 14:00 UTC");
        assertThat(schedule.health()).endsWith("invalid_client: check the secret");
        assertThat(tick()).isEmpty();
        assertThat(tickAfterRest()).hasSize(1);
    }

    @Test
    void anEnvironmentThatSaysWhenIsNotAskedBefore() {
        post(ACTUAL, Status.LOADING, "224");

        failing(new EpmUnavailableException("HTTP 429: asked too often", Duration.ofSeconds(100)), 1);

        assertThat(tick()).isEmpty();
        assertThat(tick()).isEmpty();
        assertThat(tick()).isEmpty();
        assertThat(tick()).hasSize(1);
    }

    @Test
    void anEnvironmentThatIsNotAskedAnyMoreIsInNoTrouble() {
        post(ACTUAL, Status.LOADING, "224");
        failing(new IOException("connection reset"), 2);

        post(ACTUAL, Status.OK, "224");
        tick();

        assertThat(schedule.health()).isEqualTo("ok");
        assertThat(schedule.remarks().outages()).isEmpty();
    }

    @Test
    void remarksStayTheSameObjectAsLongAsTheyAreTheSame() {
        post(ACTUAL, Status.LOADING, "224");
        failing(new IOException("connection reset"), 1);
        Object before = schedule.remarks();

        failing(new IOException("connection reset"), 1);

        assertThat(schedule.remarks()).isSameAs(before);
    }

    private void loadingJobs(int count) {
        for (int i = 0; i < count; i++) {
            post(new DomainId("Planning", "D" + i), Status.LOADING, "1" + i);
        }
    }

    private Duration untilNextPoll() {
        return schedule.untilNextPoll();
    }

    @Test
    void noMorePollsBeginThanThereAreWorkers() {
        loadingJobs(3);
        now = now.plus(INTERVAL);

        assertThat(schedule.poll(2)).hasSize(2);
        assertThat(untilNextPoll()).isZero();
        assertThat(schedule.poll(2)).hasSize(1);
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
    }

    @Test
    void aPollThatEndsWithoutAnAnswerBlocksNothing() {
        loadingJobs(5);
        List<Poll> due = tick();

        due.forEach(schedule::succeeded);

        assertThat(begun()).extracting(Poll::epmJobId).containsExactly("14");
        assertThat(tick()).hasSize(3);
        assertThat(schedule.health()).isEqualTo("not_contacted");
    }

    @Test
    void aTrialThatEndsWithoutAnAnswerIsFollowedByAnother() {
        post(ACTUAL, Status.LOADING, "224");
        failing(new EpmUnavailableException("HTTP 503: down"), 5);
        tick();

        schedule.succeeded(tickAfterRest().get(0));

        assertThat(tick()).hasSize(1);
    }

    @Test
    void anAnswerWithoutNewsNeedsNoRecording() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);

        assertThat(answer(poll, new JobState.Running(null))).isNull();
        assertThat(tick()).containsExactly(poll);
    }

    @Test
    void aJobThatEndedWhileItWaitedIsNotPolled() {
        loadingJobs(6);
        now = now.plus(INTERVAL);
        List<Poll> polls = schedule.poll(100);
        for (int i = 0; i < 4; i++) {
            post(new DomainId("Planning", "D" + i), Status.OK, "1" + i);
        }

        assertThat(polls).hasSize(4).allSatisfy(poll -> assertThat(schedule.begin(poll))
                .isNull());
        assertThat(begun()).extracting(Poll::epmJobId).containsExactly("14", "15");
    }

    @Test
    void aTrialThatIsNotNeededIsFollowedByAnother() {
        loadingJobs(2);
        failing(new EpmUnavailableException("HTTP 503: down"), 3);
        tick();
        now = now.plusMillis(1).plus(INTERVAL);
        Poll trial = schedule.poll(100).get(0);
        post(ACTUAL, Status.OK, trial.epmJobId());

        assertThat(schedule.begin(trial)).isNull();
        assertThat(begun()).extracting(Poll::epmJobId).containsExactly("11");
    }

    @Test
    void aRefusedTokenIsReplacedAtOnceAndOnlyOnce() {
        post(ACTUAL, Status.LOADING, "224");
        EpmUnauthorizedException refused = new EpmUnauthorizedException("HTTP 401: the token is not accepted");
        Poll poll = tick().get(0);

        schedule.failed(poll, refused);
        assertThat(begun()).containsExactly(poll);
        assertThat(reason()).isNull();
        answer(poll, new JobState.Running(null));

        assertThat(tick()).containsExactly(poll);
        schedule.failed(poll, refused);
        assertThat(begun()).containsExactly(poll);
        schedule.failed(poll, refused);
        assertThat(begun()).isEmpty();
        assertThat(reason()).isEqualTo("Planning EPM refuses our credentials since 14:01 UTC");
    }

    @Test
    void aRefusedTokenOfAJobThatEndedIsNoTrouble() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        post(ACTUAL, Status.OK, "224");
        tick();

        schedule.failed(poll, new EpmUnauthorizedException("HTTP 401: the token is not accepted"));

        assertThat(begun()).isEmpty();
        assertThat(schedule.remarks().outages()).isEmpty();
    }

    @Test
    void aJobThatRunsAgainWhileItsPollIsInFlightIsPolledOnceARound() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        post(ACTUAL, Status.OK, "224");
        tick();
        post(ACTUAL, Status.LOADING, "224");
        assertThat(tick()).isEmpty();
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);

        answer(poll, new JobState.Running(null));

        assertThat(begun()).containsExactly(poll);
        answer(poll, new JobState.Running(null));
        assertThat(begun()).isEmpty();
        assertThat(tick()).containsExactly(poll);
    }

    @Test
    void theNextPollIsThatOfTheNextRound() {
        post(ACTUAL, Status.LOADING, "224");
        assertThat(untilNextPoll()).isZero();

        tick();
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
        now = now.plus(Duration.ofSeconds(10));
        assertThat(begun()).isEmpty();
        assertThat(untilNextPoll()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aRoundThatComesLateDoesNotDelayTheNext() {
        tick();
        now = now.plus(INTERVAL).plusSeconds(3);
        begun();

        assertThat(untilNextPoll()).isEqualTo(Duration.ofSeconds(27));
        now = now.plus(INTERVAL.multipliedBy(5));
        begun();
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
    }

    @Test
    void aClockThatIsSetBackDelaysNoRound() {
        tick();
        now = now.minus(Duration.ofDays(1));
        post(ACTUAL, Status.LOADING, "224");

        assertThat(begun()).hasSize(1);
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
    }

    @Test
    void whatWaitsForAnEnvironmentIsPolledAsSoonAsItMayBe() {
        post(ACTUAL, Status.LOADING, "224");
        failing(new EpmUnavailableException("HTTP 503: down"), 5);
        tick();
        now = now.plus(Duration.ofSeconds(20));
        begun();
        assertThat(untilNextPoll()).as("the next round").isEqualTo(Duration.ofSeconds(10));
        now = now.plus(Duration.ofSeconds(10));
        begun();

        assertThat(untilNextPoll()).as("the end of the wait").isEqualTo(Duration.ofMillis(1));
        now = now.plusMillis(1);
        assertThat(begun()).hasSize(1);
        assertThat(untilNextPoll()).as("a trial is in flight").isEqualTo(INTERVAL.minusMillis(1));
    }

    @Test
    void whatWaitsIsPolledWhenTheEnvironmentSaysSo() {
        post(ACTUAL, Status.LOADING, "224");
        failing(new EpmUnavailableException("HTTP 429: asked too often", Duration.ofSeconds(40)), 1);
        tick();

        assertThat(untilNextPoll()).isEqualTo(Duration.ofSeconds(10));
        now = now.plus(Duration.ofSeconds(10));
        assertThat(begun()).hasSize(1);
    }

    @Test
    void withoutAnEnvironmentTimeMakesNothingDue() {
        AppsConfig none = new AppsConfig(
                Map.of(), Map.of(), Map.of(), null, new AppsConfig.Pull(true, null, Duration.ofHours(1)));
        schedule =
                new PollSchedule(none, () -> board, INTERVAL, ZoneId.of("UTC"), () -> now, new SimpleMeterRegistry());

        assertThat(tick()).isEmpty();
        assertThat(untilNextPoll()).isNull();
    }

    @Test
    void afterAStopNothingIsPolledAndNoEndIsAFailure() {
        loadingJobs(6);
        List<Poll> due = tick();
        now = now.plus(INTERVAL);
        answer(due.get(0), new JobState.Running(null));
        Poll next = schedule.poll(100).get(0);

        schedule.stop();
        List<String> log;
        try (RecordedLog recorded = new RecordedLog()) {
            schedule.failed(due.get(1), new IOException("the connection was closed"));
            schedule.failed(due.get(2), new IllegalStateException("the pool is shut down"));
            schedule.succeeded(due.get(3));
            log = recorded.lines();
        }

        assertThat(log).isEmpty();
        assertThat(schedule.begin(next)).isNull();
        assertThat(tick()).isEmpty();
        assertThat(untilNextPoll()).isNull();
        assertThat(schedule.remarks().outages()).isEmpty();
    }

    @Test
    void whoeverListensHearsOfOtherRemarks() {
        post(ACTUAL, Status.LOADING, "224");
        List<Object> heard = new ArrayList<>();
        schedule.onRemarksChanged(() -> heard.add(schedule.remarks()));

        failing(new IOException("connection reset"), 2);
        assertThat(heard).containsExactly(schedule.remarks());
        answering(new JobState.Running(null), 2);

        assertThat(heard).hasSize(2).last().isSameAs(schedule.remarks());
    }
}
