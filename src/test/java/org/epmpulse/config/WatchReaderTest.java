package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code watch} of a server and {@code jobs} of an app. */
class WatchReaderTest {

    private static final String APPS = """
            {"epm": {"auth": {"type": "basic", "username": "robot", "password": "pass"},
                     "servers": {"%s": {"base_url": "https://epm.example.com", "watch": %s}}},
             "apps": {"Planning": {"domains": ["Actual", "Budget"], "server": "%1$s", "jobs": %s}}}
            """;
    private static final String JOBS = "[{\"name\": \"Agg_*\", \"domain\": \"Actual\"}]";

    @TempDir
    private Path path;

    private Configuration load(String server, String watch, String jobs) {
        return new TestingFolder(path).apps(APPS.formatted(server, watch, jobs)).load();
    }

    @Test
    void defaultsAreThoseOfTheConsole() {
        Configuration configuration = load("planning", "{}", JOBS);

        assertThat(configuration.problems()).isEmpty();
        assertThat(configuration.apps().servers().get("planning").watch())
                .isEqualTo(new Watch(
                        Watch.Source.CONSOLE, Duration.ofMinutes(5), Duration.ofHours(24), Map.of(), List.of(), null));
        assertThat(configuration.apps().apps().get("Planning").jobs())
                .containsExactly(new JobRule("Agg_*", null, null, "Actual"));
        assertThat(configuration.apps().watchedServers()).hasSize(1);
    }

    @Test
    void everythingCanBeSet() {
        Configuration configuration = load("fccs", """
                {"source": "console", "interval": "2m", "max_age": "2d", "columns": {"id": "Job #", "start": "Begin"}}""", """
                [{"name": "Load", "type": "RULES", "user": "svc_*", "domain": "Budget"}]""");

        assertThat(configuration.problems()).isEmpty();
        assertThat(configuration.apps().servers().get("fccs").watch())
                .isEqualTo(new Watch(
                        Watch.Source.CONSOLE,
                        Duration.ofMinutes(2),
                        Duration.ofDays(2),
                        Map.of(Watch.Column.ID, "Job #", Watch.Column.START, "Begin"),
                        List.of(),
                        null));
        assertThat(CheckReport.of(configuration, List.of()).text())
                .contains("watched by console every 2m, jobs that ended up to 2d ago")
                .contains("jobs      Load  type RULES  user svc_*  ->  Budget");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            arcs                | {}                        | /epm/servers/arcs/watch/source | jobs of the product arcs cannot be watched: Oracle documents no list of them (remove watch, and let a rule, pipeline or script post each job to /api/v1/status)
            edm                 | {"source": "console"}     | /epm/servers/edm/watch/source | jobs of the product edm cannot be watched
            narrative_reporting | {}                        | /epm/servers/narrative_reporting/watch/source | jobs of the product narrative_reporting cannot be watched
            data_integration    | {}                        | /epm/servers/data_integration/watch/source | must be rules (experimental) for the product data_integration
            planning            | {"source": "rules"}       | /epm/servers/planning/watch/source | must be console, or ids or report (experimental), for the product planning
            planning            | {"source": "consol"}      | /epm/servers/planning/watch/source | unknown source "consol", must be one of console, ids, rules, report. Did you mean "console"?
            planning            | {"interval": "1m"}        | /epm/servers/planning/watch/interval | must be a duration from 2m to 12h, such as 5m or 1h30m
            planning            | {"max_age": "61d"}        | /epm/servers/planning/watch/max_age | must be a duration from 10m to 60d
            planning            | {"columns": {"id": ""}}   | /epm/servers/planning/watch/columns/id | must be 1 to 200 characters long
            data_integration    | {"source": "rules"}       | /epm/servers/data_integration/watch/locations | must be the ids of 1 to 100 locations of Data Integration
            data_integration    | {"source": "rules", "locations": ["x"]} | /epm/servers/data_integration/watch/locations/0 | must be a whole number from 0 to 1000000
            planning            | {"source": "report"}      | /epm/servers/planning/watch/report | missing; it names a report on tasks
            planning            | {"source": "report", "report": {"group": "G", "name": "N", "statuses": {"Zu": "Fine"}}} | /epm/servers/planning/watch/report/statuses/Zu | must be one of Blank, Loading, OK, Warning
            planning            | 5                         | /epm/servers/planning/watch | must be an object in braces""")
    void anInvalidWatchIsAnErrorThatNamesItsPlace(String server, String watch, String where, String message) {
        assertThat(load(server, watch, JOBS).problems()).anySatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.where()).endsWith(where);
            assertThat(problem.message()).startsWith(message);
        });
    }

    private static String report(String name) {
        return "{\"source\": \"report\", \"report\": {\"group\": \"G\", \"name\": \"" + name + "\"}}";
    }

    static List<String> namesThatAreNoJobIds() {
        return List.of(" ", "x".repeat(101), "x".repeat(300), "Open\\nTasks");
    }

    @ParameterizedTest
    @MethodSource("namesThatAreNoJobIds")
    void theNameOfAReportMustBeAValidJobId(String name) {
        assertThat(load("planning", report(name), JOBS).problems()).anySatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.where()).endsWith("/epm/servers/planning/watch/report/name");
            assertThat(problem.message())
                    .isEqualTo("must have 1 to 100 characters and no control characters, because it is the job_id of"
                            + " the updates");
        });
    }

    @Test
    void theNameOfAReportMayBeAsLongAsAJobId() {
        String name = "\ud83d\ude80".repeat(100);

        assertThat(load("planning", report(name), JOBS)
                        .apps()
                        .servers()
                        .get("planning")
                        .watch()
                        .report()
                        .name())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{"domain": "Actual"}]                  | /apps/Planning/jobs/0/name   | missing
            [{"name": "Load"}]                      | /apps/Planning/jobs/0/domain | missing
            [{"name": "Load", "domain": "Actuals"}] | /apps/Planning/jobs/0/domain | unknown domain "Actuals". Did you mean "Actual"?
            [{"name": "", "domain": "Actual"}]      | /apps/Planning/jobs/0/name   | must be 1 to 200 characters long
            ["Load"]                                | /apps/Planning/jobs/0        | must be an object in braces, is text""")
    void anInvalidRuleIsAnErrorThatNamesItsPlace(String jobs, String where, String message) {
        assertThat(load("planning", "{}", jobs).problems()).anySatisfy(problem -> {
            assertThat(problem.isError()).isTrue();
            assertThat(problem.where()).endsWith(where);
            assertThat(problem.message()).startsWith(message);
        });
    }

