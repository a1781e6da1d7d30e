package org.epmpulse.epm;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.epmpulse.RecordedLog;
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
import org.epmpulse.threads.TestingTime;
import org.epmpulse.threads.TimeSource;
import org.epmpulse.work.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("records the log of all classes")
class PollScheduleTest {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final DomainId ACTUAL = new DomainId("Planning", "D0");

    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private Instant now = Instant.parse("2026-03-31T14:00:00Z");
    private Duration clockSet = Duration.ZERO;
    private Board board = Board.EMPTY;
    private PollSchedule schedule = schedule(Duration.ofMinutes(60));

    private PollSchedule schedule(Duration maxDuration) {
        Map<String, AppsConfig.Server> servers = new LinkedHashMap<>();
        Map<String, AppsConfig.App> apps = new LinkedHashMap<>();
        for (String name : List.of("Planning", "FCCS")) {
            String id = name.toLowerCase(java.util.Locale.ROOT);
            Auth auth = new Auth.OAuth(URI.create("https://login.example/token"), "epmpulse", "secret", "scope");
            servers.put(
                    id,
                    new AppsConfig.Server(
                            id, name, URI.create("https://" + id + ".example"), Product.PLANNING, null, auth));
            List<String> domains = IntStream.range(0, 40).mapToObj(i -> "D" + i).toList();
            apps.put(name, new AppsConfig.App(name, name, domains, List.of(), id));
        }
        AppsConfig config = new AppsConfig(apps, servers, Map.of(), null, new AppsConfig.Pull(true, null, maxDuration));
        TimeSource time = new TestingTime(() -> now, () -> clockSet);
        return new PollSchedule(config, () -> board, INTERVAL, ZoneId.of("UTC"), time, new SimpleMeterRegistry());
    }

    private void post(DomainId id, Status status, String epmJobId) {
        ValidatedUpdate update =
                ValidatedUpdate.of(id, status, "JOB", null, "k").withJob("JOB", epmJobId);
        board = board.apply(rules.decide(board, update, now.plus(clockSet), null, null));
    }

    /** The polls that start in the next round. */
    private List<Poll> tick() {
        now = now.plus(INTERVAL);
        return startDue();
    }

    private List<Poll> startDue() {
        List<Poll> polls = schedule.poll(100);
        for (Poll poll : polls) {
            assertThat(schedule.begin(poll)).isEqualTo(new Work(poll, Map.of("poll", poll)));
        }
        return polls;
    }

    /** As the route does. */
    private List<StatusUpdate> respond(Poll poll, JobState state) {
        List<StatusUpdate> updates = schedule.handleResponse(poll, state);
        schedule.succeeded(poll);
        return updates;
    }

    /** A millisecond later than {@link #tick}: after a pause of a minute. */
    private List<Poll> tickAfterPause() {
        now = now.plusMillis(1);
        return tick();
    }

