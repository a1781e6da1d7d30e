package org.epmpulse.epm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.epmpulse.config.JobRule;
import org.epmpulse.config.Watch;
import org.epmpulse.sandbox.CallMatcher;
import org.epmpulse.sandbox.Fault;
import org.epmpulse.sandbox.SandboxConsole;
import org.epmpulse.sandbox.ScriptedJobState.State;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that nobody posts, against a scripted job console. */
class WatchScheduleTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private TestingWatch watch;

    private TestingWatch started() {
        watch = new TestingWatch(folder).open();
        watch.round();
        return watch;
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void aRunningJobIsLoadingUntilPollingFindsItsEnd() {
        started();
        Instant start = watch.now;
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(8), State.SUCCEEDED);

        watch.nextRound();
        DomainStatus running = watch.domain("Actual");
        watch.advance(MINUTE.multipliedBy(4));
        watch.pollJobs();
        watch.nextRound();
        watch.nextRound();

        assertThat(running.status()).isEqualTo(Status.LOADING);
        assertThat(running.jobId()).isEqualTo("Load Actuals");
        assertThat(running.epmJobId()).isEqualTo(id);
        assertThat(running.source()).isEqualTo(Source.EPM);
        assertThat(running.started()).isEqualTo(start);
        assertThat(running.message()).isEqualTo("RULES by svc_epm, EPM job " + id);
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.OK);
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id, "OK Load Actuals " + id);
    }

    @Test
    void aJobBetweenTwoListsIsRecordedWithItsTimes() {
        started();
        Instant start = watch.now;
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(2), State.FAILED);

        watch.nextRound();
        watch.nextRound();

        List<Entry> entries = watch.entries("Actual");
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id, "Warning Load Actuals " + id);
        assertThat(entries.get(0).started()).isEqualTo(start);
        assertThat(entries.get(0).durationSec()).isEqualTo(120);
        assertThat(entries.get(0).source()).isEqualTo(Source.EPM);
        assertThat(entries.get(0).batch()).isEqualTo(entries.get(1).batch()).isNotNull();
    }

    @Test
    void theFirstRoundTakesOverWhatRunsAndImportsNoHistory() {
        watch = new TestingWatch(folder).open();
        watch.now = watch.now.minus(Duration.ofHours(1));
        watch.job("Load Actuals", MINUTE, State.FAILED);
        String running = watch.job("Budget Load", Duration.ofHours(2), State.SUCCEEDED);
        watch.now = watch.now.plus(Duration.ofHours(1));

        watch.round();
        watch.nextRound();

        assertThat(watch.history("Actual")).isEmpty();
        assertThat(watch.history("Budget")).containsExactly("Loading Budget Load " + running);
    }

    @Test
    void theSameNameThatRunsAgainAtOnceHasTwoRuns() {
        started();
        String first = watch.job("Load Actuals", MINUTE.multipliedBy(6), State.SUCCEEDED);
        watch.nextRound();
        watch.advance(MINUTE.multipliedBy(2));
        String second = watch.job("Load Actuals", MINUTE.multipliedBy(60), State.FAILED);

        watch.nextRound();
        DomainStatus running = watch.domain("Actual");
        watch.advance(Duration.ofHours(1));
        watch.pollJobs();

        assertThat(running.epmJobId()).isEqualTo(second);
        assertThat(watch.history("Actual"))
                .containsExactly(
                        "Loading Load Actuals " + first,
                        "OK Load Actuals " + first,
                        "Loading Load Actuals " + second,
                        "Warning Load Actuals " + second);
    }

    @Test
    void ofTwoJobsAtTheSameTimeNoEndIsMissed() {
        started();
        String first = watch.job("Load Actuals", MINUTE.multipliedBy(12), State.FAILED);
        watch.advance(MINUTE);
        String second = watch.job("Agg_1", MINUTE.multipliedBy(6), State.SUCCEEDED);
        watch.nextRound();
        String latest = watch.domain("Actual").epmJobId();
        watch.advance(MINUTE.multipliedBy(3));
        watch.pollJobs();
        Status afterTheSecond = watch.domain("Actual").status();
        watch.nextRound();
        DomainStatus stillRunning = watch.domain("Actual");
        watch.advance(MINUTE.multipliedBy(12));
        watch.pollJobs();

        assertThat(latest).isEqualTo(second);
        assertThat(afterTheSecond).isEqualTo(Status.OK);
        assertThat(stillRunning.epmJobId()).isEqualTo(first);
        assertThat(stillRunning.status()).isEqualTo(Status.LOADING);
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.WARNING);
    }

    @Test
    void aFailureBesideASuccessBetweenTwoListsIsShown() {
        started();
        String first = watch.job("Agg_1", MINUTE.multipliedBy(2), State.SUCCEEDED);
        watch.advance(MINUTE);
        String second = watch.job("Agg_2", MINUTE.multipliedBy(2), State.FAILED);

        watch.nextRound();
        watch.nextRound();

        assertThat(watch.domain("Actual").epmJobId()).isEqualTo(second);
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.WARNING);
        assertThat(watch.history("Actual"))
                .containsExactly(
                        "Loading Agg_1 " + first,
                        "OK Agg_1 " + first,
                        "Loading Agg_2 " + second,
                        "Warning Agg_2 " + second);
    }

    @Test
    void aFailureBetweenTwoListsIsShownAfterTheEndOfTheJobThatReplacedIt() {
        started();
        String first = watch.job("Agg_1", MINUTE.multipliedBy(8), State.FAILED);
        watch.advance(MINUTE);
        String second = watch.job("Agg_2", MINUTE.multipliedBy(5), State.SUCCEEDED);
        watch.nextRound();
        String replacement = watch.domain("Actual").epmJobId();
        watch.advance(MINUTE.multipliedBy(2));
        watch.pollJobs();
        watch.nextRound();

        assertThat(replacement).isEqualTo(second);
        assertThat(watch.domain("Actual").epmJobId()).isEqualTo(first);
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.WARNING);
    }

    @Test
    void theEndOfAJobThatAnotherOneHasReplacedIsInTheHistory() {
        started();
        String first = watch.job("Load Actuals", MINUTE.multipliedBy(7), State.FAILED);
        watch.advance(MINUTE);
        String second = watch.job("Agg_1", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.nextRound();
        watch.nextRound();

        assertThat(watch.domain("Actual").epmJobId()).isEqualTo(second);
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.LOADING);
        assertThat(watch.history("Actual"))
                .containsExactly(
                        "Loading Load Actuals " + first, "Loading Agg_1 " + second, "Warning Load Actuals " + first);
        assertThat(watch.store.board().jobs().get("Load Actuals").status()).isEqualTo(Status.WARNING);
    }

    @Test
    void aJobThatAClientHasPostedIsOnlyMarked() {
        started();
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(2), State.SUCCEEDED);
        watch.post("Actual", "Loading", "LOAD_001", id);
        watch.advance(MINUTE.multipliedBy(2));
        watch.post("Actual", "OK", "LOAD_001", null);

        watch.nextRound();
        watch.nextRound();

        assertThat(watch.history("Actual")).containsExactly("Loading LOAD_001 " + id, "OK LOAD_001 null");
    }

    @Test
    void aJobThatAClientPostsWithoutItsNumberIsOnlyMarked() {
        started();
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(20), State.SUCCEEDED);
        watch.post("Actual", "Loading", "LOAD_001", null);

        watch.nextRound();

        assertThat(id).isNotEmpty();
        assertThat(watch.history("Actual")).containsExactly("Loading LOAD_001 null");
    }

    @Test
    void aJobThatIsFoundAndThenPostedIsOneRun() {
        started();
        Instant start = watch.now;
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(20), State.SUCCEEDED);
        watch.nextRound();

        watch.post("Actual", "Loading", "LOAD_001", id);
        watch.advance(MINUTE.multipliedBy(20));
        watch.pollJobs();
        watch.nextRound();

        assertThat(watch.history("Actual"))
                .containsExactly("Loading Load Actuals " + id, "Loading LOAD_001 " + id, "OK LOAD_001 " + id);
        assertThat(watch.entries("Actual").get(0).started()).isEqualTo(start);
        assertThat(watch.store.board().jobs().get("Load Actuals")).as("renamed").isNull();
        assertThat(watch.store.board().jobs().get("LOAD_001").status()).isEqualTo(Status.OK);
    }

    @Test
    void aKillBetweenRecordAndCursorRecordsNothingTwice() throws IOException {
        started();
        byte[] before = watch.documents.read(cursor()).orElseThrow();
        String ended = watch.job("Load Actuals", MINUTE, State.SUCCEEDED);
        String running = watch.job("Budget Load", MINUTE.multipliedBy(30), State.SUCCEEDED);
        watch.nextRound();
        watch.documents.write(cursor(), before);

        watch.restart();
        watch.round();
        watch.advance(MINUTE.multipliedBy(30));
        watch.pollJobs();
        watch.nextRound();

        assertThat(watch.history("Actual"))
                .containsExactly("Loading Load Actuals " + ended, "OK Load Actuals " + ended);
        assertThat(watch.history("Budget"))
                .containsExactly("Loading Budget Load " + running, "OK Budget Load " + running);
    }

    private String cursor() throws IOException {
        try (var files = Files.list(folder.resolve("watch"))) {
            return "watch/" + files.findFirst().orElseThrow().getFileName();
        }
    }

    @Test
    void theNightWhenTheClocksAreSetBackGivesNoWrongDuration() {
        watch = new TestingWatch(folder).open();
        // At 01:00 UTC, 02:59 CEST is followed by 02:00 CET.
        watch.now = Instant.parse("2026-10-25T00:30:00Z");
        watch.console.times("dd.MM.yyyy HH:mm:ss", ZoneId.of("Europe/Berlin"));
        watch.round();
        watch.nextRound();
        watch.now = Instant.parse("2026-10-25T00:57:00Z");
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(5), State.SUCCEEDED);
        String long1 = watch.job("Budget Load", MINUTE.multipliedBy(90), State.SUCCEEDED);
        watch.now = Instant.parse("2026-10-25T01:04:00Z");
        watch.round();
        watch.now = Instant.parse("2026-10-25T02:40:00Z");
        watch.round();

        assertThat(watch.history("Actual")).containsExactly("Loading null " + id, "OK Load Actuals " + id);
        assertThat(watch.entries("Actual").get(0).durationSec())
                .as("twice 02:57")
                .isNull();
        assertThat(watch.entries("Actual").get(0).message()).startsWith("seen at 01:04 UTC");
        assertThat(watch.history("Budget")).startsWith("Loading Budget Load " + long1);
    }

    @Test
    void theNightWhenTheClocksAreSetForwardGivesTheRightDuration() {
        watch = new TestingWatch(folder).open();
        // At 01:00 UTC, 01:59 CET is followed by 03:00 CEST.
        watch.now = Instant.parse("2026-03-29T00:50:00Z");
        watch.console.times("M/d/yyyy h:mm:ss a", ZoneId.of("Europe/Berlin"));
        watch.round();
        watch.now = Instant.parse("2026-03-29T00:57:00Z");
        watch.job("Load Actuals", MINUTE.multipliedBy(6), State.SUCCEEDED);
        watch.round();
        watch.now = Instant.parse("2026-03-29T01:10:00Z");
        watch.job("Budget Load", MINUTE.multipliedBy(2), State.SUCCEEDED);
        watch.now = Instant.parse("2026-03-29T01:14:00Z");
        watch.round();

        assertThat(watch.entries("Budget").get(0).durationSec()).isEqualTo(120);
    }

    @Test
    void withoutItsOwnRowTheTimesAreUnknownAndItSaysWhenAJobWasSeen() {
        watch = new TestingWatch(folder).open();
        watch.console.listsExports(false);
        watch.round();
        String id = watch.job("Load Actuals", MINUTE, State.SUCCEEDED);
        String running = watch.job("Budget Load", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.nextRound();

        assertThat(watch.domain("Actual").durationSec()).isNull();
        assertThat(watch.domain("Actual").message()).startsWith("seen at 12:05 UTC: ");
        assertThat(watch.history("Actual")).containsExactly("Loading null " + id, "OK Load Actuals " + id);
        assertThat(watch.domain("Budget").message())
                .isEqualTo("RULES by svc_epm, EPM job " + running + "; seen at 12:05 UTC");
    }

    @Test
    void aListOfTwentyThousandJobsIsRead() {
        started();
        for (int i = 0; i < 20_000; i++) {
            watch.console.add(
                    TestingWatch.APP,
                    "Nightly " + i,
                    "RULES",
                    "svc_epm",
                    watch.now.minus(MINUTE.multipliedBy(2)),
                    watch.now.minus(MINUTE),
                    State.SUCCEEDED);
        }
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(20), State.SUCCEEDED);

        watch.nextRound();

        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id);
        assertThat(watch.notice()).isNull();
    }

    @Test
    void afterThreeDaysOfOutageEveryRunIsRecordedOnce() {
        started();
        watch.epm.refuseConnections();
        watch.nextRound();
        String down = watch.notice();
        String first = null;
        for (int day = 0; day < 3; day++) {
            watch.advance(Duration.ofHours(24));
            String id = watch.job("Load Actuals", MINUTE.multipliedBy(10), State.SUCCEEDED);
            first = first == null ? id : first;
            watch.round();
        }
        watch.advance(MINUTE.multipliedBy(20));
        watch.epm.acceptConnections();

        watch.round();
        int exports = watch.exports();
        watch.nextRound();

        assertThat(down).startsWith("Planning EPM not reachable since 12:05 UTC");
        assertThat(watch.notice()).isNull();
        assertThat(exports).isGreaterThan(1);
        assertThat(watch.history("Actual")).hasSize(6).startsWith("Loading Load Actuals " + first);
        assertThat(watch.entries("Actual")).extracting(Entry::durationSec).contains(600L);
    }

    @Test
    void aMissingRoleOnlyForTheDownloadIsNamed() {
        watch = new TestingWatch(folder).open();
        watch.epm.fail(CallMatcher.download(), Fault.response(403, "application/json", "{}"));
        watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.round();

        assertThat(watch.notice())
                .startsWith("Jobs of Planning EPM are not watched: HTTP 403")
                .contains("downloading it needs the role Service Administrator");
        assertThat(watch.polls.health()).startsWith("error: planning: Jobs of Planning EPM are not watched");

        watch.epm.clearFaults();
        watch.nextRound();

        assertThat(watch.notice()).isNull();
        assertThat(watch.domain("Actual").status()).isEqualTo(Status.LOADING);
    }

    @Test
    void anExportThatDoesNotEndIsGivenUp() {
        watch = new TestingWatch(folder).open();
        watch.console.exportTime(Duration.ofHours(2));

        watch.round();

        assertThat(watch.notice()).contains("did not end within 10 min");
        assertThat(watch.exports()).isEqualTo(1);

        watch.console.exportTime(Duration.ofSeconds(20));
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);
        watch.nextRound();

        assertThat(watch.notice()).isNull();
        assertThat(watch.domain("Actual").epmJobId()).isEqualTo(id);
    }

    @Test
    void anEnvironmentInMaintenanceIsSaidToBeSoAndUntilWhen() {
        watch = new TestingWatch(folder).open();
        watch.epm.maintenanceStart("12:00");
        watch.round();
        watch.setMaintenance("12:00");
        watch.epm.fail(CallMatcher.any(), Fault.status(503));

        watch.nextRound();

        assertThat(watch.notice()).isEqualTo("Planning EPM in maintenance since 12:05 UTC, until 13:00 UTC");
        assertThat(watch.history("Actual")).isEmpty();
    }

    @Test
    void theSecondNameOfTheExportIsTriedAndRemembered() {
        watch = new TestingWatch(folder).open();
        watch.console.exportType("JOBCONSOLE_EXPORT");

        watch.round();
        int first = watch.exports();
        watch.restart();
        watch.round();

        assertThat(first).isEqualTo(2);
        assertThat(watch.exports()).isEqualTo(3);
        assertThat(watch.notice()).isNull();
        assertThat(watch.console.files()).as("deleted").isEmpty();
    }

    @Test
    void columnsAreFoundByTheirHeadersInAnyOrder() {
        watch = new TestingWatch(folder);
        Map<SandboxConsole.Field, String> german = new LinkedHashMap<>();
        german.put(SandboxConsole.Field.ERRORS, "Fehler");
        german.put(SandboxConsole.Field.STATUS, "Status");
        german.put(SandboxConsole.Field.NAME, "Auftrag");
        german.put(SandboxConsole.Field.USER, "Benutzer");
        german.put(SandboxConsole.Field.ID, "Auftrags-Nr.");
        german.put(SandboxConsole.Field.TYPE, "Typ");
        watch.console.columns(german);
        watch.open();
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.round();
        String missing = watch.notice();
        watch.columns.putAll(Map.of(
                Watch.Column.ID, "auftrags nr",
                Watch.Column.NAME, "Auftrag",
                Watch.Column.TYPE, "Typ",
                Watch.Column.USER, "Benutzer"));
        watch.restart();
        watch.round();

        assertThat(missing)
                .contains("no header with the columns id, name, type, user")
                .contains("\"Auftrags-Nr.\", \"Typ\"")
                .contains("set watch.columns in apps.json");
        assertThat(watch.notice()).isNull();
        assertThat(watch.domain("Actual").epmJobId()).isEqualTo(id);
    }

    @Test
    void aListBesideOtherFilesAndWithAnApplicationLineIsRead() {
        watch = new TestingWatch(folder).open();
        watch.console.secondFile();
        watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.round();

        assertThat(watch.domain("Actual").status()).isEqualTo(Status.LOADING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bomb", "large", "lines", "text", "empty"})
    void aFileThatIsNoListIsAProblemAndNotAnEmptyList(String what) {
        watch = new TestingWatch(folder).open();
        watch.console.exportedFile(
                switch (what) {
                    case "bomb" -> SandboxConsole.bomb(400);
                    case "large" -> new byte[9 << 20];
                    case "lines" -> SandboxConsole.zip("Job ID,Job Name,Job Type,User\n" + "1,a,b,c\n".repeat(100_001));
                    case "text" -> "not a ZIP".getBytes(StandardCharsets.UTF_8);
                    default -> new byte[0];
                });

        watch.round();

        assertThat(watch.notice())
                .contains(
                        switch (what) {
                            case "bomb" -> "the list has more than 16 MB unzipped; set a shorter";
                            case "large" -> "the list has more than 8 MB zipped; set a shorter";
                            case "lines" -> "the list has more than 100000 lines; set a shorter";
                            default -> "the ZIP has no CSV file";
                        });
    }

    @Test
    void theFirstRuleThatMatchesCountsAndTheOthersAreCounted() {
        watch = new TestingWatch(folder);
        watch.rules.add(0, new JobRule("load*", null, "nobody", "Budget"));
        watch.open();
        watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);
        watch.job("Other", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.round();

        assertThat(watch.domain("Actual").status()).isEqualTo(Status.LOADING);
        assertThat(watch.domain("Budget").status()).isEqualTo(Status.BLANK);
        assertThat(watch.meters
                        .get("epmpulse.watch.jobs")
                        .tag("matched", "no")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aDamagedCursorIsSetAsideAndNothingIsImported() throws IOException {
        started();
        watch.job("Load Actuals", MINUTE, State.SUCCEEDED);
        watch.advance(MINUTE.multipliedBy(3));
        watch.documents.write(cursor(), "{".getBytes(StandardCharsets.UTF_8));

        watch.restart();
        watch.nextRound();

        assertThat(watch.history("Actual")).isEmpty();
        assertThat(Files.list(folder.resolve("quarantine"))).isNotEmpty();
    }

    @Test
    void aRuleForAllNamesDoesNotTakeTheExportsForJobs() {
        watch = new TestingWatch(folder);
        watch.rules.clear();
        watch.rules.add(new JobRule("*", null, null, "Actual"));
        watch.open();
        watch.round();
        watch.nextRound();
        watch.nextRound();
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);
        watch.nextRound();

        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id);
    }

    @Test
    void aNodeThatTakesOverContinuesAtThePositionOfTheOther() {
        WatchSchedule first = started().watch;
        WatchSchedule second = watch.newSchedule();
        watch.watch = second;
        List<String> ids = new ArrayList<>();
        for (int day = 0; day < 3; day++) {
            watch.advance(Duration.ofHours(23));
            ids.add(watch.job("Load Actuals", MINUTE, State.SUCCEEDED));
            watch.advance(MINUTE.multipliedBy(5));
            watch.round();
        }

        watch.watch = first;
        first.takeOver();
        watch.round();

        assertThat(watch.console.exportedDays()).containsExactly(1, 1, 1, 1, 1);
        assertThat(watch.history("Actual"))
                .containsExactlyElementsOf(ids.stream()
                        .flatMap(id -> Stream.of("Loading Load Actuals " + id, "OK Load Actuals " + id))
                        .toList());
    }

    @Test
    void aRoundDuringATakeoverIsBegunAgain() {
        started();
        watch.advance(TestingWatch.INTERVAL);
        WatchStep export = watch.watch.poll(4).get(0);
        watch.watch.takeOver();
        watch.watch.released(export);
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.round();

        assertThat(watch.exports()).isEqualTo(2);
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id);
    }

    @Test
    void aRouteThatPassesOnNoReplyIsAProblemAndSendsNoMoreRequests() {
        watch = new TestingWatch(folder).open();
        WatchStep export = watch.watch.poll(4).get(0);
        watch.watch.begin(export);
        watch.watch.succeeded(export);

        assertThat(watch.notice()).contains("must call watchSchedule.handleReply");
        assertThat(watch.watch.poll(4)).isEmpty();
    }

    @Test
    void aPositionThatCannotBeWrittenIsAProblemAndRepeatsNothing() throws IOException {
        started();
        Path file = folder.resolve(cursor());
        Files.delete(file);
        Files.createDirectories(file.resolve("not-a-file"));
        String id = watch.job("Load Actuals", MINUTE, State.SUCCEEDED);
        watch.nextRound();
        String failed = watch.notice();
        Files.delete(file.resolve("not-a-file"));
        Files.delete(file);

        watch.restart();
        watch.round();

        assertThat(failed).contains("what is known about jobs cannot be read or written", "cannot be written");
        assertThat(watch.notice()).isNull();
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id, "OK Load Actuals " + id);
    }

    @Test
    void afterAnOutageAListThatIsTooLargeIsReplacedByTheUsualOne() {
        started();
        watch.epm.refuseConnections();
        watch.nextRound();
        for (int i = 0; i <= 100_000; i++) {
            watch.console.add(TestingWatch.APP, "Nightly", "RULES", "svc", watch.now, watch.now, State.SUCCEEDED);
        }
        watch.advance(Duration.ofDays(3));
        String id = watch.job("Load Actuals", MINUTE.multipliedBy(10), State.SUCCEEDED);
        watch.advance(MINUTE.multipliedBy(20));
        watch.epm.acceptConnections();

        watch.round();

        assertThat(watch.console.exportedDays()).containsExactly(1, 7, 1);
        assertThat(watch.history("Actual")).containsExactly("Loading Load Actuals " + id, "OK Load Actuals " + id);
        assertThat(watch.notice()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-3, 3})
    void withAClockThatIsWrongByHoursDurationsAreRight(int hours) {
        watch = new TestingWatch(folder).open();
        watch.console.times("yyyy-MM-dd'T'HH:mm:ss'Z'", ZoneOffset.ofHours(hours));
        watch.round();
        Instant start = watch.now;
        watch.job("Load Actuals", MINUTE.multipliedBy(2), State.SUCCEEDED);
        watch.job("Budget Load", MINUTE.multipliedBy(60), State.SUCCEEDED);

        watch.nextRound();

        assertThat(watch.entries("Actual").get(0).started()).isEqualTo(start);
        assertThat(watch.entries("Actual").get(0).durationSec()).isEqualTo(120);
        assertThat(watch.domain("Budget").started()).isEqualTo(start);
    }

    @Test
    void aListWithoutJobsIsNoProblem() {
        watch = new TestingWatch(folder).open();
        watch.console.listsExports(false);

        watch.round();

        assertThat(watch.notice()).isNull();
        assertThat(watch.polls.health()).isEqualTo("ok");
    }
}