    @Test
    void oneHalfWithoutTheOtherIsAWarning() {
        assertThat(load("planning", "null", JOBS).problems().get(0).toString())
                .contains("/apps/Planning/jobs: without effect: the server planning has no \"watch\"");
        assertThat(load("planning", "{}", "[]").problems().get(0).toString())
                .contains("/apps: the server planning is not watched: no app of it has \"jobs\"");
    }

    @Test
    void whatOracleDoesNotDocumentIsCalledExperimental() {
        assertThat(load("planning", "{\"source\": \"ids\"}", JOBS)
                        .problems()
                        .get(0)
                        .toString())
                .startsWith("warning")
                .contains("/epm/servers/planning/watch/source: experimental: Oracle does not document");
    }

    @ParameterizedTest
    @CsvSource({
        "Agg_*, Agg_1, true",
        "Agg_*, agg_, true",
        "agg_?, AGG_1, true",
        "agg_?, agg_12, false",
        "*load*, Nightly Load Actuals, true",
        "*a*a*a*a*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false",
        "*, x, true",
        "Load, Load Actuals, false"
    })
    void namesAreComparedWithWildcards(String pattern, String name, boolean matches) {
        assertThat(new JobRule(pattern, null, null, "D").matches(name, null, null))
                .isEqualTo(matches);
    }

    @Test
    void aRuleWithATypeOrUserMatchesNoJobWithoutOne() {
        JobRule rule = new JobRule("*", "RULES", "svc_*", "D");

        assertThat(rule.matches("x", "rules", "SVC_EPM")).isTrue();
        assertThat(rule.matches("x", "rules", null)).isFalse();
        assertThat(rule.matches("x", null, "svc_epm")).isFalse();
    }
}