    private List<Poll> respondInRounds(JobState state, int rounds) {
        List<Poll> polls = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (Poll poll : tick()) {
                polls.add(poll);
                respond(poll, state);
            }
        }
        return polls;
    }

    private void failInRounds(Throwable failure, int rounds) {
        for (int i = 0; i < rounds; i++) {
            tick().forEach(poll -> schedule.failed(poll, failure));
        }
    }

    private String reason() {
        return schedule.notes().reasons().get(ACTUAL);
    }

    @Test
    void aLoadingDomainWithAnEpmJobIsPolledEachRound() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("Planning", "D1"), Status.LOADING, null);
        post(new DomainId("Planning", "D2"), Status.OK, "225");

        assertThat(respondInRounds(new JobState.Running(null), 3))
                .extracting(Poll::epmJobId)
                .containsExactly("224", "224", "224");
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void aPollInFlightIsNotRepeated() {
        post(ACTUAL, Status.LOADING, "224");

        Poll poll = tick().get(0);

        assertThat(tick()).isEmpty();
        respond(poll, new JobState.Running(null));
        assertThat(tick()).hasSize(1);
    }

    /** As the first poll of a node that has just become active: it waits for a token and for classes to be loaded. */
    @Test
    void aJobIsPolledHalfAnIntervalAfterAPollThatTookLong() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        now = now.plusSeconds(29);
        respond(poll, new JobState.Running(null));

        now = now.plusSeconds(1);
        assertThat(startDue()).isEmpty();
        assertThat(schedule.untilNextPoll()).isEqualTo(Duration.ofSeconds(14));
        now = now.plusSeconds(14);
        assertThat(startDue()).containsExactly(poll);

        respond(poll, new JobState.Running(null));
        now = now.plusSeconds(16);
        assertThat(startDue()).as("in the next round").containsExactly(poll);
    }

    @Test
    void aJobThatMustWaitHoldsUpNoOther() {
        post(ACTUAL, Status.LOADING, "224");
        Poll late = tick().get(0);
        now = now.plusSeconds(29);
        respond(late, new JobState.Running(null));
        post(new DomainId("Planning", "D1"), Status.LOADING, "225");

        now = now.plusSeconds(1);

        assertThat(startDue()).extracting(Poll::epmJobId).containsExactly("225");
    }

    @Test
    void aPollThatWasNotSentDelaysNothing() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        now = now.plusSeconds(29);
        schedule.released(poll);

        now = now.plusSeconds(1);

        assertThat(startDue()).containsExactly(poll);
    }

    @Test
    void fourJobsOfAnEnvironmentArePolledAtOnceAndTheOthersFollow() {
        for (int i = 0; i < 10; i++) {
            post(new DomainId("Planning", "D" + i), Status.LOADING, "1" + i);
        }
        post(new DomainId("FCCS", "D0"), Status.LOADING, "7");

        List<Poll> due = tick();

        assertThat(due).hasSize(5);
        assertThat(startDue()).isEmpty();
        List<Poll> all = new ArrayList<>(due);
        for (int i = 0; i < all.size(); i++) {
            respond(all.get(i), new JobState.Running(null));
            all.addAll(startDue());
        }
        assertThat(all).hasSize(11).doesNotHaveDuplicates();
    }

    @Test
    void onePollEndsAllDomainsOfAJob() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("Planning", "D1"), Status.LOADING, "224");

        List<Poll> due = tick();
        List<StatusUpdate> updates = respond(due.get(0), new JobState.Ended(Status.WARNING, "12 rows rejected"));

        assertThat(due).hasSize(1);
        assertThat(updates)
                .extracting(StatusUpdate::domain, StatusUpdate::status, StatusUpdate::message, StatusUpdate::source)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("D0", "Warning", "12 rows rejected", Source.EPM),
                        org.assertj.core.groups.Tuple.tuple("D1", "Warning", "12 rows rejected", Source.EPM));
    }

    @Test
    void aJobWhoseEndCouldNotBeRecordedIsPolledAgain() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        schedule.handleResponse(poll, new JobState.Ended(Status.OK, null));

        schedule.failed(poll, new IllegalStateException("the disk is full"));

        assertThat(tick()).containsExactly(poll);
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void aJobIsNotPolledWhileItsEndIsBeingRecorded() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        schedule.handleResponse(poll, new JobState.Ended(Status.OK, null));

        assertThat(tick()).isEmpty();

        schedule.succeeded(poll);
        assertThat(tick()).as("it was reported as running again").containsExactly(poll);
    }

    @Test
    void aLongRunningJobIsPolledAtATenthOfTheRate() {
        post(ACTUAL, Status.LOADING, "224");

        assertThat(respondInRounds(new JobState.Running(null), 119)).hasSize(119);
        assertThat(respondInRounds(new JobState.Running(null), 100)).hasSize(10);
        assertThat(reason()).isNull();
    }

    @Test
    void aJobThatDoesNotEndInADayIsNoLongerPolledAndHasAReason() {
        post(ACTUAL, Status.LOADING, "224");
        respondInRounds(new JobState.Running(null), (int) (Duration.ofHours(24).toSeconds() / INTERVAL.toSeconds()));

        assertThat(respondInRounds(new JobState.Running(null), 20)).isEmpty();
        assertThat(reason()).contains("224", "no longer polls it");

        post(ACTUAL, Status.LOADING, "225");
        assertThat(respondInRounds(new JobState.Running(null), 2)).hasSize(2);
        assertThat(reason()).isNull();
    }

    @Test
    void aRestartDoesNotResetTheTimeoutOfADay() {
        post(ACTUAL, Status.LOADING, "224");
        now = now.plus(Duration.ofHours(25));

        schedule = schedule(Duration.ofMinutes(60));

        assertThat(tick()).isEmpty();
        assertThat(reason()).contains("no longer polls it");
    }

    @Test
    void aJobThatEpmDoesNotKnowFiveTimesIsPolledLessOftenAndHasAReason() {
        post(ACTUAL, Status.LOADING, "224");

        respondInRounds(new JobState.Missing("EPM does not know the job"), 4);
        assertThat(reason()).isNull();
        respondInRounds(new JobState.Missing("EPM does not know the job"), 1);
        assertThat(reason()).isEqualTo("EPM does not know the job");
        assertThat(respondInRounds(new JobState.Missing("EPM does not know the job"), 30))
                .hasSize(3);

        respondInRounds(new JobState.Running(null), 10);
        assertThat(reason()).isNull();
        assertThat(respondInRounds(new JobState.Running(null), 5)).hasSize(5);
    }

    @Test
    void afterFiveFailuresPollingPausesForTenIntervalsAtMostAMinute() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new EpmUnavailableException("HTTP 503: down"), 5);
        assertThat(reason()).isEqualTo("Planning EPM not reachable since 14:00 UTC");
        assertThat(schedule.health())
                .isEqualTo("error: planning: Planning EPM not reachable since 2026-03-31T14:00:30Z: HTTP 503: down");
        assertThat(schedule.notes().outages()).containsOnlyKeys("Planning");

        assertThat(tick()).as("30 s later").isEmpty();
        List<Poll> trial = tickAfterPause();
        assertThat(trial).as("a minute later").hasSize(1);
        schedule.failed(trial.get(0), new EpmUnavailableException("HTTP 503: down"));
        assertThat(tick()).isEmpty();
        Poll second = tickAfterPause().get(0);
        respond(second, new JobState.Running(null));

        assertThat(tick()).hasSize(1);
        assertThat(schedule.health()).isEqualTo("ok");
        assertThat(schedule.notes().outages()).isEmpty();
    }

    @Test
    void anOutageOfOneEnvironmentDoesNotAffectAnother() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("FCCS", "D0"), Status.LOADING, "7");

        for (int i = 0; i < 10; i++) {
            for (Poll poll : tick()) {
                if (poll.server().id().equals("planning")) {
                    schedule.failed(poll, new IOException("connection reset"));
                } else {
                    respond(poll, new JobState.Running(null));
                }
            }
        }

        assertThat(schedule.notes().outages()).containsOnlyKeys("Planning");
        assertThat(schedule.notes().reasons().get(new DomainId("FCCS", "D0"))).isNull();
        assertThat(tick()).extracting(poll -> poll.server().id()).contains("fccs");
    }

    @Test
    void rejectedCredentialsAreNotUsedAgainAtOnce() {
        post(ACTUAL, Status.LOADING, "224");

        failInRounds(new EpmCredentialsException("invalid_client: check the secret"), 1);

        assertThat(reason()).isEqualTo("Planning EPM access denied since 14:00 UTC");
        assertThat(schedule.health()).endsWith("invalid_client: check the secret");
        assertThat(tick()).isEmpty();
        assertThat(tickAfterPause()).hasSize(1);
    }

    /** Job 11 gets this state, and job 10 is running; returns how often job 11 was polled. */
    private int respondToOneOfTwo(JobState state, int rounds) {
        int polls = 0;
        for (int i = 0; i < rounds; i++) {
            for (Poll poll : tick()) {
                boolean good = poll.epmJobId().equals("10");
                polls += good ? 0 : 1;
                respond(poll, good ? new JobState.Running(null) : state);
            }
        }
        return polls;
    }

    private int failOneOfTwo(Throwable failure, int rounds) {
        int polls = 0;
        for (int i = 0; i < rounds; i++) {
            for (Poll poll : tick()) {
                if (poll.epmJobId().equals("10")) {
                    respond(poll, new JobState.Running(null));
                } else {
                    polls++;
                    schedule.failed(poll, failure);
                }
            }
        }
        return polls;
    }

    private String secondReason() {
        return schedule.notes().reasons().get(new DomainId("Planning", "D1"));
    }

    @Test
    void aJobThatEpmRejectsHasAReasonAndIsPolledLessAndLessOften() {
        loadingJobs(2);
        List<Object> changes = new ArrayList<>();
        schedule.onNotesChanged(() -> changes.add(schedule.notes()));
        List<String> log;
        try (RecordedLog recorded = new RecordedLog("org.epmpulse.epm", org.apache.logging.log4j.Level.INFO)) {
            assertThat(respondToOneOfTwo(new JobState.Unknown("HTTP 400", "HTTP 400: no such job"), 40))
                    .isBetween(5, 9);
            log = recorded.lines();
        }

        assertThat(secondReason()).isEqualTo("HTTP 400: no such job");
        assertThat(reason()).isNull();
        assertThat(schedule.health()).isEqualTo("ok");
        assertThat(schedule.notes().outages()).isEmpty();
        assertThat(changes).hasSize(1);
        assertThat(log)
                .singleElement()
                .asString()
                .contains("Planning EPM: job 11 cannot be polled: HTTP 400: no such job; its domains stay Loading");

        assertThat(respondInRounds(new JobState.Running(null), 12)).hasSizeGreaterThan(13);
        assertThat(secondReason()).isNull();
        assertThat(respondToOneOfTwo(new JobState.Running(null), 10)).isEqualTo(10);
    }

    @Test
    void aProblemThatComesAndGoesChangesNothingOnTheBoard() {
        loadingJobs(2);
        respondToOneOfTwo(new JobState.Unknown("HTTP 400", "HTTP 400: request 1"), 1);
        Object before = schedule.notes();

        for (int i = 2; i < 20; i++) {
            respondToOneOfTwo(new JobState.Unknown("HTTP 400", "HTTP 400: request " + i), 1);
            respondToOneOfTwo(i % 2 == 0 ? new JobState.Running(null) : new JobState.Unknown("other", "other"), 1);
        }

        assertThat(schedule.notes()).isSameAs(before);
        assertThat(secondReason()).isEqualTo("HTTP 400: request 1");
    }

    @Test
    void aFailureOfOneJobIsNoOutageWhileOthersAreAnswered() {
        loadingJobs(2);
        for (Throwable failure : List.of(
                new EpmUnavailableException("HTTP 500", EpmUnavailableException.Scope.POSSIBLY_ONE_JOB, null),
                new java.net.SocketTimeoutException("Read timed out"),
                new EpmForbiddenException("HTTP 403: reading jobs needs the role Service Administrator"))) {
            respondToOneOfTwo(new JobState.Running(null), 12);

            int polls = failOneOfTwo(failure, 20);

            assertThat(polls).as("the circuit stays closed, the job backs off").isBetween(4, 8);
            assertThat(schedule.notes().outages()).isEmpty();
            assertThat(schedule.health()).isEqualTo("ok");
            assertThat(secondReason()).isNotNull();
            assertThat(reason()).isNull();
        }
    }

    @Test
    void aFaultOfOurOwnIsLoggedOnceAndTheJobIsPolledLessOften() {
        loadingJobs(2);
        List<String> log;
        try (RecordedLog recorded = new RecordedLog("org.epmpulse.epm", org.apache.logging.log4j.Level.WARN)) {
            assertThat(failOneOfTwo(new IllegalArgumentException("epm_job_id must be a UUID"), 40))
                    .isBetween(5, 9);
            log = recorded.lines();
        }

        assertThat(log).singleElement().asString().contains("Planning EPM: poll of job 11 failed");
        assertThat(secondReason()).isEqualTo("its poll failed, see EPMPulse's log");
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void aFailureOfAllJobsIsAnOutageWithinARound() {
        loadingJobs(4);
        respondInRounds(new JobState.Running(null), 2);

        failInRounds(new EpmUnavailableException("HTTP 500", EpmUnavailableException.Scope.POSSIBLY_ONE_JOB, null), 1);

        assertThat(reason()).startsWith("Planning EPM not reachable since ");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aHangingEnvironmentWithManyJobsIsFoundAfterFiveFailures(int answeredRounds) {
        loadingJobs(40);
        for (int i = 0; i < answeredRounds; i++) {
            respondToAll(tick());
        }
        now = now.plus(INTERVAL);
        respond(startDue().get(0), new JobState.Running(null));
        Deque<Poll> inFlight = new ArrayDeque<>(schedule.poll(100));
        inFlight.forEach(schedule::begin);

        for (int failures = 1; failures < 5; failures++) {
            assertThat(schedule.notes().outages())
                    .as("after %d failures", failures)
                    .isEmpty();
            schedule.failed(inFlight.isEmpty() ? startDue().get(0) : inFlight.remove(), timeout());
        }

        schedule.failed(inFlight.isEmpty() ? startDue().get(0) : inFlight.remove(), timeout());
        assertThat(schedule.notes().outages()).containsOnlyKeys("Planning");
    }

    @Test
    void jobsThatCannotBePolledAreNoOutageAmongManyThatCan() {
        loadingJobs(40);
        respondToAll(tick());
        respondUnlessBroken(10);
        List<Object> changes = new ArrayList<>();
        schedule.onNotesChanged(() -> changes.add(schedule.notes()));

        respondUnlessBroken(40);

        assertThat(changes).isEmpty();
        assertThat(schedule.notes().outages()).isEmpty();
        assertThat(secondReason()).isEqualTo("timed out");
    }

    @Test
    void aPossibleMaintenanceIsNoneWhileOtherJobsAreAnswered() {
        loadingJobs(2);
        EpmUnavailableException page =
                new EpmUnavailableException("HTTP 504", EpmUnavailableException.Scope.POSSIBLY_MAINTENANCE, null);
        respondInRounds(new JobState.Running(null), 2);

        failOneOfTwo(page, 10);
        assertThat(schedule.notes().outages()).isEmpty();

        failInRounds(page, 1);
        assertThat(reason()).startsWith("Planning EPM in maintenance since ");
    }

    private void respondToAll(List<Poll> first) {
        for (List<Poll> polls = first; !polls.isEmpty(); polls = startDue()) {
            polls.forEach(poll -> respond(poll, new JobState.Running(null)));
        }
    }

    private void respondUnlessBroken(int rounds) {
        for (int round = 0; round < rounds; round++) {
            for (List<Poll> polls = tick(); !polls.isEmpty(); polls = startDue()) {
                polls.forEach(this::respondUnlessBroken);
            }
        }
    }

    /** The first eight jobs cannot be polled. */
    private void respondUnlessBroken(Poll poll) {
        if (poll.epmJobId().matches("1[0-7]")) {
            schedule.failed(poll, timeout());
        } else {
            respond(poll, new JobState.Running(null));
        }
    }

    private static Throwable timeout() {
        return new java.net.SocketTimeoutException("Read timed out");
    }

    @Test
    void aJobThatIsNoLongerPolledSaysWhatWasWrong() {
        post(ACTUAL, Status.LOADING, "224");
        respondInRounds(new JobState.Unknown("HTTP 422", "HTTP 422: no"), 2881);

        assertThat(reason())
                .isEqualTo("EPM job 224 did not finish in time; EPMPulse no longer polls it (HTTP 422: no)");
    }

    @Test
    void anOutageInTheDailyMaintenanceIsCalledMaintenanceUntilItTakesTooLong() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        respond(poll, new JobState.Running(null));
        assertThat(schedule.shouldReadMaintenance(poll)).isTrue();
        assertThat(schedule.shouldReadMaintenance(poll)).isFalse();
        schedule.setMaintenance(poll, new MaintenanceWindow(java.time.LocalTime.of(14, 0), ZoneId.of("UTC")));

        failInRounds(new EpmUnavailableException("HTTP 503: down"), 1);
        assertThat(reason()).isEqualTo("Planning EPM in maintenance since 14:01 UTC, until 15:00 UTC");
        assertThat(schedule.health())
                .isEqualTo("error: planning: Planning EPM in maintenance since 2026-03-31T14:01:00Z: HTTP 503: down");

        failInRounds(new java.net.ConnectException("refused"), 60);
        assertThat(reason()).startsWith("Planning EPM in maintenance since 14:01 UTC");
        failInRounds(new java.net.ConnectException("refused"), 160);
        assertThat(reason()).isEqualTo("Planning EPM not reachable since 14:01 UTC");
    }

    @Test
    void anOutageOutsideOfTheDailyMaintenanceIsNotReachable() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        respond(poll, new JobState.Running(null));
        schedule.setMaintenance(poll, new MaintenanceWindow(java.time.LocalTime.of(15, 0), ZoneId.of("UTC")));
        schedule.setMaintenance(poll, null);

        failInRounds(new EpmUnavailableException("HTTP 503: down"), 1);

        assertThat(reason()).isEqualTo("Planning EPM not reachable since 14:01 UTC");
    }

    @Test
    void aResponseThatNamesAMaintenanceIsOne() {
        post(ACTUAL, Status.LOADING, "224");

        failInRounds(new EpmUnavailableException("HTTP 503", EpmUnavailableException.Scope.MAINTENANCE, null), 1);

        assertThat(reason()).isEqualTo("Planning EPM in maintenance since 14:00 UTC");
    }

    @Test
    void anEnvironmentIsNotPolledBeforeItsRetryAfter() {
        post(ACTUAL, Status.LOADING, "224");

        failInRounds(new EpmUnavailableException("HTTP 429: too many requests", Duration.ofSeconds(100)), 1);

        assertThat(tick()).isEmpty();
        assertThat(tick()).isEmpty();
        assertThat(tick()).isEmpty();
        assertThat(tick()).hasSize(1);
    }

    @Test
    void aDeferredPollIsNoFailureAndIsRepeatedSoon() {
        loadingJobs(2);
        List<Poll> polls = tick();
        respond(polls.get(0), new JobState.Running(null));

        schedule.failed(polls.get(1), new EpmDeferredException());

        assertThat(schedule.health()).isEqualTo("ok");
        assertThat(startDue()).isEmpty();
        assertThat(schedule.untilNextPoll()).isEqualTo(Duration.ofSeconds(1));
        now = now.plusSeconds(1);
        assertThat(startDue()).containsExactly(polls.get(1));
    }

    @Test
    void aDeferredTrialIsFollowedByAnother() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new EpmCredentialsException("wrong password"), 1);
        tick();

        schedule.failed(tickAfterPause().get(0), new EpmDeferredException());

        assertThat(schedule.health()).contains("access denied");
        assertThat(tick()).hasSize(1);
    }

    @Test
    void anEarlierEndOfAPauseDoesNotShortenALongerOne() {
        loadingJobs(2);
        List<Poll> polls = tick();

        schedule.failed(
                polls.get(0), new EpmUnavailableException("HTTP 429: too many requests", Duration.ofMinutes(9)));
        schedule.failed(
                polls.get(1), new EpmUnavailableException("HTTP 429: too many requests", Duration.ofSeconds(9)));

        now = now.plus(Duration.ofMinutes(9)).minusSeconds(1);
        assertThat(startDue()).isEmpty();
        now = now.plusSeconds(1);
        assertThat(startDue()).hasSize(2);
    }

    @Test
    void anEnvironmentThatIsNoLongerPolledHasNoOutage() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new IOException("connection reset"), 2);

        post(ACTUAL, Status.OK, "224");
        tick();

        assertThat(schedule.health()).isEqualTo("ok");
        assertThat(schedule.notes().outages()).isEmpty();
    }

    @Test
    void equalNotesAreTheSameObject() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new IOException("connection reset"), 1);
        Object before = schedule.notes();

        failInRounds(new IOException("connection reset"), 1);

        assertThat(schedule.notes()).isSameAs(before);
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
    void noMorePollsStartThanThereAreWorkers() {
        loadingJobs(3);
        now = now.plus(INTERVAL);

        assertThat(schedule.poll(2)).hasSize(2);
        assertThat(untilNextPoll()).isZero();
        assertThat(schedule.poll(2)).hasSize(1);
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
    }

    @Test
    void aPollWithoutAResponseBlocksNoOtherJob() {
        loadingJobs(5);
        List<Poll> due = tick();

        due.forEach(schedule::succeeded);

        assertThat(startDue()).extracting(Poll::epmJobId).containsExactly("14");
        assertThat(tick()).hasSize(3);
        assertThat(schedule.health()).isEqualTo("not_contacted");
    }

    @Test
    void aTrialWithoutAResponseIsFollowedByAnother() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new EpmUnavailableException("HTTP 503: down"), 5);
        tick();

        schedule.succeeded(tickAfterPause().get(0));

        assertThat(tick()).hasSize(1);
    }

    @Test
    void aRunningJobCausesNoUpdate() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);

        assertThat(respond(poll, new JobState.Running(null))).isNull();
        assertThat(tick()).containsExactly(poll);
    }

    @Test
    void aPendingJobThatEndedIsNotPolled() {
        loadingJobs(6);
        now = now.plus(INTERVAL);
        List<Poll> polls = schedule.poll(100);
        for (int i = 0; i < 4; i++) {
            post(new DomainId("Planning", "D" + i), Status.OK, "1" + i);
        }

        assertThat(polls).hasSize(4).allSatisfy(poll -> assertThat(schedule.begin(poll))
                .isNull());
        assertThat(startDue()).extracting(Poll::epmJobId).containsExactly("14", "15");
    }

    @Test
    void aTrialThatIsNotNeededIsFollowedByAnother() {
        loadingJobs(2);
        failInRounds(new EpmUnavailableException("HTTP 503: down"), 3);
        tick();
        now = now.plusMillis(1).plus(INTERVAL);
        Poll trial = schedule.poll(100).get(0);
        post(ACTUAL, Status.OK, trial.epmJobId());

        assertThat(schedule.begin(trial)).isNull();
        assertThat(startDue()).extracting(Poll::epmJobId).containsExactly("11");
    }

    @Test
    void aRejectedTokenIsReplacedAtOnceAndOnlyOnce() {
        post(ACTUAL, Status.LOADING, "224");
        EpmUnauthorizedException rejected = new EpmUnauthorizedException("HTTP 401: EPM rejected the credentials");
        Poll poll = tick().get(0);

        schedule.failed(poll, rejected);
        assertThat(startDue()).containsExactly(poll);
        assertThat(reason()).isNull();
        respond(poll, new JobState.Running(null));

        assertThat(tick()).containsExactly(poll);
        schedule.failed(poll, rejected);
        assertThat(startDue()).containsExactly(poll);
        schedule.failed(poll, rejected);
        assertThat(startDue()).isEmpty();
        assertThat(reason()).isEqualTo("Planning EPM access denied since 14:01 UTC");
    }

    @Test
    void aRejectedTokenOfAnEndedJobIsNoOutage() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        post(ACTUAL, Status.OK, "224");
        tick();

        schedule.failed(poll, new EpmUnauthorizedException("HTTP 401: EPM rejected the credentials"));

        assertThat(startDue()).isEmpty();
        assertThat(schedule.notes().outages()).isEmpty();
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

        respond(poll, new JobState.Running(null));

        assertThat(startDue()).containsExactly(poll);
        respond(poll, new JobState.Running(null));
        assertThat(startDue()).isEmpty();
        assertThat(tick()).containsExactly(poll);
    }

    @Test
    void theNextPollIsThatOfTheNextRound() {
        post(ACTUAL, Status.LOADING, "224");
        assertThat(untilNextPoll()).isZero();

        tick();
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
        now = now.plus(Duration.ofSeconds(10));
        assertThat(startDue()).isEmpty();
        assertThat(untilNextPoll()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aLateRoundDoesNotDelayTheNext() {
        tick();
        now = now.plus(INTERVAL).plusSeconds(3);
        startDue();

        assertThat(untilNextPoll()).isEqualTo(Duration.ofSeconds(27));
        now = now.plus(INTERVAL.multipliedBy(5));
        startDue();
        assertThat(untilNextPoll()).isEqualTo(INTERVAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {-12_000, -1, 1, 12_000})
    void settingTheClockStopsNoPollAndBringsNoneForward(int hours) {
        post(ACTUAL, Status.LOADING, "224");
        respondInRounds(new JobState.Running(null), 1);

        clockSet = clockSet.plus(Duration.ofHours(hours));

        assertThat(startDue()).isEmpty();
        assertThat(respondInRounds(new JobState.Running(null), 3)).hasSize(3);
        assertThat(reason()).isNull();
        post(new DomainId("Planning", "D1"), Status.LOADING, "225");
        assertThat(respondInRounds(new JobState.Running(null), 1)).hasSize(2);
        clockSet = Duration.ZERO;
        assertThat(respondInRounds(new JobState.Running(null), 1)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-12_000, -1, 1, 12_000})
    void settingTheClockChangesNoPauseAfterAFailure(int hours) {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new EpmUnavailableException("HTTP 503: down", Duration.ofSeconds(40)), 1);

        clockSet = Duration.ofHours(hours);

        assertThat(tick()).isEmpty();
        assertThat(tick()).hasSize(1);
    }

    @Test
    void aRestartWithAClockFarAheadStopsPollingOnlyUntilTheClockIsRight() {
        post(ACTUAL, Status.LOADING, "224");
        clockSet = Duration.ofDays(500);
        schedule = schedule(Duration.ofMinutes(60));
        assertThat(tick()).isEmpty();

        clockSet = Duration.ZERO;

        assertThat(tick()).hasSize(1);
        assertThat(reason()).isNull();
    }

    @Test
    void aPendingJobIsPolledAsSoonAsThePauseEnds() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new EpmUnavailableException("HTTP 503: down"), 5);
        tick();
        now = now.plus(Duration.ofSeconds(20));
        startDue();
        assertThat(untilNextPoll()).as("the next round").isEqualTo(Duration.ofSeconds(10));
        now = now.plus(Duration.ofSeconds(10));
        startDue();

        assertThat(untilNextPoll()).as("the end of the pause").isEqualTo(Duration.ofMillis(1));
        now = now.plusMillis(1);
        assertThat(startDue()).hasSize(1);
        assertThat(untilNextPoll()).as("a trial is in flight").isEqualTo(INTERVAL.minusMillis(1));
    }

    @Test
    void aPendingJobIsPolledAfterTheRetryAfterOfItsEnvironment() {
        post(ACTUAL, Status.LOADING, "224");
        failInRounds(new EpmUnavailableException("HTTP 429: too many requests", Duration.ofSeconds(40)), 1);
        tick();

        assertThat(untilNextPoll()).isEqualTo(Duration.ofSeconds(10));
        now = now.plus(Duration.ofSeconds(10));
        assertThat(startDue()).hasSize(1);
    }

    @Test
    void withoutAnEnvironmentNothingIsEverDue() {
        AppsConfig none = new AppsConfig(
                Map.of(), Map.of(), Map.of(), null, new AppsConfig.Pull(true, null, Duration.ofHours(1)));
        schedule =
                new PollSchedule(none, () -> board, INTERVAL, ZoneId.of("UTC"), () -> now, new SimpleMeterRegistry());

        assertThat(tick()).isEmpty();
        assertThat(untilNextPoll()).isNull();
    }

    @Test
    void afterAStopNothingIsPolledAndNoResultIsAFailure() {
        loadingJobs(6);
        List<Poll> due = tick();
        now = now.plus(INTERVAL);
        respond(due.get(0), new JobState.Running(null));
        Poll next = schedule.poll(100).get(0);

        schedule.stop();
        List<String> log;
        try (RecordedLog recorded = new RecordedLog("org.epmpulse.epm", org.apache.logging.log4j.Level.ALL)) {
            schedule.failed(due.get(1), new IOException("the connection was closed"));
            schedule.failed(due.get(2), new IllegalStateException("the pool is shut down"));
            schedule.succeeded(due.get(3));
            log = recorded.lines();
        }

        assertThat(log).isEmpty();
        assertThat(schedule.begin(next)).isNull();
        assertThat(tick()).isEmpty();
        assertThat(untilNextPoll()).isNull();
        assertThat(schedule.notes().outages()).isEmpty();
    }

    @Test
    void theListenerIsCalledWhenTheNotesChange() {
        post(ACTUAL, Status.LOADING, "224");
        List<Object> received = new ArrayList<>();
        schedule.onNotesChanged(() -> received.add(schedule.notes()));

        failInRounds(new IOException("connection reset"), 2);
        assertThat(received).containsExactly(schedule.notes());
        respondInRounds(new JobState.Running(null), 2);

        assertThat(received).hasSize(2).last().isSameAs(schedule.notes());
    }
}
