package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.window.CloseCalendar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckReportTest {

    @TempDir
    private Path path;

    private TestingFolder folder;

    @BeforeEach
    void createFolder() {
        folder = new TestingFolder(path).apps("""
                {"epm": {"auth": {"type": "basic", "username": "me", "password": "${EPM_CLIENT_SECRET}"},
                         "servers": {"planning": {"base_url": "https://a.example.com"}, "fccs": {}}},
                 "apps": {"Planning": {"display_name": "Plan", "domains": ["Actual", "Budget"], "channels": ["C1"]}},
                 "channels": {"C1": {"name": "main"}},
                 "settings": {"pull_mode": {"poll_interval_seconds": 90}}}""");
    }

    @Test
    void theReportShowsTheValuesInEffectAndTheirSources() {
        folder.write(".env", "EPMPULSE_PORT=9000");

        String text = report(List.of(), "EPMPULSE_TIMEZONE", "Europe/Berlin", "EPM_CLIENT_SECRET", "hunter2hunter2")
                .text();

        assertThat(text.lines().map(line -> line.replaceAll("(?<=\\S) {2,}", "  ")))
                .contains(
                        "  EPMPULSE_API_KEY  -  default",
                        "  EPMPULSE_PORT  9000  .env",
                        "  EPMPULSE_TIMEZONE  Europe/Berlin  environment",
                        "  EPMPULSE_POLL_INTERVAL  1m30s  apps.json",
                        "  EPMPULSE_HISTORY_MAX_SIZE  10GB  default",
                        "  EPM_CLIENT_SECRET  ***  environment",
                        "  Planning (Plan)",
                        "    domains  Actual, Budget",
                        "    channels  C1",
                        "    server  planning",
                        "  planning (planning)  planning  https://a.example.com  auth basic",
                        "  fccs (fccs)  fccs  no base_url  auth basic  not_configured: not polled",
                        "  C1 (main)  canvas created automatically  alerts on  shows Planning")
                .endsWith("No problems found.");
        assertThat(text).doesNotContain("hunter2");
    }

    @Test
    void theReportShowsHowLongARoundOverManyCanvasesTakes() {
        String channels = IntStream.range(0, 300)
                .mapToObj(i ->
                        "\"C%d\": {\"name\": \"c\"%s}".formatted(i, i < 100 ? "" : ", \"canvas_id\": \"F" + i + "\""))
                .collect(Collectors.joining(", "));
        String ids = IntStream.range(0, 300).mapToObj(i -> "\"C" + i + "\"").collect(Collectors.joining(", "));
        folder.apps("{\"apps\": {\"FCCS\": {\"channels\": [%s]}}, \"channels\": {%s}}".formatted(ids, channels));

        assertThat(report(List.of(), "SLACK_BOT_TOKEN", "xoxb-12345678").text())
                .contains(
                        "  all canvases are published within 6m40s after a start: 45 edits a minute, and 100 canvases that"
                                + " may have to be created, 15 a minute\n");
        assertThat(report(List.of()).text()).doesNotContain("after a start");
    }

    @Test
    void theReportShowsTheCloseWindowAndTheRulesOfTheDomains() {
        folder.write("holidays.ics", """
                BEGIN:VCALENDAR
                VERSION:2.0
                BEGIN:VEVENT
                DTSTART;VALUE=DATE:20261225
                END:VEVENT
                END:VCALENDAR
                """);
        folder.apps("""
                {"close": {"starts": "18:00", "ends": "06:00", "timezone": "Europe/London", "days": "mon-wed,fri",
                           "holidays": [{"ics": "holidays.ics"}, {"country": "gb", "region": "eng"}, "2026-12-24"]},
                 "apps": {"FCCS": {"domains": ["Load", {"name": "Close", "by": "WD+3 20:00", "after": "FCCS/Load",
                                   "owner": "Close team", "runbook": "https://wiki.example.com/close"}]}}}""");

        CheckReport report = report(List.of());

        assertThat(report.text())
                .contains(
                        "    Close  by WD+3 20:00; after FCCS/Load; owner Close team; runbook https://wiki.example.com/close\n",
                        "\nClose window\n  starts 18:00, ends 06:00, Europe/London, on mon, tue, wed, fri\n")
                .endsWith("No problems found.\n");
        CloseCalendar calendar = report.configuration().apps().windows().calendar();
        assertThat(calendar).isNotNull();
        assertThat(LocalDate.of(2026, 12, 20)
                        .datesUntil(LocalDate.of(2027, 1, 1))
                        .filter(calendar::isWorkingDay))
                .extracting(LocalDate::getDayOfMonth)
                .containsExactly(21, 22, 23, 29, 30);
    }

    @Test
    void everySettingIsInTheReport() {
        assertThat(report(List.of()).text()).contains(Setting.names());
    }

    @Test
    void problemsComeFirstErrorsBeforeWarningsAndAreCounted() {
        CheckReport report = report(
                List.of(Problem.error("routes/site/mine.camel.yaml:7", "no such step")),
                "EPMPULSE_API_KEY",
                "weak",
                "EPMPULSE_PORT",
                "x");

        assertThat(report.text().lines().limit(4))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("error  EPMPULSE_PORT: must be a number"),
                        line -> assertThat(line).isEqualTo("error  routes/site/mine.camel.yaml:7: no such step"),
                        line -> assertThat(line).startsWith("warning  EPMPULSE_API_KEY: weak key"),
                        line -> assertThat(line).isEmpty());
        assertThat(report.text()).endsWith("2 errors, 1 warning\n").contains("(invalid)");
    }

    @Test
    void errorsFailTheCheckAndWarningsFailOnlyAStrictCheck() {
        assertThat(report(List.of()).exitCode(true)).isZero();
        assertThat(report(List.of(Problem.warning("x", "y"))).exitCode(false)).isZero();
        assertThat(report(List.of(Problem.warning("x", "y"))).exitCode(true)).isEqualTo(1);
        assertThat(report(List.of(Problem.error("x", "y"))).exitCode(false)).isEqualTo(1);
    }

    @Test
    void onlineFindingsHaveTheirOwnSectionAndTheirErrorsCount() {
        CheckReport report = report(List.of(), "SLACK_BOT_TOKEN", "xoxb-1234567890")
                .withOnline(List.of(
                        OnlineFinding.ok("Slack", "knows xoxb-1234567890"), OnlineFinding.warning("canvas F1", "no")));

        assertThat(report.text())
                .contains("\nOnline\n  ok       Slack: knows ***\n  warning  canvas F1: no\n")
                .endsWith("0 errors, 1 warning\n");
        assertThat(report.exitCode(false)).isZero();
        assertThat(report.exitCode(true)).isEqualTo(1);
        assertThat(report.withOnline(List.of(OnlineFinding.error("x", "y"))).exitCode(false))
                .isEqualTo(1);
        assertThat(report.withOnline(List.of(OnlineFinding.note("x", "y"))).exitCode(true))
                .isZero();
    }

    @Test
    void aPasswordInAUrlIsNotShown() {
        assertThat(report(List.of(), "EPM_TOKEN_URL", "https://me:hunter2@x/token?key=hunter2")
                        .text())
                .contains("https://***@x/token?***")
                .doesNotContain("hunter2");
    }

    private CheckReport report(List<Problem> others, String... variables) {
        return CheckReport.of(folder.load(variables), others);
    }
}
