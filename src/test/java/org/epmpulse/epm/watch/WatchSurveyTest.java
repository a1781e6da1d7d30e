package org.epmpulse.epm.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.epmpulse.config.AppsConfig;
import org.epmpulse.config.OnlineFinding;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.epmpulse.threads.TimeSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check --online} and the command {@code jobs} say about a watched environment. */
class WatchSurveyTest {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private TestingWatch watch;

    @BeforeEach
    void open() {
        watch = new TestingWatch(folder).open();
        watch.now = Instant.now();
        add("Load Actuals", "RULES", 2);
        add("Nightly Backup", "EXPORT_DATA", 3);
        add("Clear \"old\"", "CLEAR_CUBE", 1);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    private void add(String name, String type, int runs) {
        for (int i = 0; i < runs; i++) {
            watch.console.add(
                    TestingWatch.APP,
                    name,
                    type,
                    "svc_epm",
                    watch.now.minus(Duration.ofHours(2)),
                    watch.now.minus(Duration.ofHours(1)),
                    State.SUCCEEDED);
        }
    }

    private List<OnlineFinding> check() throws InterruptedException {
        return WatchSurvey.run(watch.config(), ProxyRules.DIRECT, TimeSource.system(), LONGEST);
    }

    @Test
    void itSaysWhatItSawAndRecordsNothing() throws Exception {
        List<OnlineFinding> findings = check();

        assertThat(findings)
                .extracting(OnlineFinding::toString)
                .containsExactly(
                        "ok       Watch of planning (Planning): 6 jobs in 24 h, 2 match a rule, such as Load Actuals ->"
                                + " Planning/Actual",
                        "note     Watch of planning (Planning): names that no rule matches: Nightly Backup, Clear"
                                + " \"old\"");
        assertThat(watch.console.files()).isEmpty();
        assertThat(watch.history("Actual")).isEmpty();
    }

    @Test
    void aMissingRoleIsAnErrorThatNamesIt() throws Exception {
        watch.epm.fail(CallMatcher.download(), Fault.status(403));

        assertThat(check()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(OnlineFinding.Level.ERROR);
            assertThat(finding.text()).contains("downloading it needs the role Service Administrator");
        });
    }

    @Test
    void aListWithoutItsOwnJobIsAWarning() throws Exception {
        watch.console.listsExports(false);

        assertThat(check()).anySatisfy(finding -> assertThat(finding.text())
                .contains("the list does not have the job that exported it"));
    }

    @Test
    void theNamesThatNoRuleMatchesAreListedTheMostFrequentFirst() throws Exception {
        AppsConfig config = watch.config();
        watch.console.exportType("JOBCONSOLE_EXPORT");

        try (WatchSurvey survey = new WatchSurvey(ProxyRules.DIRECT, TimeSource.system(), LONGEST)) {
            assertThat(survey.proposals(config, config.servers().get("planning"), 7))
                    .containsExactly(new WatchSurvey.Proposal(
                            TestingWatch.APP,
                            2,
                            4,
                            List.of(
                                    new WatchSurvey.Proposal.Job("Nightly Backup", "EXPORT_DATA", 3),
                                    new WatchSurvey.Proposal.Job("Clear \"old\"", "CLEAR_CUBE", 1))));
        }
    }

    @Test
    void anEnvironmentThatIsDownIsAnError() throws Exception {
        AppsConfig config = watch.config();
        watch.epm.refuseConnections();

        try (WatchSurvey survey = new WatchSurvey(ProxyRules.DIRECT, TimeSource.system(), LONGEST)) {
            assertThat(catchThrowableOfType(
                            IOException.class,
                            () -> survey.proposals(config, config.servers().get("planning"), 7)))
                    .hasMessageContaining("starting the export of the job console failed");
        }
    }
}
