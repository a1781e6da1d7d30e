package org.epmpulse.epm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the board and health say when EPM answers the watch with something else than a list. */
class WatchFailureTest {

    private static final Map<String, CallMatcher> REQUESTS = Map.of(
            "export", CallMatcher.export(),
            "download", CallMatcher.download());

    private static final Map<String, Fault> FAULTS = Map.of(
            "401", Fault.response(401, "application/json", "{}"),
            "403", Fault.response(403, "application/json", "{}"),
            "404", Fault.response(404, "application/json", "{\"status\":404,\"message\":\"Unknown application\"}"),
            "429", Fault.rateLimited(Duration.ofSeconds(60)),
            "500", Fault.response(500, "application/json", "{\"status\":500}"),
            "login page", Fault.loginPage(),
            "redirect", Fault.redirectToLogin(),
            "reset", Fault.reset(),
            "cut off", Fault.cutOff(),
            "not JSON", Fault.response(200, "application/json", "<"));

    @TempDir
    Path folder;

    private TestingWatch watch;

    @BeforeEach
    void open() {
        watch = new TestingWatch(folder).open();
        watch.round();
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void aJobWhoseStateCannotBeReadDoesNotHoldUpTheOthers() {
        String broken = watch.job("Load Actuals", Duration.ofMinutes(2), State.FAILED);
        String other = watch.job("Budget Load", Duration.ofMinutes(3), State.SUCCEEDED);
        watch.epm.fail(
                CallMatcher.product(SandboxProduct.PLANNING).withSubject(broken),
                Fault.response(500, "application/json", "{}"));

        watch.nextRound();
        String notice = watch.notice();
        watch.epm.clearFaults();
        watch.nextRound();

        assertThat(notice).isNull();
        assertThat(watch.history("Budget")).containsExactly("Loading Budget Load " + other, "OK Budget Load " + other);
        assertThat(watch.history("Actual"))
                .containsExactly("Loading Load Actuals " + broken, "Warning Load Actuals " + broken);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            export   | 401        | EPM rejected username and password
            export   | 403        | HTTP 403: the user needs the role Service Administrator, or another role with Jobs - View
            export   | 404        | EPM does not know the application Planning, or not the job Export Job Console
            export   | 429        | HTTP 429: too many requests
            export   | 500        | starting the export of the job console failed: HTTP 500
            export   | login page | starting the export of the job console failed: HTTP 200 with text/html
            export   | redirect   | HTTP 302: redirected, most likely to a login page
            export   | reset      | starting the export of the job console failed: connection lost
            export   | cut off    | starting the export of the job console failed: connection lost
            export   | not JSON   | HTTP 200 with JSON that is not a valid object
            download | 401        | EPM rejected username and password
            download | 403        | downloading it needs the role Service Administrator
            download | 404        | EPM has exported the list, but not as the file EPMPulse_planning_Planning.zip
            download | 429        | HTTP 429: too many requests
            download | 500        | downloading the job console failed: HTTP 500
            download | login page | downloading the job console failed: HTTP 200 with text/html
            download | redirect   | HTTP 302: redirected, most likely to a login page
            download | reset      | downloading the job console failed: connection lost
            download | cut off    | downloading the job console failed: connection lost
            """)
    void theReasonIsShownAndTheNextRoundRecordsWhatWasMissed(String request, String fault, String reason) {
        watch.epm.fail(REQUESTS.get(request), FAULTS.get(fault));
        String id = watch.job("Load Actuals", Duration.ofMinutes(2), State.SUCCEEDED);
        watch.nextRound();
        String notice = watch.notice();
        String health = watch.polls.health();
        Status meanwhile = watch.domain("Actual").status();
        watch.epm.clearFaults();
        watch.nextRound();

        assertThat(notice)
                .startsWith(reason.contains("429") || reason.contains("rejected") ? "Planning EPM " : "Jobs of ");
        assertThat(health).startsWith("error: planning: ").contains(reason);
        assertThat(meanwhile).isEqualTo(Status.BLANK);
        assertThat(watch.notice()).isNull();
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id, "OK Load Actuals " + id);
    }

    @ParameterizedTest
    @ValueSource(ints = {900, 3600, 999_999_999})
    void theRetryAfterOfAWatchHoldsBackTheWatchAndThePollsForAtMostAnHour(int seconds) {
        watch.epm.addJob(
                SandboxProduct.PLANNING, TestingWatch.APP, "224", JobScript.sequence(ScriptedJobState.running()));
        watch.post("Budget", "Loading", "LOAD", "224");
        watch.epm.fail(CallMatcher.export(), Fault.rateLimited(Duration.ofSeconds(seconds)), 1);
        Duration held = Duration.ofSeconds(Math.min(seconds, 3600));
        watch.advance(TestingWatch.INTERVAL);
        watch.round();
        int before = watch.epm.calls().size();

        watch.advance(held.minusSeconds(31));
        watch.round();
        watch.pollJobs();
        int meanwhile = watch.epm.calls().size();
        watch.advance(Duration.ofSeconds(1));
        watch.round();
        watch.pollJobs();

        assertThat(meanwhile).isEqualTo(before);
        assertThat(watch.exports()).isEqualTo(3);
        assertThat(watch.epm.polls(SandboxProduct.PLANNING, TestingWatch.APP, "224"))
                .isEqualTo(1);
        assertThat(watch.notice()).isNull();
    }

    @Test
    void theRetryAfterOfAPollHoldsBackTheWatch() {
        watch.epm.addJob(
                SandboxProduct.PLANNING, TestingWatch.APP, "224", JobScript.sequence(ScriptedJobState.running()));
        watch.post("Budget", "Loading", "LOAD", "224");
        watch.epm.fail(
                CallMatcher.product(SandboxProduct.PLANNING).withSubject("224"),
                Fault.rateLimited(Duration.ofMinutes(20)),
                1);
        watch.pollJobs();

        watch.advance(Duration.ofMinutes(19));
        watch.round();
        int meanwhile = watch.exports();
        watch.advance(Duration.ofMinutes(1));
        watch.round();

        assertThat(meanwhile).isEqualTo(1);
        assertThat(watch.exports()).isEqualTo(2);
    }

    @Test
    void aRoundThatGoesOnWithoutItsDeletionFollowsTheRetryAfter() {
        watch.epm.fail(CallMatcher.delete(), Fault.rateLimited(Duration.ofMinutes(10)), 1);
        String id = watch.job("Load Actuals", Duration.ofMinutes(2), State.SUCCEEDED);

        watch.nextRound();
        int meanwhile = watch.history("Actual").size();
        watch.advance(Duration.ofMinutes(10));
        watch.round();

        assertThat(meanwhile).isZero();
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id, "OK Load Actuals " + id);
    }

    @Test
    void aWatchWaitsForTheOutcomeOfAnotherRequestWithItsPassword() {
        watch.restart();
        Instant start = watch.now;
        assertThat(watch.credentials().value()).startsWith("Basic ");

        watch.round();

        assertThat(watch.exports()).isEqualTo(2);
        assertThat(Duration.between(start, watch.now)).isGreaterThan(Duration.ofMinutes(2));
        assertThat(watch.notice()).isNull();
        assertThat(watch.polls.health()).isEqualTo("ok");
    }
}
