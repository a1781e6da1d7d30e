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
import org.epmpulse.status.CheckedUpdate;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.StatusUpdate;
import org.junit.jupiter.api.Test;

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
        CheckedUpdate update = new CheckedUpdate(id, status, "JOB", null, null, epmJobId, Source.API, "k");
        board = board.after(rules.decide(board, update, now, null, null, 0, 0));
    }

    private List<Poll> tick() {
        now = now.plus(INTERVAL);
        return schedule.due();
    }

    /** A little later: a rest of a minute is over after it. */
    private List<Poll> tickAfterRest() {
        now = now.plusMillis(1);
        return tick();
    }

    private List<Poll> answering(JobAnswer answer, int rounds) {
        List<Poll> asked = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            for (Poll poll : tick()) {
                asked.add(poll);
                schedule.answered(poll, answer);
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

        assertThat(answering(new JobAnswer.Running(null), 3))
                .extracting(Poll::epmJobId)
                .containsExactly("224", "224", "224");
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void anAnswerThatIsAwaitedIsNotAskedForAgain() {
        post(ACTUAL, Status.LOADING, "224");

        Poll poll = tick().get(0);

        assertThat(tick()).isEmpty();
        schedule.answered(poll, new JobAnswer.Running(null));
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
        List<Poll> all = new ArrayList<>(due);
        for (Poll ended : due) {
            Poll next = ended;
            while (next != null) {
                schedule.answered(next, new JobAnswer.Running(null));
                next = schedule.next(next);
                if (next != null) {
                    all.add(next);
                }
            }
        }
        assertThat(all).hasSize(11).doesNotHaveDuplicates();
    }

    @Test
    void domainsOfOneJobEndWithOneQuestion() {
        post(ACTUAL, Status.LOADING, "224");
        post(new DomainId("Planning", "D1"), Status.LOADING, "224");

        List<Poll> due = tick();
        List<StatusUpdate> ends =
                schedule.answered(due.get(0), new JobAnswer.Ended(Status.WARNING, "12 rows rejected"));

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
        schedule.answered(poll, new JobAnswer.Ended(Status.OK, null));

        schedule.failed(poll, new IllegalStateException("the disk is full"));

        assertThat(tick()).containsExactly(poll);
        assertThat(schedule.health()).isEqualTo("ok");
    }

    @Test
    void whileAnEndIsBeingRecordedItsJobIsNotAskedForAgain() {
        post(ACTUAL, Status.LOADING, "224");
        Poll poll = tick().get(0);
        schedule.answered(poll, new JobAnswer.Ended(Status.OK, null));

        assertThat(tick()).isEmpty();

        schedule.recorded(poll);
        assertThat(tick()).as("somebody said that it runs, again").containsExactly(poll);
    }

    @Test
    void aJobThatRunsLongIsAskedForAtATenthOfTheRate() {
        post(ACTUAL, Status.LOADING, "224");

        assertThat(answering(new JobAnswer.Running(null), 119)).hasSize(119);
        assertThat(answering(new JobAnswer.Running(null), 100)).hasSize(10);
        assertThat(reason()).isNull();
    }

    @Test
    void aJobThatDoesNotEndInADayIsGivenUpWithAReason() {
        post(ACTUAL, Status.LOADING, "224");
        answering(new JobAnswer.Running(null), (int) (Duration.ofHours(24).toSeconds() / INTERVAL.toSeconds()));

        assertThat(answering(new JobAnswer.Running(null), 20)).isEmpty();
        assertThat(reason()).contains("224", "not asked any more");

        post(ACTUAL, Status.LOADING, "225");
        assertThat(answering(new JobAnswer.Running(null), 2)).hasSize(2);
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

        answering(new JobAnswer.Missing("EPM does not know the job"), 4);
        assertThat(reason()).isNull();
        answering(new JobAnswer.Missing("EPM does not know the job"), 1);
        assertThat(reason()).isEqualTo("EPM does not know the job");
        assertThat(answering(new JobAnswer.Missing("EPM does not know the job"), 30))
                .hasSize(3);

        answering(new JobAnswer.Running(null), 10);
        assertThat(reason()).isNull();
        assertThat(answering(new JobAnswer.Running(null), 5)).hasSize(5);
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
        schedule.answered(second, new JobAnswer.Running(null));

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
                    schedule.answered(poll, new JobAnswer.Running(null));
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
}
