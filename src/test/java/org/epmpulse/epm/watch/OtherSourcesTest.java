package org.epmpulse.epm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.epmpulse.config.JobRule;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.Watch;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.JobScript;
import org.epmpulse.sandbox.SandboxProduct;
import org.epmpulse.sandbox.ScriptedJobState;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The experimental sources: ids of jobs, and rules of Data Integration. */
class OtherSourcesTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path folder;

    private TestingWatch watch;

    @BeforeEach
    void create() {
        watch = new TestingWatch(folder);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private void openByIds() {
        watch.source = Watch.Source.IDS;
        watch.rules.clear();
        watch.rules.add(new JobRule("Load Actuals", null, null, "Actual"));
        watch.open();
    }

    @Test
    void idsAboveTheHighestKnownOneAreRequestedAcrossGaps() {
        openByIds();
        String known = watch.job("Load Actuals", HOUR, State.SUCCEEDED);
        watch.post("Actual", "OK", "LOAD", known);
        watch.round();
        watch.epm.addJob(
                SandboxProduct.PLANNING,
                TestingWatch.APP,
                Long.toString(Long.parseLong(known) + 15),
                JobScript.sequence(ScriptedJobState.running().with("jobName", "Load Actuals")));

        watch.nextRound();
        watch.nextRound();

        assertThat(watch.notice()).isNull();
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.LOADING);
        assertThat(watch.domain("Actual").epmJobId()).isEqualTo(Long.toString(Long.parseLong(known) + 15));
        assertThat(watch.history("Actual")).hasSize(2);
        assertThat(watch.exports()).isZero();
    }

    @Test
    void withoutAClearUnknownNoIdIsRequested() {
        openByIds();
        watch.post("Actual", "OK", "LOAD", "100");
        watch.epm.fail(
                CallMatcher.product(SandboxProduct.PLANNING).withSubject(NumberSearch.IMPOSSIBLE),
                Fault.response(200, "application/json", "{\"status\": 2147483647}"));

        watch.round();

        assertThat(watch.notice()).contains("EPM does not say clearly that it does not know a job");
        assertThat(watch.epm.calls()).hasSize(1);
    }

    @Test
    void withoutAKnownIdItSaysWhatIsMissing() {
        openByIds();

        watch.round();

        assertThat(watch.notice()).contains("no job is known yet", "post one with its epm_job_id");
    }

    @Test
    void checkSaysWhetherIdsCanBeRequested() throws Exception {
        openByIds();
        watch.now = Instant.now();

        assertThat(WatchSurvey.run(watch.config(), ProxyRules.DIRECT, TimeSource.system(), HOUR))
                .singleElement()
                .asString()
                .startsWith("ok ")
                .contains("jobs can be found by their numbers");
    }

    @Test
    void theLatestJobOfARuleIsFoundAndRecordedOnce() throws Exception {
        watch.source = Watch.Source.RULES;
        watch.open();
        watch.round();
        watch.epm.addJob(
                SandboxProduct.DATA_INTEGRATION,
                "371",
                JobScript.sequence(ScriptedJobState.running(), ScriptedJobState.succeeded()));
        watch.console.rule(2, "Load Actuals", "371", "RUNNING");
        watch.console.rule(1, "Other", "370", "SUCCESS");

        watch.nextRound();
        Status found = watch.domain("Actual").status();
        watch.pollJobs();
        watch.console.rule(2, "Load Actuals", "371", "SUCCESS");
        watch.nextRound();
        var findings = WatchSurvey.run(watch.config(), ProxyRules.DIRECT, TimeSource.system(), HOUR);

        assertThat(found).isEqualTo(Status.LOADING);
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals 371", "OK Load Actuals 371");
        assertThat(findings.get(0).text())
                .isEqualTo("2 rules with a job, 1 match a rule, such as Load Actuals -> Planning/Actual");
    }

    private void openByReport() {
        openByReport("Open Tasks");
    }

    private void openByReport(String name) {
        watch.source = Watch.Source.REPORT;
        watch.report = new Watch.Report("Close", name, Map.of("Period", "Mar"), Map.of("Zu", Status.OK));
        watch.rules.clear();
        watch.rules.add(new JobRule("Load *", null, null, "Actual"));
        watch.rules.add(new JobRule("Check *", null, null, "Budget"));
        watch.open();
    }

    private void report(String rows) {
        watch.console.report("\ufeffClose Tasks\n\nSchedule,Task ID,Task Name,Assignee,Status\n" + rows);
    }

    @Test
    void tasksOfAReportAreTheStatusOfTheirDomains() throws Exception {
        openByReport();
        report("""
                March,T1,Load Actuals,ann,Open with Assignee
                March,T2,Load Rates,bob,zu
                March,T3,Check Totals,bob,Pending
                March,T4,Other,bob,Closed
                """);
        watch.round();
        String open = watch.domain("Actual").message();
        Status budget = watch.domain("Budget").status();
        watch.nextRound();
        int unchanged = watch.history("Actual").size();
        report("""
                March,T1,Load Actuals,ann,Closed
                March,T2,Load Rates,bob,Closed
                March,T3,Check Totals,bob,Error
                """);
        watch.nextRound();

        assertThat(open).isEqualTo("1 of 2 tasks closed; open: Load Actuals");
        assertThat(budget).isEqualTo(Status.BLANK);
        assertThat(unchanged).isEqualTo(1);
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.OK);
        assertThat(watch.domain("Actual").jobId()).isEqualTo("Open Tasks");
        assertThat(watch.domain("Actual").source()).isEqualTo(Source.EPM);
        assertThat(watch.domain("Budget").status()).isEqualTo(Status.WARNING);
        assertThat(watch.domain("Budget").message()).isEqualTo("0 of 1 tasks closed; failed: Check Totals");
        assertThat(WatchSurvey.run(watch.config(), ProxyRules.DIRECT, TimeSource.system(), HOUR)
                        .get(0)
                        .text())
                .isEqualTo("3 tasks in the report Open Tasks, 3 match a rule");
    }

    @Test
    void aReportWhoseNameIsANumberIsNotTheJobOfThatNumber() {
        openByReport("224");
        watch.epm.addJob(
                SandboxProduct.PLANNING, TestingWatch.APP, "224", JobScript.sequence(ScriptedJobState.succeeded()));
        report("March,T1,Load Actuals,ann,Open with Assignee\n");

        watch.round();
        watch.pollJobs();

        assertThat(watch.history("Actual")).containsExactly("Loading 224 null");
        assertThat(watch.epm.polls(SandboxProduct.PLANNING, TestingWatch.APP, "224"))
                .isZero();
    }

    @Test
    void aStatusWhoseMeaningIsNotKnownIsAProblem() {
        openByReport();
        report("March,T1,Load Actuals,ann,Offen\n");

        watch.round();

        assertThat(watch.notice()).contains("a task has the status \"Offen\"", "watch.report.statuses");
        assertThat(watch.history("Actual")).isEmpty();
    }
}
